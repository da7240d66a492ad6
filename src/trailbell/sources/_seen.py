"""What one run of a source remembers: which files it has yielded, and which it was asked to look at again."""

import heapq
import threading

from trailbell.sources._contract import FoundFile, UnreadableFile

__all__ = ["LooksDue", "SeenFiles"]


class SeenFiles:
    """The files yielded so far, so that a rescan does not yield them all anew.

    At most ``limit`` are remembered; what comes beyond is yielded by every rescan, which costs time and loses
    nothing. A whole scan forgets what it did not meet, so files that come and go do not fill the memory.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._met: dict[str, int] = {}
        self._not_met_yet: dict[str, int] = {}

    def begin_scan(self) -> None:
        """A whole scan begins."""
        self._not_met_yet.update(self._met)
        self._met = {}

    def end_scan(self) -> None:
        """The whole scan met everything there is."""
        self._not_met_yet = {}

    def is_new(self, item: FoundFile | UnreadableFile) -> bool:
        """Whether the item was not met before as it is now; it counts as met from here on."""
        mark = _mark(item)
        known = self._not_met_yet.pop(item.name, None)
        if known is None:
            known = self._met.get(item.name)
        is_full = len(self._met) + len(self._not_met_yet) >= self._limit
        if known is not None or not is_full:
            self._met[item.name] = mark
        return known != mark


class LooksDue:
    """Names to be looked at again at a given instant of the monotonic clock; safe between threads.

    A name that waits already keeps its instant, so there are never more than there are files.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_instant: list[tuple[float, str]] = []
        self._names: set[str] = set()

    def add(self, name: str, due_at: float) -> None:
        """Asks for another look at a name, unless one is waiting already."""
        with self._lock:
            if name not in self._names:
                self._names.add(name)
                heapq.heappush(self._by_instant, (due_at, name))

    def take(self, now: float) -> list[str]:
        """The names that are due, which then no longer wait."""
        with self._lock:
            names = []
            while self._by_instant and self._by_instant[0][0] <= now:
                names.append(heapq.heappop(self._by_instant)[1])
            self._names.difference_update(names)
            return names


def _mark(item: FoundFile | UnreadableFile) -> int:
    # One number instead of three keeps a hundred thousand files at about 25 MB.
    if isinstance(item, UnreadableFile):
        return hash(item.reason)
    return hash((item.size_bytes, item.modified_ns, item.inode))
