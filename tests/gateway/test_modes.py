"""Structured, binary and batched: what is accepted is in Kafka when the answer comes, and nothing else is."""

import json
from urllib.parse import quote

import httpx
import pytest
from cloudevents.core.bindings import http
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from schemas.contract import TYPES
from schemas.examples import of_type
from sources.gateway.modes import Mode, mode_of
from tests.gateway.door import BATCH, EVENT, STRUCTURED, Door
from tests.gateway.written import Written
from web.problem import Problem

VALID = [each["event"] for type_ in TYPES for each in of_type(type_) if "registers" in each]
NOTHING = {"accepted": 1, "refused": 0, "items": []}


def binary(event: dict) -> tuple[bytes, dict[str, str]]:
    headers = {f"ce-{name}": quote(str(value)) for name, value in event.items() if name not in NOT_HEADERS}
    return json.dumps(event["data"]).encode(), headers


NOT_HEADERS = ("data", "datacontenttype")


def test_a_structured_event_is_in_kafka_as_it_was_sent(door: Door, written: Written) -> None:
    written.messages()
    body = json.dumps(EVENT, indent=1).encode()
    response = door.post(body)
    assert (response.status_code, response.json()) == (202, NOTHING)
    (message,) = written.messages()
    assert message.topic() == "reform.dossiers"
    assert message.key() == EVENT["subject"].encode()
    assert message.value() == body
    assert message.headers() == [("content-type", b"application/cloudevents+json")]


def test_a_binary_event_is_in_kafka_as_a_structured_one(door: Door, written: Written) -> None:
    written.messages()
    body, headers = binary(EVENT | {"subject": "Hồ-sơ-1"})
    response = door.post(body, "application/json; charset=utf-8", headers)
    assert (response.status_code, response.json()) == (202, NOTHING)
    expected = EVENT | {"subject": "Hồ-sơ-1", "datacontenttype": "application/json"}
    assert written.events() == [expected]


def test_a_binary_event_without_data_needs_no_content_type(door: Door, written: Written) -> None:
    written.messages()
    event = {key: value for key, value in EVENT.items() if key != "data"}
    event["type"] = "vn.reform.dossier.voided.v1"
    headers = {f"ce-{name}": value for name, value in event.items()}
    assert door.client.post("/v1/events", headers=headers).status_code == 202
    assert written.events() == [event]


def test_every_example_in_one_batch(door: Door, written: Written) -> None:
    written.messages()
    assert door.batch(*VALID).json() == {"accepted": len(VALID), "refused": 0, "items": []}
    order = {json.dumps(event, sort_keys=True) for event in VALID}
    assert {json.dumps(event, sort_keys=True) for event in written.events()} == order


@pytest.mark.parametrize("mode", ["structured", "binary", "batched"])
def test_the_cloudevents_sdk_agrees(door: Door, written: Written, mode: str) -> None:
    written.messages()
    kind = JSONFormat()
    sent = [sdk_event(event, f"sdk-{number}") for number, event in enumerate(VALID)]
    if mode == "batched":
        body = b"[" + b",".join(bytes(http.to_structured(event, kind).body) for event in sent) + b"]"
        assert door.post(body, BATCH).status_code == 202
    else:
        write = http.to_structured if mode == "structured" else http.to_binary
        for event in sent:
            message = write(event, kind)
            response = door.client.post("/v1/events", content=bytes(message.body), headers=message.headers)
            assert response.status_code == 202, response.text
    found = {}
    for message in written.messages():
        headers = {"content-type": STRUCTURED}
        event = http.from_structured(http.HTTPMessage(headers, message.value()), kind)
        found[event.get_id()] = event
    assert set(found) == {event.get_id() for event in sent}
    for event in sent:
        assert found[event.get_id()].get_attributes() == event.get_attributes()
        assert found[event.get_id()].get_data() == event.get_data()


def sdk_event(event: dict, id_: str) -> CloudEvent:
    text = json.dumps({"datacontenttype": "application/json", **event, "id": id_}).encode()
    message = http.HTTPMessage({"content-type": STRUCTURED}, text)
    return http.from_structured(message, JSONFormat())


def test_a_partly_bad_batch_keeps_the_good_ones(door: Door, written: Written) -> None:
    written.messages()
    response = door.batch(
        EVENT | {"id": "b1"},
        EVENT | {"id": "b2", "time": "01/07/2022 0912345678"},
        7,
        EVENT | {"id": "b3"},
        headers={"accept-language": "en"},
    )
    assert response.status_code == 207
    answer = response.json()
    assert (answer["accepted"], answer["refused"]) == (2, 2)
    assert answer["items"][0] == {
        "index": 1,
        "status": 422,
        "reason": "bad_time",
        "field": "time",
        "value": "99/99/9999 9999999999",
        "detail": "The time in `time` must be RFC 3339 with an offset, such as 2022-07-01T08:15:00+07:00.",
    }
    assert [(item["index"], item["reason"], item["status"]) for item in answer["items"]][1:] == [
        (2, "not_an_event", 400)
    ]
    assert [event["id"] for event in written.events()] == ["b1", "b3"]


def test_a_wholly_bad_batch_is_a_problem_that_lists_all(door: Door, written: Written) -> None:
    written.messages()
    response = door.batch(EVENT | {"time": "x"}, EVENT | {"data": {"agency": "H51.18", "email": "a@b.vn"}})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [item["reason"] for item in response.json()["items"]] == ["bad_time", "personal_data"]
    assert "a@b.vn" not in response.text
    assert written.messages() == []


def test_an_empty_batch_is_accepted(door: Door) -> None:
    assert door.batch().json() == {"accepted": 0, "refused": 0, "items": []}


@pytest.mark.parametrize(
    ("content_type", "mode"),
    [
        (BATCH, Mode.BATCHED),
        ("Application/CloudEvents-Batch+JSON; charset=UTF-8", Mode.BATCHED),
        (STRUCTURED, Mode.STRUCTURED),
        ("application/json", Mode.BINARY),
        ("", Mode.BINARY),
    ],
)
def test_the_media_type_tells_the_mode(content_type: str, mode: Mode) -> None:
    assert mode_of(content_type, [(b"ce-id", b"1")]) is mode


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [
        ("application/json", {}),
        ("text/xml", {"ce-id": "1"}),
        ("application/cloudevents+xml", {}),
        ("application/cloudevents-batch+avro", {}),
        (f"{STRUCTURED}; charset=utf-16", {}),
    ],
)
def test_other_media_types_are_not_supported(door: Door, content_type: str, headers: dict) -> None:
    response = door.post(b"{}", content_type, headers)
    assert response.status_code == 415
    assert response.json()["type"] == "/problems/unsupported-media-type"
    assert BATCH in response.headers["accept-post"]
    with pytest.raises(Problem):
        mode_of(content_type, [(name.encode(), b"") for name in headers])


@pytest.mark.parametrize(
    ("headers", "reason", "field"),
    [
        ([("ce-id", "2")], "duplicate_field", "id"),
        ([("ce-data", "x")], "unknown_field", "data"),
        ([("ce-subject", "%ff")], "wrong_value", "subject"),
        ([("ce-colour", "blue")], "unknown_field", "colour"),
    ],
)
def test_odd_attributes_of_a_binary_event_are_refused(
    door: Door, headers: list[tuple[str, str]], reason: str, field: str
) -> None:
    body, given = binary(EVENT)
    if headers[0][0] == "ce-subject":
        del given["ce-subject"]
    together = [("content-type", "application/json"), *given.items(), *headers]
    response = httpx.post(f"{door.address}/v1/events", content=body, headers=together)
    assert response.status_code == 422
    assert (response.json()["reason"], response.json()["field"]) == (reason, field)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "reason"),
    [
        (b"", STRUCTURED, 400, "empty"),
        (b"{", STRUCTURED, 400, "not_json"),
        (b"[]", STRUCTURED, 400, "not_an_event"),
        (b'{"id": 1, "id": 2}', STRUCTURED, 422, "duplicate_field"),
        (b" " * 70_000, STRUCTURED, 413, "too_large"),
        (b"{", BATCH, 400, None),
        (b"{}", BATCH, 400, None),
    ],
)
def test_what_is_no_event_is_told(
    door: Door, body: bytes, content_type: str, status: int, reason: str | None
) -> None:
    response = door.post(body, content_type)
    assert response.status_code == status
    assert response.json().get("reason") == reason
