"""What PutLogEvents takes: its rules, and the one pass of the group's filters over what is accepted.

Follows "PutLogEvents" of the CloudWatch Logs API reference: what breaks a rule of the batch refuses the call,
what is too old or too new is left out of it and said.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain._commit import Filtering
from trailbell.filters import Batch, LogEvent, Settled, fold, settle
from trailbell.store import EVENT_OVERHEAD_BYTES, StoredGroup, pack_events

__all__ = ["DAY_MS", "Accepted", "LogEventsPut", "PutAnswer", "accept", "oldest_kept_ms"]

DAY_MS = 86_400_000

_MOST_BYTES = 1_048_576
_LONGEST_SPAN_MS = DAY_MS
_OLDEST_MS = 14 * DAY_MS
_NEWEST_MS = 2 * 3_600_000


class LogEventsPut(msgspec.Struct, frozen=True):
    """The events that one call puts into one stream: their instants, and their messages in UTF-8."""

    log_group: str
    log_stream: str
    instants_ms: Sequence[int]
    messages: Sequence[bytes]


class PutAnswer(msgspec.Struct, frozen=True):
    """What came of a call; the indexes are AWS's: too old and expired exclusive, too new inclusive."""

    sequence_token: str
    too_new_start: int | None = None
    too_old_end: int | None = None
    expired_end: int | None = None


class Accepted(msgspec.Struct, frozen=True):
    """What of a call is kept, compressed and counted, ready to be committed; nothing if ``events`` is 0."""

    put: LogEventsPut
    answer: PutAnswer
    now_ms: int
    filtering: Filtering
    events: int = 0
    first_ms: int = 0
    last_ms: int = 0
    size_bytes: int = 0
    content: bytes = b""
    settled: Settled | None = None


def oldest_kept_ms(group: StoredGroup, now_ms: int) -> int:
    """Returns the instant before which a group's events have expired; 0 where they never do."""
    return 0 if group.retention_days is None else max(0, now_ms - group.retention_days * DAY_MS)


def accept(put: LogEventsPut, group: StoredGroup, filtering: Filtering, now_ms: int) -> Accepted:
    """Checks a call, leaves out what is too old or too new, and runs the filters over the rest.

    Raises:
        RequestRefusedError: The call breaks a rule.
    """
    _check_sizes(put)
    instants = put.instants_ms
    if any(map(int.__gt__, instants, instants[1:])):
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER,
            "Log events in a single PutLogEvents request must be in chronological order.",
        )
    too_old = bisect_left(instants, now_ms - _OLDEST_MS)
    expired = bisect_left(instants, oldest_kept_ms(group, now_ms))
    too_new = bisect_right(instants, now_ms + _NEWEST_MS)
    start = max(too_old, expired)
    answer = PutAnswer(
        sequence_token="",
        too_new_start=too_new if too_new < len(instants) else None,
        too_old_end=too_old or None,
        expired_end=expired or None,
    )
    if start >= too_new:
        return Accepted(put, answer, now_ms, filtering)
    kept = put if (start, too_new) == (0, len(instants)) else _part(put, start, too_new)
    first_ms, last_ms = kept.instants_ms[0], kept.instants_ms[-1]
    if last_ms - first_ms > _LONGEST_SPAN_MS:
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER,
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        )
    events = tuple(map(LogEvent, kept.instants_ms, kept.messages))
    filtering.limit.begin(now_ms)
    partial = fold(Batch(events, from_trail=False), filtering.set)
    settled = settle(partial, filtering.set, (), filtering.limit)
    return Accepted(
        put=put,
        answer=answer,
        now_ms=now_ms,
        filtering=filtering,
        events=len(events),
        first_ms=first_ms,
        last_ms=last_ms,
        size_bytes=_size(kept.messages),
        content=pack_events(kept.instants_ms, kept.messages),
        settled=settled,
    )


def _part(put: LogEventsPut, start: int, end: int) -> LogEventsPut:
    return LogEventsPut(put.log_group, put.log_stream, put.instants_ms[start:end], put.messages[start:end])


def _size(messages: Sequence[bytes]) -> int:
    return sum(map(len, messages)) + EVENT_OVERHEAD_BYTES * len(messages)


def _check_sizes(put: LogEventsPut) -> None:
    largest = max(map(len, put.messages), default=0) + EVENT_OVERHEAD_BYTES
    if largest > _MOST_BYTES:
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER,
            f"Log event too large: {largest} bytes exceeds limit of {_MOST_BYTES}",
        )
    size_bytes = _size(put.messages)
    if size_bytes > _MOST_BYTES:
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER,
            f"Upload too large: {size_bytes} bytes exceeds limit of {_MOST_BYTES}",
        )
