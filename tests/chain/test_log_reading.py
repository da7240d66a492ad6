"""Pages of kept log events: every event once and in order, whatever the batches and the pages."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.ready_store import ready_store
from trailbell.chain._log_reading import (
    EVERYTHING,
    Gap,
    PageBounds,
    ReadEvent,
    Selection,
    read_backward,
    read_forward,
)
from trailbell.patterns import parse_pattern
from trailbell.store import NewBatch, Scope, pack_events

DAY_MS = 86_400_000
END_MS = 1 << 62


class Group(NamedTuple):
    """A log group with two streams."""

    id: int
    streams: tuple[int, int]


class Kept:
    """A store to which groups are added, each with batches of its own."""

    def __init__(self, folder: Path) -> None:
        self.store = ready_store(folder)
        self._groups = 0

    def group(self) -> Group:
        self._groups += 1
        name = f"group-{self._groups}"
        with self.store.write() as transaction:
            transaction.log_groups.create(name, "STANDARD", 0)
            found = transaction.log_groups.find(name)
            assert found is not None
            for stream in ("a", "b"):
                transaction.log_streams.create(found.id, stream, 0)
            streams = [transaction.log_streams.find(found.id, stream) for stream in ("a", "b")]
            first, second = (each.id for each in streams if each is not None)
        return Group(found.id, (first, second))

    def add(self, group: Group, stream: int, instants: list[int]) -> None:
        messages = [b'{"n":%d}' % (at % 3) for at in instants]
        size = sum(map(len, messages)) + 26 * len(messages)
        content = pack_events(instants, messages)
        batch = NewBatch(
            group.id, group.streams[stream], instants[0], instants[-1], 0, len(instants), size, content
        )
        with self.store.write() as transaction:
            transaction.log_batches.add(batch)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    made = Kept(tmp_path_factory.mktemp("kept"))
    yield made
    made.store.close()


BATCHES = st.lists(
    st.tuples(st.integers(0, 1), st.lists(st.integers(0, 12), min_size=1, max_size=6).map(sorted)), max_size=8
)
BOUNDS = st.builds(PageBounds, st.integers(1, 5), st.integers(30, 200), st.integers(1, 20_000))


def forward(
    kept: Kept, scope: Scope, bounds: PageBounds, selection: Selection = EVERYTHING
) -> list[ReadEvent]:
    """All pages from the beginning, as a caller would ask for them."""
    found: list[ReadEvent] = []
    gap, oldest_ms = Gap(scope.start_ms), max(0, scope.start_ms - DAY_MS)
    for _ in range(1_000):
        with kept.store.read() as transaction:
            page = read_forward(transaction.log_batches, scope, selection, gap, bounds, oldest_ms)
        found += page.events
        if page.is_last:
            return found
        assert page.after > gap
        gap, oldest_ms = page.after, page.oldest_ms
    raise AssertionError("the pages do not end")


def backward(kept: Kept, scope: Scope, bounds: PageBounds) -> list[ReadEvent]:
    """All pages from the end."""
    found: list[ReadEvent] = []
    gap = Gap(END_MS)
    while True:
        with kept.store.read() as transaction:
            page = read_backward(transaction.log_batches, scope, gap, bounds)
        if not page.events:
            return found
        found = [*page.events, *found]
        gap = page.before


def keys(events: list[ReadEvent]) -> list[tuple[int, int, int]]:
    return [(each.at_ms, each.batch_id, each.index) for each in events]


def expected(kept: Kept, scope: Scope) -> list[tuple[int, int, int]]:
    """The plain twin: everything unpacked, chosen and sorted at once."""
    with kept.store.read() as transaction:
        return sorted(
            (at, batch.id, index)
            for batch in transaction.log_batches.ascending(scope, 0, 0)
            for index, at in enumerate(batch.unpack()[0])
            if scope.start_ms <= at < scope.end_ms
        )


@given(batches=BATCHES, bounds=BOUNDS, start=st.integers(0, 12), length=st.integers(0, 14), one=st.booleans())
def test_pages_hold_every_event_once_in_order_both_ways(
    kept: Kept,
    batches: list[tuple[int, list[int]]],
    bounds: PageBounds,
    start: int,
    length: int,
    one: bool,
) -> None:
    group = kept.group()
    for stream, instants in batches:
        kept.add(group, stream, instants)
    scope = Scope(group.id, start, start + length, group.streams[:1] if one else ())

    whole = expected(kept, scope)
    assert whole == keys(forward(kept, scope, bounds))
    assert whole == keys(backward(kept, scope, bounds))


@given(batches=BATCHES, bounds=BOUNDS)
def test_a_search_finds_what_matches_and_nothing_else(
    kept: Kept, batches: list[tuple[int, list[int]]], bounds: PageBounds
) -> None:
    group = kept.group()
    for stream, instants in batches:
        kept.add(group, stream, instants)
    scope = Scope(group.id, 0, END_MS)
    found = forward(kept, scope, bounds, Selection(parse_pattern("{ $.n = 1 }")))

    assert [key for key in expected(kept, scope) if key[0] % 3 == 1] == keys(found)


def test_a_page_may_be_empty_and_still_lead_on(kept: Kept) -> None:
    group = kept.group()
    for at in (0, 3, 6, 7):
        kept.add(group, 0, [at])
    scope = Scope(group.id, 0, END_MS)
    selection = Selection(parse_pattern("{ $.n = 1 }"))
    with kept.store.read() as transaction:
        page = read_forward(transaction.log_batches, scope, selection, Gap(0), PageBounds(work_bytes=1), 0)

    assert ([], False) == (list(page.events), page.is_last)
    assert page.after > Gap(0)


def test_an_event_larger_than_a_page_comes_alone(kept: Kept) -> None:
    group = kept.group()
    kept.add(group, 0, [1, 2])
    found = forward(kept, Scope(group.id, 0, END_MS), PageBounds(size_bytes=1))

    assert [1, 2] == [each.at_ms for each in found]


def test_event_ids_are_56_digits_in_the_order_of_events(kept: Kept) -> None:
    group = kept.group()
    for stream, instants in ((0, [5, 9, 9]), (1, [1, 9, 1_789_000_000_000])):
        kept.add(group, stream, instants)
    ids = [each.id for each in forward(kept, Scope(group.id, 0, END_MS), PageBounds())]

    assert {56} == {len(each) for each in ids}
    assert sorted(set(ids), key=int) == ids
