"""As many entities stand behind a number as the number says."""

from typing import Any

import httpx
import pytest

from schemas.catalogue import Amount, Kpi, Score
from tests.api.conftest import CATALOGUE
from tests.api.test_figures import QUARTER, get

COUNTED = [
    figure
    for figure in CATALOGUE.figures
    if not isinstance(figure, Score | Amount) and not getattr(figure, "distinct", ())
]


def listed(client: httpx.Client, **params: Any) -> list[str]:
    subjects: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = get(client, "dossiers", limit=10_000, cursor=cursor, **params).json()
        subjects, cursor = subjects + [row["subject"] for row in page["rows"]], page["next"]
    assert subjects == sorted(set(subjects))
    return subjects


@pytest.mark.parametrize("figure", COUNTED, ids=lambda figure: figure.version)
def test_a_side_of_a_figure_is_the_number_of_those_listed(client: httpx.Client, figure: Any) -> None:
    asked = QUARTER | {"kpi": figure.version, "agency": "H51.18"}
    (row,) = get(client, "kpis", **asked).json()["rows"]
    above = listed(client, **asked)
    assert len(above) == row["numerator"]
    if isinstance(figure, Kpi):
        below = listed(client, which="denominator", **asked)
        assert len(below) == row["denominator"]
        assert set(listed(client, which="missing", **asked)) == set(below) - set(above)


def test_the_rule_and_its_measures_add_up(client: httpx.Client) -> None:
    told = get(client, "explain", kpi="on_time_rate", **QUARTER).json()
    (row,) = told["rows"]
    sums = {m["side"]: m["value"] for m in told["measures"]}
    assert (sums["numerator"], sums["denominator"]) == (row["numerator"], row["denominator"])
    assert told["figure"]["rule"]["numerator"][0]["where"]
    assert len(told["examples"]["missing"]) == row["denominator"] - row["numerator"]


def test_the_history_of_a_late_dossier_tells_why_it_is_late(client: httpx.Client) -> None:
    (late, *_) = listed(client, kpi="on_time_rate", which="missing", **QUARTER)
    events = get(client, "history", subject=late).json()["rows"]
    types = [event["type"].split(".")[3] for event in events]
    assert {"received", "ended"} <= set(types)
    assert client.get("/v1/history", params={"subject": "nobody"}).status_code == 404
