"""A dead letter names its sender, unless the sender's name is itself personal or secret."""

import json

import pytest

from streams.careful import read_all
from tests.strategies import NOW


def source_shown(source):
    record = json.dumps({"source": source}).encode()
    _, (refused,) = read_all([record], [0], "reform.dossiers", NOW)
    return refused.source


def test_a_plain_source_is_shown():
    assert source_shown("/h51/one-stop") == "/h51/one-stop"


@pytest.mark.parametrize(
    "source", ["/h51/0912345678", "/h51/079099001234", "/an@h51.vn", "/Tuyệt mật", "/toi-mat", 7, None]
)
def test_a_telling_source_is_not_shown(source):
    assert source_shown(source) == ""
