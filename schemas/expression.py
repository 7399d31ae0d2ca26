"""A measure's condition: one SQL boolean expression, the same text for Polars and for ClickHouse.

Columns are those of an entity in plain types (`plain_schema`): strings, booleans, whole numbers, and
times as Vietnamese wall-clock time. A condition that is NULL counts as not met. `date(x)` is the
Vietnamese calendar day of a time.

Polars is imported by those who call: commands name types of the catalogue, and their `--help` must not wait.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from schemas.column import Kind
from schemas.entity import Entity

if TYPE_CHECKING:
    import polars as pl

CLICKHOUSE_TYPES: dict[Kind, str] = {
    Kind.TEXT: "Nullable(String)",
    Kind.KEY: "Nullable(String)",
    Kind.CODE: "Nullable(String)",
    Kind.TIME: "Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh'))",
    Kind.FLAG: "Nullable(Bool)",
    Kind.INTEGER: "Nullable(Int64)",
}
_DATE = re.compile(r"\bdate\((\w+)\)", re.IGNORECASE)


class ExpressionError(ValueError):
    """A condition that cannot be evaluated; the message says why."""


def plain_schema(entity: Entity) -> dict[str, "pl.DataType"]:
    """Column names and Polars types as conditions see them."""
    import polars as pl

    types: dict[Kind, pl.DataType] = {
        Kind.TEXT: pl.String(),
        Kind.KEY: pl.String(),
        Kind.CODE: pl.String(),
        Kind.TIME: pl.Datetime("us"),
        Kind.FLAG: pl.Boolean(),
        Kind.INTEGER: pl.Int64(),
    }
    return {column.name: types[column.kind] for column in entity.columns}


@cache
def polars_expression(where: str) -> "pl.Expr":
    """The condition for Polars, NULL read as false."""
    import polars as pl

    return pl.sql_expr(_DATE.sub(r"CAST(\1 AS DATE)", where)).fill_null(value=False)


def columns_of(where: str) -> frozenset[str]:
    """The names of the columns that a condition reads."""
    return frozenset(polars_expression(where).meta.root_names())


def clickhouse_expression(where: str) -> str:
    """The condition for ClickHouse, NULL read as false; `date` is its own name for toDate."""
    return f"ifNull({where}, false)"


def check(where: str, entity: Entity) -> None:
    """Raise ExpressionError unless the condition is a boolean over the entity's columns."""
    import polars as pl

    try:
        frame = pl.DataFrame(schema=plain_schema(entity)).select(polars_expression(where))
    except Exception as error:
        raise ExpressionError(str(error).splitlines()[0]) from None
    if frame.dtypes != [pl.Boolean]:
        raise ExpressionError(f"a condition must be true or false, this gives {frame.dtypes[0]}")
