"""`/v1/ingest/NAME`: payloads of source systems through their adapters, as they are converted elsewhere."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.gateway.door import Door, opened
from tests.gateway.test_access import SENDER, bearer
from tests.gateway.written import Written
from tests.sources.samples import NOW, SAMPLES, convert
from web.key_file import write
from web.keys import KeyBook

CALL = SAMPLES / "portal-dossiers" / "national.json"


@pytest.fixture(scope="module")
def later(kafka: str) -> Iterator[Door]:
    """Give a door that is open after the samples happened."""
    with opened(kafka, now=NOW) as found:
        yield found


def test_what_is_accepted_is_what_the_adapter_makes(later: Door, written: Written) -> None:
    written.messages()
    response = later.client.post("/v1/ingest/portal-dossiers", content=CALL.read_bytes())
    expected = convert(CALL)
    assert response.status_code == 207
    body = response.json()
    assert (body["records"], body["accepted"], body["refused"]) == (8, 5, 3)
    assert [(item["row"], item["column"]) for item in body["items"]] == [
        (each.row, each.column) for each in expected.refused
    ]
    assert body["noticed"]["status_rewritten"] == 1
    assert body["items"][0]["detail"].startswith("Dòng 6, cột “NgayNopHoSo”")
    found = {event["id"]: event for event in written.events()}
    assert found == {event["id"]: event for event in expected.events}


def test_all_good_is_202_and_none_good_422(later: Door) -> None:
    good = (SAMPLES / "edxml" / "new.xml").read_bytes()
    assert later.client.post("/v1/ingest/edxml", content=good).status_code == 202
    response = later.client.post("/v1/ingest/edxml", content=b"<a/>", headers={"accept-language": "en"})
    assert response.status_code == 422
    assert response.json()["type"] == "/problems/refused"
    assert response.json()["items"][0]["reason"] == "unreadable"


@pytest.mark.parametrize("name", ["nothing", "portal-totals", "sheet", "..%2Fx"])
def test_no_such_adapter(later: Door, name: str) -> None:
    """Totals give no events, and a sheet cannot be read without a mapping."""
    assert later.client.post(f"/v1/ingest/{name}", content=b"{}").status_code == 404


def test_a_key_holds_for_adapters_too(kafka: str, tmp_path: Path, written: Written) -> None:
    book, key = KeyBook().create(SENDER, datetime.now(UTC))
    write(tmp_path / "keys.json", book)
    written.messages()
    with opened(kafka, tmp_path / "keys.json", now=NOW) as door:
        content = (SAMPLES / "edxml" / "new.xml").read_bytes()
        assert door.client.post("/v1/ingest/edxml", content=content).status_code == 401
        response = door.client.post("/v1/ingest/edxml", content=content, headers=bearer(key))
        assert response.status_code == 422
        assert {item["reason"] for item in response.json()["items"]} == {"out_of_scope"}
    assert written.messages() == []


def test_nothing_about_people_is_in_an_answer(later: Door) -> None:
    record = {"MaHoSo": "H51.21-260112-0001", "TrangThaiHoSo": "0912345678", "ChuHoSo": "Nguyễn Văn Mẫu"}
    text = later.client.post("/v1/ingest/portal-dossiers", content=json.dumps([record]).encode()).text
    assert "0912345678" not in text
    assert "9999999999" in text
    assert "Mẫu" not in text
