"""Making CloudEvents of contract v1; the id follows from the content, so sending again changes nothing."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sources.converted import Event

ID_LENGTH = 32


def cloudevent(
    kind: str,
    source: str,
    subject: str,
    time: str,
    data: Mapping[str, Any] | None = None,
    partitionkey: str | None = None,
) -> Event:
    """An event of a kind such as `dossier.received`; `time` is RFC 3339."""
    event: Event = {
        "specversion": "1.0",
        "source": source,
        "type": f"vn.reform.{kind}.v1",
        "subject": subject,
        "time": time,
        "datacontenttype": "application/json",
        "data": dict(data or {}),
    }
    if partitionkey:
        event["partitionkey"] = partitionkey
    return event | {"id": _id(event)}


def to_json(event: Event) -> bytes:
    """One line of NDJSON, without its end."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _id(event: Event) -> str:
    content = json.dumps(event, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(content).hexdigest()[:ID_LENGTH]
