"""Keeping what a trail brought as log events, so that the log group can be read like any other."""

from collections.abc import Iterator, Sequence

from trailbell.filters import LogEvent
from trailbell.store import EVENT_OVERHEAD_BYTES, NewBatch, Transaction, pack_events

__all__ = ["keep_events"]

# As large as a call of PutLogEvents may be, which is what readers expect a batch to hold.
_LARGEST_BATCH_BYTES = 1_048_576


def keep_events(
    transaction: Transaction, log_group: str, log_stream: str, events: Sequence[LogEvent], now_ms: int
) -> list[int]:
    """Keeps events in a stream of a group, which is made if there is none; without such a group, nothing.

    Returns the numbers of the batches made.
    """
    group = transaction.log_groups.find(log_group)
    if not events or group is None:
        return []
    transaction.log_streams.create(group.id, log_stream, now_ms)
    stream = transaction.log_streams.find(group.id, log_stream)
    if stream is None:
        raise AssertionError(f"log stream {log_stream} was made and is not there")
    numbers = []
    for part in _parts(sorted(events, key=lambda each: each.at_ms)):
        size_bytes = sum(map(_size, part))
        number = transaction.log_batches.add(
            NewBatch(
                log_group_id=group.id,
                log_stream_id=stream.id,
                first_ms=part[0].at_ms,
                last_ms=part[-1].at_ms,
                ingested_ms=now_ms,
                events=len(part),
                size_bytes=size_bytes,
                content=pack_events([each.at_ms for each in part], [each.message for each in part]),
            )
        )
        transaction.log_streams.add_events(stream.id, part[0].at_ms, part[-1].at_ms, now_ms)
        transaction.log_groups.add_stored_bytes(group.id, size_bytes)
        numbers.append(number)
    return numbers


def _parts(events: Sequence[LogEvent]) -> Iterator[list[LogEvent]]:
    part: list[LogEvent] = []
    size_bytes = 0
    for event in events:
        if part and size_bytes + _size(event) > _LARGEST_BATCH_BYTES:
            yield part
            part, size_bytes = [], 0
        part.append(event)
        size_bytes += _size(event)
    yield part


def _size(event: LogEvent) -> int:
    return len(event.message) + EVENT_OVERHEAD_BYTES
