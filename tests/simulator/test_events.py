"""The events of a simulated province: valid, reproducible, alike from day to day, and nobody's."""

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest

from schemas.contract import TYPES
from schemas.event import read
from schemas.instant import to_microseconds
from schemas.record import Record
from sources.simulator import Mistakes, tellings
from sources.simulator.working_time import is_off
from tests.oracle_states import states
from tests.simulator.small import LATER, SCRAMBLED, SIZE, told

PERSONAL = re.compile(
    r"(?<![0-9])(?:[0-9]{9}|[0-9]{12})(?![0-9])"
    r"|(?<![0-9A-Za-z])(?:\+?84|0)[ .-]?[235789](?:[ .-]?[0-9]){8,9}(?![0-9A-Za-z])"
    r"|[^\s@]+@[^\s@]+\.[a-z]{2,}"
)
NOW = to_microseconds(LATER)


@pytest.fixture(scope="module")
def clean():
    return told()


@pytest.fixture(scope="module")
def events(clean):
    return [json.loads(line) for line in clean.lines]


def test_every_event_is_valid(clean):
    for line in clean.lines:
        record: Record = line.encode()
        read(record, NOW)


def test_as_many_as_are_counted(clean, events):
    assert Counter(event["type"] for event in events) == +clean.run.told
    assert len({(event["source"], event["id"]) for event in events}) == len(events)
    dossiers = {event["subject"] for event in events if ".dossier." in event["type"]}
    assert len(dossiers) <= SIZE.dossiers
    assert len(dossiers) > 0.98 * SIZE.dossiers


def test_every_type_of_event_can_be_told():
    """But for snapshots, which first-hand systems do not send, and what is put right outside of dossiers."""
    every = (*tellings.DOSSIERS, *tellings.DOCUMENTS, *tellings.FEEDBACK, *tellings.TASKS, *tellings.SERVICES)
    silent = {
        name.removeprefix("vn.reform.").removesuffix(".v1")
        for name in TYPES
        if name not in {t.type for t in every}
    }
    assert {name for name in silent if not name.endswith(("snapshot", "corrected", "voided"))} == {
        "dossier.stopped"
    }


def test_the_seed_decides_everything(clean):
    assert told.__wrapped__().lines == clean.lines
    assert told(seed=4).lines != clean.lines


def test_a_longer_run_of_the_same_days_is_another(clean):
    assert told(size=replace(SIZE, days=50)).lines != clean.lines


def test_the_seed_decides_how_they_are_scrambled():
    short = replace(SIZE, days=20)
    once, again = (told.__wrapped__(faults=SCRAMBLED, size=short).lines for _ in range(2))
    assert once == again


def test_scrambled_events_are_the_same_ones(clean):
    scrambled = told(faults=SCRAMBLED)
    assert states(scrambled.lines) == states(clean.lines)
    times = Counter(scrambled.lines)
    assert set(times) == set(clean.lines)
    copies = sum(n > 1 for n in times.values())
    assert copies == pytest.approx(0.05 * len(clean.lines), rel=0.15)
    assert (scrambled.run.way_in.duplicates, scrambled.run.way_in.malformed) == (copies, 0)


def test_clean_events_come_in_order(events):
    assert [event["time"] for event in events] == sorted(event["time"] for event in events)


def test_offices_keep_their_hours(events):
    for event in events:
        at = datetime.fromisoformat(event["time"])
        if not event["type"].endswith(".submitted.v1") and ".service." not in event["type"]:
            assert not is_off(at.date())
            assert "07:00" <= f"{at:%H:%M}" < "11:30" or "13:30" <= f"{at:%H:%M}" < "17:00"


def test_one_moment_never_states_two_values_of_a_register(events):
    """Else the tie rule, not the story, would decide."""
    seen = {}
    for event in events:
        for column, value in event["data"].items():
            if column != "reason":
                key = (event["type"].split(".")[2], event["subject"], column, event["time"])
                assert seen.setdefault(key, value) == value


def test_nothing_looks_like_personal_data(events):
    for event in events:
        data = event["data"].items()
        texts = [value for name, value in data if isinstance(value, str) and not name.endswith("_at")]
        for text in (event["id"], event["source"], event["subject"], *texts):
            assert not PERSONAL.search(text), event


def test_without_mistakes_there_are_none():
    names = told(wrong=Mistakes(0, 0), size=replace(SIZE, days=20)).run.told
    assert not any(n for name, n in names.items() if name.endswith((".corrected.v1", ".voided.v1")))
