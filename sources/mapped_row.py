"""One row, by a mapping, to the snapshot of what it tells of."""

from collections.abc import Callable
from typing import Any

from schemas.column import Column, Kind
from schemas.record import has_secret
from schemas.refusal import Reason
from sources.adapter import Context, stated
from sources.cloudevent import cloudevent
from sources.configuration import fold
from sources.converted import Drafted, FieldError
from sources.fields import NO, YES, Fields, agency_code, word
from sources.mapping import Mapping, Row
from sources.vietnam_time import parsed

AGENCIES = frozenset({"agency", "receiving_agency"})


def draft(row: Row, context: Context, changed_at: str | None = None) -> Drafted:
    """The snapshot of a row. changed_at: its version, where the sender says it. Raises FieldError."""
    mapping: Mapping = context.configuration
    fields = Fields(row, mapping)
    subject = _subject(fields, context)
    columns = mapping.about.by_name
    data = {name: mapping.defaults[name] for name in mapping.defaults if name not in mapping.columns}
    for name, header in mapping.columns.items():
        if header in row:
            value = _value(fields, columns[name], header, context)
            if value is not None or columns[name].clearable:
                data[name] = value
    version = changed_at or _version(fields, data, context)
    owner = mapping.about.lies_with
    event = cloudevent(
        f"{mapping.entity}.snapshot",
        mapping.source,
        subject,
        version,
        stated(data, mapping),
        str(data[owner]) if owner and data.get(owner) else None,
    )
    return Drafted([event], fields.origins, understood=fields.understood)


def key_of(row: Row, context: Context) -> tuple[str, str | None]:
    """The subject of a row, and what it lies with, of a row of which nothing else counts any more."""
    mapping: Mapping = context.configuration
    fields, owner = Fields(row, mapping), mapping.about.lies_with
    code = fields.text(mapping.columns[owner]) if owner and owner in mapping.columns else ""
    return _subject(fields, context), context.pseudonyms.of("dossier", code) if code else None


def _subject(fields: Fields, context: Context) -> str:
    mapping: Mapping = context.configuration
    parts = [fields.needed(name, "subject") for name in mapping.subject]
    return context.pseudonyms.of(mapping.entity, ",".join(parts))


def _value(fields: Fields, column: Column, header: str, context: Context) -> Any:
    """A cell in the contract's form; None for an empty one without a default."""
    mapping: Mapping = context.configuration
    text = fields.text(header, column.name)
    table = mapping.codes.get(column.name)
    if column.name in mapping.present:
        return bool(text)
    if table is not None:
        coded = mapping.code(column.name, text)
        if coded is None and text and column.kind is Kind.CODE and text not in column.codes:
            raise FieldError(Reason.WRONG_VALUE, header, text)
        text = text if coded is None else coded
    if not text:
        return mapping.defaults.get(column.name)
    if column.kind is Kind.INTEGER:
        return fields.whole(header, text)
    return READERS[column.kind](text, column, header, context)


def _text(text: str, column: Column, header: str, _: Context) -> str:
    if column.name in AGENCIES and (found := agency_code(text)):
        return found
    if column.name in AGENCIES:
        raise FieldError(Reason.WRONG_VALUE, header, text)
    return word(text, header)


def _code(text: str, column: Column, header: str, _: Context) -> str:
    if text not in column.codes:
        raise FieldError(Reason.WRONG_VALUE, header, text)
    return text


def _key(text: str, _: Column, __: str, context: Context) -> str:
    return context.pseudonyms.of("dossier", text)


def _time(text: str, column: Column, header: str, context: Context) -> str:
    mapping: Mapping = context.configuration
    time = _parsed(text, header, mapping)
    return time.replace("T00:00:00", f"T{mapping.closes}:00") if column.ahead else time


def _flag(text: str, _: Column, header: str, __: Context) -> bool:
    if fold(text) not in YES | NO:
        raise FieldError(Reason.WRONG_VALUE, header, text)
    return fold(text) in YES


READERS: dict[Kind, Callable[[str, Column, str, Context], Any]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.KEY: _key,
    Kind.TIME: _time,
    Kind.FLAG: _flag,
}


def _parsed(text: str, header: str, mapping: Mapping) -> str:
    try:
        return parsed(text, (*mapping.dates, "iso"))
    except ValueError:
        raise FieldError(Reason.SOURCE_TIME, header, text) from None


def _version(fields: Fields, data: dict[str, Any], context: Context) -> str:
    mapping: Mapping = context.configuration
    if mapping.changed_at and (text := fields.text(mapping.changed_at, "time")):
        return _parsed(text, mapping.changed_at, mapping)
    times = [column for column in mapping.about.of_kind(Kind.TIME) if not column.ahead]
    happened = [str(data[column.name]) for column in times if data.get(column.name)]
    if context.arrived is None and not happened:
        named = [mapping.columns[column.name] for column in times if column.name in mapping.columns]
        raise FieldError(Reason.MISSING, (named or [mapping.changed_at or "changed_at"])[0])
    return context.arrived or max(happened)


def is_secret(mapping: Mapping, row: Row) -> bool:
    """Whether a row is marked as secret, in the column that the mapping names, or anywhere else."""
    secrecy = mapping.secrecy
    if secrecy is None:
        return has_secret(row)
    mark = row.get(secrecy.column)
    rest = {name: value for name, value in row.items() if name != secrecy.column}
    return fold(str(mark or "")) not in map(fold, secrecy.open) or has_secret(rest)
