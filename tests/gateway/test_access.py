"""Who may send what, and how fast; the handshake of web hooks; no personal data in answers and logs."""

import json
import logging
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.gateway.door import BATCH, EVENT, Door, opened
from tests.gateway.written import Written
from web.key_file import alone, write
from web.keys import Client, KeyBook
from web.principal import Role

SENDER = Client(name="one-stop", role=Role.SENDER, sources=("/h51/one-stop",), agencies=("H51.18",))
VIEWER = Client(name="board", role=Role.VIEWER, agencies=("*",))


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


class Locked:
    """A door with keys."""

    def __init__(self, door: Door, path: Path, keys: dict[str, str]) -> None:
        self.door, self.path, self.keys = door, path, keys


@pytest.fixture(scope="module")
def locked(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Locked]:
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    book, keys = KeyBook(), {}
    for client in (SENDER, VIEWER):
        book, keys[client.name] = book.create(client, datetime.now(UTC))
    write(path, book)
    with opened(kafka, path) as door:
        yield Locked(door, path, keys)


def test_a_key_lets_in_and_no_key_does_not(locked: Locked, written: Written) -> None:
    written.messages()
    for headers in ({}, bearer("rp_00000000_x"), {"authorization": "Basic eDp5"}):
        response = locked.door.post(EVENT, headers=headers)
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer ")
        assert response.json()["type"] == "/problems/unauthorized"
    assert written.messages() == []
    assert locked.door.post(EVENT, headers=bearer(locked.keys["one-stop"])).status_code == 202
    assert len(written.messages()) == 1


def test_a_web_hook_may_have_its_key_in_the_query(locked: Locked) -> None:
    address = f"/v1/events?access_token={locked.keys['one-stop']}"
    response = locked.door.client.post(
        address, json=EVENT, headers={"content-type": "application/cloudevents+json"}
    )
    assert response.status_code == 202


def test_a_key_for_reading_does_not_send(locked: Locked) -> None:
    response = locked.door.post(EVENT, headers=bearer(locked.keys["board"]))
    assert response.status_code == 403
    assert "viewer" in response.json()["detail"]


def test_a_key_sends_only_what_is_in_its_scope(locked: Locked, written: Written) -> None:
    written.messages()
    headers = bearer(locked.keys["one-stop"])
    fine = EVENT | {"id": "s1", "data": {"agency": "H51.18.2"}}
    silent = EVENT | {"id": "s2", "data": {"channel": "online"}}
    foreign = EVENT | {"id": "s3", "source": "/h51/portal"}
    elsewhere = EVENT | {"id": "s4", "data": {"agency": "H51.181"}}
    response = locked.door.batch(fine, silent, foreign, elsewhere, headers=headers)
    assert response.status_code == 207
    told = [
        (item["index"], item["status"], item["reason"], item["field"]) for item in response.json()["items"]
    ]
    assert told == [(2, 403, "out_of_scope", "source"), (3, 403, "out_of_scope", "data.agency")]
    assert [event["id"] for event in written.events()] == ["s1", "s2"]
    assert locked.door.post(foreign, headers=headers).status_code == 403
    assert locked.door.counted.turned_away["one-stop", "out_of_scope"] == 3


def test_a_key_changes_over_without_a_gap_and_a_revoked_one_is_out_at_once(locked: Locked) -> None:
    def status(key: str) -> int:
        return locked.door.post(EVENT, headers=bearer(key)).status_code

    old = locked.keys["one-stop"]
    with alone(locked.path) as book:
        book, new = book.rotate("one-stop", timedelta(days=7), datetime.now(UTC))
        write(locked.path, book)
    assert (status(old), status(new)) == (202, 202)
    with alone(locked.path) as book:
        write(locked.path, book.revoke("one-stop", old.split("_")[1]))
    assert (status(old), status(new)) == (401, 202)
    locked.keys["one-stop"] = new


def test_too_fast_is_told_with_when_to_come_back(kafka: str) -> None:
    with opened(kafka, rate=1) as door:
        assert door.batch(*[EVENT] * 10).status_code == 202
        response = door.batch(*[EVENT] * 5)
        assert response.status_code == 429
        assert 1 <= int(response.headers["retry-after"]) <= 5
        assert response.json()["type"] == "/problems/rate-limited"
        assert door.counted.statuses == {202: 1, 429: 1}


@pytest.mark.parametrize("told", [True, False])
def test_a_body_has_its_limit_told_or_not(kafka: str, told: bool) -> None:
    with opened(kafka, body=1000) as door:
        content = b" " * 2000 if told else iter([b" " * 500] * 4)
        response = door.client.post("/v1/events", content=content, headers={"content-type": BATCH})
        assert response.status_code == 413
        assert "1.000 byte" in response.json()["detail"]
        assert door.post(b"[]", BATCH).status_code == 202


def test_the_handshake_grants_who_asks_and_what_is_possible(door: Door) -> None:
    def asked(**headers: str) -> dict[str, str]:
        response = door.client.options(
            "/v1/events", headers={f"webhook-request-{k}": v for k, v in headers.items()}
        )
        assert response.headers.get("allow") == "OPTIONS, POST" or response.status_code == 400
        names = ("webhook-allowed-origin", "webhook-allowed-rate")
        return {name: response.headers[name] for name in names if name in response.headers}

    granted = {"webhook-allowed-origin": "events.example.vn", "webhook-allowed-rate": "120"}
    assert asked(origin="events.example.vn", rate="120") == granted
    assert asked(origin="events.example.vn", rate="999999999")["webhook-allowed-rate"] == "60000000"
    assert set(asked(origin="events.example.vn")) == set(granted)
    assert asked() == {}
    assert asked(origin="a b") == asked(origin="x", rate="0") == asked(origin="x", rate="many") == {}


def test_the_handshake_refuses_strangers(kafka: str) -> None:
    with opened(kafka, origins=("events.example.vn",)) as door:
        for origin, granted in (("Events.example.vn", True), ("other.example.vn", False)):
            response = door.client.options("/v1/events", headers={"webhook-request-origin": origin})
            assert ("webhook-allowed-origin" in response.headers) == granted


def test_answers_are_in_the_language_asked_for(door: Door) -> None:
    for language, title in (("en", "Unsupported media type"), ("vi-VN", "Kiểu nội dung không được hỗ trợ")):
        response = door.post(b"", "text/plain", {"accept-language": language})
        assert response.json()["title"] == title
        assert response.headers["content-language"] == language[:2]
    both = door.post(b"", "text/plain").json()["title"]
    assert both == "Kiểu nội dung không được hỗ trợ / Unsupported media type"


def test_a_request_has_an_id(door: Door) -> None:
    own = str(uuid.uuid4())
    response = door.post(b"", "text/plain", {"x-request-id": own})
    assert response.headers["x-request-id"] == response.json()["request_id"] == own
    for odd in ("0912345678", "Nguyen Van A", "x" * 500):
        given = door.post(b"", "text/plain", {"x-request-id": odd}).headers["x-request-id"]
        assert uuid.UUID(given).version == 4


def test_nothing_personal_is_in_answers_or_logs(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    name, phone, key = "Nguyen Van An", "0912345678", "rp_00000000_abc"
    spoilt = [
        EVENT | {"subject": phone},
        EVENT | {"id": f"{name} an@example.vn"},
        EVENT | {"data": {"agency": name, phone: phone, "ho_ten": name}},
        EVENT | {"data": {"agency": "H51", "secrecy": "Tối mật", "note": name}},
        EVENT | {"type": name, "source": phone},
        name,
    ]
    texts = [door.post(event).text for event in spoilt]
    texts.append(door.batch(*spoilt).text)
    texts.append(door.post(json.dumps(name).encode()[:-1]).text)
    texts.append(door.client.post(f"/v1/events/{phone}?access_token={key}&name={name}").text)
    texts.append(door.client.post(f"/v1/events?access_token={key}&name={name}").text)
    texts.append(door.client.request(phone, "/v1/events").text)
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("http"))
    assert "/v1/events 422" in logged
    for told in ("\n".join(texts), logged):
        assert not [secret for secret in (name, phone, key, "an@example", "Tối mật") if secret in told]


def test_what_nobody_foresaw_is_a_problem_and_its_message_stays_unsaid(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ValueError("0912345678")

    door.app.add_api_route("/broken", broken)
    response = door.client.get("/broken")
    assert response.status_code == 500
    assert response.json()["type"] == "/problems/internal-error"
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "ValueError at tests.gateway.test_access:" in logged
    assert "0912345678" not in response.text + caplog.text
