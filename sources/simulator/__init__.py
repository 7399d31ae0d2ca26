"""The simulator: a reproducible province from a seed, with the KPI values it caused.

    province = Province(seed=1, size=Size(date(2025, 7, 1), 365, dossiers=2_000_000))
    run = Run(province, Faults(duplicates=0.05, disorder=0.1))
    for events in run.days(): ...        # Polars: at, type, agency, key, line (a CloudEvent of contract v1)
    rows(run.tally)                      # the KPI rows that must come out

No clock is read; the same arguments give the same bytes. Nobody's name, number or words are in it.
"""

from sources.simulator.mistakes import Mistakes
from sources.simulator.province import Province, Size
from sources.simulator.run import Run
from sources.simulator.scenarios import SCENARIOS, Happening, Scenario
from sources.simulator.shares import Shares
from sources.simulator.truth import all_rows, months, rows
from sources.simulator.way_in import Faults

__all__ = [
    "SCENARIOS",
    "Faults",
    "Happening",
    "Mistakes",
    "Province",
    "Run",
    "Scenario",
    "Shares",
    "Size",
    "all_rows",
    "months",
    "rows",
]
