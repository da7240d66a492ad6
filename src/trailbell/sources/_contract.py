"""What a source of files promises to whoever takes events from it."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import msgspec

from trailbell._errors import TrailbellError
from trailbell.sources._opened import OpenedFile

__all__ = ["FileContent", "FoundFile", "Source", "SourceError", "UnreadableFile"]


class SourceError(TrailbellError):
    """A place to read from that cannot be read.

    Attributes:
        place: the folder or file.
        reason: what is wrong and what to do.
    """

    def __init__(self, place: str, reason: str) -> None:
        self.place = place
        self.reason = reason
        super().__init__(f"{place}: {reason}")


class FoundFile(msgspec.Struct, frozen=True):
    """A file that may hold events, as it was when it was looked at.

    ``name`` is its path below the source with forward slashes: the same from run to run.
    """

    path: Path
    name: str
    size_bytes: int
    modified_ns: int
    inode: int


class UnreadableFile(msgspec.Struct, frozen=True):
    """Something that is there and cannot be taken, with the reason."""

    name: str
    reason: str


class FileContent(msgspec.Struct, frozen=True):
    """The bytes of a file.

    ``stable`` says that size, time and inode stayed the same from when the file was found until its last byte
    was read; where it is False the content may be half of one version and half of the next.
    """

    content: bytes
    sha256: str
    stable: bool


class Source(Protocol):
    """A place where files of events appear.

    * Nothing that is there is lost: it is yielded at once or, at the latest, by the next rescan.
    * A file is yielded again when its size, time or inode changes, and may be yielded again without a change:
      whoever takes it knows what it has seen already.
    * What is there and cannot be taken is yielded as an ``UnreadableFile``, once per reason.
    * Nothing is moved, changed or deleted.
    """

    def changes(self, stop: threading.Event, rescan_seconds: float) -> Iterator[FoundFile | UnreadableFile]:
        """All that is there, then all that appears or changes, until ``stop`` is set.

        Raises:
            SourceError: the place cannot be used at all; raised by the call itself, before the first item.
        """
        ...

    def find(self, name: str) -> FoundFile | UnreadableFile | None:
        """The file of that name as it is now; None where it is gone. May be called from any thread."""
        ...

    def look_again(self, found: FoundFile, after_seconds: float) -> None:
        """Has ``changes`` yield the file once more after a while, changed or not; safe from any thread."""
        ...

    def read_file(self, found: FoundFile, max_size_bytes: int) -> FileContent:
        """The bytes of a file that was found; safe from any thread.

        Raises:
            SourceError: the file is gone, is larger than ``max_size_bytes``, or cannot be read.
        """
        ...

    def open_file(self, found: FoundFile) -> AbstractContextManager[OpenedFile]:
        """Opens a file that was found, to be read in chunks whatever its size; safe from any thread.

        What is opened is read by one thread at a time, and closed at the end of the ``with`` block.

        Raises:
            SourceError: the file is gone or cannot be read; raised on entering the block, and by the chunks.
        """
        ...
