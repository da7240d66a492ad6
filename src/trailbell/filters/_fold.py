"""One pass of all metric filters of a log group over a batch of log events.

The result says what matched and what did not; nothing is counted yet, since counting needs to
know what was counted before (``settle``). So batches can be folded anywhere, in any order.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from trailbell.cloudtrail import RecordFacts, facts_of
from trailbell.filters._extraction import Extracted
from trailbell.filters._filter_set import FilterSet
from trailbell.metrics import floor_to

__all__ = ["Batch", "LogEvent", "Match", "Partial", "Unreadable", "fold", "minute_of"]

_MINUTE_SECONDS = 60
_EXCERPT_BYTES = 256
# A search costs some microseconds whatever it finds.
_FEWEST_TO_SEARCH = 32


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
    ``is_checked`` says that the messages are known to be JSON objects, as ``read_records`` gives them,
    so that one which no filter can match need not be looked into.
    """

    events: tuple[LogEvent, ...]
    from_trail: bool = True
    is_checked: bool = False


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


def fold(batch: Batch, filters: FilterSet, *, exact: bool = False) -> Partial:
    """Runs every filter of the set over every event of the batch.

    Where it pays, events are searched for the texts that the patterns need before any is decoded; the
    result is the same. ``exact`` decodes every event all the same.
    """
    candidates = None if exact else _candidates(batch, filters)
    if candidates is None:
        return _fold(batch, batch.events, filters)
    partial = _fold(batch, [batch.events[index] for index in candidates], filters)
    return _with_passed_over(partial, batch, candidates, filters)


def _candidates(batch: Batch, filters: FilterSet) -> Sequence[int] | None:
    """Finds the events that may match; None where all are to be decoded."""
    may_pass_over = batch.is_checked or not batch.from_trail
    if not may_pass_over or len(batch.events) < _FEWEST_TO_SEARCH or filters.prefilter is None:
        return None
    return filters.prefilter.candidates([event.message for event in batch.events])


def _with_passed_over(
    partial: Partial, batch: Batch, candidates: Sequence[int], filters: FilterSet
) -> Partial:
    """Counts the events that no filter can match."""
    misses = dict(partial.misses)
    if filters.with_default:
        looked_at = set(candidates)
        minutes = Counter(
            minute_of(event.at_ms) for index, event in enumerate(batch.events) if index not in looked_at
        )
        for index in filters.with_default:
            for minute_ms, number in minutes.items():
                misses[index, minute_ms] = misses.get((index, minute_ms), 0) + number
    passed_over = len(batch.events) - len(candidates)
    return replace(partial, misses=misses, unmatched=partial.unmatched + passed_over)


def _fold(batch: Batch, events: Iterable[LogEvent], filters: FilterSet) -> Partial:
    decode, match, with_default = filters.patterns.decode, filters.patterns.match, filters.with_default
    from_trail = batch.from_trail
    must_decode = from_trail or filters.patterns.reads_json
    matches: list[Match] = []
    unreadable: list[Unreadable] = []
    misses: dict[tuple[int, int], int] = {}
    unmatched = 0
    for event in events:
        message = event.message
        record = decode(message) if must_decode else None
        if record is None and from_trail:
            excerpt = message[:_EXCERPT_BYTES]
            unreadable.append(Unreadable(event.offset, "the record is not one valid JSON object", excerpt))
            continue
        matched = match(record, message)
        for index in with_default:
            if index not in matched:
                key = (index, minute_of(event.at_ms))
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


def minute_of(at_ms: int) -> int:
    """Returns the minute, by its first millisecond, in which an event is counted."""
    return floor_to(at_ms, _MINUTE_SECONDS)
