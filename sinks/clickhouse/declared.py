"""What the schemas say the state tables and their views look like; migrations are tested against it.

The migrations are written out, because a schema that has been applied must never change with the code.
A new column in `schemas` therefore needs a new migration, and the test over this module asks for it.
"""

from schemas.column import Column, Kind, Merge
from schemas.entity import Entity
from schemas.expression import CLICKHOUSE_TYPES

VALUE_TYPES: dict[Kind, str] = {
    Kind.TEXT: "String",
    Kind.KEY: "String",
    Kind.CODE: "String",
    Kind.TIME: "DateTime64(6, 'UTC')",
    Kind.FLAG: "UInt8",
    Kind.INTEGER: "Int64",
}
"""Type of the stored form by kind; the unset values are those of `schemas.column`."""


def register_type(column: Column) -> str:
    """The type of a column in a state table: (version, value) under `max`, or a plain `max`."""
    if column.merge is Merge.MAX:
        return "SimpleAggregateFunction(max, Int64)"
    return f"SimpleAggregateFunction(max, Tuple(version UInt64, value {VALUE_TYPES[column.kind]}))"


def state_table(entity: Entity) -> dict[str, str]:
    """Column names and types of an entity's state table, in order."""
    shard = "SimpleAggregateFunction(max, Tuple(version UInt64, value UInt32))"
    registers = {column.name: register_type(column) for column in entity.columns}
    return {"subject": "String", "partition": shard, **registers}


def state_view(entity: Entity) -> dict[str, str]:
    """Column names and types of `<table>_current`: plain types, as conditions see them."""
    plain = {column.name: CLICKHOUSE_TYPES[column.kind] for column in entity.columns}
    return {"subject": "String", "partition": "UInt32", **plain}
