"""Every sample file gives what is written beside it."""

import json

import pytest

from schemas.event import read
from sources.adapters import ADAPTERS
from sources.habits import ABOUT
from tests.sources.samples import NOW, SAMPLES, convert, expected_of, files, told


@pytest.mark.parametrize("file", files(), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_sample_gives_what_is_written_beside_it(file):
    assert told(convert(file)) == json.loads(expected_of(file).read_text(encoding="utf-8"))


def test_every_adapter_has_samples_and_every_event_of_them_is_valid():
    assert {file.parent.name for file in files()} == set(ADAPTERS)
    for file in files():
        for event in convert(file).events:
            read(event, NOW)


def test_every_habit_has_words_and_most_are_in_the_samples():
    seen = {habit for file in files() for habit in convert(file).noticed}
    assert seen <= set(ABOUT)
    assert {"status_rewritten", "counter_marked_paid_online", "component_as_result", "fake_identity"} <= seen


def test_samples_have_no_configuration_without_a_file():
    stems = {file.with_suffix("") for file in files()}
    assert {path.with_suffix("") for path in SAMPLES.glob("*/*.toml")} <= stems
