"""Log groups, streams and batches as the store keeps them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.ready_store import ready_store
from trailbell.store import (
    BatchPlace,
    GroupQuery,
    NewBatch,
    Scope,
    Store,
    StreamOrder,
    StreamQuery,
    Transaction,
    pack_events,
    unpack_events,
)

END_MS = 1 << 62


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = ready_store(tmp_path)
    yield made
    made.close()


def group_id(transaction: Transaction, name: str) -> int:
    transaction.log_groups.create(name, "STANDARD", 1)
    found = transaction.log_groups.find(name)
    assert found is not None
    return found.id


def stream_id(transaction: Transaction, group: int, name: str) -> int:
    transaction.log_streams.create(group, name, 1)
    found = transaction.log_streams.find(group, name)
    assert found is not None
    return found.id


def batch(group: int, stream: int, *instants: int) -> NewBatch:
    content = pack_events(instants, [b"x"] * len(instants))
    size = 27 * len(instants)
    return NewBatch(group, stream, instants[0], instants[-1], 9, len(instants), size, content)


@given(st.lists(st.tuples(st.integers(0, 1 << 53), st.binary(max_size=50)), max_size=20))
def test_packed_events_unpack_to_the_same(events: list[tuple[int, bytes]]) -> None:
    instants, messages = [at for at, _ in events], [message for _, message in events]
    size = sum(map(len, messages)) + 26 * len(messages)

    assert (instants, messages) == unpack_events(pack_events(instants, messages), size)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (GroupQuery(), ["A", "a", "a%", "ab", "a\U0010ffff", "b"]),
        (GroupQuery(prefix="a"), ["a", "a%", "ab", "a\U0010ffff"]),
        (GroupQuery(prefix="A"), ["A"]),
        (GroupQuery(prefix="a%"), ["a%"]),
        (GroupQuery(prefix="a\U0010ffff"), ["a\U0010ffff"]),
        (GroupQuery(pattern="B"), []),
        (GroupQuery(pattern="b"), ["ab", "b"]),
        (GroupQuery(after="ab", limit=1), ["a\U0010ffff"]),
        (GroupQuery(names=("b", "none")), ["b"]),
    ],
)
def test_names_are_compared_letter_by_letter(store: Store, query: GroupQuery, expected: list[str]) -> None:
    with store.write() as transaction:
        for name in ("b", "ab", "a", "A", "a%", "a\U0010ffff"):
            transaction.log_groups.create(name, "STANDARD", 1)
        found = [each.name for each in transaction.log_groups.page(query)]

    assert expected == found


def test_a_group_of_a_name_that_is_taken_is_not_made(store: Store) -> None:
    with store.write() as transaction:
        made = [transaction.log_groups.create("g", kind, 1) for kind in ("STANDARD", "DELIVERY")]
        found = transaction.log_groups.find("g")

    assert [True, False] == made
    assert found is not None
    assert "STANDARD" == found.log_class


def test_a_stream_keeps_the_span_of_its_events(store: Store) -> None:
    with store.write() as transaction:
        group = group_id(transaction, "g")
        number = stream_id(transaction, group, "s")
        for first, last, now in ((5, 8, 10), (3, 4, 11), (6, 7, 12)):
            transaction.log_streams.add_events(number, first, last, now)
        found = transaction.log_streams.find(group, "s")

    assert found is not None
    assert (3, 8, 12) == (found.first_event_ms, found.last_event_ms, found.last_ingestion_ms)


def test_streams_of_one_last_event_are_ordered_by_name_across_pages(store: Store) -> None:
    with store.write() as transaction:
        group = group_id(transaction, "g")
        for name in ("c", "a", "b"):
            transaction.log_streams.add_events(stream_id(transaction, group, name), 1, 1, 1)
        stream_id(transaction, group, "d")
        found = transaction.log_streams.page(
            group, StreamQuery(after=(1, "a"), order=StreamOrder.LAST_EVENT, limit=9)
        )

    assert ["b", "c"] == [each.name for each in found]


def test_batches_are_read_by_first_instant_and_then_number_either_way(store: Store) -> None:
    with store.write() as transaction:
        group = group_id(transaction, "g")
        stream = stream_id(transaction, group, "s")
        ids = [transaction.log_batches.add(batch(group, stream, *each)) for each in ((5, 9), (5,), (1, 2))]
        batches, scope = transaction.log_batches, Scope(group, 0, END_MS)
        up = [each.id for each in batches.ascending(scope, 0, 0)]
        reaching = [each.id for each in batches.ascending(scope, 6, 0)]
        down = [each.id for each in batches.descending(scope, None, 0, 0)]
        before = [each.id for each in batches.descending(scope, BatchPlace(5, ids[1]), 0, 0)]

    assert [ids[2], ids[0], ids[1]] == up
    assert [ids[0]] == reaching
    assert [ids[1], ids[0], ids[2]] == down
    assert [ids[0], ids[2]] == before


def test_deleted_batches_are_taken_off_their_groups(store: Store) -> None:
    with store.write() as transaction:
        groups = [group_id(transaction, name) for name in ("g", "h")]
        for group in groups:
            stream = stream_id(transaction, group, "s")
            for at in (1, 2, 3):
                transaction.log_batches.add(batch(group, stream, at))
            transaction.log_groups.add_stored_bytes(group, 3 * 27)
        ended = transaction.log_batches.delete_ended(groups[0], 3, 10)
        oldest, freed = transaction.log_batches.delete_oldest(1, 10)
        left = [each.stored_bytes for each in transaction.log_groups.page(GroupQuery())]

    assert (2, 1) == (ended, oldest)
    assert freed > 0
    assert [0, 3 * 27] == left
