"""What the worker refused is mended, sent again, and counted."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sinks.dead_letter_log import DeadLetterLog
from streams.broker import Broker
from tests.clients import Client
from tests.e2e.program import Program
from tests.gateway.door import EVENT

STORE = ("--store", "store")
BAD = EVENT | {"data": {"agency": "H51.18", "kenh": "online"}}
MAPPING = '[rename]\n"data.kenh" = "data.channel"\n'


@pytest.fixture
def kafka() -> Iterator[str]:
    """Give a broker of our own: nobody else makes or deletes its topics."""
    with Broker() as broker:
        yield broker.bootstrap


def test_refused_mended_counted(alone: Program, kafka: str, tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(MAPPING)
    at = ("--kafka", kafka)
    worker = alone.start("worker", *STORE, *at, partitions=1)
    client = Client(kafka)
    worker.until(lambda: client.partitions("reform.dossiers") == 1)
    client.produce("reform.dossiers", [json.dumps(BAD).encode()])
    with DeadLetterLog(kafka, "reform.dead-letters") as log:
        worker.until(lambda: len(log.open_letters()) == 1)
    retry = ("dead-letters", "retry", "--reason", "unknown_field", "--mapping", "mapping.toml", *at)
    told, sent, listed = alone.run_all(
        ("dead-letters", "summary", *at), retry, ("dead-letters", "list", "--format", "json", *at)
    )
    assert "/h51/one-stop: 1 bản tin bị từ chối" in told
    assert (sent, listed) == ("sent 1 events\n", "[]\n")
    worker.until(lambda: client.committed("reform-pulse", "reform.dossiers") == 2)
    assert worker.stop() == 0
    rows = alone.run("kpis", *STORE, "--period", "2022-07", "--format", "csv")
    assert re.search(r"online_dossier_rate.*,1,1,1", rows)
