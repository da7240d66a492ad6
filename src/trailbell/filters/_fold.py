"""One pass of all metric filters of a log group over a batch of log events.

The result says what matched and what did not; nothing is counted yet, since counting needs to
know what was counted before (``settle``). So batches can be folded anywhere, in any order.
"""

from collections.abc import Mapping

import msgspec

from trailbell.cloudtrail import RecordFacts, facts_of
from trailbell.filters._extraction import Extracted
from trailbell.filters._filter_set import FilterSet
from trailbell.metrics import floor_to

__all__ = ["Batch", "LogEvent", "Match", "Partial", "Unreadable", "fold"]

_MINUTE_SECONDS = 60
_EXCERPT_BYTES = 256


# Batches hold thousands: the collector need not look at what can hold no cycle (9 % of a PutLogEvents call).
class LogEvent(msgspec.Struct, frozen=True, gc=False):
    """One log event: its timestamp (milliseconds), its message, and where the message began in its file."""

    at_ms: int
    message: bytes
    offset: int = -1


class Batch(msgspec.Struct, frozen=True):
    """Log events that arrive together.

    ``from_trail`` marks CloudTrail records: they must be JSON objects, and a record delivered
    twice counts once. Other log events may be any text and are counted as given, like AWS does.
    """

    events: tuple[LogEvent, ...]
    from_trail: bool = True


class Match(msgspec.Struct, frozen=True):
    """A log event that at least one filter matches; ``filters`` are indexes into the filter set.

    ``extracted`` holds what the event publishes by those filters that read it from the event.
    """

    at_ms: int
    filters: tuple[int, ...]
    facts: RecordFacts
    message: bytes
    extracted: Mapping[int, Extracted] = {}


class Unreadable(msgspec.Struct, frozen=True):
    """A record of a trail that is not one JSON object; ``excerpt`` is how it begins."""

    offset: int
    reason: str
    excerpt: bytes


class Partial(msgspec.Struct, frozen=True):
    """What one pass found.

    ``misses`` maps (filter index, minute in ms) to how many events did not match, for filters that
    publish a default value.
    """

    matches: tuple[Match, ...]
    misses: dict[tuple[int, int], int]
    unmatched: int
    unreadable: tuple[Unreadable, ...]
    from_trail: bool


def fold(batch: Batch, filters: FilterSet) -> Partial:
    """Runs every filter of the set over every event of the batch."""
    decode, match = filters.patterns.decode, filters.patterns.match
    must_decode = batch.from_trail or filters.patterns.reads_json
    matches: list[Match] = []
    unreadable: list[Unreadable] = []
    misses: dict[tuple[int, int], int] = {}
    unmatched = 0
    for event in batch.events:
        message = event.message
        record = decode(message) if must_decode else None
        if record is None and batch.from_trail:
            excerpt = message[:_EXCERPT_BYTES]
            unreadable.append(Unreadable(event.offset, "the record is not one valid JSON object", excerpt))
            continue
        matched = match(record, message)
        for index in filters.with_default:
            if index not in matched:
                key = (index, floor_to(event.at_ms, _MINUTE_SECONDS))
                misses[key] = misses.get(key, 0) + 1
        if matched:
            extracted = {
                index: extract(record, message)
                for index, extract in filters.extracts.items()
                if index in matched
            }
            matches.append(Match(event.at_ms, matched, facts_of(message), message, extracted))
        else:
            unmatched += 1
    return Partial(tuple(matches), misses, unmatched, tuple(unreadable), batch.from_trail)
