"""Files, folders and standard input taken apart into log events, a portion at a time whatever their size."""

import errno
import io
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import msgspec

from trailbell.cli._kernel_folders import KernelFolders
from trailbell.cli._log_framing import begins_records
from trailbell.cli._log_lines import LineCutter, Lines
from trailbell.cloudtrail import DamagedContentError, Reading, decompressed, read_pieces

__all__ = ["Portion", "RejectedPart", "is_folder", "read_log_files"]

_STANDARD_INPUT = "(standard input)"
_CHUNK_BYTES = 1024 * 1024
_Opener: TypeAlias = Callable[[str, int], int]

_UNFINISHED = (".tmp", ".part", "~")

# What is unpacked is not held, so that there is nothing to protect.
_NO_LIMIT = 1 << 62


class RejectedPart(msgspec.Struct, frozen=True):
    """Something of a file that is no log event; ``place`` is empty where it is the file itself."""

    place: str
    reason: str


class Portion(msgspec.Struct, frozen=True):
    """Some of what a file holds, in the file's order.

    Attributes:
        file: Its name, as a user would type it.
        events: Log events, each the bytes of its message.
        rejected: What is no log event.
        passed_over: Why the file as a whole holds no events to read; empty where it does.
    """

    file: str
    events: list[bytes] = []
    rejected: list[RejectedPart] = []
    passed_over: str = ""


def is_folder(name: str) -> bool:
    """Says whether a name is that of a folder."""
    try:
        return stat.S_ISDIR(Path(name).stat().st_mode)
    except OSError:
        return False


def read_log_files(names: Iterable[str]) -> Iterator[Portion]:
    """Yields all that files hold; ``-`` is standard input, and a folder stands for all files below it.

    Left out of a folder are names that begin with a dot or end in ``.tmp``, ``.part`` or ``~``, and what is
    no regular file or folder, or is one of the kernel's.
    What cannot be read is rejected, and reading goes on behind it; damage rejects the rest of its file.
    """
    for name in names:
        if name == "-":
            yield from _of_standard_input()
        elif is_folder(name):
            yield from _of_folder(Path(name))
        else:
            yield from _of_file(Path(name), name)


def _of_standard_input() -> Iterator[Portion]:
    if sys.stdin is None:
        yield Portion(_STANDARD_INPUT, rejected=[RejectedPart("", "it is closed")])
        return
    stream = sys.stdin.buffer
    # Whatever has come so far, so that a log can be followed while it is written.
    read = stream.read1 if isinstance(stream, io.BufferedReader) else stream.read
    try:
        yield from _of_chunks(_STANDARD_INPUT, iter(lambda: read(_CHUNK_BYTES), b""))
    except OSError as error:
        yield _unreadable(_STANDARD_INPUT, error)


def _of_folder(folder: Path) -> Iterator[Portion]:
    """Goes through a folder of any depth; one listing per level is held, never the whole tree."""
    kernel = KernelFolders()
    levels = [_listed(folder, kernel)]
    while levels:
        item = next(levels[-1], None)
        if item is None:
            levels.pop()
        elif isinstance(item, Portion):
            yield item
        elif item.is_dir(follow_symlinks=False):
            levels.append(_listed(Path(item.path), kernel))
        else:
            yield from _of_file(Path(item.path), item.path, opener=_open_found)


def _listed(folder: Path, kernel: KernelFolders) -> Iterator[os.DirEntry[str] | Portion]:
    """Yields the folders and the wanted files in a folder, sorted, and what is left out and worth a word."""
    try:
        kind = kernel.kind_of(folder)
        if kind is not None:
            yield Portion(
                str(folder), passed_over=f"a file system of the kernel ({kind}), which holds no logs"
            )
            return
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        yield _unreadable(str(folder), error)
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        try:
            is_folder = entry.is_dir(follow_symlinks=False)
            is_file = entry.is_file(follow_symlinks=False)
            is_link = entry.is_symlink()
        except OSError as error:
            yield _unreadable(entry.path, error)
            continue
        if not is_folder and entry.name.lower().endswith(_UNFINISHED):
            continue
        if is_folder or is_file:
            yield entry
        else:
            # What a link leads to would often be read a second time.
            kind = "a symbolic link, which is not followed" if is_link else "not a regular file"
            yield Portion(entry.path, passed_over=kind)


def _of_file(path: Path, name: str, opener: _Opener | None = None) -> Iterator[Portion]:
    try:
        with open(path, "rb", buffering=0, opener=opener) as file:
            yield from _of_chunks(name, iter(lambda: file.read(_CHUNK_BYTES), b""))
    except OSError as error:
        yield _unreadable(name, error)


def _open_found(path: str, flags: int) -> int:
    """Opens what was a regular file in a listing, and may have become a pipe that nobody writes to."""
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file")
    return descriptor


def _of_chunks(name: str, packed: Iterator[bytes]) -> Iterator[Portion]:
    try:
        chunks = decompressed(packed, _NO_LIMIT)
        holds_records, whole = begins_records(chunks)
        yield from _records(name, whole) if holds_records else _lines(name, whole)
    except DamagedContentError as error:
        place = "" if error.offset < 0 else f"byte {error.offset}"
        yield Portion(name, rejected=[RejectedPart(place, error.reason)])


def _lines(name: str, chunks: Iterator[bytes]) -> Iterator[Portion]:
    cutter = LineCutter()
    for chunk in chunks:
        yield _of_lines(name, cutter.cut(chunk))
    yield _of_lines(name, cutter.end())


def _of_lines(name: str, lines: Lines) -> Portion:
    return Portion(name, lines.events, [RejectedPart(f"line {at}", why) for at, why in lines.rejected])


def _records(name: str, chunks: Iterator[bytes]) -> Iterator[Portion]:
    size_bytes = consumed_bytes = 0

    def counted() -> Iterator[bytes]:
        nonlocal size_bytes
        for chunk in chunks:
            size_bytes += len(chunk)
            yield chunk

    for reading in read_pieces(counted(), name):
        consumed_bytes = reading.consumed_bytes
        yield _of_reading(name, reading)
    if consumed_bytes < size_bytes:
        cut = RejectedPart(f"byte {consumed_bytes}", "the last line is cut")
        yield Portion(name, rejected=[cut])


def _of_reading(name: str, reading: Reading) -> Portion:
    kind = "line" if reading.lines else "record"
    return Portion(
        name,
        [record.content for record in reading.records],
        [RejectedPart(f"{kind} {each.position}", each.reason) for each in reading.rejected],
        reading.passed_over,
    )


def _unreadable(name: str, error: OSError) -> Portion:
    return Portion(name, rejected=[RejectedPart("", (error.strerror or str(error)).lower())])
