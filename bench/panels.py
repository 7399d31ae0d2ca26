"""Times every SQL panel of the Grafana dashboards, and questions of the commands and the query API.

    python -m bench.panels DIR [dossiers]    # fills DIR first with a large province, see province_counts.py

Asks for the last month and for the year, for the province and for one agency, one thread a query. The best of
some runs: wall time, and CPU time of the process, which says more on a busy machine. See docs/panels.md.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

from clickhouse_connect.driver.client import Client

from bench.province_counts import FIRST_DAY, LAST_DAY, opened
from schemas.catalogue import load
from schemas.instant import VIETNAM
from schemas.selection import By, Scope
from serving.board import HEADLINES
from serving.kpis import kpi_rows
from serving.period import Period
from sinks.clickhouse.counts import ClickHouseCounts
from tests.grafana.dashboards import sql
from tests.grafana.screen import Screen

RUNS = 4
TARGET = 0.2
SHOWN = 12
ONE_AGENCY = "H51.3.4"
DAY = timedelta(days=1)
Question = tuple[str, Callable[[], object]]
Spent = tuple[float, float]
"""CPU and wall time, in seconds."""


def screens(first: datetime, last: datetime, agency: str) -> Iterator[tuple[str, Screen]]:
    """Name and screen: 31 days and the whole span up to the end of `last`, for all and for one agency."""
    end = last + DAY - timedelta(seconds=1)
    for chosen in ("$__all", agency):
        for name, start in (("month", last - 30 * DAY), ("year", first)):
            variables = {"agency": chosen, "period": "month", "procedure": "", "dossier": "none"}
            whose = "province" if chosen == "$__all" else "agency"
            yield f"{name}, {whose}", Screen(start, end, variables, {"agency": (agency, "H51")})


def questions(client: Client, first: datetime, last: datetime, agency: str) -> Iterator[Question]:
    """Name and question, as `kpis` and the query API ask it."""
    ask = partial(kpi_rows, load(), ClickHouseCounts(client), now=last + DAY)
    month, year = (Period(start.date(), (last + DAY).date()) for start in (last - 30 * DAY, first))
    board = tuple(HEADLINES)
    yield "board: headlines by agency, month", partial(ask, month, by=By.AGENCY, names=board)
    yield "headlines, month", partial(ask, month, names=board)
    yield "headlines, month, one agency", partial(ask, month, names=board, scope=Scope(agency))
    yield "all figures, month", partial(ask, month)
    yield "headlines by month, year", partial(ask, year, by=By.MONTH, names=board)
    yield "all figures, year", partial(ask, year)


def best(run: Callable[[], object]) -> Spent:
    """The least CPU time, and the shortest wall time."""
    times = []
    for _ in range(RUNS):
        wall, cpu = perf_counter(), process_time()
        run()
        times.append((process_time() - cpu, perf_counter() - wall))
    return min(cpu for cpu, _ in times), min(wall for _, wall in times)


def told(title: str, found: list[tuple[Spent, str]], shown: int) -> None:
    """Print how many are late, and the dearest."""
    late = sum(cpu > TARGET for (cpu, _), _ in found)
    print(f"{title}: {late} of {len(found)} over {TARGET * 1000:.0f} ms of CPU", flush=True)
    for (cpu, wall), name in sorted(found, reverse=True)[:shown]:
        print(f"  CPU {cpu * 1000:6.0f} ms, wall {wall * 1000:6.0f} ms  {name}", flush=True)


def timed(client: Client, first: datetime, last: datetime, agency: str = ONE_AGENCY) -> None:
    """Time everything over a store's counts of the days from `first` to `last` (midnights)."""
    client.set_client_setting("max_threads", 1)
    asked = [(best(run), name) for name, run in questions(client, first, last, agency)]
    told("questions", asked, len(asked))
    for name, screen in screens(first, last, agency):
        panels = [(screen.sql(query.target["rawSql"]), query.name) for query in sql()]
        told(name, [(best(partial(client.query, text)), panel) for text, panel in panels], SHOWN)


def main() -> None:
    """Run."""
    client = opened(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000)
    first, last = (datetime(day.year, day.month, day.day, tzinfo=VIETNAM) for day in (FIRST_DAY, LAST_DAY))
    timed(client, first, last)


if __name__ == "__main__":
    main()
