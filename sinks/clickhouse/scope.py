"""Which cells of the counts a scope covers, by the loaded agency tree or by the codes alone, as SQL.

The tree's own rules are in `schemas.reference.tree`; what follows from them lies in `agency_closure` and
`agency_now`. On any day an agency lies below another at most once, and is seen as exactly one: so no join
here can give a cell twice (ASOF and ANY see to it).
"""

import re
from typing import Any

from clickhouse_connect.driver.client import Client

from schemas.reference.tree import NEWEST
from schemas.selection import Scope, Selection, Tree
from sinks.clickhouse.client import trouble

Clause = tuple[str, dict[str, Any]]

KNOWN = "SELECT code FROM agencies_current"
BELOW = "SELECT descendant, valid_from, valid_to FROM agency_closure_current WHERE ancestor = {agency:String}"
ON_THE_DAY = "SELECT descendant FROM ({below}) WHERE valid_from <= {{on:Date}} AND {{on:Date}} < valid_to"
SEEN = (
    "SELECT code, current FROM agency_now_current "
    "WHERE counted AND current != code AND seen_from <= {on:Date} AND {on:Date} < seen_to"
)
RESTATED = (
    "SELECT k.code AS code, if(seen.current = '', k.code, seen.current) AS agency "  # noqa: S608
    f"FROM (SELECT DISTINCT code FROM ({KNOWN})) AS k LEFT ANY JOIN ({SEEN}) AS seen ON k.code = seen.code"
)
BY_CODE = "(agency = {agency:String} OR startsWith(agency, concat({agency:String}, '.')))"


def knows(client: Client, agency: str | None) -> bool:
    """Whether the loaded agency tree has this agency. Raises StoreError."""
    if agency is None:
        return False
    sql = "SELECT count() FROM agencies_current WHERE code = {agency:String}"
    with trouble("look for an agency in the tree"):
        found = client.query(sql, parameters={"agency": agency}).result_rows
    return bool(found[0][0])


def cells(table: str, selection: Selection, known: bool, day: str) -> Clause:
    """The table to select from; `agency` is restated where the tree is meant as it is now.

    known: whether the tree knows the scope's agency. day: that by whose tree a cell counts, as SQL.
    """
    scope = selection.scope
    if scope.tree is Tree.NOW and (scope.agency or selection.tells_agencies):
        restated = "if(seen.current = '', c.agency, seen.current)"
        return (
            f"(SELECT c.* REPLACE ({restated} AS agency) FROM {table} AS c "  # noqa: S608
            f"LEFT ANY JOIN ({SEEN}) AS seen ON c.agency = seen.code)",
            {"on": scope.on or NEWEST},
        )
    if _day_by_day(scope) and known:
        joined = f"{table} AS c ASOF LEFT JOIN ({BELOW}) AS place"
        return f"{joined} ON c.agency = place.descendant AND {day} >= place.valid_from", {}
    return table, {}


def condition(selection: Selection, known: bool, day: str = "day") -> list[Clause]:
    """What the cells of the scope have in common; nothing for all."""
    return [*_of_codes(selection), *_of_agencies(selection, known, day)]


def _of_codes(selection: Selection) -> list[Clause]:
    return [
        (f"{by.value} = {{only_{by.value}:String}}", {f"only_{by.value}": code})
        for by, code in selection.scope.only
    ]


def _of_agencies(selection: Selection, known: bool, day: str) -> list[Clause]:
    scope = selection.scope
    if scope.agency is None:
        return []
    named = {"agency": scope.agency}
    if scope.self_only:
        return [("agency = {agency:String}", named)]
    if not known:
        return [(BY_CODE, named)]
    unknown = f"(agency NOT IN ({KNOWN}) AND {BY_CODE})"
    if _day_by_day(scope):
        inside = f"agency IN (SELECT descendant FROM ({BELOW})) AND {day} < place.valid_to"  # noqa: S608
        return [(f"({inside} OR {unknown})", named)]
    inside = f"agency IN ({ON_THE_DAY.format(below=BELOW)})"
    return [(f"({inside} OR {unknown})", named | {"on": scope.on or NEWEST})]


def states(table: str, selection: Selection, known: bool) -> Clause:
    """The table of states to select from; `spans` has the days on which each one's agency is in the scope."""
    if not (_day_by_day(selection.scope) and known):
        return table, {}
    spans = (
        f"SELECT descendant, groupArray((valid_from, valid_to)) AS spans FROM ({BELOW}) GROUP BY descendant"  # noqa: S608
    )
    joined = f"{table} AS state LEFT JOIN ({spans}) AS place ON state.agency = place.descendant"
    return joined, {"agency": selection.scope.agency}


def state_condition(selection: Selection, known: bool, day: str) -> list[Clause]:
    """What the states of the scope have in common, as `condition` has it for the cells that they are in.

    day: that by whose tree the state counts, as SQL.
    """
    scope = selection.scope
    if _day_by_day(scope) and known:
        inside = f"arrayExists(span -> span.1 <= {day} AND {day} < span.2, spans)"
        unknown = f"(agency NOT IN ({KNOWN}) AND {BY_CODE})"
        return [*_of_codes(selection), (f"({inside} OR {unknown})", {"agency": scope.agency})]
    found = _of_agencies(selection, known, day)
    if scope.tree is Tree.NOW and found:
        ((inside, bound),) = found
        old = f"agency IN (SELECT code FROM ({RESTATED}) WHERE {inside})"  # noqa: S608
        found = [(f"({old} OR (agency NOT IN ({KNOWN}) AND {inside}))", {"on": scope.on or NEWEST} | bound)]
    return [*_of_codes(selection), *found]


def numbered(name: str, clause: Clause) -> Clause:
    """A part of a statement; its parameters get names of their own."""
    sql, parameters = clause
    own = re.sub(r"\{(\w+:)", rf"{{{name}_\1", sql)
    return own, {f"{name}_{parameter}": value for parameter, value in parameters.items()}


def holds_for_months(selection: Selection, known: bool) -> bool:
    """Whether the cells of a month are all in or all out: not where each day has a tree of its own."""
    return not (_day_by_day(selection.scope) and known)


def _day_by_day(scope: Scope) -> bool:
    return scope.agency is not None and not scope.self_only and scope.tree is Tree.THEN and scope.on is None
