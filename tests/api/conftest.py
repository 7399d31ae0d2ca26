"""The query API over the store of the test process, with the quarter of Ngã Năm in it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from schemas.catalogue import Catalogue, load
from schemas.instant import VIETNAM
from schemas.reference.tables import gather
from serving.api.desk import Desk
from serving.api.reader import Sight
from serving.api.router import router
from sinks.clickhouse import reference
from streams.cli.querying import StoreReader
from streams.domain import Domain
from streams.offline import Line, replay
from tests.e2e.feed import whole
from tests.stores import embedded, emptied
from web.application import application
from web.doorkeeper import Doorkeeper
from web.key_file import KeyFile, write
from web.keys import Client, KeyBook
from web.limits import RateLimit
from web.server import Server, listen

NOW = datetime(2022, 10, 20, 9, 0, tzinfo=VIETNAM)
CATALOGUE = load()
EVERY = 6  # has one that ended late
AGENCIES = """code,name,level,parent,valid_from
H51,Tỉnh,province,,2015-01-01
H51.18,Thị xã Ngã Năm,district,H51,2015-01-01
{rest}
"""


@dataclass
class Counting(StoreReader):
    """A reader that counts how often the counts were asked for."""

    def __post_init__(self) -> None:
        StoreReader.__init__(self, embedded()._clients._open)
        self.asked = 0

    def counts(self) -> Any:
        self.asked += 1
        return super().counts()


@pytest.fixture(scope="module")
def feed() -> list[dict[str, Any]]:
    """All events of every so manieth entity, with its payments; some tests may add to them."""
    events = whole()
    keys = [event.get("partitionkey") or event["subject"] for event in events]
    chosen = {*sorted(set(keys))[::EVERY]}
    return [dict(event) for event, key in zip(events, keys, strict=True) if key in chosen]


@pytest.fixture(scope="module")
def tell(feed: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., None]:
    """Fold events into the store."""
    store = emptied()
    communes = sorted({e["data"]["agency"] for e in feed if "agency" in e["data"]} - {"H51", "H51.18"})
    rest = "\n".join(f"{code},Xã {code},commune,H51.18,2015-01-01" for code in communes)
    file = tmp_path_factory.mktemp("reference") / "agencies.csv"
    file.write_text(AGENCIES.format(rest=rest).strip() + "\n", encoding="utf-8")
    made, mistakes = gather([file])
    assert mistakes == []
    reference.load(store.client, made)

    def fold(*events: dict[str, Any]) -> None:
        lines = (Line("feed", number, json.dumps(event).encode()) for number, event in enumerate(events, 1))
        refused: list[Any] = []
        replay(lines, store, Domain(CATALOGUE), refused.append, lambda _: None)
        assert refused == []

    fold(*feed)
    return fold


@pytest.fixture(scope="module")
def reader(tell: Callable[..., None]) -> Counting:
    """The reader, over the events that were told."""
    del tell
    return Counting()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A file of keys, and the keys: of a commune's viewer and operator, of the province's, of a sender."""
    book, found = KeyBook(), {}
    now = datetime.now(UTC) - timedelta(minutes=1)
    for name, role, agencies in (
        ("commune-viewer", "viewer", ("H51.18.01",)),
        ("commune-operator", "operator", ("H51.18.01",)),
        ("town", "operator", ("H51.18",)),
        ("province", "administrator", ("*",)),
        ("two", "viewer", ("H51.18.01", "H51.18.02")),
        ("nobody", "viewer", ()),
        ("portal", "public", ("*",)),
        ("sender", "sender", ()),
    ):
        book, key = book.create(Client(name=name, role=role, agencies=agencies), now)
        found[name] = key
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    write(path, book)
    return path, found


@contextmanager
def served(
    reader: StoreReader, keys: Path | None = None, rate: float = 1e6, catalogue: Catalogue = CATALOGUE
) -> Iterator[httpx.Client]:
    """A server of the query API alone, and a client of it."""
    doorkeeper = Doorkeeper(KeyFile(keys) if keys else None)
    desk = Desk(Sight(reader, catalogue, lambda: NOW), doorkeeper, RateLimit(rate))
    server = Server(application("test", "1", [router(desk)]), listen("127.0.0.1", 0))
    server.start()
    try:
        with httpx.Client(base_url=server.address, timeout=60) as client:
            yield client
    finally:
        server.stop()


@pytest.fixture(scope="module")
def client(reader: Counting) -> Iterator[httpx.Client]:
    """The API without keys."""
    with served(reader) as made:
        yield made


@pytest.fixture(scope="module")
def door(reader: Counting, keys: tuple[Path, dict[str, str]]) -> Iterator[httpx.Client]:
    """The API with keys."""
    with served(reader, keys[0]) as made:
        yield made
