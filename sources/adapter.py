"""An adapter: a pure function from one payload of a source system to events of contract v1.

    bound = Bound(ADAPTERS["payments"], configuration, pseudonyms)
    converted = bound.adapt(payload, now)

It reads no clock, no file and no network. It gives events or refusals, and never raises for what it was
given: the last step holds every event against the contract's own reader, and what that refuses is refused
here, with the source's name of the field.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.event import read
from schemas.instant import to_datetime
from schemas.privacy import personal
from schemas.record import has_secret
from schemas.refusal import Reason, Refusal
from sources.configuration import Configuration
from sources.converted import Converted, Drafted, FieldError, Refused, refused_whole
from sources.pseudonym import Pseudonyms


@dataclass(frozen=True)
class Context:
    """What an adapter may know beside the payload.

    now: what lies after it has not happened yet. arrival: when the payload was sent. Both in microseconds
    since 1970 UTC.
    """

    configuration: Any
    pseudonyms: Pseudonyms
    now: int
    arrival: int

    @property
    def arrived(self) -> str | None:
        """When the payload came, RFC 3339, where that is the version of what it states."""
        by_arrival = self.configuration.version == "arrival"
        return to_datetime(self.arrival).isoformat() if by_arrival else None


Records = Iterable[tuple[int, object]]
Draft = Callable[[Mapping[str, Any], Context], Drafted]


@dataclass(frozen=True)
class Adapter:
    """name: in the URL, the topic and the command. convert: the function. built_in: its configuration.

    model: the class of its configuration. gives: `events`, or `totals` to reconcile with. split: a file as
    payloads of which each may be sent by itself.
    """

    name: str
    about: str
    convert: Callable[[bytes, Context], Converted]
    split: Callable[[bytes], Iterable[bytes]]
    model: type[Configuration] = Configuration
    built_in: Mapping[str, Any] | None = None
    gives: str = "events"


@dataclass(frozen=True)
class Bound:
    """An adapter with the configuration of one source system."""

    adapter: Adapter
    configuration: Configuration
    pseudonyms: Pseudonyms

    def adapt(self, payload: bytes, now: int, arrival: int | None = None) -> Converted:
        """Convert one payload; `now`, and when it arrived if that was earlier. Never raises for it."""
        context = Context(self.configuration, self.pseudonyms, now, now if arrival is None else arrival)
        try:
            return self.adapter.convert(payload, context)
        except (FieldError, Refusal) as error:
            return refused_whole(error)


def convert_records(
    records: Records, draft: Draft, context: Context, secret: Callable[[Any], bool] = has_secret
) -> Converted:
    """Draft and check each record by itself; a refusal of one leaves the others alone."""
    result = Converted()
    for row, record in records:
        result.rows += 1
        try:
            if not isinstance(record, Mapping):
                raise FieldError(Reason.NOT_AN_EVENT, "")
            if secret(record):
                raise FieldError(Reason.SECRET, "")
            drafted = draft(record, context)
            _check(drafted, context.now)
        except FieldError as error:
            result.refused.append(Refused(row, error.column, error.reason, error.value))
        else:
            result.take(row, drafted)
    return result


def stated(data: Mapping[str, Any], configuration: Configuration) -> dict[str, Any]:
    """The data that this source is to state."""
    return {name: value for name, value in data.items() if name not in configuration.leave_out}


def unknown_fields(record: Mapping[str, Any], known: frozenset[str]) -> Counter[str]:
    """Habits: fields that the format does not have. They are counted, and never read."""
    unknown = [name for name in record if name not in known]
    people = sum(personal(record[name]) for name in unknown)
    return +Counter({"unknown_field": len(unknown), "unknown_personal_field": people})


def _check(drafted: Drafted, now: int) -> None:
    """Hold the events against the contract. Raises FieldError."""
    for event in drafted.events:
        try:
            read(event, now)
        except Refusal as refusal:
            field = refusal.field.removeprefix("data.")
            raise FieldError(refusal.reason, drafted.origins.get(field, field), refusal.value) from None
