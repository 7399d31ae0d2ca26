"""What is kept of answers: bounded, and never for somebody with other rights or after a change."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import Response

from schemas.catalogue import Catalogue
from serving.api.answers import Answers, Moment
from tests.api.conftest import CATALOGUE, Counting, served
from tests.api.test_figures import get
from tests.api.test_stream import event

ASKED = {"window": "month", "kpi": "online_dossier_rate"}


def test_the_oldest_go_first_and_large_ones_are_not_kept() -> None:
    answers = Answers(most_bytes=800)
    for key in "abcdefgh":
        answers.keep(key, Response(b"x" * 100))
    assert answers.known("a") is not None  # asked for now, so it stays
    answers.keep("i", Response(b"x" * 100))
    assert answers.known("b") is None
    assert answers.known("a") is not None
    answers.keep("large", Response(b"x" * 101))
    assert answers.known("large") is None


def test_a_kept_answer_is_not_changed_by_who_sends_it() -> None:
    answers = Answers()
    answers.keep("a", Response(b"{}", headers={"etag": "x"}))
    first = answers.known("a")
    assert first is not None
    first.raw_headers.append((b"x-request-id", b"1"))
    first.body = b""
    second = answers.known("a")
    assert second is not None
    assert (second.body, len(second.raw_headers)) == (b"{}", len(first.raw_headers) - 1)


def test_a_failing_answer_lets_the_next_one_try() -> None:
    answers = Answers()
    with pytest.raises(ValueError, match="away"), answers.turn("a"):
        raise ValueError("away")
    with answers.turn("a"):
        assert answers.known("a") is None


def test_another_catalogue_gives_other_answers_whatever_the_client_has(
    client: httpx.Client, reader: Counting
) -> None:
    known = get(client, "catalogue")
    kpis = tuple(kpi.model_copy(update={"target": 0.123}) for kpi in CATALOGUE.kpis)
    changed = Catalogue(measures=CATALOGUE.measures, kpis=kpis, stocks=CATALOGUE.stocks)
    with served(reader, catalogue=changed) as other:
        as_before = {"If-None-Match": known.headers["etag"], "Host": known.request.headers["host"]}
        answer = other.get("/v1/catalogue", headers=as_before)
    assert answer.status_code == 200
    assert {row["target"] for row in answer.json()["rows"] if row["kind"] == "kpi"} == {0.123}


def test_the_moment_is_asked_for_seldom_and_a_failure_is_not_kept() -> None:
    now, told = [0.0], [ValueError("away"), "one", "two"]

    def ask() -> str:
        found = told.pop(0)
        if isinstance(found, Exception):
            raise found
        return str(found)

    moment = Moment(ask, lambda: now[0])
    with pytest.raises(ValueError, match="away"):
        moment.now()
    assert (moment.now(), moment.now()) == ("one", "one")
    now[0] = 0.2
    assert moment.now() == "two"


def test_others_with_other_rights_get_their_own(
    door: httpx.Client, keys: tuple[Path, dict[str, str]]
) -> None:
    seen: dict[str, Any] = {
        name: get(door, "kpis", {"authorization": f"Bearer {keys[1][name]}"}, by="agency", **ASKED).json()
        for name in ("province", "town", "commune-viewer", "commune-operator", "province")
    }
    assert {name: body["agency"] for name, body in seen.items()} == {
        "province": None,
        "town": "H51.18",
        "commune-viewer": "H51.18.01",
        "commune-operator": "H51.18.01",
    }


def test_a_change_is_seen(client: httpx.Client, reader: Counting, tell: Callable[..., None]) -> None:
    (before,) = get(client, "kpis", **ASKED).json()["rows"]
    asked = reader.asked
    tell(event(900))
    (after,) = get(client, "kpis", **ASKED).json()["rows"]
    assert after["denominator"] == before["denominator"] + 1
    assert reader.asked == asked + 1
