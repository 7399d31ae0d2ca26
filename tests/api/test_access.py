"""Who may see what: every route, attacked with keys of other scopes and roles."""

import logging
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import Counting, served

OURS, THEIRS = "H51.18.01", "H51.18.02"
ROUTES = {
    "kpis": {"period": "2022-Q3", "kpi": "on_time_rate"},
    "rankings": {"period": "2022-Q3", "kpi": "on_time_rate"},
    "explain": {"period": "2022-Q3", "kpi": "on_time_rate"},
    "dossiers": {"period": "2022-Q3", "kpi": "on_time_rate"},
    "kpis/as-published": {"day": "2022-08-15"},
    "stream": {},
}


def headers(keys: tuple[Path, dict[str, str]], name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {keys[1][name]}"}


RIGHT = {"kpi": "on_time_rate", "subject": "x", "day": "2022-08-15", "month": "2022-08"}
WRONG = dict.fromkeys(("month", "day", "on", "by", "limit", "window", "self_only", "which", "entity"), "?")


@pytest.mark.parametrize("key", ["", "Bearer rp_00000000_x", "Bearer a.b.c"])
@pytest.mark.parametrize("params", [RIGHT, WRONG, {}])
def test_nobody_enters_without_a_key_whatever_they_ask(
    door: httpx.Client, params: dict[str, str], key: str
) -> None:
    asked = [path for path in door.get("/openapi.json").json()["paths"] if path.startswith("/v1/")]
    assert {f"/v1/{path}" for path in ROUTES} < {*asked}
    answers = {path: door.get(path, params=params, headers={"authorization": key}) for path in asked}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(asked, 401)
    assert not any("parameters" in answer.json() for answer in answers.values())


def test_who_has_a_key_is_told_which_parameters_are_wrong(
    door: httpx.Client, keys: tuple[Path, dict[str, str]]
) -> None:
    answer = door.get("/v1/dossiers", params=WRONG, headers=headers(keys, "province"))
    assert answer.status_code == 400
    assert {"query.kpi", "query.window", "query.which", "query.limit"} <= {*answer.json()["parameters"]}


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    "agency", [THEIRS, "H51.18", "H51", "H5", "H51.18.0", "", "h51.18.01", "%", f"{OURS},{THEIRS}"]
)
def test_a_commune_sees_no_other_agency(
    door: httpx.Client, keys: tuple[Path, dict[str, str]], path: str, agency: str
) -> None:
    params = ROUTES[path] | {"agency": agency}
    answer = door.get(f"/v1/{path}", params=params, headers=headers(keys, "commune-operator"))
    assert answer.status_code == 403


def test_without_an_agency_a_commune_sees_its_own(
    door: httpx.Client, keys: tuple[Path, dict[str, str]]
) -> None:
    ours = headers(keys, "commune-operator")
    body = door.get("/v1/kpis", params=ROUTES["kpis"], headers=ours).json()
    named = door.get("/v1/kpis", params=ROUTES["kpis"] | {"agency": OURS}, headers=ours).json()
    assert body["agency"] == OURS
    assert body["rows"] == named["rows"]
    listed = door.get("/v1/dossiers", params=ROUTES["dossiers"], headers=ours).json()["rows"]
    assert {row["agency"] for row in listed} == {OURS}
    split = door.get("/v1/kpis", params=ROUTES["kpis"] | {"by": "agency"}, headers=ours).json()["rows"]
    assert {row["agency"] for row in split} == {OURS}
    seen = door.get("/v1/agencies", headers=ours).json()["rows"]
    assert {row["code"] for row in seen} == {OURS}


def test_a_town_sees_its_communes_by_the_tree(door: httpx.Client, keys: tuple[Path, dict[str, str]]) -> None:
    for agency in (OURS, THEIRS, "H51.18"):
        params = ROUTES["kpis"] | {"agency": agency}
        assert door.get("/v1/kpis", params=params, headers=headers(keys, "town")).status_code == 200


def test_a_history_of_another_agency_is_not_there(
    door: httpx.Client, keys: tuple[Path, dict[str, str]]
) -> None:
    params = ROUTES["dossiers"] | {"agency": THEIRS}
    (theirs, *_) = door.get("/v1/dossiers", params=params, headers=headers(keys, "province")).json()["rows"]
    asked = {"subject": theirs["subject"]}
    assert door.get("/v1/history", params=asked, headers=headers(keys, "commune-operator")).status_code == 404
    assert door.get("/v1/history", params=asked, headers=headers(keys, "town")).status_code == 200


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("commune-viewer", "kpis", 200),
        ("commune-viewer", "dossiers", 403),
        ("commune-viewer", "history", 403),
        ("two", "kpis", 400),
        ("nobody", "kpis", 403),
        ("sender", "kpis", 403),
        ("sender", "public/kpis", 403),
        ("commune-viewer", "public/kpis", 200),
        ("portal", "public/kpis", 200),
        ("portal", "kpis", 403),
        ("portal", "kpis/as-published", 403),
        ("portal", "catalogue", 403),
        ("portal", "explain", 403),
        ("portal", "dossiers", 403),
        ("portal", "history", 403),
        ("portal", "stream", 403),
        ("portal", "freshness", 403),
    ],
)
def test_roles(
    door: httpx.Client, keys: tuple[Path, dict[str, str]], name: str, path: str, status: int
) -> None:
    params = {"period": "2022-Q3", "kpi": "on_time_rate", "subject": "x"}
    params |= {"month": "2022-08", "day": "2022-08-15"}
    assert door.get(f"/v1/{path}", params=params, headers=headers(keys, name)).status_code == status


def test_a_viewer_is_told_the_rule_but_no_dossier(
    door: httpx.Client, keys: tuple[Path, dict[str, str]]
) -> None:
    told = door.get("/v1/explain", params=ROUTES["explain"], headers=headers(keys, "commune-viewer")).json()
    assert told["examples"] == {}
    assert told["measures"]


def test_who_looks_at_dossiers_is_written_down(
    door: httpx.Client, keys: tuple[Path, dict[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="reform_pulse.audit"):
        door.get("/v1/dossiers", params=ROUTES["dossiers"], headers=headers(keys, "town"))
    (line,) = [record.getMessage() for record in caplog.records if record.name == "reform_pulse.audit"]
    assert "town" in line
    assert "on_time_rate" in line


def test_a_key_that_asks_too_often_waits(reader: Counting, keys: tuple[Path, dict[str, str]]) -> None:
    with served(reader, keys[0], rate=0.1) as slow:
        answers = [slow.get("/v1/catalogue", headers=headers(keys, "province")) for _ in range(3)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
