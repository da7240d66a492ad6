"""The commit of log events: whoever comes while another commits is committed with others, in one transaction.

A call that finds nobody committing commits at once and alone, so that it never waits for company. Each is
answered only when its events, their counts and the matched events are on the disk.
"""

import threading
from collections.abc import Callable, Collection, Sequence

from trailbell._errors import RequestRefusedError
from trailbell.chain._commit import merged, new_events
from trailbell.chain._log_lookup import existing_group, existing_stream
from trailbell.chain._log_put import Accepted
from trailbell.filters import Contribution, SeriesMinute
from trailbell.metrics import MetricKey
from trailbell.store import NewBatch, NewEvent, Store, Transaction

__all__ = ["LogCommits"]


class _Waiting:
    """One call on its way to the disk."""

    def __init__(self, accepted: Accepted) -> None:
        self.accepted = accepted
        self.is_done = False
        self.number = 0
        self.error: Exception | None = None


class LogCommits:
    """Commits accepted log events.

    Args:
        store: Where they go.
        arrived: Is told the metrics with new data, after the commit.
    """

    def __init__(self, store: Store, arrived: Callable[[Collection[MetricKey]], None]) -> None:
        self._store = store
        self._arrived = arrived
        self._queue: list[_Waiting] = []
        self._queueing = threading.Lock()
        self._committing = threading.Lock()
        # How much was written since the start, compressed as it is kept.
        self.written_bytes = 0

    def commit(self, accepted: Accepted) -> int:
        """Commits one call's events, maybe with those of others; returns the number of its batch.

        Raises:
            RequestRefusedError: The group or the stream is gone; nothing of this call was kept.
            StoreError: The database cannot be written; nothing was kept.
        """
        mine = _Waiting(accepted)
        with self._queueing:
            self._queue.append(mine)
        metrics: frozenset[MetricKey] = frozenset()
        with self._committing:
            if not mine.is_done:
                with self._queueing:
                    together, self._queue = self._queue, []
                metrics = self._commit(together)
        if metrics:
            self._arrived(metrics)
        if mine.error is not None:
            raise mine.error
        return mine.number

    def _commit(self, together: Sequence[_Waiting]) -> frozenset[MetricKey]:
        metrics: frozenset[MetricKey] = frozenset()
        try:
            with self._store.write() as transaction:
                metrics = _write(transaction, together)
        except Exception as error:
            # Whatever it was, nobody's events were kept, and everybody must hear of it.
            for each in together:
                each.error = error
        for each in together:
            each.is_done = True
            self.written_bytes += len(each.accepted.content)
        return metrics


def _write(transaction: Transaction, together: Sequence[_Waiting]) -> frozenset[MetricKey]:
    sizes: dict[int, int] = {}
    contributions: dict[SeriesMinute, list[Contribution]] = {}
    events: list[NewEvent] = []
    for each in together:
        try:
            group_id = _write_batch(transaction, each)
        except RequestRefusedError as error:
            each.error = error
            continue
        accepted = each.accepted
        sizes[group_id] = sizes.get(group_id, 0) + accepted.size_bytes
        if accepted.settled is not None:
            for place, contribution in accepted.settled.contributions.items():
                contributions.setdefault(place, []).append(contribution)
            stream, ids = accepted.put.log_stream, accepted.filtering.ids
            events += new_events(accepted.settled, stream, ids, accepted.now_ms)
    for group_id, size_bytes in sizes.items():
        transaction.log_groups.add_stored_bytes(group_id, size_bytes)
    transaction.datapoints.add({place: merged(parts) for place, parts in contributions.items()})
    transaction.events.add(events)
    return frozenset(place.metric for place in contributions)


def _write_batch(transaction: Transaction, waiting: _Waiting) -> int:
    """Keeps one batch and returns its group, or raises before anything was written."""
    accepted = waiting.accepted
    group = existing_group(transaction, accepted.put.log_group)
    stream = existing_stream(transaction, group, accepted.put.log_stream)
    waiting.number = transaction.log_batches.add(
        NewBatch(
            group.id,
            stream.id,
            accepted.first_ms,
            accepted.last_ms,
            accepted.now_ms,
            accepted.events,
            accepted.size_bytes,
            accepted.content,
        )
    )
    transaction.log_streams.add_events(stream.id, accepted.first_ms, accepted.last_ms, accepted.now_ms)
    return group.id
