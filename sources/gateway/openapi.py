"""The gateway's part of the OpenAPI document: the three modes with examples, and every answer."""

from typing import Any

from schemas.contract import TYPES
from schemas.examples import of_type
from schemas.jsonschema import DEFINITIONS
from schemas.models import TRACE
from sources.gateway.modes import BATCH, JSON, STRUCTURED
from web.problem import KINDS, MEDIA_TYPE, SCHEMA

Object = dict[str, Any]

_SHOWN = ("vn.reform.dossier.received.v1", "vn.reform.document.signed.v1", "vn.reform.payment.settled.v1")
EXAMPLES = [next(each["event"] for each in of_type(type_) if "registers" in each) for type_ in _SHOWN]


def _object(properties: Object, required: list[str]) -> Object:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


_DATA = {
    "type": ["object", "null"],
    "description": "What the event states; `/v1/contract` has it for each type.",
}
EVENT = _object(
    {
        "specversion": {"const": "1.0"},
        "type": {"enum": list(TYPES)},
        "id": DEFINITIONS["id"],
        "source": DEFINITIONS["key"],
        "subject": DEFINITIONS["key"],
        "time": DEFINITIONS["time"],
        "partitionkey": DEFINITIONS["key"],
        "datacontenttype": {"enum": [JSON]},
        "dataschema": DEFINITIONS["key"],
        "traceparent": {"type": "string", "pattern": TRACE},
        "tracestate": DEFINITIONS["key"],
        "data": _DATA,
    },
    ["specversion", "type", "id", "source", "subject", "time"],
)


def _header(name: str, about: str, schema: Object | None = None, **more: Any) -> Object:
    return {
        "name": name,
        "in": "header",
        "description": about,
        "schema": schema or {"type": "string"},
        **more,
    }


_BINARY = [
    _header(f"ce-{name}", "Binary mode only: the attribute, percent-encoded.", {"type": "string"})
    for name in EVENT["properties"]
    if name not in ("data", "datacontenttype")
]
REQUEST: Object = {
    "parameters": [*_BINARY, _header("Accept-Language", "`vi` or `en`: the language of answers.")],
    "requestBody": {
        "required": True,
        "content": {
            BATCH: {
                "schema": {"type": "array", "items": EVENT},
                "examples": {"batch": {"summary": "A batch", "value": EXAMPLES}},
            },
            STRUCTURED: {
                "schema": EVENT,
                "examples": {
                    example["type"]: {"summary": example["type"], "value": example} for example in EXAMPLES
                },
            },
            JSON: {
                "schema": _DATA,
                "examples": {
                    "binary": {
                        "summary": "Binary mode: `data` alone; the attributes are in ce-* headers",
                        "value": EXAMPLES[0]["data"],
                    }
                },
            },
        },
    },
}
_ITEM = _object(
    {
        "index": {"type": "integer", "minimum": 0, "description": "Place in the batch, from 0."},
        "status": {"type": "integer", "description": "What the status would be, had it come alone."},
        "reason": {"type": "string", "description": "Code of the reason."},
        "field": {"type": "string"},
        "value": {"type": "string", "description": "The shape of the value, masked."},
        "detail": {"type": "string", "description": "What to mend."},
    },
    ["index", "status", "reason", "field", "value", "detail"],
)
_COUNT = {"type": "integer", "minimum": 0}
_OUTCOME = _object(
    {"accepted": _COUNT, "refused": _COUNT, "items": {"type": "array", "items": _ITEM}},
    ["accepted", "refused", "items"],
)
_PROBLEM = {**SCHEMA, "properties": {**SCHEMA["properties"], "items": {"type": "array", "items": _ITEM}}}


def _outcome(about: str, accepted: int, items: list[Object]) -> Object:
    example = {"accepted": accepted, "refused": len(items), "items": items}
    return {"description": about, "content": {JSON: {"schema": _OUTCOME, "example": example}}}


def _problem(about: str, headers: Object) -> Object:
    return {"description": about, "headers": headers, "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}


_RETRY = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}}
_SAMPLE = {
    "index": 1,
    "status": 422,
    "reason": "bad_time",
    "field": "time",
    "value": "99/99/9999",
    "detail": "Thời điểm ở trường “time” phải theo RFC 3339 ...",
}
RESPONSES: dict[int | str, Object] = {
    202: _outcome("Kafka has all events.", 1, []),
    207: _outcome("Kafka has some events of the batch; the others are listed.", 499, [_SAMPLE]),
    **{
        kind.status: _problem(kind.title.en, _RETRY if kind.status in (429, 503) else {})
        for kind in KINDS.values()
        if kind.status not in (404, 405)
    },
}
HANDSHAKE: Object = {
    "name": "validate_webhook",
    "summary": "Validation handshake of CloudEvents web hooks",
    "status_code": 204,
    "responses": {400: _problem(KINDS["bad-request"].title.en, {})},
    "openapi_extra": {
        "parameters": [
            _header("WebHook-Request-Origin", "Domain name of the sending system."),
            _header("WebHook-Request-Rate", "Wanted requests per minute."),
        ]
    },
}

_ROW = _object(
    {
        "row": {"type": "integer", "minimum": 0, "description": "The record's number, from 1."},
        "column": {"type": "string", "description": "The source's name of the field."},
        "reason": {"type": "string", "description": "Code of the reason."},
        "value": {"type": "string", "description": "The shape of the value, masked."},
        "detail": {"type": "string", "description": "What to mend."},
    },
    ["row", "column", "reason", "value", "detail"],
)
_NOTICED = {"type": "object", "additionalProperties": _COUNT, "description": "Bad habits of the sender."}
_CONVERTED = _object(
    {
        "records": _COUNT,
        "accepted": {**_COUNT, "description": "Events that Kafka has."},
        "refused": _COUNT,
        "items": {"type": "array", "items": _ROW},
        "noticed": _NOTICED,
    },
    ["records", "accepted", "refused", "items", "noticed"],
)
_NOT_CONVERTED = {**SCHEMA, "properties": {**SCHEMA["properties"], "items": {"type": "array", "items": _ROW}}}
INGEST_RESPONSES: dict[int | str, Object] = {
    202: {"description": "Kafka has all events.", "content": {JSON: {"schema": _CONVERTED}}},
    207: {"description": "Some records were refused.", "content": {JSON: {"schema": _CONVERTED}}},
    **{
        kind.status: {
            "description": kind.title.en,
            "headers": _RETRY if kind.status in (429, 503) else {},
            "content": {MEDIA_TYPE: {"schema": _NOT_CONVERTED}},
        }
        for kind in KINDS.values()
        if kind.status not in (405, 415)
    },
}
_ANY = {"schema": {"type": "string", "format": "binary"}}
INGEST_REQUEST: Object = {
    "parameters": [_header("Accept-Language", "`vi` or `en`: the language of answers.")],
    "requestBody": {
        "required": True,
        "description": "The payload as the source sends it: JSON, XML, CSV or XLSX.",
        "content": {"*/*": _ANY},
    },
}
