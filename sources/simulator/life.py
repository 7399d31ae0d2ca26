"""Lives: what becomes of the entities that begin on one day, one row each, as columns.

Columns whose name ends in `_at` are moments (sources.simulator.working_time) and may be NEVER. A life is
decided as a whole on the day it begins, then cut at what is heard of it; counting and telling both take it
from there.
"""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sources.simulator.province import Province
from sources.simulator.working_time import DAY, NEVER

Life = dict[str, NDArray[Any]]

PROMISES = frozenset({"accept_due_at", "due_at", "due_1_at", "due_2_at", "due_x_at"})
"""What is stated with another event, and may lie past all that is heard."""

NAMES = {
    "channel": ("online", "counter", "postal"),
    "level": ("full", "partial", "info"),
    "applicant": ("citizen", "organisation"),
    "outcome": ("granted", "denied", "withdrawn", "returned"),
    "way": ("portal", "gateway", "transfer", "cash"),
    "return_channel": ("online", "counter", "postal"),
    "kind": ("administrative", "report", "other"),
    "form": ("electronic", "both", "paper"),
    "task": ("plan", "inspection", "training"),
}
"""What the numbers in a column of this name stand for."""


def cut(life: Life, province: Province, agency: str = "agency") -> Life:
    """Only what is heard of: until the end of the run, or until the agency falls silent."""
    until = province.heard_until[life[agency]]
    happens = [name for name in life if name.endswith("_at") and name not in PROMISES]
    return life | {name: np.where(life[name] < until, life[name], NEVER) for name in happens}


def numbered(agency: NDArray[np.int64]) -> NDArray[np.int64]:
    """Running numbers from 1 within each agency."""
    order = np.argsort(agency, kind="stable")
    ranked = agency[order]
    first = np.searchsorted(ranked, ranked, side="left")
    result = np.empty(len(agency), np.int64)
    result[order] = np.arange(len(agency)) - first + 1
    return result


def subjects(province: Province, mark: str, life: Life, day: int) -> pl.Series:
    """Keys such as `H51.21-250701-0001`, after the agency and the day a life begins (domain, section 5.3)."""
    date = pl.lit(province.time.first) + pl.duration(days=day)
    frame = pl.DataFrame(
        {"n": numbered(life["agency"]), "agency": _named(life["agency"], province.agency_codes)}
    )
    number = pl.col("n").cast(pl.String).str.zfill(4)
    code = pl.concat_str("agency", pl.lit(f"-{mark}"), date.dt.to_string("%y%m%d"), pl.lit("-"), number)
    return frame.select(subject=code)["subject"]


def service_keys(province: Province, life: Life) -> pl.Series:
    """Keys such as `H51.21-1.004946`, after the agency and the procedure."""
    agency, procedure = (
        _column(name, life[name], province).cast(pl.String) for name in ("agency", "procedure")
    )
    return agency + "-" + procedure


def frame(life: Life, province: Province, subject: pl.Series) -> pl.DataFrame:
    """A life with its codes as texts, its moments as wall clock (null: never); `last` is its last day."""
    times = [name for name in life if name.endswith("_at") and name not in PROMISES]
    latest = np.max([np.where(life[name] < NEVER, life[name], -1) for name in times], axis=0)
    columns = {name: _column(name, values, province) for name, values in life.items()}
    table = pl.DataFrame({"subject": subject, "last": latest // DAY, **columns})
    start = pl.lit(province.time.first).cast(pl.Datetime("us"))
    known = [
        pl.when(pl.col(n) < NEVER).then(start + pl.duration(seconds=n)).alias(n)
        for n in life
        if n[-3:] == "_at"
    ]
    return table.with_columns(known)


def _column(name: str, values: NDArray[Any], province: Province) -> pl.Series:
    if name in ("agency", "receiver", "other"):
        return _named(values, province.agency_codes)
    if name == "procedure":
        return _named(values, province.procedure_codes)
    if name == "field":
        return _named(values, pl.Enum(province.fields[1]))
    return _named(values, pl.Enum(NAMES[name])) if name in NAMES else pl.Series(values)


def _named(numbers: NDArray[np.int64], names: pl.Enum) -> pl.Series:
    return pl.Series(numbers.astype(np.uint32)).cat.to(names)
