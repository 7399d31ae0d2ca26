"""The laws of the fold (design, invariants 1 and 2): states are a lattice, counts a function of states."""

import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.checkpoint import Epoch
from streams.decode import Decoder
from streams.domain import Domain
from streams.ledger import Ledger
from streams.memory import Memory
from tests.naive import NOW
from tests.oracle_states import states as oracle_states
from tests.strategies import event_streams, records
from tests.streams.folding import (
    CATALOGUE,
    Json,
    cells,
    folded,
    plain_states,
    recounted,
    same,
    states_of,
    stored,
    to_records,
)

few_examples = settings(max_examples=12)


@given(event_streams())
@few_examples
def test_states_are_those_of_the_oracle_and_cells_those_of_a_recount(stream: list[Json]) -> None:
    memory = folded(stream)
    assert plain_states(states_of(memory, stream)) == {
        key: {column: value for column, value in state.items() if value is not None}
        for key, state in oracle_states(stream).items()
    }
    assert cells(memory.cubes()) == recounted(stream)


@given(st.data(), event_streams())
@few_examples
def test_order_duplicates_and_chunks_change_nothing(data: st.DataObject, stream: list[Json]) -> None:
    once = folded(stream)
    again = data.draw(st.permutations([*stream, *data.draw(st.lists(st.sampled_from(stream), max_size=9))]))
    other = Memory(CATALOGUE)
    while again:
        size = data.draw(st.integers(1, len(again)))
        other.fold(again[:size])
        other.cubes()  # also when they are taken in between
        again = again[size:]
    assert same(states_of(other, stream), states_of(once, stream))
    assert cells(other.cubes()) == cells(once.cubes())


@given(event_streams("dossier"), st.integers(1, 5))
@few_examples
def test_shards_add_up_to_the_whole(stream: list[Json], shards: int) -> None:
    topic, domain = "reform.dossiers", Domain(CATALOGUE)
    decoder = Decoder(topic, domain.vocabulary)
    ledgers = [Ledger(Epoch(topic, 1, "", shards, ""), number, domain) for number in range(shards)]
    for ledger in ledgers:
        ours = [e for e in stream if zlib.crc32(e["subject"].encode()) % shards == ledger.partition]
        ledger.fold(decoder.decode(to_records(ours), NOW).facts, len(ours))
    whole = folded(stream)
    expected = states_of(whole, stream)
    assert same(stored(ledgers, stream), {name: expected[name] for name in ("dossier", "payment")})
    assert cells(*(ledger.take_counts() for ledger in ledgers)) == cells(whole.cubes())


@given(event_streams())
@few_examples
def test_folding_twice_changes_nothing(stream: list[Json]) -> None:
    memory = folded(stream)
    before = states_of(memory, stream)
    for ledger in memory.ledgers.values():
        ledger.take_states()
    memory.cubes()
    written = sum(frame.height for frame in memory.cubes())
    memory.fold(reversed(stream))
    assert same(states_of(memory, stream), before)
    assert [ledger.take_states() for ledger in memory.ledgers.values()] == [{}] * len(memory.ledgers)
    assert sum(frame.height for frame in memory.cubes()) == written


@given(event_streams(), event_streams())
@few_examples
def test_merging_stored_states_is_folding_their_events(some: list[Json], others: list[Json]) -> None:
    """Commutative and idempotent: what recovery loads is what a fold of all events would have given."""
    parts = [states_of(folded(events), events) for events in (some, others)]
    whole = states_of(folded(some + others), some + others)
    for order in (parts, parts[::-1], [*parts, *parts]):
        merged = Memory(CATALOGUE)
        for part in order:
            for name, frame in part.items():
                merged.ledgers[_topic(merged, name)]._pages[name].states.load(frame)
        assert same(states_of(merged, some + others), whole)


@given(st.lists(records(), max_size=12))
@few_examples
def test_no_spelling_of_json_is_refused(batch: list[bytes]) -> None:
    memory = Memory(CATALOGUE)
    memory.fold(batch)
    assert memory.refused == []


def test_of_nothing_there_is_no_count() -> None:
    memory = folded([])
    assert [frame.height for frame in memory.cubes()] == [0, 0, 0, 0]
    assert all(frame.is_empty() for frame in states_of(memory, []).values())


def _topic(memory: Memory, entity: str) -> str:
    return next(topic for topic, ledger in memory.ledgers.items() if entity in ledger._pages)
