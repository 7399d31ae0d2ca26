"""The board in a real Chromium: its numbers are the API's and follow the data; what is wrong is said."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from schemas.instant import VIETNAM
from streams.cli.querying import StoreReader
from tests.api.test_stream import event
from tests.live.alertmanager import alertmanager, fire
from tests.live.chromium import Page
from tests.live.conftest import serving
from web.server import Server

QUARTER = "?period=2022-Q3"
RATES = ("document_signed_rate", "online_dossier_rate", "full_process_dossier_rate", "online_payment_rate")
STOCKS = ("dossiers_pending", "dossiers_overdue", "dossiers_due_24h")
LIVE = "document.querySelector('.pulse.live') && document.querySelector('.card .value')"
SHOWN = "document.querySelectorAll('#ranking tbody tr').length"


def vietnamese(number: float | None) -> str:
    """A rate as the board writes it."""
    return "–" if number is None else f"{number * 100:,.2f}%".translate(str.maketrans(",.", ".,"))


def whole(number: float) -> str:
    return f"{number:,.0f}".replace(",", ".")


def open_(tab: Page, server: Server, query: str = "") -> None:
    tab.size(1366, 768)
    tab.goto("about:blank")
    tab.errors.clear()
    tab.requested.clear()
    tab.goto(f"{server.address}/{query}")


def value(tab: Page, kpi: str) -> str:
    return tab.text(f"[data-kpi={kpi}] .value")


def test_the_numbers_are_those_of_the_api(tab: Page, server: Server) -> None:
    open_(tab, server, QUARTER)
    tab.until(SHOWN)
    asked = {"period": "2022-Q3", "compare": "previous"}
    rows = httpx.get(f"{server.address}/v1/kpis", params=asked, timeout=60).json()["rows"]
    found = {row["kpi"]: row for row in rows}
    for kpi in RATES:
        assert value(tab, kpi) == vietnamese(found[kpi]["value"])
        if found[kpi]["denominator"]:
            sides = f"{whole(found[kpi]['numerator'])} / {whole(found[kpi]['denominator'])}"
            assert tab.text(f"[data-kpi={kpi}] .sides") == sides
    for kpi in STOCKS:
        assert value(tab, kpi) == whole(found[kpi]["value"])
    assert found["online_dossier_rate"]["value"]
    assert tab.errors == []
    assert all(url.startswith((server.address, "about:")) for url in tab.requested)


def test_agencies_are_in_the_order_of_the_api_one_level_at_a_time(tab: Page, server: Server) -> None:
    asked = {"kpi": "online_dossier_rate", "period": "2022-Q3", "agency": "H51.18", "depth": 3}
    rows = httpx.get(f"{server.address}/v1/rankings", params=asked, timeout=60).json()["rows"]
    open_(tab, server, f"{QUARTER}&agency=H51.18")
    tab.until(SHOWN)
    cells = "[...document.querySelectorAll('#ranking tbody tr')].map(r => [...r.cells].map(c => c.innerText))"
    shown = tab.run(cells)
    assert [row[2] for row in shown] == [vietnamese(row["value"]) for row in rows]
    assert [row[0] for row in shown] == [str(row["rank"] or "–") for row in rows]
    assert len({row["rank"] for row in rows}) > 2
    commune = next(row["agency"] for row in rows if row["agency"] != "H51.18")
    tab.click(f"[id='agency-{commune}']")
    tab.until(f"location.search.includes('agency={commune}')")
    tab.until("document.querySelectorAll('#ranking tbody tr').length == 1")
    below = httpx.get(
        f"{server.address}/v1/kpis", params={"period": "2022-Q3", "agency": commune}, timeout=60
    )
    rate = next(row for row in below.json()["rows"] if row["kpi"] == "online_dossier_rate")
    assert value(tab, "online_dossier_rate") == vietnamese(rate["value"])
    tab.run("history.back()")
    tab.until(f"document.querySelectorAll('#ranking tbody tr').length == {len(rows)}")


def test_from_a_number_to_its_rule_its_dossiers_and_the_history_of_one(tab: Page, server: Server) -> None:
    open_(tab, server, QUARTER)
    tab.click("#why-online_dossier_rate")
    assert "hồ sơ theo ngày tiếp nhận" in tab.text("#detail dl")
    tab.click("#which-missing")
    asked = {"kpi": "online_dossier_rate", "period": "2022-Q3", "which": "missing", "limit": 100}
    rows = httpx.get(f"{server.address}/v1/dossiers", params=asked, timeout=60).json()["rows"]
    tab.until(f"document.querySelector('#detail tbody a').innerText == '{rows[0]['subject']}'")
    assert tab.run("document.querySelectorAll('#detail tbody tr').length") == len(rows)
    tab.click("#detail tbody a")
    tab.until("location.search.includes('subject=')")
    tab.until("document.querySelector('#detail tbody td')?.textContent.includes('2022')")
    assert "dossier.received" in tab.text("#detail tbody")
    tab.press("Escape", 27)
    tab.until("!document.querySelector('#detail').open && !location.search.includes('why')")
    assert tab.errors == []


def test_it_follows_the_data_and_outlives_a_restart_of_the_server(
    tab: Page, reader: StoreReader, tell: Callable[..., None]
) -> None:
    server = serving(reader)
    port = int(server.address.rpartition(":")[2])
    try:
        open_(tab, server)
        tab.until(LIVE)
        tell(event(101))
        tab.until("document.querySelector('[data-kpi=online_dossier_rate] .sides').innerText == '1 / 1'")
    finally:
        server.stop()  # the page stays open
    tab.until("document.querySelector('#banner').innerText.startsWith('Mất kết nối')")
    tell(event(102))
    server = serving(reader, port)
    try:
        tab.until("document.querySelector('[data-kpi=online_dossier_rate] .sides').innerText == '2 / 2'")
        tab.until("document.querySelector('.pulse.live')")
        tab.until("document.querySelector('#banner').innerText == ''")
    finally:
        tab.goto("about:blank")
        server.stop()


def test_what_happens_is_told_as_it_happens(tab: Page, server: Server, tell: Callable[..., None]) -> None:
    open_(tab, server, "?agency=H51.18")
    tab.until(LIVE)
    before = tab.run("document.querySelectorAll('#ticker tbody tr').length")
    tell(event(103))
    tab.until(f"document.querySelectorAll('#ticker tbody tr').length == {before + 1}")
    told = tab.text("#ticker tbody tr")
    assert "hồ sơ: tiếp nhận" in told
    assert "Xã H51.18.01" in told
    assert tab.run("document.querySelector('#alerts').hidden")  # nobody watches, so nothing is said


def test_alerts_of_an_alertmanager_are_on_the_board(
    tab: Page, reader: StoreReader, keys: tuple[Path, dict[str, str]], packages: Path, tmp_path: Path
) -> None:
    with alertmanager(tmp_path) as address:
        for agency in ("H51.18.01", "H51.18.02", ""):
            fire(address, agency)
        server = serving(reader, keys=keys[0], alertmanager=address)
        try:
            shown = {
                name: httpx.get(
                    f"{server.address}/v1/alerts", headers={"Authorization": f"Bearer {keys[1][name]}"}
                ).json()
                for name in ("province", "town", "commune-viewer")
            }
            assert all(each["watched"] for each in shown.values())
            seen = {name: {row["agency"] for row in each["rows"]} for name, each in shown.items()}
            assert seen == {
                "province": {"H51.18.01", "H51.18.02", ""},
                "town": {"H51.18.01", "H51.18.02"},
                "commune-viewer": {"H51.18.01"},
            }
        finally:
            server.stop()
        server = serving(reader, alertmanager=address)
        try:
            open_(tab, server, QUARTER)
            tab.until("document.querySelectorAll('#alerts li').length == 3")
            assert "H51.18.02: hồ sơ trễ hạn" in tab.text("#alerts")
            assert violations(tab, packages) == []
            tab.click("#alerts li a")
            tab.until("location.search.includes('agency=H51.18.0')")
        finally:
            tab.goto("about:blank")
            server.stop()
    server = serving(reader, alertmanager=address)  # it is away now, and the figures are not
    try:
        open_(tab, server, QUARTER)
        tab.until("document.querySelector('#alerts').innerText.includes('Chưa hỏi được')")
        tab.until(SHOWN)
        assert tab.run("document.querySelector('#banner').innerText") == ""
    finally:
        tab.goto("about:blank")
        server.stop()


def test_from_a_number_to_one_procedure(tab: Page, server: Server) -> None:
    open_(tab, server, f"{QUARTER}&why=online_dossier_rate")
    tab.until("document.querySelector('#detail [id^=procedure-]')")
    procedure = tab.run("document.querySelector('#detail [id^=procedure-]').innerText")
    tab.click("#detail [id^=procedure-]")
    asked = {"period": "2022-Q3", "kpi": "online_dossier_rate", "procedure": procedure}
    (row,) = httpx.get(f"{server.address}/v1/kpis", params=asked, timeout=60).json()["rows"]
    tab.until(f"document.querySelector('#detail .value').innerText == '{vietnamese(row['value'])}'")
    tab.click("#which-missing")
    short = row["denominator"] - row["numerator"]
    tab.until(f"document.querySelectorAll('#detail tbody tr').length == {min(short, 100)}")
    tab.press("Escape", 27)
    tab.until("!location.search.includes('procedure')")


def test_a_key_is_asked_for_once_and_shows_the_scope_of_its_owner(
    tab: Page, reader: StoreReader, keys: tuple[Path, dict[str, str]]
) -> None:
    server = serving(reader, keys=keys[0])
    try:
        open_(tab, server, QUARTER)
        tab.until("document.querySelector('#key').open && document.activeElement.id == 'key-input'")
        tab.run(f"document.querySelector('#key-input').value = '{keys[1]['town']}'")
        tab.click("#key button")
        tab.until(LIVE)
        assert not tab.run("document.querySelector('#key').open")
        headers = {"Authorization": f"Bearer {keys[1]['town']}"}
        answer = httpx.get(
            f"{server.address}/v1/kpis", params={"period": "2022-Q3"}, headers=headers, timeout=60
        )
        rate = next(row for row in answer.json()["rows"] if row["kpi"] == "online_dossier_rate")
        assert value(tab, "online_dossier_rate") == vietnamese(rate["value"])
    finally:
        tab.run("sessionStorage.clear()")
        tab.goto("about:blank")
        server.stop()


def test_english_numbers_and_dates(tab: Page, server: Server) -> None:
    open_(tab, server, QUARTER)
    rate = value(tab, "online_dossier_rate")
    tab.click("#language")
    tab.until("document.documentElement.lang == 'en'")
    english = rate.translate(str.maketrans(",.", ".,"))
    tab.until(f"document.querySelector('[data-kpi=online_dossier_rate] .value').innerText == '{english}'")
    assert tab.text("#ranking-title") == "Agencies ranked"


def test_it_says_when_data_stop_coming(tab: Page, reader: StoreReader) -> None:
    server = serving(reader, clock=lambda: datetime.now(VIETNAM) + timedelta(hours=1))
    try:
        open_(tab, server)
        tab.until("document.querySelector('#banner').innerText.startsWith('Không có dữ liệu mới từ')")
        assert tab.run("document.querySelector('#banner').getAttribute('aria-live')") == "assertive"
    finally:
        tab.goto("about:blank")
        server.stop()


def violations(tab: Page, packages: Path) -> list[tuple[str, list[Any]]]:
    """What axe finds on the page as it is now."""
    tab.run((packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + ";0")
    found: list[dict[str, Any]] = tab.run("axe.run({resultTypes: ['violations']}).then(f => f.violations)")
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("query", [QUARTER, f"{QUARTER}&why=online_dossier_rate&lang=en"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    tab: Page, server: Server, packages: Path, query: str
) -> None:
    open_(tab, server, query)
    tab.until(SHOWN)
    if "why" in query:
        tab.text("#detail dl")
    for width, height, dark in ((1366, 768, True), (390, 844, False), (3840, 2160, True)):
        tab.size(width, height, dark=dark, phone=width < 400)
        assert violations(tab, packages) == []
        assert tab.run("document.documentElement.scrollWidth <= innerWidth")
