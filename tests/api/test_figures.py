"""Figures over HTTP are those of the commands, in every form."""

import io
from typing import Any

import httpx
import polars as pl
import pytest

from schemas.catalogue import load
from schemas.selection import By, Scope
from serving.answer import Asked
from serving.span import named
from sinks.clickhouse.counts import ClickHouseCounts
from sources import nga_nam
from tests.api.conftest import CATALOGUE, NOW, Counting
from tests.stores import embedded

QUARTER = {"period": "2022-Q3"}


def get(client: httpx.Client, path: str, headers: dict[str, str] | None = None, **params: Any) -> Any:
    answer = client.get(f"/v1/{path}", params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("by", [None, By.AGENCY, By.MONTH, By.PROCEDURE])
@pytest.mark.parametrize("agency", [None, nga_nam.TOWN])
def test_the_rows_are_those_of_the_command(client: httpx.Client, by: By | None, agency: str | None) -> None:
    asked = Asked(named("2022-Q3"), NOW, Scope(agency), by)
    expected = [row.as_dict() for row in asked.rows(CATALOGUE, ClickHouseCounts(embedded().client))]
    params = QUARTER | ({"by": by.value} if by else {}) | ({"agency": agency} if agency else {})
    assert get(client, "kpis", limit=10_000, **params).json()["rows"] == expected
    assert len(expected) > 20


def test_pages_follow_each_other_and_miss_nothing(client: httpx.Client) -> None:
    whole = get(client, "kpis", by="agency", limit=10_000, **QUARTER).json()
    assert whole["next"] is None
    rows, cursor = [], ""
    while cursor is not None:
        page = get(client, "kpis", by="agency", limit=7, cursor=cursor, **QUARTER).json()
        rows, cursor = rows + page["rows"], page["next"]
    assert rows == whole["rows"]


def test_csv_and_parquet_have_the_same_rows(client: httpx.Client) -> None:
    rows = get(client, "kpis", by="agency", **QUARTER).json()["rows"]
    for kind, read in (("text/csv", pl.read_csv), ("application/vnd.apache.parquet", pl.read_parquet)):
        answer = get(client, "kpis", {"accept": kind}, by="agency", **QUARTER)
        assert answer.headers["content-type"].startswith(kind)
        frame = read(io.BytesIO(answer.content))
        assert frame["kpi"].to_list() == [row["kpi"] for row in rows]
        assert frame["value"].to_list() == pytest.approx([row["value"] for row in rows])


def test_an_etag_saves_the_answer_until_something_changes(client: httpx.Client, reader: Counting) -> None:
    first = get(client, "kpis", **QUARTER)
    asked = reader.asked
    again = client.get("/v1/kpis", params=QUARTER, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, reader.asked) == (304, b"", asked)
    other = client.get(
        "/v1/kpis", params={"period": "2022"}, headers={"if-none-match": first.headers["etag"]}
    )
    assert other.status_code == 200


def test_large_answers_are_compressed(client: httpx.Client) -> None:
    assert get(client, "catalogue", {"accept-encoding": "gzip"}).headers["content-encoding"] == "gzip"


def test_the_catalogue_is_whole(client: httpx.Client) -> None:
    rows = get(client, "catalogue").json()["rows"]
    assert [row["version"] for row in rows] == [figure.version for figure in load().figures]
    assert all(row["vi"] and row["en"] for row in rows)


def test_a_ranking_has_ranks_and_targets(client: httpx.Client) -> None:
    rows = get(client, "rankings", kpi="on_time_rate", minimum=1, **QUARTER).json()["rows"]
    assert [row["rank"] for row in rows if row["rank"]] == sorted(row["rank"] for row in rows if row["rank"])
    assert {"target", "gap", "movement", "previous_value"} <= set(rows[0])


def test_the_tree_and_freshness(client: httpx.Client) -> None:
    rows = get(client, "agencies").json()["rows"]
    assert {"code": "H51", "parent": ""}.items() <= rows[0].items()
    fresh = get(client, "freshness").json()
    assert {row["topic"] for row in fresh["rows"]} >= {"reform.dossiers", "reform.documents"}


@pytest.mark.parametrize(
    ("path", "params", "hint"),
    [
        ("kpis", {"period": "x"}, "2022-Q3"),
        ("kpis", {"from": "2022-07-01"}, "--to"),
        ("kpis", {"kpi": "on_time"}, "on_time_rate"),
        ("kpis", {"cursor": "%%"}, "cursor"),
        ("rankings", {"kpi": "decision_766_score.*", "period": "2026-01"}, "several"),
        ("explain", {"kpi": "decision_766_score", "period": "2026-01"}, "several"),
        ("dossiers", {"kpi": "dossiers_pending", "which": "denominator"}, "numerator"),
    ],
)
def test_what_cannot_be_read_is_a_problem_that_says_how_to_mend_it(
    client: httpx.Client, path: str, params: dict[str, str], hint: str
) -> None:
    answer = client.get(f"/v1/{path}", params=params)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert hint in answer.json()["detail"]
