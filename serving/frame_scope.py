"""Which cells of frames a scope covers: by the agency tree (`schemas.reference.tree`), or by codes alone."""

import polars as pl

from schemas.reference.tree import NEWEST, AgencyTree
from schemas.selection import Scope, Selection, Tree


def in_scope(cells: pl.DataFrame, selection: Selection, tree: AgencyTree) -> pl.DataFrame:
    """The cells of the scope, each once; `agency` is restated where the tree is meant as it is now."""
    scope = selection.scope
    if scope.tree is Tree.NOW and (scope.agency or selection.tells_agencies):
        cells = _restated(cells, scope, tree)
    if scope.agency is None:
        return cells
    agency = pl.col("agency")
    own = agency == scope.agency
    by_code = own | agency.str.starts_with(f"{scope.agency}.")
    if scope.self_only or not tree.knows(scope.agency):
        return cells.filter(own if scope.self_only else by_code)
    return _below(cells, selection, tree, ~agency.is_in(list(tree.codes)) & by_code)


def _restated(cells: pl.DataFrame, scope: Scope, tree: AgencyTree) -> pl.DataFrame:
    current = {code: tree.current(code, scope.on or NEWEST) for code in tree.codes}
    moved = {code: heir for code, heir in current.items() if heir != code}
    return cells.with_columns(pl.col("agency").replace(moved)) if moved else cells


def _below(cells: pl.DataFrame, selection: Selection, tree: AgencyTree, unknown: pl.Expr) -> pl.DataFrame:
    """Cells of agencies below the scope's on one day, else on each cell's own; and what `unknown` says."""
    scope = selection.scope
    spans = [b[1:] for b in tree.branches if b.ancestor == scope.agency]
    if scope.on or scope.tree is Tree.NOW:
        on = scope.on or NEWEST
        inside = [code for code, _, start, end in spans if start <= on < end]
        return cells.filter(pl.col("agency").is_in(inside) | unknown)
    columns = {"agency": pl.String, "depth_": pl.Int64, "from_": pl.Date, "to_": pl.Date}
    places = pl.DataFrame(spans, schema=columns, orient="row")
    day = pl.col("cohort") if selection.cohorts else pl.col("bucket").cast(pl.Date)
    placed = cells.join(places, on="agency", how="left")
    return placed.filter(((day >= pl.col("from_")) & (day < pl.col("to_"))) | unknown)
