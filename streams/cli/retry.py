"""Trying refused records again: corrected by a mapping, replaced by corrected events, or as they are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from schemas.event import Event, event_of, read
from schemas.record import fields_of
from schemas.refusal import Refusal
from sources.correction import Correction, load
from streams.cli.options import UsageError
from streams.clock import system_clock
from streams.dead_letter import DeadLetter

Originals = Iterable[tuple[DeadLetter, bytes | None]]
Identity = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter whose event can be sent now, and the record to send."""

    letter: DeadLetter
    event: Event
    record: bytes


@dataclass
class Attempt:
    """What came of it. refused: still, by reason in words. gone: not in the log any more.

    unmatched: corrected events that belong to no letter.
    """

    ready: list[Ready] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    gone: int = 0
    uncorrected: int = 0
    unmatched: list[Identity] = field(default_factory=list)

    @property
    def left(self) -> int:
        """How many are not mended."""
        return self.refused.total() + self.gone + len(self.unmatched)


def attempt(originals: Originals, mapping: Path | None, corrected: Path | None) -> Attempt:
    """Try the records of letters. Raises CorrectionError, UsageError, OSError."""
    if corrected:
        return _replaced(originals, _events_of(corrected))
    return _mapped(originals, load(mapping) if mapping else None)


def told(found: Attempt, *, dry_run: bool) -> str:
    """The outcome in words."""
    lines = [f"{'would send' if dry_run else 'sent'} {len(found.ready):,} events"]
    lines += [f"still refused: {number:,} x {why}" for why, number in found.refused.most_common()]
    if found.gone:
        lines.append(f"not in the log any more: {found.gone:,}; ask their senders for them")
    if found.uncorrected:
        lines.append(f"not in the corrected file: {found.uncorrected:,}; they stay as they are")
    if found.unmatched:
        lines.append(
            f"in the file, but no open dead letter with that source and id: {len(found.unmatched):,}"
        )
    return "\n".join(lines)


def _mapped(originals: Originals, correction: Correction | None) -> Attempt:
    found = Attempt()
    for letter, record in originals:
        if record is None:
            found.gone += 1
            continue
        try:
            # What nobody can read in one way only, and what is secret, is refused here before any correction.
            fields = fields_of(record)
            if correction:
                fields = correction.applied(fields)
                record = to_json(fields)
            found.ready.append(Ready(letter, event_of(fields, system_clock()), record))
        except Refusal as refusal:
            found.refused[str(refusal)] += 1
    return found


def _replaced(originals: Originals, events: dict[Identity, tuple[Event, bytes]]) -> Attempt:
    found, used = Attempt(), set()
    for letter, record in originals:
        identity = _identity(record)
        if identity in events:
            found.ready.append(Ready(letter, *events[identity]))
            used.add(identity)
        else:
            found.uncorrected += 1
    found.unmatched = [identity for identity in events if identity not in used]
    return found


def _identity(record: bytes | None) -> Identity | None:
    try:
        fields = fields_of(record)
    except Refusal:
        return None
    identity = fields.get("source"), fields.get("id")
    return identity if all(isinstance(part, str) for part in identity) else None


def _events_of(file: Path) -> dict[Identity, tuple[Event, bytes]]:
    events = {}
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                event = read(line.strip(), system_clock())
            except Refusal as refusal:
                raise UsageError(f"{file} line {number}: {refusal}") from None
            events[event.source, event.id] = event, line.strip()
    return events
