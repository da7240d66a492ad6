"""The metric filters of each log group, compiled once and again after a change."""

import threading

from trailbell.chain._commit import Filtering
from trailbell.store import Store

__all__ = ["Filterings"]


class Filterings:
    """Gives the compiled filters of a log group; may be asked from any thread.

    Args:
        store: Where the filters are kept.
        trail_stream: The log stream in which trail sources keep what matches.
    """

    def __init__(self, store: Store, trail_stream: str) -> None:
        self._store = store
        self._trail_stream = trail_stream
        self._compiled: dict[str, Filtering] = {}
        self._lock = threading.Lock()

    def of(self, log_group: str) -> Filtering:
        """Returns the compiled filters of a log group; none at all for a group that does not exist."""
        compiled = self._compiled.get(log_group)
        if compiled is not None:
            return compiled
        with self._lock, self._store.read() as transaction:
            compiled = Filtering(transaction.filters.all(log_group), log_group, self._trail_stream)
            self._compiled[log_group] = compiled
        return compiled

    def changed(self, log_group: str) -> None:
        """Forgets what was compiled: a filter of the group was put or deleted, or the group is gone."""
        with self._lock:
            self._compiled.pop(log_group, None)
