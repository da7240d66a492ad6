"""Follows a source in a thread, so that a test can act on the disk and wait for what comes."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from trailbell.sources import FoundFile, Source, UnreadableFile

__all__ = ["Follower", "following"]

_PATIENCE_SECONDS = 60.0


class Follower:
    """What a source has yielded and a test has not asked for yet."""

    def __init__(self) -> None:
        self._items: queue.SimpleQueue[FoundFile | UnreadableFile] = queue.SimpleQueue()

    def put(self, item: FoundFile | UnreadableFile) -> None:
        """Takes an item from the source."""
        self._items.put(item)

    def next(self) -> FoundFile | UnreadableFile:
        """The next item, waited for."""
        return self._items.get(timeout=_PATIENCE_SECONDS)

    def until(self, name: str) -> list[str]:
        """The names up to and including the given one, waited for."""
        names: list[str] = []
        while name not in names:
            names.append(self.next().name)
        return names

    def rest(self) -> list[str]:
        """The names that have come and were not asked for."""
        names = []
        while not self._items.empty():
            names.append(self._items.get().name)
        return names


@contextmanager
def following(source: Source, rescan_seconds: float = 3600.0) -> Iterator[Follower]:
    """Follows the source while the block runs, and checks that it ends when told to."""
    stop = threading.Event()
    follower = Follower()
    changes = source.changes(stop, rescan_seconds)

    def follow() -> None:
        for item in changes:
            follower.put(item)

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield follower
    finally:
        stop.set()
        thread.join(_PATIENCE_SECONDS)
    assert not thread.is_alive()
