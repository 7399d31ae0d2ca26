"""The store's contract, on the embedded engine and through a server: the same code, the same answers."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from schemas.contract import ENTITIES
from schemas.selection import By, Days, Selection
from sinks.clickhouse.counts import ClickHouseCounts
from sinks.clickhouse.store import ClickHouseStore
from streams.checkpoint import Checkpoint, Cubes, Epoch, Progress
from streams.shard import Shard
from streams.states import States
from streams.vocabulary import Vocabulary
from tests.sinks.frames import HOUR, checkpoint, events, states

TOPIC = "reform.dossiers"


def opened(store: ClickHouseStore, partitions: int = 2, identity: str = "log-1") -> Epoch:
    return store.epoch(TOPIC, identity, partitions, "catalogue-1")


def everything(store: ClickHouseStore) -> list[list[tuple[Any, ...]]]:
    """What readers see, whole."""
    views = ("dossiers_current", "counts_hourly_current", "counts_daily_current")
    queries = [f"SELECT * FROM {view} ORDER BY ALL" for view in views]  # noqa: S608
    queries.append("SELECT * FROM events FINAL ORDER BY ALL")
    queries.append(
        "SELECT topic, epoch, `partition`, max(next_offset) FROM progress GROUP BY ALL ORDER BY ALL"
    )
    return [[tuple(row) for row in store.client.query(query).result_rows] for query in queries]


def test_a_checkpoint_written_twice_changes_nothing(either: ClickHouseStore) -> None:
    epoch = opened(either)
    made = [checkpoint(epoch, 0, 3, 10), checkpoint(epoch, 1, 2, 7)]
    for part in made:
        either.write(part)
    once = everything(either)
    assert len(once[0]) == 5
    assert [row[-1] for row in once[1]] == [3, 2]
    for part in reversed(made):
        either.write(part)
    assert everything(either) == once


def test_what_was_written_is_loaded(either: ClickHouseStore) -> None:
    epoch = opened(either)
    made = checkpoint(epoch, 1, 40, 10)
    either.write(made)
    loaded = either.states("dossier", epoch, 1).sort("subject")
    assert_frame_equal(loaded, made.states["dossier"].drop("partition").sort("subject"))
    found = either.counts(epoch, 1)
    for ours, theirs in zip(found, made.counts, strict=True):
        assert_frame_equal(ours, theirs)
    assert either.progress(epoch) == {Shard(TOPIC, 1): 10}
    assert either.states("dossier", epoch, 0).is_empty()
    assert either.counts(epoch, 0)[0].is_empty()


def test_pages_of_shards_hold_each_of_their_states_once_if_in_several_rows(either: ClickHouseStore) -> None:
    epoch = opened(either)
    for part in (checkpoint(epoch, 1, 40, 10), checkpoint(epoch, 1, 25, 11), checkpoint(epoch, 0, 9, 10)):
        either.write(part)
    for shards in ([1], [0], [0, 1]):
        pages = list(either.state_pages("dossier", epoch, shards, rows=7))
        assert len(pages) > 3
        for shard in shards:
            held, expected = States(ENTITIES["dossier"], Vocabulary()), either.states("dossier", epoch, shard)
            assert sum(len(held.load(page[shard])) for page in pages) == len(expected) == len(held)
            found = held.stored(held.rows(expected["subject"]), expected["subject"])
            assert_frame_equal(found, expected)
    ((page,),) = (list(either.state_pages("payment", epoch, [1])),)
    assert page[1].height == 0


def test_states_are_looked_up_by_subject_whatever_it_is_called(either: ClickHouseStore) -> None:
    odd = "Hồ sơ 'số' \\'1\\"
    subjects = [f"D-{number:04d}" for number in range(1200)]
    for version, agency in ((1, "H51"), (2, "H51.18")):
        rows = {subject: {"agency": (version, agency)} for subject in (odd, *subjects)}
        either.write(_only(dossier=states("dossier", 1, version, rows)))
    asked = pl.Series([*subjects[::2], odd, "nobody"])
    found = either.look_up("dossier", asked).sort("subject")
    assert found["subject"].to_list() == sorted([*subjects[::2], odd])
    assert set(found["agency"].struct.field("value")) == {"H51.18"}


def test_a_zombie_loses(store: ClickHouseStore) -> None:
    epoch = opened(store)
    for value, version in ((3, 10), (5, 20), (4, 15)):
        store.write(checkpoint(epoch, 0, value, version))
    store.write(checkpoint(epoch, 1, 0, 0))
    assert store.counts(epoch, 0)[0]["value"].to_list() == [5]
    assert store.client.query("SELECT value FROM counts_daily_current WHERE `partition` = 0").result_rows == [
        (5,)
    ]
    assert store.progress(epoch)[Shard(TOPIC, 0)] == 20


def test_a_state_is_found_after_resharding(store: ClickHouseStore) -> None:
    four = opened(store, partitions=4)
    subjects = [f"H51.18-220701-{number:04d}" for number in range(50)]
    rows = {subject: {"agency": (1, "H51")} for subject in subjects}
    store.write(_only(dossier=states("dossier", four.number, 3, rows)))
    assert sorted(store.states("dossier", four, 3)["subject"]) == subjects, "where it was folded"
    eight = opened(store, partitions=8)
    shards = [set(store.states("dossier", eight, number)["subject"]) for number in range(8)]
    assert set().union(*shards) == set(subjects)
    assert sum(map(len, shards)) == len(subjects)
    assert "H51.18-220701-0000" in shards[_murmur2(b"H51.18-220701-0000") % 8]
    again = opened(store, partitions=4, identity="log-2")
    assert store.states("dossier", again, 3).height == 50, "a new log with as many partitions"


def test_a_payment_lies_with_its_dossier(store: ClickHouseStore) -> None:
    epoch = opened(store, partitions=8)
    rows = {f"PAY/{n}": {"dossier": (1, "H51.18-220701-0001"), "amount": (1, n)} for n in range(20)}
    store.write(_only(payment=states("payment", 0, 0, rows)))
    home = _murmur2(b"H51.18-220701-0001") % 8
    assert store.states("payment", epoch, home).height == 20
    assert store.states("payment", epoch, (home + 1) % 8).is_empty()


def test_states_are_loaded_while_the_engine_merges_and_an_old_owner_writes(store: ClickHouseStore) -> None:
    epoch = opened(store, partitions=1)
    subjects = [f"D-{number:05d}" for number in range(3000)]
    whole = states("dossier", epoch.number, 0, {s: {"agency": (1, "H51")} for s in subjects})
    store.write(_only(dossier=whole))

    def disturb(turn: int) -> None:
        store.write(_only(dossier=whole.sample(500, seed=turn)))
        if turn % 5 == 0:
            store.client.command("OPTIMIZE TABLE dossiers FINAL")

    with ThreadPoolExecutor(1) as pool:
        turns = [pool.submit(disturb, turn) for turn in range(40)]
        while not all(turn.done() for turn in turns):
            assert sorted(store.states("dossier", epoch, 0)["subject"]) == subjects
        for turn in turns:
            turn.result()


def _asked(store: ClickHouseStore) -> list[int]:
    """What questions come to by month, by day, and by the hour."""
    counts, always = ClickHouseCounts(store.client), Selection(Days(None, None))
    kinds = (always, replace(always, by=By.DAY), replace(always, by=By.HOUR))
    sums = [counts.sums(["dossiers_received"], kind)["dossiers_received"] for kind in kinds]
    return [sum(keys.values()) for keys in sums]


def test_readers_switch_epochs_when_all_shards_have_reported(store: ClickHouseStore) -> None:
    first = opened(store)
    for shard in (0, 1):
        store.write(checkpoint(first, shard, 1, 5))
    second = store.reopen(first)
    assert second.number > first.number
    assert opened(store) == second
    store.write(checkpoint(second, 0, 9, 5))
    assert _current(store) == [(TOPIC, first.number)]
    assert sum(row[-1] for row in everything(store)[1]) == 2
    assert _asked(store) == [2, 2, 2]
    assert store.retire(TOPIC) == []
    store.write(checkpoint(second, 1, 9, 5))
    assert _current(store) == [(TOPIC, second.number)]
    assert sum(row[-1] for row in everything(store)[1]) == 18
    assert _asked(store) == [18, 18, 18]
    assert store.retire(TOPIC) == [first.number]
    assert store.counts(first, 0)[0].is_empty()
    assert sum(row[-1] for row in everything(store)[1]) == 18


def test_an_epoch_lasts_until_something_differs(either: ClickHouseStore) -> None:
    first = opened(either)
    assert opened(either) == first
    newer = [
        either.epoch(TOPIC, "log-2", 2, "catalogue-1"),
        either.epoch(TOPIC, "log-2", 3, "catalogue-1"),
        either.epoch(TOPIC, "log-2", 3, "catalogue-2"),
    ]
    numbers = [first.number, *(epoch.number for epoch in newer)]
    assert numbers == sorted(set(numbers))
    assert either.epoch("reform.tasks", "log-1", 2, "catalogue-1").topic == "reform.tasks"


def test_openers_at_the_same_moment_agree_or_stay_apart(store: ClickHouseStore) -> None:
    names = ["catalogue-1", "catalogue-2"] * 4
    with ThreadPoolExecutor(len(names)) as pool:
        found = list(pool.map(lambda name: store.epoch(TOPIC, "log", 2, name), names))
    contents = {(epoch.number, epoch.fingerprint) for epoch in found}
    assert len({number for number, _ in contents}) == len(contents), "one number, one content"


def test_a_number_with_two_contents_is_never_current(store: ClickHouseStore) -> None:
    epoch = opened(store)
    for shard in (0, 1):
        store.write(checkpoint(epoch, shard, 1, 5))
    columns = ["topic", "epoch", "identity", "partitions", "fingerprint"]
    store.client.insert("epochs", [[TOPIC, epoch.number, "other", 2, "other"]], column_names=columns)
    assert _current(store) == []


def test_all_events_come_back_once_in_pages(either: ClickHouseStore) -> None:
    subjects = [f"D-{number:03d}" for number in range(103)]
    both = [events(subjects, HOUR), events(subjects, HOUR.replace(year=2099)), events(subjects, HOUR)]
    for frame in both:
        either.write(replace(_only(), events=frame))
    pages = list(either.events("dossier", rows=10))
    assert max(page.height for page in pages) == 10
    assert pages[0].columns == ["partition", "offset", "event"]
    found = pl.concat(pages)["event"].to_list()
    assert sorted(found) == sorted(2 * [f'{{"s":"{subject}"}}' for subject in subjects])
    assert list(either.events("task")) == []
    with pytest.raises(KeyError):
        list(either.events("nothing"))


def test_events_of_every_year_the_contract_allows_fit_one_checkpoint(store: ClickHouseStore) -> None:
    frames = [events([f"D-{year}"], HOUR.replace(year=year)) for year in range(1990, 2100)]
    store.write(replace(_only(), events=pl.concat(frames)))
    assert store.client.command("SELECT count() FROM events") == 110


def test_clear_states_leaves_other_topics(store: ClickHouseStore) -> None:
    rows = {"x": {"agency": (1, "H51")}}
    store.write(_only(**{name: states(name, 1, 0, rows) for name in ENTITIES}))
    store.clear_states(TOPIC)
    asked = "SELECT subject, `partition`, agency FROM {view:Identifier}"
    left = {
        name: store.client.query(asked, parameters={"view": f"{entity.table}_current"}).result_rows
        for name, entity in ENTITIES.items()
    }
    # Where a state lies is kept, for the rebuild that follows; what it says is gone.
    agencies = {name: None if entity.topic == TOPIC else "H51" for name, entity in ENTITIES.items()}
    assert left == {name: [("x", 0, agency)] for name, agency in agencies.items()}


def _only(**frames: pl.DataFrame) -> Checkpoint:
    return Checkpoint(pl.DataFrame(), frames, Cubes.none(), ())


def _current(store: ClickHouseStore) -> list[tuple[Any, ...]]:
    rows = store.client.query("SELECT topic, epoch FROM current_epochs").result_rows
    return [tuple(row) for row in rows]


def _murmur2(data: bytes) -> int:
    """Kafka's default partitioner, transcribed from its `Utils.murmur2`, without the sign bit."""
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    h = 0x9747B28C ^ len(data)
    whole = len(data) // 4 * 4
    for at in range(0, whole, 4):
        k = int.from_bytes(data[at : at + 4], "little") * m & mask
        h = (h * m & mask) ^ ((k ^ k >> 24) * m & mask)
    if rest := data[whole:]:
        h = (h ^ int.from_bytes(rest, "little")) * m & mask
    h = (h ^ h >> 13) * m & mask
    return (h ^ h >> 15) & 0x7FFFFFFF


def test_progress_of_shards_without_rows(store: ClickHouseStore) -> None:
    epoch = opened(store)
    store.write(replace(_only(), progress=(Progress(epoch, 0, 0), Progress(epoch, 1, 0))))
    assert store.progress(epoch) == {Shard(TOPIC, 0): 0, Shard(TOPIC, 1): 0}
    assert _current(store) == [(TOPIC, epoch.number)]
