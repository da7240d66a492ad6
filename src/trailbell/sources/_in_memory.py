"""A source that holds its files in memory, for tests and demonstrations."""

import io
import itertools
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trailbell.sources._contract import FileContent, FoundFile, SourceError, UnreadableFile
from trailbell.sources._opened import OpenedFile
from trailbell.sources._reading import read_whole

__all__ = ["MemorySource"]


class MemorySource:
    """Files that are put in by hand; it keeps the promises of ``Source``.

    ``look_again`` yields at once, whatever the delay: nothing here waits for a clock.
    """

    def __init__(self) -> None:
        self._contents: dict[str, tuple[int, bytes]] = {}
        self._waiting: queue.SimpleQueue[FoundFile | UnreadableFile] = queue.SimpleQueue()
        self._versions = itertools.count(1)

    def put(self, name: str, content: bytes) -> FoundFile:
        """Adds a file, or a new version of it."""
        version = next(self._versions)
        self._contents[name] = (version, content)
        found = FoundFile(Path(name), name, len(content), modified_ns=version, inode=version)
        self._waiting.put(found)
        return found

    def put_unreadable(self, name: str, reason: str) -> None:
        """Adds something that cannot be taken."""
        self._waiting.put(UnreadableFile(name, reason))

    def changes(self, stop: threading.Event, rescan_seconds: float) -> Iterator[FoundFile | UnreadableFile]:
        """All that was put in and is put in, in that order, until ``stop`` is set."""
        wait_seconds = min(rescan_seconds, 0.02)
        while not stop.is_set():
            try:
                yield self._waiting.get(timeout=wait_seconds)
            except queue.Empty:
                continue

    def find(self, name: str) -> FoundFile | None:
        """The file last put under that name."""
        if name not in self._contents:
            return None
        version, content = self._contents[name]
        return FoundFile(Path(name), name, len(content), modified_ns=version, inode=version)

    def look_again(self, found: FoundFile, after_seconds: float) -> None:
        """Yields the file once more."""
        self._waiting.put(found)

    def read_file(self, found: FoundFile, max_size_bytes: int) -> FileContent:
        """The bytes last put under the name of the file."""
        return read_whole(self.open_file(found), found, max_size_bytes)

    @contextmanager
    def open_file(self, found: FoundFile) -> Iterator[OpenedFile]:
        """Opens what was last put under the name of the file."""
        if found.name not in self._contents:
            raise SourceError(found.name, "the file is gone")
        version, content = self._contents[found.name]

        def is_unchanged() -> bool:
            return found.modified_ns == version == self._contents[found.name][0]

        yield OpenedFile(io.BytesIO(content).read, len(content), is_unchanged)
