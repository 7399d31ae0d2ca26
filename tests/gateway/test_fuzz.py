"""Anything may be sent: it is accepted or refused as the contract's reader says, never an error of ours.

More of it: `pytest tests/gateway/test_fuzz.py --hypothesis-profile=explore --timeout=0`, and without HTTP
`python -m tests.gateway.fuzz`, 100,000 payloads per mode.
"""

import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from schemas.event import read
from schemas.refusal import Refusal
from tests.gateway.door import BATCH, STRUCTURED, Door
from tests.mutations import broken_records, mutated_events
from tests.strategies import NOW, records, valid_events

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
LONG = settings().max_examples > 1_000
FEW = settings(max_examples=settings().max_examples if LONG else 40, suppress_health_check=list(HealthCheck))
BATCHES = settings(FEW, max_examples=max(40, FEW.max_examples // 10))  # of ten events, on average
EVENTS = st.one_of(valid_events(), mutated_events())
ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time", "partitionkey")


@pytest.fixture(scope="module")
def api(door: Door) -> Any:
    """Give the OpenAPI document as it is served."""
    return schemathesis.openapi.from_url(f"{door.address}/openapi.json")


@FEW
@given(st.data())
def test_answers_are_as_the_openapi_document_says(api: Any, data: st.DataObject) -> None:
    operations = [result.ok() for result in api.get_all_operations()]
    case = data.draw(st.one_of([operation.as_strategy() for operation in operations]))
    case.call_and_validate(checks=CHECKS)


def verdict(record: bytes) -> str | None:
    """Why the reader refuses a record, None if it does not."""
    try:
        read(record, NOW)
    except Refusal as refusal:
        return refusal.reason.code
    return None


def agreed(response: httpx.Response, reason: str | None) -> None:
    """The answer to one event is the reader's verdict."""
    if reason is None:
        assert response.status_code == 202, response.text
    else:
        assert 400 <= response.status_code < 500
        assert response.json()["reason"] == reason, response.text


@FEW
@given(st.one_of(records(), broken_records(), EVENTS.map(lambda e: json.dumps(e).encode()), st.binary()))
def test_structured(door: Door, record: bytes) -> None:
    agreed(door.post(record, STRUCTURED), verdict(record))


@FEW
@given(EVENTS)
def test_binary(door: Door, event: dict[str, Any]) -> None:
    given_ = {name: str(event[name]) for name in ATTRIBUTES if event.get(name) is not None}
    headers = {f"ce-{name}": quote(value) for name, value in given_.items()} or {"ce-x": ""}
    body = json.dumps(event["data"]).encode() if "data" in event else b""
    response = door.post(body, "application/json", headers)
    whole = {**given_, "datacontenttype": "application/json", **({"data": event["data"]} if body else {})}
    if not given_:
        assert response.status_code == 422
    elif isinstance(event.get("data", {}), dict) and event.get("data") != {}:
        agreed(response, verdict(json.dumps(whole).encode()))
    else:  # the reader speaks of the data's object first
        assert response.status_code in (202, 400, 422)


@BATCHES
@given(st.lists(EVENTS, min_size=1, max_size=20))
def test_batched(door: Door, events: list[dict[str, Any]]) -> None:
    texts = [json.dumps(event, ensure_ascii=False).encode() for event in events]
    response = door.post(b"[" + b",".join(texts) + b"]", BATCH)
    expected = {i: reason for i, text in enumerate(texts) if (reason := verdict(text))}
    assert response.status_code == (202 if not expected else 207 if len(expected) < len(events) else 422)
    answer = response.json()
    assert {item["index"]: item["reason"] for item in answer["items"]} == expected
    assert (answer["accepted"], answer["refused"]) == (len(events) - len(expected), len(expected))


@FEW
@given(st.binary(max_size=200))
def test_a_batch_of_anything(door: Door, body: bytes) -> None:
    assert door.post(body, BATCH).status_code in (202, 207, 400, 422)
