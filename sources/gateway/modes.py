"""The three content modes of CloudEvents over HTTP, told apart by the media type.

A record for Kafka is always an event in structured mode: of a structured request the body as it is, of the
others the same values put together.
"""

from collections.abc import Sequence
from enum import StrEnum
from urllib.parse import unquote_to_bytes

from pydantic_core import to_json

from schemas.batch import Item, NotABatchError, read_batch
from schemas.event import read
from schemas.record import RECORD_LIMIT, fields_of
from schemas.refusal import Reason, Refusal
from web.problem import problem

BATCH = "application/cloudevents-batch+json"
STRUCTURED = "application/cloudevents+json"
JSON = "application/json"
PREFIX = b"ce-"

Headers = Sequence[tuple[bytes, bytes]]
Read = Item | Refusal


class Mode(StrEnum):
    """How events lie in a request."""

    BATCHED = "batched"
    STRUCTURED = "structured"
    BINARY = "binary"


def mode_of(content_type: str, headers: Headers) -> Mode:
    """Tell the mode; raises Problem 415. The batch is tested for first: its type begins like the other's."""
    media_type, _, parameters = content_type.partition(";")
    media_type = media_type.strip().lower()
    if "charset=" in parameters.lower() and "utf-8" not in parameters.lower():
        raise _unsupported()
    if media_type == BATCH:
        return Mode.BATCHED
    if media_type == STRUCTURED:
        return Mode.STRUCTURED
    attributes = any(name.startswith(PREFIX) for name, _ in headers)
    if attributes and media_type in (JSON, ""):
        return Mode.BINARY
    raise _unsupported()


def read_request(mode: Mode, headers: Headers, body: bytes, now: int) -> list[Read]:
    """The events of a request, or why each is refused; `now` in microseconds since 1970 UTC."""
    if mode is Mode.BATCHED:
        return _batch(body, now)
    try:
        record = body if mode is Mode.STRUCTURED else put_together(headers, body)
        return [Item(read(record, now), record)]
    except Refusal as refusal:
        return [refusal]


def _batch(body: bytes, now: int) -> list[Read]:
    try:
        return read_batch(body, now)
    except Refusal as refusal:
        words = refusal.reason.vi(""), refusal.reason.en("")
    except NotABatchError:
        words = ("Nội dung phải là một mảng JSON các sự kiện.", "The content must be a JSON array of events.")
    raise problem("bad-request", *words)


def put_together(headers: Headers, body: bytes) -> bytes:
    """A binary event in structured mode; raises Refusal. Header values are percent-encoded UTF-8."""
    typed = any(name == b"content-type" for name, _ in headers)
    attributes: dict[str, object] = {"datacontenttype": JSON} if typed else {}
    for header, value in headers:
        if header.startswith(PREFIX):
            name = header.removeprefix(PREFIX).decode("ascii", "replace")
            if name in ("data", "datacontenttype"):  # they have places of their own
                raise Refusal(Reason.UNKNOWN_FIELD, name)
            if name in attributes:
                raise Refusal(Reason.DUPLICATE_FIELD, name)
            attributes[name] = _decoded(name, value)
    if len(body) > RECORD_LIMIT:
        raise Refusal(Reason.TOO_LARGE)
    if body:
        attributes["data"] = fields_of(body)
    return to_json(attributes)


def _decoded(name: str, value: bytes) -> str:
    try:
        return unquote_to_bytes(value).decode()
    except UnicodeDecodeError:
        raise Refusal(Reason.WRONG_VALUE, name) from None


def _unsupported() -> Exception:
    kinds = ", ".join((BATCH, STRUCTURED, JSON))
    return problem(
        "unsupported-media-type",
        f"Gửi {BATCH}, {STRUCTURED}, hoặc {JSON} kèm các tiêu đề ce-*; mã hoá UTF-8.",
        f"Send {BATCH}, {STRUCTURED}, or {JSON} with ce-* headers; in UTF-8.",
        headers={"Accept-Post": kinds},
    )
