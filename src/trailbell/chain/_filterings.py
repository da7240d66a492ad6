"""The metric filters of each log group, compiled once and again after a change."""

import threading

from trailbell.chain._commit import Filtering
from trailbell.settings import Settings
from trailbell.store import Store

__all__ = ["Filterings"]


class Filterings:
    """Gives the compiled filters of a log group; may be asked from any thread.

    Args:
        store: Where the filters are kept.
        settings: The account and the region.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        # Named as CloudTrail names the stream of a trail: after its account and its home region.
        self._trail_stream = f"{settings.account_id}_CloudTrail_{settings.region}"
        self._system_fields = {"@aws.account": settings.account_id, "@aws.region": settings.region}
        self._compiled: dict[str, Filtering] = {}
        self._lock = threading.Lock()

    def of(self, log_group: str) -> Filtering:
        """Returns the compiled filters of a log group; none at all for a group that does not exist."""
        compiled = self._compiled.get(log_group)
        if compiled is not None:
            return compiled
        with self._lock, self._store.read() as transaction:
            compiled = Filtering(
                transaction.filters.all(log_group), log_group, self._trail_stream, self._system_fields
            )
            self._compiled[log_group] = compiled
        return compiled

    def changed(self, log_group: str) -> None:
        """Forgets what was compiled: a filter of the group was put or deleted, or the group is gone."""
        with self._lock:
            self._compiled.pop(log_group, None)
