"""One event, read with care: the slow path, and the authority on what is accepted.

`read` takes one record as it came and gives an `Event` whose registers are in stored form, or raises
`Refusal` saying what, where and how to mend it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from schemas.column import Column, Kind
from schemas.contract import Declared, declared
from schemas.entity import Entity, Own
from schemas.instant import MICROSECONDS, parse_instant
from schemas.models import Envelope, data_model
from schemas.privacy import personal
from schemas.record import Record, fields_of
from schemas.refusal import Reason, Refusal

CLOCK_SKEW = 600 * MICROSECONDS
"""An event's time, and the times of what has happened, may lie this much in the future, no more."""

Stored = str | int
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Event:
    """A valid event. `registers`: column name to stored value; the stored unset value clears."""

    entity: Entity
    type: str
    source: str
    id: str
    subject: str
    partitionkey: str
    time: int
    registers: Mapping[str, Stored]


def read(record: Record, now: int) -> Event:
    """Read one record; `now` in microseconds since 1970 UTC. Raises Refusal."""
    return event_of(fields_of(record), now)


def event_of(fields: Mapping[str, Any], now: int) -> Event:
    """The event of what `fields_of` made of a record; raises Refusal."""
    envelope = _validated(Envelope, fields, "")
    kind = declared(envelope.type)
    data = _validated(data_model(*kind), envelope.data or {}, "data.")
    time = parse_instant(envelope.time)
    stated = {name: getattr(data, name) for name in data.model_fields_set}
    _not_in_future({"time": envelope.time}, now)
    _not_in_future(_happened(kind, stated), now)
    return Event(
        kind.entity,
        envelope.type,
        envelope.source,
        envelope.id,
        envelope.subject,
        _partition_key(kind.entity, envelope, data),
        time,
        registers(kind, time, stated),
    )


def _happened(kind: Declared, stated: Mapping[str, Any]) -> dict[str, str]:
    columns = [kind.entity.by_name[name] for name in kind.event.columns if stated.get(name) is not None]
    return {
        f"data.{column.name}": stated[column.name]
        for column in columns
        if column.kind is Kind.TIME and not column.ahead
    }


def _not_in_future(times: Mapping[str, str], now: int) -> None:
    for field, text in times.items():
        if parse_instant(text) > now + CLOCK_SKEW:
            raise Refusal(Reason.FUTURE_TIME, field, text)


def _partition_key(entity: Entity, envelope: Envelope, data: BaseModel) -> str:
    """The one key under which all events of an entity lie: under two, its state would be torn in two."""
    owner = getattr(data, entity.lies_with, None) if entity.lies_with else envelope.subject
    given = envelope.partitionkey
    if given and owner and given != owner:
        raise Refusal(Reason.WRONG_VALUE, "partitionkey", given)
    if not (given or owner):
        raise Refusal(Reason.MISSING, "partitionkey")
    return str(given or owner)


def registers(kind: Declared, time: int, stated: Mapping[str, Any]) -> dict[str, Stored]:
    """What an event states, in stored form: its own milestone and constants, then what `data` names."""
    entity, event = kind
    result: dict[str, Stored] = {
        name: _own(entity.by_name[name], value, time) for name, value in event.states.items()
    }
    for field, columns in event.choices.items():
        result[columns[stated[field]]] = time
    for target, origin in event.copies.items():
        if stated.get(origin) is not None:
            result[target] = store(entity.by_name[target], stated[origin])
    for name in event.columns:
        if name in stated:
            result[name] = store(entity.by_name[name], stated[name])
    return result


def store(column: Column, value: Any) -> Stored:
    """The stored form of a value of `data`; None gives the unset value."""
    if value is None:
        return column.kind.unset
    if column.kind is Kind.TIME:
        return parse_instant(value)
    return int(value) + 1 if column.kind is Kind.FLAG else value


def _own(column: Column, value: Own | str | int | bool, time: int) -> Stored:
    if value is Own.TIME:
        return time
    return store(column, None if value is Own.CLEAR else value)


def _validated(model: type[M], fields: Mapping[str, Any], where: str) -> M:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        refusals = [_refusal(model, item, where) for item in error.errors(include_url=False)]
        raise min(refusals, key=_severity) from None


def _severity(refusal: Refusal) -> int:
    """What was found first counts, but secrets and personal data must not hide behind a lesser fault."""
    return {Reason.SECRET: 0, Reason.PERSONAL_DATA: 1}.get(refusal.reason, 2)


def _refusal(model: type[BaseModel], error: ErrorDetails, where: str) -> Refusal:
    kind, name = error["type"], str(error["loc"][0]) if error["loc"] else ""
    value = None if kind == "missing" else error["input"]
    return Refusal(_reason(model, kind, name, value, error.get("ctx", {})), where + name, value)


def _reason(
    model: type[BaseModel], kind: str, name: str, value: object, context: Mapping[str, Any]
) -> Reason:
    if kind == "refusal":
        return Reason[context["reason"]]
    if kind == "extra_forbidden" and (personal(name) or personal(value)):
        return Reason.PERSONAL_DATA
    if kind in KNOWN_ERRORS:
        return KNOWN_ERRORS[kind]
    if kind == "literal_error" and isinstance(value, str):
        return Reason.WRONG_VALUE
    if value is None and name in model.model_fields:
        # CloudEvents: an attribute that is null counts as left out. In `data` null means "clear".
        return Reason.MISSING if model is Envelope else Reason.NOT_CLEARABLE
    return Reason.WRONG_TYPE


KNOWN_ERRORS = {
    "missing": Reason.MISSING,
    "extra_forbidden": Reason.UNKNOWN_FIELD,
    "string_too_short": Reason.WRONG_VALUE,
    "string_too_long": Reason.WRONG_VALUE,
    "string_pattern_mismatch": Reason.WRONG_VALUE,
    "greater_than_equal": Reason.WRONG_VALUE,
    "less_than": Reason.WRONG_VALUE,
    "int_parsing_size": Reason.WRONG_VALUE,
}
