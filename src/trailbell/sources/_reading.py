"""Opens one file within its bounds: through no link, and nothing but a regular file."""

import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from trailbell.sources._contract import FileContent, FoundFile, SourceError
from trailbell.sources._folder import why_not
from trailbell.sources._opened import OpenedFile

__all__ = ["open_within", "read_whole"]

_SAFE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def open_within(bounds: str, found: FoundFile) -> Iterator[OpenedFile]:
    """Opens a file that must lie below the resolved folder ``bounds``.

    Raises:
        SourceError: the file is gone, leads outside, or cannot be read.
    """
    # What the caller does with the open file may fail in its own ways, and is not told of as a bad file.
    with _told_of(found):
        handle = _open_below(bounds, _parts_below(bounds, found))
    try:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            raise SourceError(found.name, "is not a regular file")
        as_found = (found.size_bytes, found.modified_ns, found.inode)
        # Unlike the bare handle, this refuses to be read once it is closed.
        with os.fdopen(handle, "rb", buffering=0, closefd=False) as file:

            def read(size_bytes: int) -> bytes:
                with _told_of(found):
                    return file.read(size_bytes)

            def is_unchanged() -> bool:
                with _told_of(found):
                    return as_found == _identity(before) == _identity(os.fstat(file.fileno()))

            yield OpenedFile(read, before.st_size, is_unchanged)
    finally:
        os.close(handle)


def read_whole(
    opening: AbstractContextManager[OpenedFile], found: FoundFile, max_size_bytes: int
) -> FileContent:
    """Returns the bytes of a file that is about to be opened.

    Raises:
        SourceError: the file is larger than ``max_size_bytes``, or cannot be read.
    """
    with opening as file:
        if file.size_bytes > max_size_bytes:
            raise SourceError(
                found.name, f"the file has {file.size_bytes} bytes, and at most {max_size_bytes} are allowed"
            )
        # In one chunk, which is not copied when it is joined.
        content = b"".join(file.chunks(file.size_bytes))
        return FileContent(content, file.sha256, file.stable)


@contextmanager
def _told_of(found: FoundFile) -> Iterator[None]:
    """Turns what the system refuses into the error of this room."""
    try:
        yield
    except FileNotFoundError as error:
        raise SourceError(found.name, "the file is gone") from error
    except OSError as error:
        raise SourceError(found.name, f"cannot be read: {why_not(error)}") from error


def _parts_below(bounds: str, found: FoundFile) -> tuple[str, ...]:
    real = Path(os.path.realpath(found.path, strict=True))
    if not real.is_relative_to(bounds):
        raise SourceError(found.name, "the file leads out of its folder, and is not followed")
    return real.relative_to(bounds).parts


def _open_below(bounds: str, parts: tuple[str, ...]) -> int:
    # One step at a time, each from the folder opened before and none through a link, so that nobody
    # can put a link in the way between the check and the opening.
    folder = os.open(bounds, _SAFE | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            inner = os.open(part, _SAFE | os.O_DIRECTORY, dir_fd=folder)
            os.close(folder)
            folder = inner
        # A pipe with no writer would otherwise hold the reader for ever.
        return os.open(parts[-1], _SAFE | os.O_NONBLOCK, dir_fd=folder)
    finally:
        os.close(folder)


def _identity(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ino
