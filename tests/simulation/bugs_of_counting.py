"""Seeded bugs in states, counts and their versions."""

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np

from streams.cells import Cells
from streams.derive import Derivation
from streams.ledger import Ledger
from streams.registers import Registers
from streams.states import Change
from tests.simulation.bug import Patch, bug
from tests.simulation.loop import here
from tests.simulation.tables import Tables


@bug("counts go up by one per event, instead of by the difference of the states")
def one_per_event() -> Patch:
    apply = Derivation.apply

    def add_only(self: Derivation, change: Change, cells: Any) -> None:
        blank = {name: np.zeros_like(values) for name, values in change.old.items()}
        apply(self, replace(change, old=blank), cells)

    return patch.object(Derivation, "apply", add_only)


@bug("a register takes what comes last (anyLast), not what happened last")
def last_to_arrive() -> Patch:
    merge = Registers.merge_versions

    def overwrite(self: Registers, rows: Any, versions: Any, values: Any) -> Any:
        slots = self._slots_for(rows, values)
        self._versions[slots] = 0  # what is held loses
        return merge(self, rows, versions, values)

    return patch.object(Registers, "merge_versions", overwrite)


@bug("the state table keeps the row inserted last (anyLast), not the maximum of each register", first=80)
def any_last_in_the_table() -> Patch:
    return patch.object(Tables, "merged", lambda *held: held[-1])


@bug("the version of a count is the worker's wall clock")
def wall_clock_version() -> Patch:
    return patch.object(Ledger, "version", property(lambda _: here().clock()))


@bug("the version of a count is the offset alone, without its owner's generation", first=60)
def offset_alone() -> Patch:
    return patch.object(Ledger, "version", property(lambda ledger: ledger.next_offset))


@bug("after loading, cells that the store lacks or has otherwise are left as they are")
def cells_not_reconciled() -> Patch:
    return patch.object(Cells, "reconcile", lambda *_: None)
