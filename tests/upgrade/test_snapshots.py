"""Every release's snapshot, restored by this program: it goes up, tells the same figures, and goes on."""

import json
import re
import tomllib
from pathlib import Path

import polars as pl
import pytest

from schemas.catalogue import load
from schemas.contract import TYPES
from sinks.clickhouse.migrate import migrate, plan
from sinks.clickhouse.verify import verify
from streams.domain import Domain
from streams.rebuilding import rebuild
from tests.streams.folding import folded as in_memory
from tests.streams.folding import same, states_of
from tests.upgrade.database import database
from tests.upgrade.folding import fold, states
from tests.upgrade.numbers import rows
from tests.upgrade.snapshot import FOLDER, restore

ROOT = Path(__file__).parents[2]
SNAPSHOTS = sorted(FOLDER.iterdir())
CATALOGUE = load()
MOST_BYTES = 300_000


def lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def test_every_release_has_a_small_snapshot_of_all_event_types() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        current = tomllib.load(file)["project"]["version"]
    released = re.findall(r"^## \[(\d[^]]*)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert {folder.name for folder in SNAPSHOTS} == {current, *released}
    for folder in SNAPSHOTS:
        files = [file for file in folder.rglob("*") if file.is_file()]
        assert sum(file.stat().st_size for file in files) < MOST_BYTES
    newest = FOLDER / current
    assert {json.loads(line)["type"] for line in lines(newest / "before.ndjson")} == set(TYPES)


@pytest.mark.parametrize("release", SNAPSHOTS, ids=lambda folder: folder.name)
def test_a_release_is_upgraded(release: Path) -> None:
    """Its database goes up and tells its figures, workers go on from its states, its events read as ever."""
    before, after = (lines(release / f"{name}.ndjson") for name in ("before", "after"))
    with database("upgraded") as store:
        restore(store, release)
        migrate(store.client)
        assert plan(store.client) == []
        assert same(states(store), _folded(before))
        assert rows(store, CATALOGUE) == lines(release / "kpis-before.csv")
        assert verify(store.client, CATALOGUE).different == 0

        fold(store, CATALOGUE, after)
        assert same(states(store), _folded(before + after))
        assert rows(store, CATALOGUE) == lines(release / "kpis-after.csv")
        assert verify(store.client, CATALOGUE).different == 0

        rebuild(store, Domain(CATALOGUE), lambda *_: None)
        assert same(states(store), _folded(before + after))
        assert rows(store, CATALOGUE) == lines(release / "kpis-after.csv")


def _folded(records: list[str]) -> dict[str, pl.DataFrame]:
    """What these events say to a program without a past."""
    events = [json.loads(record) for record in records]
    return states_of(in_memory(events), events)
