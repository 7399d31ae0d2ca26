"""Waiting for a ClickHouse server at start, with one clear line."""

import logging
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sinks.clickhouse.store import ClickHouseStore

log = logging.getLogger(__name__)

SECONDS = 2.0


def wait_for_schema(store: "ClickHouseStore", url: str) -> None:
    """Return when the server answers and has the schema of this program; says once what it waits for.

    Raises NewerSchemaError at once: states of a newer form must not be folded by an older program.
    """
    from sinks.clickhouse.migrate import NewerSchemaError, plan
    from streams.checkpoint import StoreError

    said = ""
    while True:
        try:
            if not plan(store.client):
                return
            why = f"the schema is not that of this program; run `reform-pulse migrate --clickhouse {url}`"
        except NewerSchemaError:
            raise
        except StoreError as error:
            why = str(error)
        if why != said:
            log.warning("waiting for ClickHouse: %s", why)
            said = why
        time.sleep(SECONDS)
