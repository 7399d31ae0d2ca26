"""Figures over HTTP are those of the commands, in every form."""

import io
from concurrent.futures import ThreadPoolExecutor
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
from tests.api.conftest import CATALOGUE, NOW, Counting, served
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


@pytest.mark.parametrize("by", ["procedure", "field"])
def test_a_filter_gives_the_part_that_a_split_gives(client: httpx.Client, by: str) -> None:
    for month in ({"period": "2022-08"}, {"period": "2022-08", "agency": "H51.18.01"}):
        split = get(client, "kpis", by=by, limit=10_000, **month).json()["rows"]
        part = sorted(row[by] for row in split if row[by])[0]
        of_part = {row.pop("kpi"): row for row in split if row.pop(by) == part}
        body = get(client, "kpis", limit=10_000, **month, **{by: part}).json()
        assert body["only"] == {by: part}
        found = {row.pop("kpi"): row for row in body["rows"]}
        assert {kpi: row for kpi, row in found.items() if row["numerator"] or row["denominator"]} == of_part
        assert len(of_part) > 10


def test_a_filter_goes_with_every_other_split(client: httpx.Client) -> None:
    asked = QUARTER | {"kpi": "online_dossier_rate", "procedure": "1.004946"}
    (whole,) = get(client, "kpis", **asked).json()["rows"]
    assert whole["denominator"] > 0
    for by in ("agency", "day", "month", "field"):
        rows = get(client, "kpis", by=by, **asked).json()["rows"]
        assert sum(row["denominator"] for row in rows) == whole["denominator"]
    left = get(client, "kpis", by="hour", **asked).json()
    assert (left["rows"], left["left_out"]) == ([], ["online_dossier_rate"])
    listed = get(client, "dossiers", which="denominator", limit=10_000, **asked).json()["rows"]
    assert len(listed) == whole["denominator"]
    assert {row["procedure"] for row in listed} == {"1.004946"}


def test_pages_follow_each_other_and_miss_nothing(client: httpx.Client) -> None:
    whole = get(client, "kpis", by="agency", limit=10_000, **QUARTER).json()
    assert whole["next"] is None
    rows, cursor = [], ""
    while cursor is not None:
        page = get(client, "kpis", by="agency", limit=47, cursor=cursor, **QUARTER).json()
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


def test_those_who_ask_the_same_at_once_ask_the_store_once(reader: Counting) -> None:
    with served(reader) as client, ThreadPoolExecutor(16) as many:
        before = reader.asked
        found = list(many.map(lambda _: get(client, "kpis", by="agency", **QUARTER), range(48)))
        assert reader.asked == before + 1
        assert len({answer.content for answer in found}) == 1
        assert len({answer.headers["x-request-id"] for answer in found}) == 48
        assert all("content-encoding" in answer.headers for answer in found)
        get(client, "kpis", {"accept": "text/csv"}, by="agency", **QUARTER)
        get(client, "kpis", by="month", **QUARTER)
        assert reader.asked == before + 3


def test_how_new_the_data_are_is_never_kept(client: httpx.Client) -> None:
    answer = get(client, "freshness", {"if-none-match": "*"})
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


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
        ("explain", {"kpi": "used_service_rate", "window": "1h"}, "by day"),
        ("dossiers", {"kpi": "document_signed_rate", "procedure": "1.004946"}, "dimension"),
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
