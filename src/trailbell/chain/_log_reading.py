"""Reading kept log events in order, a page at a time.

The order is that of CloudWatch Logs: by timestamp, then as ingested, then as they stood in the call. A page
begins at a gap between two events. Batches are read by their first instants, no further than where an event
of theirs could still be on the page.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

from trailbell.chain._log_put import DAY_MS
from trailbell.patterns import EveryEvent, Pattern, compile_patterns
from trailbell.store import EVENT_OVERHEAD_BYTES, BatchPlace, LogBatch, LogBatches, Scope

__all__ = [
    "EVERYTHING",
    "EventPage",
    "Gap",
    "PageBounds",
    "ReadEvent",
    "Selection",
    "read_backward",
    "read_forward",
]

# A batch and an event cost time whatever their size, here in bytes.
_BATCH_BYTES = 4_000
_EVENT_BYTES = 500


class Gap(msgspec.Struct, frozen=True, order=True, array_like=True):
    """A place between two events: all keys of (instant, batch, index) that are smaller stand before it."""

    at_ms: int
    batch_id: int = 0
    index: int = 0


class ReadEvent(msgspec.Struct, frozen=True, order=True):
    """A kept log event; events are ordered as they are read."""

    at_ms: int
    batch_id: int
    index: int
    message: bytes
    stream: str
    ingested_ms: int

    @property
    def before(self) -> Gap:
        """The gap before the event."""
        return Gap(self.at_ms, self.batch_id, self.index)

    @property
    def after(self) -> Gap:
        """The gap after the event."""
        return Gap(self.at_ms, self.batch_id, self.index + 1)

    @property
    def id(self) -> str:
        """The event's own number: 56 digits like AWS's, in the order of events."""
        return f"3{self.at_ms:015d}{self.batch_id:030d}{self.index:010d}"


class PageBounds(msgspec.Struct, frozen=True):
    """How much one page holds at most, as CloudWatch Logs bounds it; an event that is larger comes alone.

    ``work_bytes`` is what may be read for it beyond what pages before it have read: some tenths of a second.
    """

    events: int = 10_000
    size_bytes: int = 1_048_576
    work_bytes: int = 128 * 1024 * 1024


class EventPage(msgspec.Struct, frozen=True):
    """Some events in ascending order, with the gaps before and after what was looked through for them.

    ``is_last`` says that there is nothing after it; ``oldest_ms`` is handed to the next ``read_forward``.
    """

    events: Sequence[ReadEvent]
    before: Gap
    after: Gap
    is_last: bool = True
    oldest_ms: int = 0


class Selection:
    """Chooses among messages those that a pattern matches."""

    def __init__(self, pattern: Pattern) -> None:
        self._set = None if isinstance(pattern, EveryEvent) else compile_patterns([pattern])

    def indexes(self, messages: Sequence[bytes], start: int, end: int) -> Iterable[int]:
        """Returns the indexes, from start to before end, of the messages that match."""
        if self._set is None:
            return range(start, end)
        matching = self._set.matching
        return [index for index in range(start, end) if matching(messages[index])]


EVERYTHING = Selection(EveryEvent())
"""Chooses every message."""

_Key: TypeAlias = tuple[int, int, int]


class _Page:
    """The first or the last of the events found so far, as many as a page holds."""

    def __init__(self, bounds: PageBounds, *, of_last: bool = False) -> None:
        self._bounds = bounds
        self._of_last = of_last
        self._size_bytes = 0
        self.events: list[ReadEvent] = []
        self.is_full = False
        self.is_cut = False

    def add(self, batch: LogBatch, columns: tuple[list[int], list[bytes]], indexes: Iterable[int]) -> None:
        """Adds events of a batch, and drops what the page has no room for."""
        instants, messages = columns
        for index in indexes:
            message = messages[index]
            self._size_bytes += len(message) + EVENT_OVERHEAD_BYTES
            self.events.append(
                ReadEvent(instants[index], batch.id, index, message, batch.stream, batch.ingested_ms)
            )
        if len(self.events) >= self._bounds.events or self._size_bytes >= self._bounds.size_bytes:
            self._cut()

    def drop_from(self, gap: Gap) -> bool:
        """Drops the events after a gap; returns whether there were any."""
        kept = [each for each in self.events if each.before < gap]
        has_dropped = len(kept) < len(self.events)
        self.events = kept
        return has_dropped

    def _cut(self) -> None:
        self.is_full = True
        self.events.sort(reverse=self._of_last)
        size_bytes = 0
        for number, event in enumerate(self.events):
            added = len(event.message) + EVENT_OVERHEAD_BYTES
            is_too_much = number == self._bounds.events or size_bytes + added > self._bounds.size_bytes
            if number and is_too_much:
                del self.events[number:]
                self.is_cut = True
                break
            size_bytes += added
        self._size_bytes = size_bytes


def read_forward(
    batches: LogBatches, scope: Scope, selection: Selection, gap: Gap, bounds: PageBounds, oldest_ms: int
) -> EventPage:
    """Reads the first events after a gap; a page may hold few or none of them and still not be the last.

    Args:
        batches: Where events are kept.
        scope: Where to look.
        selection: Which events to take.
        gap: Where the page begins.
        bounds: How much it holds.
        oldest_ms: No batch that began before has events after the gap; the page before says it.
    """
    page = _Page(bounds)
    spans: list[tuple[int, int]] = []
    work_bytes = 0
    frontier: Gap | None = None
    is_last = True
    for batch in batches.ascending(scope, gap.at_ms, oldest_ms):
        begin = Gap(batch.first_ms, batch.id)
        if page.is_full and begin > page.events[-1].before:
            is_last = False
            break
        if work_bytes >= bounds.work_bytes:
            frontier = begin
            break
        # What begins before the gap was read by calls before; were it counted, a page might never get on.
        if begin >= gap:
            work_bytes += batch.size_bytes + _BATCH_BYTES + _EVENT_BYTES * batch.events
        spans.append((batch.first_ms, batch.last_ms))
        if (batch.last_ms, batch.id) < (gap.at_ms, gap.batch_id):
            # All of it was read by pages before; many batches of one instant would be unpacked for each page.
            continue
        columns = batch.unpack()
        instants = columns[0]
        start = max(bisect_left(instants, scope.start_ms), _index_of(gap, batch, instants))
        end = bisect_left(instants, scope.end_ms)
        if page.is_full:
            # What stands after the page is not looked at, so there may be more.
            fits = bisect_right(instants, page.events[-1].at_ms)
            page.is_cut |= fits < end
            end = min(end, fits)
        page.add(batch, columns, selection.indexes(columns[1], start, end))
    page.events.sort()
    if frontier is not None and (page.drop_from(frontier) or not page.is_cut):
        after = frontier
    else:
        after = page.events[-1].after if page.events else gap
    return EventPage(
        events=page.events,
        before=page.events[0].before if page.events else gap,
        after=after,
        is_last=is_last and frontier is None and not page.is_cut,
        oldest_ms=min([after.at_ms, *(first for first, last in spans if last >= after.at_ms)]),
    )


def read_backward(batches: LogBatches, scope: Scope, gap: Gap, bounds: PageBounds) -> EventPage:
    """Reads the last events before a gap."""
    page = _Page(bounds, of_last=True)

    def add(batch: LogBatch) -> None:
        columns = batch.unpack()
        instants = columns[0]
        start = bisect_left(instants, scope.start_ms)
        end = min(bisect_left(instants, scope.end_ms), _index_of(gap, batch, instants))
        page.add(batch, columns, range(start, end))

    place = BatchPlace(gap.at_ms, gap.batch_id + 1)
    for batch in batches.descending(scope, place, 0, 0):
        place = BatchPlace(batch.first_ms, batch.id)
        add(batch)
        if page.is_full:
            break
    if page.is_full:
        # A batch that began earlier may still reach into the page; none is longer than a day.
        first_ms = page.events[-1].at_ms
        for batch in batches.descending(scope, place, first_ms - DAY_MS, first_ms):
            add(batch)
    page.events.sort()
    if not page.events:
        return EventPage((), gap, gap)
    return EventPage(page.events, page.events[0].before, page.events[-1].after)


def _index_of(gap: Gap, batch: LogBatch, instants: Sequence[int]) -> int:
    """Finds the first event of a batch after a gap."""
    if batch.id < gap.batch_id:
        return bisect_right(instants, gap.at_ms)
    index = bisect_left(instants, gap.at_ms)
    return max(index, gap.index) if batch.id == gap.batch_id else index
