"""Pseudonyms: a dossier's code points to a person, so it becomes a keyed hash before it leaves this edge.

    Pseudonyms.parse("a=…32 signs or more…, b@2027-01-01=…")

The hash is HMAC-SHA256 (RFC 2104), cut to 160 bits, behind the id of its key: `a-9f86d081…`. The same code
gives the same pseudonym in every adapter, so that a payment finds its dossier.

Rotation: a key serves the codes from a day on. Which key a code gets follows from the date written in the
code itself (domain, section 5.3), never from the clock; so a dossier keeps its pseudonym for life, however
often it is sent, and nothing is counted twice. Codes without a date, and those older than every key, get the
first key. When the dossiers of a key are past their retention, delete the key: nobody can link their hashes
any more.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Self

from schemas.refusal import Reason
from sources.converted import FieldError

LENGTH = 40
SECRET_LENGTH = 32
ENTRY = re.compile(r"([a-z0-9]{1,8})(?:@(\d{4}-\d{2}-\d{2}))?=(\S+)")
DATES = re.compile(r"(?:^|\D)(?:20)?(\d{2})[/-]?(\d{2})[/-]?(\d{2})(?:$|\D)")


class PseudonymError(ValueError):
    """The keys cannot be used; the message says how to mend it, and holds no key."""


class Key(NamedTuple):
    """A key, and the first day of the codes it serves."""

    since: date
    id: str
    secret: bytes


class Pseudonyms:
    """Keyed hashes of codes."""

    def __init__(self, keys: Sequence[Key]) -> None:
        if not keys:
            raise PseudonymError(
                "there is no key for pseudonyms: set REFORM_PULSE_PSEUDONYM_KEYS to `a=` and 32 or more"
                " random signs (`openssl rand -hex 32` gives some), and keep it; see docs/connect-a-source.md"
            )
        self._keys = sorted(keys)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `id=secret` or `id@first-day=secret`, separated by commas. Raises PseudonymError."""
        keys = [_key(entry.strip()) for entry in text.split(",") if entry.strip()]
        if len({key.id for key in keys}) < len(keys) or len({key.since for key in keys}) < len(keys):
            raise PseudonymError("pseudonym keys: every key needs an id and a first day of its own")
        return cls(keys)

    def of(self, kind: str, code: str, belongs_to: str = "") -> str:
        """The pseudonym of a code of a kind of thing. belongs_to: the code whose date chooses the key."""
        plain = unicodedata.normalize("NFC", code).strip().upper()
        if not plain:
            raise FieldError(Reason.MISSING, kind)
        day = _date(belongs_to or plain)
        key = next((key for key in reversed(self._keys) if day and key.since <= day), self._keys[0])
        digest = hmac.new(key.secret, f"{kind}\x1f{plain}".encode(), hashlib.sha256).hexdigest()
        return f"{key.id}-{digest[:LENGTH]}"


def _key(entry: str) -> Key:
    found = ENTRY.fullmatch(entry)
    if not found:
        raise PseudonymError(
            "pseudonym keys: write `id=secret` or `id@2027-01-01=secret`, ids of a-z and 0-9"
        )
    name, since, secret = found.groups()
    if len(secret) < SECRET_LENGTH:
        raise PseudonymError(f"pseudonym key {name}: the secret needs {SECRET_LENGTH} signs or more")
    try:
        return Key(date.fromisoformat(since) if since else date.min, name, secret.encode())
    except ValueError:
        raise PseudonymError(f"pseudonym key {name}: `{since}` is no date") from None


def _date(code: str) -> date | None:
    """The date written in a code: `H51.18-260115-0001`, `000.18.29.H51,2026/01/15,12/QĐ-UBND`."""
    for year, month, day in DATES.findall(code):
        try:
            return date(2000 + int(year), int(month), int(day))
        except ValueError:
            continue
    return None
