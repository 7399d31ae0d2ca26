"""`docs/contract.md`, from the declarations."""

from collections.abc import Iterable, Sequence

from schemas.column import Column, Kind, Merge
from schemas.contract import DEAD_LETTERS, ENTITIES
from schemas.entity import Entity, EventType, Own
from schemas.models import Envelope
from schemas.refusal import Reason

INTRODUCTION = """\
# The contract: events, version 1

Written by `python -m schemas.publish` from the declarations in `schemas/`; do not edit.

Events are CloudEvents 1.0 in JSON. On Kafka: structured mode, `content-type: application/cloudevents+json`. A
record is at most 64 KiB. Identity is (`source`, `id`): sending an event twice changes nothing.

An event states some columns of its entity and leaves the rest alone. Each stated value carries the event's
`time` as its version, so events may come late, twice and in any order. The event's own milestone takes `time`
unless `data` names it. `null` clears a column.

Machine-readable: `reform-pulse schema` (JSON Schema), `schemas/asyncapi.yaml`, and examples with their
expected outcome in `schemas/examples/`.

## Envelope
"""
MERGES = {Merge.LAST: "latest `time`", Merge.FIRST: "earliest `time`", Merge.MAX: "greatest value"}
MERGE_NOTES = """\
How two values of a column merge: *latest `time`*: the value of the event with the greatest `time`, at equal
times the greater value; *earliest `time`*: the value of the first; *greatest value*: it never goes down. Only
columns of the first sort can be cleared with `null`. Times that *may lie ahead* are promises or plans; all
others, like `time` itself, lie at most 10 minutes in the future.
"""
REFUSALS = f"""\
## Refusals

What is refused goes to the topic `{DEAD_LETTERS}` with its reason, the field, and the value's shape only
(`0912` becomes `9999`); of a record with a secrecy mark nothing is kept.
"""


def contract() -> str:
    """The whole document."""
    parts = [INTRODUCTION, _envelope(), "## Entities\n", MERGE_NOTES]
    for entity in ENTITIES.values():
        parts += [_entity(entity), _columns(entity), f"Events of `{entity.name}`:\n", _events(entity)]
    return "\n".join([*parts, REFUSALS, _reasons()])


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _envelope() -> str:
    fields = Envelope.model_fields.items()
    rows = ((f"`{n}`", "yes" if f.is_required() else "", f.description or "") for n, f in fields)
    return table(("attribute", "required", "meaning"), rows) + "\nOther attributes are refused.\n"


def _entity(entity: Entity) -> str:
    key = f"`subject` is the {entity.key}."
    if entity.lies_with:
        key += f" `partitionkey` is the {entity.lies_with}; it may be left out where `data` names it."
    return f"### {entity.name}\n\nTopic `{entity.topic}`, table `{entity.table}`. {key}\n"


def _columns(entity: Entity) -> str:
    rows = ((f"`{c.name}`", _kind(c), MERGES[c.merge], c.about) for c in entity.columns)
    return table(("column", "kind", "merge", "meaning"), rows)


def _kind(column: Column) -> str:
    if column.codes:
        return ", ".join(f"`{code}`" for code in column.codes)
    return f"{column.kind.value}, may lie ahead" if column.ahead else column.kind.value


def _events(entity: Entity) -> str:
    rows = ((f"`{entity.type_of(e)}`", e.about, _own(e), _named(entity, e)) for e in entity.events)
    return table(("type", "meaning", "states of itself", "`data` may name (required in bold)"), rows)


def _own(event: EventType) -> str:
    words = {Own.TIME: "`time`", Own.CLEAR: "null"}
    states = [
        f"`{name}` = {words[value] if isinstance(value, Own) else f'`{str(value).lower()}`'}"
        for name, value in event.states.items()
    ]
    states += [f"`{target}` = `{origin}`, if named" for target, origin in event.copies.items()]
    for field, columns in event.choices.items():
        states += [f"`{column}` = `time`, if `{field}` is `{code}`" for code, column in columns.items()]
    return "; ".join(states)


def _named(entity: Entity, event: EventType) -> str:
    if len(event.columns) == len(entity.columns):
        names = ["any column"]
    else:
        names = [f"`{name}`" for name in event.columns]
    extras = (_extra(extra) for extra in event.extras)
    fields = [*names, *extras]
    bold = {f"`{name}`" for name in event.required}
    return ", ".join(f"**{field}**" if field.partition(" ")[0] in bold else field for field in fields)


def _extra(extra: Column) -> str:
    if extra.kind is Kind.CODE:
        return f"`{extra.name}` ({', '.join(extra.codes)})"
    return f"`{extra.name}`"


def _reasons() -> str:
    rows = ((f"`{r.code}`", r.vi("…"), r.en("…")) for r in Reason)
    return table(("reason", "Vietnamese", "English"), rows)
