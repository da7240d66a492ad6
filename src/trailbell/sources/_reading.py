"""Reads one file within its bounds: through no link, nothing but a regular file, no more than allowed."""

import hashlib
import os
import stat
from pathlib import Path

from trailbell.sources._contract import FileContent, FoundFile, SourceError
from trailbell.sources._folder import why_not

__all__ = ["read_within"]

_SAFE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


def read_within(bounds: str, found: FoundFile, max_size_bytes: int) -> FileContent:
    """The bytes of a file that must lie below the resolved folder ``bounds``.

    Raises:
        SourceError: the file is gone, is too large, leads outside, or cannot be read.
    """
    try:
        handle = _open_below(bounds, _parts_below(bounds, found))
        try:
            return _read(handle, found, max_size_bytes)
        finally:
            os.close(handle)
    except FileNotFoundError as error:
        raise SourceError(found.name, "the file is gone") from error
    except OSError as error:
        raise SourceError(found.name, f"cannot be read: {why_not(error)}") from error


def _read(handle: int, found: FoundFile, max_size_bytes: int) -> FileContent:
    before = os.fstat(handle)
    if not stat.S_ISREG(before.st_mode):
        raise SourceError(found.name, "is not a regular file")
    _check_size(found.name, before.st_size, max_size_bytes)
    with os.fdopen(handle, "rb", closefd=False) as file:
        content = file.read(before.st_size + 1)
    _check_size(found.name, len(content), max_size_bytes)
    after = os.fstat(handle)
    as_found = (found.size_bytes, found.modified_ns, found.inode)
    is_stable = as_found == _identity(before) == _identity(after) and len(content) == after.st_size
    return FileContent(content, hashlib.sha256(content).hexdigest(), is_stable)


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


def _check_size(name: str, size_bytes: int, max_size_bytes: int) -> None:
    if size_bytes > max_size_bytes:
        raise SourceError(
            name, f"the file has {size_bytes} bytes or more, and at most {max_size_bytes} are allowed"
        )


def _identity(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ino
