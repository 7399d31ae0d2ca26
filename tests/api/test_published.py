"""What was shown on a day stays as it was shown, whatever comes later; and what came later is told."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from schemas.instant import VIETNAM
from schemas.reference.tables import gather
from serving.published import published
from sinks.clickhouse import digests, reference
from sinks.clickhouse.client import connect
from sinks.clickhouse.counts import ClickHouseCounts
from streams.cli import digest
from streams.cli.digest import keep
from streams.cli.main import app
from tests.alerts.tools import until
from tests.api.conftest import AGENCIES, CATALOGUE, Counting, served
from tests.api.test_figures import get
from tests.stores import embedded

DAY = date(2022, 8, 15)
NIGHT = datetime(2022, 8, 16, 0, 5, tzinfo=VIETNAM)
AGENCY = "H51.18.01"
ASKED = {"day": str(DAY), "agency": AGENCY}


def event(number: int, kind: str, time: str, subject: str = "", **data: object) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"late-{number}",
        "source": "/h51/one-stop",
        "type": f"vn.reform.dossier.{kind}.v1",
        "subject": subject or f"{AGENCY}-220810-9{number}",
        "time": time,
        "data": data,
    }


def row(client: httpx.Client, kpi: str) -> dict[str, Any]:
    (found,) = get(client, "kpis/as-published", kpi=kpi, **ASKED).json()["rows"]
    return dict(found)


@pytest.fixture(scope="module")
def kept(reader: Counting) -> int:
    """The digest, taken in the night after the day."""
    del reader
    made = keep(embedded().client, CATALOGUE, NIGHT)
    assert made
    return made


def test_a_digest_is_what_the_board_shows_and_is_taken_once(client: httpx.Client, kept: int) -> None:
    assert keep(embedded().client, CATALOGUE, NIGHT + timedelta(hours=3)) is None
    shown = get(client, "kpis/as-published", **ASKED).json()
    assert datetime.fromisoformat(shown["taken_at"]) == NIGHT
    month = {"from": "2022-08-01", "to": "2022-08-16", "agency": AGENCY}
    board = {r["kpi"]: r for r in get(client, "kpis", **month).json()["rows"]}
    assert len(shown["rows"]) > 20
    for each in shown["rows"]:
        now = board[each["kpi"]]
        assert [each[c] for c in ("numerator", "denominator", "value")] == [
            now[c] for c in ("numerator", "denominator", "value")
        ]
        assert not each["changed"]
    assert kept > len(shown["rows"])


def test_what_came_later_is_told_and_what_was_shown_stays(
    client: httpx.Client, kept: int, tell: Callable[..., None]
) -> None:
    del kept
    before = row(client, "online_payment_rate")
    assert before["since"] == {"late": 0, "corrections": 0, "later": 0}
    asked = {"kpi": "online_payment_rate", "from": "2022-08-01", "to": "2022-08-16", "agency": AGENCY}
    unpaid, wrong = [r["subject"] for r in get(client, "dossiers", which="missing", **asked).json()["rows"]][
        :2
    ]
    tell(
        event(1, "received", "2022-08-10T08:00:00+07:00", agency=AGENCY, channel="online", fee_due=True),
        event(2, "voided", "2022-08-20T08:00:00+07:00", wrong),
        event(3, "fee_paid", "2022-08-21T08:00:00+07:00", unpaid, paid_channel="portal"),
        event(4, "received", "2022-08-18T08:00:00+07:00", agency=AGENCY, channel="online", fee_due=True),
    )
    after = row(client, "online_payment_rate")
    assert [after[c] for c in ("numerator", "denominator")] == [
        before[c] for c in ("numerator", "denominator")
    ]
    assert after["now_numerator"] == before["numerator"] + 1
    assert after["now_denominator"] == before["denominator"]  # one more, one less
    assert after["changed"]
    assert after["since"] == {"late": 1, "corrections": 1, "later": 1}
    assert not after["rule_changed"]
    other = get(
        client, "kpis/as-published", kpi="online_payment_rate", day=str(DAY), agency="H51.18.02"
    ).json()
    assert other["rows"][0]["since"] == {"late": 0, "corrections": 0, "later": 0}


def test_by_its_version_a_figure_is_the_same_and_what_was_not_kept_has_no_row(
    client: httpx.Client, kept: int
) -> None:
    del kept
    assert row(client, "on_time_rate@2000-01-01") == row(client, "on_time_rate")
    part = "decision_766_score.progress.in_time"
    answer = client.get("/v1/kpis/as-published", params=ASKED | {"kpi": part})
    assert answer.status_code == 400
    assert f"`{part}` is not kept" in answer.json()["detail"]
    whole = get(client, "kpis/as-published", kpi="decision_766_score.*", **ASKED).json()["rows"]
    assert {each["kpi"].count(".") for each in whole} == {1}  # groups are kept, their parts are not


def test_another_rule_is_told(kept: int) -> None:
    del kept
    name = next(k for k in CATALOGUE.kpis if k.name == "on_time_rate").numerator[0].measure
    changed = CATALOGUE.measures[name].model_copy(update={"where": "NOT voided"})
    other = CATALOGUE.model_copy(update={"measures": CATALOGUE.measures | {name: changed}})
    client = embedded().client
    _, (found,) = published(
        other, ClickHouseCounts(client), digests.KeptDigests(client), DAY, AGENCY, ["on_time_rate"]
    )
    assert found.as_dict()["rule_changed"]


def test_another_tree_is_told(client: httpx.Client, kept: int, tmp_path: Path) -> None:
    del kept
    assert row(client, "on_time_rate")["tree_changed"] is False
    file = tmp_path / "agencies.csv"
    rest = f"{AGENCY},Xã,commune,H51.18,2015-01-01\n{AGENCY}.01,Điểm,branch,{AGENCY},2022-09-01"
    file.write_text(AGENCIES.format(rest=rest).strip() + "\n", encoding="utf-8")
    made, mistakes = gather([file])
    assert mistakes == []
    old = reference.stored(embedded().client)
    reference.load(embedded().client, made)
    try:
        assert row(client, "on_time_rate")["tree_changed"] is True
    finally:
        reference.load(embedded().client, old)


def test_of_an_agency_that_the_tree_did_not_have_nothing_was_kept(client: httpx.Client, kept: int) -> None:
    del kept
    answer = client.get("/v1/kpis/as-published", params={"day": str(DAY), "agency": "H51.99"})
    assert answer.status_code == 404
    assert "nothing was kept of H51.99 on 2022-08-15" in answer.json()["detail"]


def test_a_day_without_a_digest_names_one_that_has(client: httpx.Client, kept: int) -> None:
    del kept
    answer = client.get("/v1/kpis/as-published", params={"day": "2022-08-14"})
    assert answer.status_code == 404
    assert str(DAY) in answer.json()["detail"]


def test_the_commands_keep_and_tell(reader: Counting, kept: int) -> None:
    del reader, kept
    store: Any = embedded().client
    words = ("--store", str(store.path))
    again = CliRunner().invoke(app, ["digest", *words, "--now", "2022-08-16T07:00:00+07:00"])
    assert (again.exit_code, "kept before" in again.output) == (0, True), again.output
    explain = ["explain", "online_payment_rate", *words, "--agency", AGENCY, "--as-published", str(DAY)]
    told = CliRunner().invoke(app, explain)
    assert told.exit_code == 0, told.output
    assert "late events: 1" in told.output
    (found,) = json.loads(CliRunner().invoke(app, [*explain, "--format", "json"]).output)
    assert found["since"] == {"late": 1, "corrections": 1, "later": 1}
    missing = CliRunner().invoke(app, [*explain[:-1], "2022-08-01"])
    assert missing.exit_code == 1


def test_beside_other_work_it_is_kept_by_itself(reader: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    del reader
    monkeypatch.setattr(digest, "LOOK_SECONDS", 0.01)
    store: Any = embedded().client
    day = DAY + timedelta(days=1)
    with digest.Nightly(lambda: connect(Path(store.path)), CATALOGUE, lambda: NIGHT + timedelta(days=1)):
        until(lambda: digests.taken(store, day), lambda: "nothing was kept")
    of = digests.taken(store, day)
    assert of is not None
    assert len(digests.figures(store, of, AGENCY, ())) > 20


def test_a_commune_is_shown_its_own(reader: Counting, keys: tuple[Path, dict[str, str]], kept: int) -> None:
    del kept
    with served(reader, keys[0]) as door:
        headers = {"authorization": f"Bearer {keys[1]['commune-viewer']}"}
        answer = door.get("/v1/kpis/as-published", params={"day": str(DAY)}, headers=headers).json()
    assert {each["agency"] for each in answer["rows"]} == {AGENCY}
