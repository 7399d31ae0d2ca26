"""What an event states, in SQL: the contract's declarations read by ClickHouse from the original JSON.

Written for `verify`, and on purpose without any code of the engine's decode and fold: when both come to the
same numbers, neither is likely to be wrong. Values are in stored form (see `schemas.column`), times as
microseconds since 1970 UTC.
"""

from schemas.column import LATEST_VERSION, Column, Kind, Merge
from schemas.entity import Entity, EventType, Own
from sinks.clickhouse.literal import quoted

FACTS = """
WITH upper(JSONExtractString(event, 'time')) AS written
SELECT
    JSONExtractString(event, 'subject') AS subject,
    JSONExtractString(event, 'type') AS type_,
    toUnixTimestamp64Micro(parseDateTime64BestEffort(written, 6, 'UTC')) AS time_,
    CAST(arrayReverse(JSONExtractKeysAndValuesRaw(event, 'data')), 'Map(String, String)') AS data_
FROM events FINAL
WHERE entity = {entity:String} AND cityHash64(events.subject) % {batches:UInt32} = {batch:UInt32}
"""
"""One row per event of a batch of subjects. Of a name that stands twice in `data` the last counts: the map
finds the first, so it is turned round. A raw value is never '': that is "not there"."""

UNSTATED = {True: "''", False: "toUInt128(0)"}
"""What loses against everything, by whether the stored form is a string."""


def register(entity: Entity, column: Column) -> str:
    """An aggregate over FACTS: the column's register, packed.

    A register is the greatest (version, value). `max` over tuples keeps a heap object per subject and column;
    packed into one comparable value it is fast and small: the version in 19 digits before a string, or in the
    upper half of 128 bits above a number (plus one, so that -1 is 0). MAX registers have version 1.
    """
    cases = [text for case in _cases(entity, column) for text in (case[0], _packed(column, case[1]))]
    return f"max(multiIf({', '.join(cases)}, {UNSTATED[column.kind.is_string]}))" if cases else ""


def unpacked(column: Column, packed: str) -> str:
    """A register as Tuple(version UInt64, value); the value a String or Int64."""
    if column.kind.is_string:
        return f"(toUInt64OrZero(substring({packed}, 1, 19)), substring({packed}, 20))"
    value = f"toInt64(toUInt64({packed})) - 1"
    unset = f"if({packed} = 0, {column.kind.unset}, {value})"
    return f"(toUInt64(bitShiftRight({packed}, 64)), toInt64({unset}))"


def _packed(column: Column, value: str) -> str:
    version = {
        Merge.LAST: "time_",
        Merge.FIRST: f"({LATEST_VERSION} - time_)",
        Merge.MAX: "1",
    }[column.merge]
    if column.kind.is_string:
        return f"concat(leftPad(toString({version}), 19, '0'), {value})"
    return f"bitShiftLeft(toUInt128({version}), 64) + toUInt128({value} + 1)"


def _cases(entity: Entity, column: Column) -> list[tuple[str, str]]:
    """(condition, value) in order of precedence: what `data` names, copies, choices, own milestones."""
    named = [event for event in entity.events if column.name in event.columns]
    cases = [(f"{_in_data(column.name)} AND {_is(entity, named)}", _read(column))] if named else []
    for event in entity.events:
        cases += _copies(entity, event, column) + _choices(entity, event, column)
    for event in entity.events:
        if column.name in event.states:
            cases.append((_is(entity, [event]), _own(column, event.states[column.name])))
    return cases


def _copies(entity: Entity, event: EventType, column: Column) -> list[tuple[str, str]]:
    origin = event.copies.get(column.name)
    if origin is None:
        return []
    stated = f"data_[{quoted(origin)}] NOT IN ('', 'null')"
    return [(f"{stated} AND {_is(entity, [event])}", _read(column, origin))]


def _choices(entity: Entity, event: EventType, column: Column) -> list[tuple[str, str]]:
    return [
        (f"data_[{quoted(field)}] = {quoted(chr(34) + chosen + chr(34))} AND {_is(entity, [event])}", "time_")
        for field, targets in event.choices.items()
        for chosen, target in targets.items()
        if target == column.name
    ]


def _own(column: Column, value: Own | str | int | bool) -> str:
    if value is Own.TIME:
        return "time_"
    if value is Own.CLEAR:
        return quoted(column.kind.unset)
    return quoted(value + 1 if isinstance(value, bool) else value)  # flags are stored as 1 and 2


def _is(entity: Entity, events: list[EventType]) -> str:
    return f"type_ IN ({', '.join(quoted(entity.type_of(event)) for event in events)})"


def _in_data(name: str) -> str:
    return f"data_[{quoted(name)}] != ''"


def _read(column: Column, name: str | None = None) -> str:
    """The stored form of a raw value; `null` gives the unset value."""
    raw = f"data_[{quoted(name or column.name)}]"
    if column.kind is Kind.TIME:
        moment = f"parseDateTime64BestEffortOrZero(upper(JSONExtractString({raw})), 6, 'UTC')"
        return f"toUnixTimestamp64Micro({moment})"
    if column.kind is Kind.FLAG:
        return f"multiIf({raw} = 'true', 2, {raw} = 'false', 1, 0)"
    if column.kind is Kind.INTEGER:
        return f"toInt64OrDefault({raw}, toInt64(-1))"
    return f"JSONExtractString({raw})"
