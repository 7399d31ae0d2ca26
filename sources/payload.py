"""JSON payloads: read once, strictly; and files taken apart into payloads."""

import codecs
import json
from collections.abc import Iterable
from typing import Any

from pydantic_core import from_json

from schemas.record import has_secret
from schemas.refusal import Reason
from sources.converted import FieldError

LIMIT = 16 << 20
"""Bytes of a payload. A sync job sends some hundred dossiers of a few KiB at a time."""


def json_of(payload: bytes) -> Any:
    """The JSON value of a payload. Raises FieldError."""
    if len(payload) > LIMIT:
        raise FieldError(Reason.TOO_LARGE, "")
    text = payload.removeprefix(codecs.BOM_UTF8)
    if not text.strip():
        raise FieldError(Reason.EMPTY, "")
    try:
        from_json(text, allow_inf_nan=False)  # decides what JSON is, and how deep it may be
        return json.loads(text.decode(), object_pairs_hook=_object)
    except (ValueError, RecursionError):
        raise FieldError(Reason.NOT_JSON, "") from None


def json_payloads(file: bytes) -> Iterable[bytes]:
    """A file of one JSON value, or of one on each line."""
    lines = [line for line in file.removeprefix(codecs.BOM_UTF8).splitlines() if line.strip()]
    if len(lines) > 1 and all(
        line.lstrip()[:1] in (b"{", b"[") and line.rstrip()[-1:] in (b"}", b"]") for line in lines
    ):
        return lines
    return [file]


def one_payload(file: bytes) -> Iterable[bytes]:
    """The file as it is."""
    return [file]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):  # two readers would see two records
        secret = has_secret([{name: value} for name, value in pairs])
        raise FieldError(Reason.SECRET if secret else Reason.DUPLICATE_FIELD, "")
    return fields
