"""The roll-up of old datapoints: a pass over all metrics, in many short transactions."""

import threading

import structlog

from trailbell.store import Store

__all__ = ["RollUp"]

_log = structlog.get_logger(__name__)

_DAY_MS = 86_400_000
_PAUSE_SECONDS = 0.005


class RollUp:
    """Merges datapoints into longer periods as they age, and deletes the oldest.

    Args:
        store: Where they are.
        stopping: Ends a pass early; the next one goes on.
    """

    def __init__(self, store: Store, stopping: threading.Event) -> None:
        self._store = store
        self._stopping = stopping
        # When the last complete pass was, and the last over all there is: data may also arrive old.
        self._done_ms: int | None = None
        self._whole_ms: int | None = None

    def run(self, now_ms: int) -> None:
        """Makes one pass."""
        since_ms = self._done_ms
        if self._whole_ms is None or not 0 <= now_ms - self._whole_ms < _DAY_MS:
            since_ms = None
        merged = deleted = 0
        metric: int | None = 0
        while metric is not None:
            with self._store.write() as transaction:
                done = transaction.datapoints.roll_up(now_ms, since_ms, metric)
            merged, deleted, metric = merged + done.merged, deleted + done.deleted, done.metric
            # Whoever else wants to write has a chance to.
            if metric is not None and self._stopping.wait(_PAUSE_SECONDS):
                return
        self._done_ms = now_ms
        if since_ms is None:
            self._whole_ms = now_ms
        if merged or deleted:
            _log.debug("old datapoints rolled up", merged=merged, deleted=deleted)
