"""`reform-pulse digest`: keep what the board showed of the day that ended, for `explain --as-published`.

A timer runs it each night; `up` looks for itself. It can run as often as it likes: the first digest of a day
holds. A day that nobody kept stays without one, because nobody can know later what was shown.
"""

import logging
import threading
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from streams.cli.options import (
    CatalogueFile,
    ClickHouseUrl,
    Now,
    StoreDirectory,
    catalogue_of,
    moment_of,
    one_line_errors,
    reading,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from clickhouse_connect.driver.client import Client

    from schemas.catalogue import Catalogue

log = logging.getLogger(__name__)

LOOK_SECONDS = 300.0


def digest(
    *,
    store: StoreDirectory = None,
    clickhouse: ClickHouseUrl = None,
    catalogue: CatalogueFile = None,
    now: Now = None,
) -> None:
    """Keep what the board showed of the day that ended last, once: every figure of every agency."""
    with one_line_errors():
        from serving.digest import last_day

        moment, definitions = moment_of(now), catalogue_of(catalogue)
        with reading(store, clickhouse) as client:
            made = keep(client, definitions, moment)
        day = f"{last_day(moment):%d/%m/%Y}"
    if made is None:
        typer.echo(f"{day}: đã lưu trước đó, hoặc chưa có số liệu/kept before, or nothing is counted yet")
    else:
        typer.echo(f"{day}: {made:,} số liệu đã lưu/figures kept".replace(",", "."))


def keep(client: "Client", catalogue: "Catalogue", now: datetime) -> int | None:
    """Take the digest of the day that ended last; how many figures it has, None if there is nothing to do."""
    from serving.digest import last_day, shown
    from sinks.clickhouse import digests, reference
    from sinks.clickhouse.counts import ClickHouseCounts

    day = last_day(now)
    logs = digests.reached(client)  # first: what comes while the figures are read is late, not lost
    if logs.is_empty() or digests.taken(client, day):
        return None
    agencies = sorted({row.code for row in reference.stored(client).agencies if row.holds(day)})
    figures = list(shown(catalogue, ClickHouseCounts(client), day, agencies))
    digests.write(client, day, now, logs, figures)
    return len(figures)


class Nightly:
    """Keeps digests beside other work, in a thread of its own: for `up`, whose store nobody else can open."""

    def __init__(
        self, connect: "Callable[[], Client]", catalogue: "Catalogue", clock: "Callable[[], datetime]"
    ) -> None:
        self._connect, self._catalogue, self._clock = connect, catalogue, clock
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="digest", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        from streams.checkpoint import StoreError

        while not self._over.wait(LOOK_SECONDS):
            try:
                with closing(self._connect()) as client:
                    keep(client, self._catalogue, self._clock())
            except StoreError as error:
                log.warning("no digest now: %s", error)
