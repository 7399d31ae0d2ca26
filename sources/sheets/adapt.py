"""A sheet, by a mapping, to a snapshot per row."""

from functools import partial

from schemas.refusal import Reason
from sources.adapter import Context, convert_records
from sources.converted import Converted, Drafted, FieldError
from sources.mapped_row import draft, is_secret
from sources.mapping import Mapping, Row
from sources.payload import LIMIT
from sources.sheets.rows import table_of


def convert(payload: bytes, context: Context) -> Converted:
    """One file."""
    mapping: Mapping = context.configuration
    if len(payload) > LIMIT:
        raise FieldError(Reason.TOO_LARGE, "")
    table = table_of(payload, mapping)
    result = convert_records(table.rows, _draft, context, partial(is_secret, mapping))
    result.noticed += table.footers
    result.ignored.update(name for name in table.header if name and name not in mapping.headers)
    return result


def _draft(row: Row, context: Context) -> Drafted:
    return draft(dict(row), context)
