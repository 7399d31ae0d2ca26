"""What everybody may see: the figures of the board where they are large, and no way to the small ones."""

from typing import Any

import httpx
import pytest

from tests.api.test_figures import get

MINIMUM = 5


def rows(client: httpx.Client, month: str, **params: Any) -> list[dict[str, Any]]:
    return list(get(client, "public/kpis", month=month, limit=10_000, **params).json()["rows"])


def test_what_is_shown_is_what_the_board_shows(client: httpx.Client) -> None:
    shown = rows(client, "2022-08")
    assert {row["suppressed"] for row in shown} == {True, False}
    for row in shown:
        if row["suppressed"]:
            assert (row["numerator"], row["denominator"], row["value"]) == (None, None, None)
        elif row["agency"] in ("H51", "H51.18", "H51.18.03"):
            asked = {"period": "2022-08", "kpi": row["kpi"], "agency": row["agency"]}
            (board,) = get(client, "kpis", **asked).json()["rows"]
            assert [row[c] for c in ("numerator", "denominator", "value")] == [
                board[c] for c in ("numerator", "denominator", "value")
            ]


@pytest.mark.parametrize("month", ["2022-07", "2022-08", "2022-09"])
def test_a_parent_less_what_is_shown_below_it_is_no_small_number(client: httpx.Client, month: str) -> None:
    tree = {row["code"]: row["parent"] for row in get(client, "agencies").json()["rows"]}
    shown = rows(client, month)
    denominators = {(row["kpi"], row["agency"]): row["denominator"] or 0 for row in shown}
    below = {(row["kpi"], tree[row["agency"]]) for row in shown if tree[row["agency"]]}
    hidden = 0
    for kpi, parent in below:
        if not denominators.get((kpi, parent)):
            continue
        children = [code for code, above in tree.items() if above == parent]
        rest = denominators[kpi, parent] - sum(denominators.get((kpi, code), 0) for code in children)
        assert rest == 0 or rest >= MINIMUM
        hidden += rest > 0
    assert hidden
    assert all(row["suppressed"] or row["denominator"] >= MINIMUM for row in shown)


def test_before_there_was_a_ratio_nothing_is_shown(client: httpx.Client) -> None:
    assert rows(client, "1999-12") == []


def test_what_is_chosen_is_the_same_with_less_of_it(client: httpx.Client) -> None:
    whole = rows(client, "2022-08")
    name, agency = whole[0]["kpi"], "H51.18.02"
    assert rows(client, "2022-08", kpi=name) == [row for row in whole if row["kpi"] == name]
    assert rows(client, "2022-08", agency=agency) == [row for row in whole if row["agency"] == agency]


@pytest.mark.parametrize(
    "params",
    [
        {"month": "2022-10"},
        {"month": "2022-Q3"},
        {"month": "9999-12"},
        {"month": "2022-08", "kpi": "dossiers_overdue"},
        {"month": "2022-08", "kpi": "used_service_rate"},
        {"month": "2022-08", "kpi": "nothing"},
        {},
    ],
)
def test_nothing_else_is_answered(client: httpx.Client, params: dict[str, str]) -> None:
    assert client.get("/v1/public/kpis", params=params).status_code == 400
