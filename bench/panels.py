"""Times every SQL panel of the Grafana dashboards over the counts of a large province.

    python -m bench.panels DIR [dossiers]    # fills DIR first, see province_counts.py

Asks for the last month and for the year, for the province and for one agency. The best of some runs: wall
time, and CPU time of the whole process, which says more on a busy machine. The target is 200 ms.
"""

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from clickhouse_connect.driver.client import Client

from bench.province_counts import FIRST_DAY, LAST_DAY, opened
from schemas.instant import VIETNAM
from tests.grafana.dashboards import sql
from tests.grafana.screen import Screen

RUNS = 4
TARGET = 0.2
ONE_AGENCY = "H51.3.4"


def screens() -> Iterator[tuple[str, Screen]]:
    """Name and screen."""
    end = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 23, 59, 59, tzinfo=VIETNAM)
    year = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=VIETNAM)
    for agency in ("$__all", ONE_AGENCY):
        for name, start in (("month", end - timedelta(days=30)), ("year", year)):
            chosen = {"agency": agency, "period": "month", "procedure": "", "dossier": "none"}
            yield f"{name}, {'province' if agency == '$__all' else 'agency'}", Screen(start, end, chosen)


def best(client: Client, text: str) -> tuple[float, float]:
    """The shortest wall time and the least CPU time, in seconds."""
    times = []
    for _ in range(RUNS):
        wall, cpu = perf_counter(), process_time()
        client.query(text)
        times.append((perf_counter() - wall, process_time() - cpu))
    return min(wall for wall, _ in times), min(cpu for _, cpu in times)


def main() -> None:
    """Run."""
    client = opened(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000)
    for name, screen in screens():
        found = [(*best(client, screen.sql(query.target["rawSql"])), query.name) for query in sql()]
        late = sum(wall > TARGET for wall, _, _ in found)
        print(f"{name}: {late} of {len(found)} panels over {TARGET * 1000:.0f} ms", flush=True)
        for wall, cpu, panel in sorted(found, reverse=True)[:12]:
            print(f"  {wall * 1000:6.0f} ms, CPU {cpu * 1000:6.0f} ms  {panel}", flush=True)


if __name__ == "__main__":
    main()
