"""The demo feed against the official figures of Ngã Năm, counted by the oracle, and its other promises."""

import json
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, time

import pytest

from sources import nga_nam
from tests.oracle import kpi_rows
from tests.oracle_states import states

START, END = (date.fromisoformat(day) for day in nga_nam.PERIOD)
AT_END = datetime(2022, 9, 30, 17, tzinfo=UTC)  # midnight in Vietnam


@pytest.fixture(scope="module")
def feed():
    return nga_nam.events()


@pytest.fixture(scope="module")
def clean(feed):
    return states(feed)


@pytest.fixture(scope="module", params=["clean", "scrambled", "another seed"])
def folded(request, feed, clean):
    if request.param == "clean":
        return clean
    scrambled = request.param == "scrambled"
    return states(nga_nam.scramble(feed, seed=1) if scrambled else nga_nam.events(seed=7))


@pytest.fixture(scope="module")
def cells(folded):
    """(kpi, agency, kind) -> numerator and denominator; kind is None but for documents and tasks."""
    found = {}
    for agency in nga_nam.AGENCIES:
        for by in (None, "kind"):
            for row in kpi_rows(folded, START, END, AT_END, agency, self_only=True, by=by):
                found[row["kpi"], agency, row.get("kind")] = (row["numerator"], row["denominator"] or 0)
    return found


@pytest.mark.parametrize("figure", nga_nam.PUBLISHED, ids=lambda figure: figure.en)
def test_the_published_figures_come_out_exactly(cells, figure):
    found = [cells.get((figure.kpi, agency, figure.kind), (0, 0)) for agency in figure.agencies]
    numerator, denominator = (sum(column) for column in zip(*found, strict=True))
    if figure.numerator is not None:
        assert numerator == figure.numerator
    if figure.denominator is not None:
        assert denominator == figure.denominator
    if figure.percent is not None:
        assert round(100 * numerator / denominator, 2) == figure.percent


def test_the_subtree_of_the_town_holds_everything(folded):
    rows = {r["kpi"]: r for r in kpi_rows(folded, START, END, AT_END, nga_nam.TOWN)}
    assert rows == {
        r["kpi"]: {**r, "agency": nga_nam.TOWN} for r in kpi_rows(folded, START, END, AT_END, None)
    }
    assert rows["on_time_rate"]["denominator"] == 1_553 + 15_776
    assert (rows["in_time_rate"]["numerator"], rows["in_time_rate"]["denominator"]) == (17_507, 17_510)
    assert rows["dossiers_pending"]["value"] == 181
    unknown = {name for name, row in rows.items() if row["value"] is None}
    assert unknown == {
        "full_service_rate",
        "online_service_rate",
        "payment_service_rate",
        "used_service_rate",
    }


def test_scrambling_changes_no_state(feed, clean):
    assert states(nga_nam.scramble(feed, seed=2, duplicates=0.3, disorder=0.9)) == clean


def test_scrambling_loses_nothing_and_is_reproducible(feed):
    shuffled = nga_nam.scramble(feed, seed=1)
    assert shuffled == nga_nam.scramble(feed, seed=1)
    assert shuffled != nga_nam.scramble(feed, seed=2)
    times = Counter(event["id"] for event in shuffled)
    assert set(times) == {event["id"] for event in feed}
    assert sum(n == 2 for n in times.values()) / len(feed) == pytest.approx(0.05, abs=0.005)
    assert nga_nam.scramble(feed, seed=1, duplicates=0, disorder=0) == feed


def test_the_seed_decides_everything(feed):
    assert nga_nam.events() == feed
    assert nga_nam.events(seed=7) != feed


def test_size_and_identity(feed):
    assert 90_000 <= len(feed) <= 150_000
    assert len({(event["source"], event["id"]) for event in feed}) == len(feed)
    assert [event["time"] for event in feed] == sorted(event["time"] for event in feed)


def test_events_happen_in_working_hours_of_the_quarter(feed):
    for moment in {event["time"] for event in feed}:
        at = datetime.fromisoformat(moment)
        assert moment.endswith("+07:00")
        assert START <= at.date() < END
        assert at.weekday() < 5
        assert at.date() != date(2022, 9, 2)
        assert time(7) <= at.time() < time(11, 30) or time(13, 30) <= at.time() < time(17)


def test_one_moment_never_states_two_values_of_a_register(feed):
    """Else the tie rule, not the story, would decide."""
    seen = {}
    for event in feed:
        for column, value in event["data"].items():
            key = (event["type"].split(".")[2], event["subject"], column, event["time"])
            assert seen.setdefault(key, value) == value


def test_pending_dossiers_are_due_after_the_quarter(clean):
    pending = [
        s
        for (entity, _), s in clean.items()
        if entity == "dossier" and s.get("received_at") and not s.get("ended_at") and not s.get("voided")
    ]
    assert len(pending) == 181
    assert min(s["due_at"] for s in pending) > AT_END.timestamp() * 1_000_000
    assert sum(s.get("waiting_since") is not None for s in pending) > 0


def test_every_kind_of_event_and_clears_are_there(feed):
    names = {event["type"].removeprefix("vn.reform.").removesuffix(".v1") for event in feed}
    dossier = "submitted received refused supplement_requested supplement_received extended stopped fee_paid "
    dossier += "fee_refunded ended returned apologised rated synced corrected voided"
    assert {name.removeprefix("dossier.") for name in names if name.startswith("dossier.")} == {
        *dossier.split()
    }
    assert {name.split(".")[0] for name in names} == {"dossier", "payment", "document", "feedback", "task"}
    assert sum(None in event["data"].values() for event in feed) > 20


def test_no_string_looks_like_personal_data(feed):
    suspicious = re.compile(
        r"(?<![0-9])(?:[0-9]{9}|[0-9]{12})(?![0-9])"
        r"|(?<![0-9A-Za-z])(?:\+?84|0)[ .-]?[235789](?:[ .-]?[0-9]){8,9}(?![0-9A-Za-z])"
        r"|[^\s@]+@[^\s@]+\.[a-z]{2,}"
    )
    for event in feed:
        data = event["data"].items()
        texts = [value for name, value in data if isinstance(value, str) and not name.endswith("_at")]
        for text in (event["id"], event["source"], event["subject"], *texts):
            assert not suspicious.search(text), event


def test_the_command_writes_ndjson(feed):
    """In a process of its own, where the hashes of strings are others."""
    command = [sys.executable, "-m", "sources.nga_nam", "--scramble"]
    done = subprocess.run(command, capture_output=True, check=True)
    written = [json.loads(line) for line in done.stdout.splitlines()]
    assert written == nga_nam.scramble(feed, seed=nga_nam.SEED)
