"""The files of a replay: found under the names a user gives, and put into the order of their delivery."""

import glob
import os
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from trailbell.cloudtrail import parse_file_name
from trailbell.replay._errors import ReplayError
from trailbell.replay._interrupt import chunks_as_they_come
from trailbell.replay._result import RejectedInput
from trailbell.sources import DirectorySource, FoundFile, SourceError, UnreadableFile

__all__ = ["STANDARD_INPUT", "Files", "ReplayFile", "paths_named"]

STANDARD_INPUT = "(standard input)"
"""What standard input is called where files are named."""

_INSERTED_AT_ONCE = 1000
_FETCHED_AT_ONCE = 100

# These are begun first: one of them that comes last would have the other processes wait for it.
_LARGE_BYTES = 8 * 1024 * 1024

_Row: TypeAlias = tuple[bytes, bytes, int, int | None, int]


def paths_named(name: str) -> list[str]:
    """Lists the files and folders that a name, or a pattern of names, stands for; a plain name as it is."""
    if not glob.has_magic(name) or Path(name).exists():
        return [name]
    # Path.glob knows no absolute patterns.
    return sorted(glob.glob(name, recursive=True))  # noqa: PTH207


class ReplayFile(msgspec.Struct, frozen=True, array_like=True):
    """A file to read.

    Attributes:
        position: Its place in the order in which records count: by the minute in the name, then by path;
            files without such a minute come last.
        path: Where it is.
        name: What it is called in the result.
        size_bytes: How long it was when it was found.
        minute_ms: The minute of delivery in its name, None where there is none.
        modified_ms: When it was last modified; for standard input when the replay began.
    """

    position: int
    path: str
    name: str
    size_bytes: int
    minute_ms: int | None
    modified_ms: int


class Files:
    """All files of a replay.

    Args:
        database: The work database.
        folder: Where standard input is kept while it is read.
        is_stopping: Says whether to leave off.
    """

    def __init__(self, database: sqlite3.Connection, folder: Path, is_stopping: Callable[[], bool]) -> None:
        self._database = database
        self._is_stopping = is_stopping
        self._standard_input = folder / "standard-input"
        self.unreadable: list[RejectedInput] = []
        self._unreadable_places: set[str] = set()
        self.number = 0
        self.size_bytes = 0

    def find(self, sources: Iterable[str], now_ms: int) -> None:
        """Finds the files behind names; a folder stands for all below it, and ``-`` for standard input.

        In a folder, candidates are the names that contain ``.json``. A file that is found twice is read once.
        Asked to leave off, it finds no more.

        Raises:
            ReplayError: There is no file behind a name, or no name.
        """
        rows: list[_Row] = []
        names = list(dict.fromkeys(sources))
        if not names:
            raise ReplayError("no file to replay was given")
        for name in names:
            if not name:
                raise ReplayError("a source has an empty name; the current folder is called .")
            for row in self._rows(name, now_ms):
                if self._is_stopping():
                    return
                rows.append(row)
                if len(rows) >= _INSERTED_AT_ONCE:
                    self._insert(rows)
        self._insert(rows)

    def order(self, from_ms: int | None, to_ms: int | None) -> None:
        """Puts the files in order; of those with a minute in their name only those within the limits stay."""
        self._database.execute(
            "INSERT INTO ordered (path, shown, size_bytes, minute_ms, modified_ms) SELECT * FROM file"
            " WHERE minute_ms IS NULL"
            " OR ((?1 IS NULL OR minute_ms >= ?1) AND (?2 IS NULL OR minute_ms < ?2))"
            " ORDER BY minute_ms IS NULL, minute_ms, path",
            (from_ms, to_ms),
        )
        self._database.execute("DELETE FROM file")
        self.number, self.size_bytes = self._database.execute(
            "SELECT count(*), ifnull(sum(size_bytes), 0) FROM ordered"
        ).fetchone()

    def without_minute(self) -> int:
        """Counts the files that have no minute in their name."""
        query = "SELECT count(*) FROM ordered WHERE minute_ms IS NULL"
        return int(self._database.execute(query).fetchone()[0])

    def in_order(self) -> Iterator[ReplayFile]:
        """Yields the files in the order in which their records count."""
        return self._selected("SELECT * FROM ordered ORDER BY position")

    def largest_first(self) -> Iterator[ReplayFile]:
        """Yields the large files, the largest first, and then the others in their order."""
        yield from self._selected(
            "SELECT * FROM ordered WHERE size_bytes >= ? ORDER BY size_bytes DESC, position", (_LARGE_BYTES,)
        )
        yield from self._selected(
            "SELECT * FROM ordered WHERE size_bytes < ? ORDER BY position", (_LARGE_BYTES,)
        )

    def _selected(self, query: str, parameters: Sequence[object] = ()) -> Iterator[ReplayFile]:
        # Rows are fetched a few at a time, since others are written meanwhile.
        cursor = self._database.execute(query, parameters)
        while rows := cursor.fetchmany(_FETCHED_AT_ONCE):
            for position, path, shown, size_bytes, minute_ms, modified_ms in rows:
                name = shown.decode("utf-8", "backslashreplace")
                yield ReplayFile(position - 1, os.fsdecode(path), name, size_bytes, minute_ms, modified_ms)

    def _rows(self, name: str, now_ms: int) -> Iterator[_Row]:
        if name == "-":
            yield self._kept_standard_input(now_ms)
            return
        is_any = False
        for each in paths_named(name):
            for row in self._rows_at(Path(each)):
                is_any = True
                yield row
        if not is_any and not self._is_stopping():
            raise ReplayError(f"{name}: there is no log file")

    def _rows_at(self, path: Path) -> Iterator[_Row]:
        try:
            status = path.stat()
            if not stat.S_ISDIR(status.st_mode):
                yield _row(path, status.st_size, status.st_mtime_ns)
                return
            for found in DirectorySource(path).scan():
                if isinstance(found, FoundFile):
                    yield _row(found.path, found.size_bytes, found.modified_ns)
                else:
                    self._note_unreadable(path, found)
        except SourceError as error:
            raise ReplayError(str(error)) from error
        except OSError as error:
            raise ReplayError(f"{path}: {(error.strerror or str(error)).lower()}") from error

    def _note_unreadable(self, folder: Path, found: UnreadableFile) -> None:
        place = os.path.abspath(folder / found.name)  # noqa: PTH100 - links in the way stay as they are
        if place not in self._unreadable_places:
            self._unreadable_places.add(place)
            name = os.fsencode(folder / found.name).decode("utf-8", "backslashreplace")
            self.unreadable.append(RejectedInput(name, found.reason))

    def _kept_standard_input(self, now_ms: int) -> _Row:
        """Keeps standard input in a file: it may have to be read twice, and its end may take it all back."""
        if sys.stdin is None:
            raise ReplayError("standard input is closed")
        size_bytes = 0
        with self._standard_input.open("wb") as kept:
            for chunk in chunks_as_they_come(sys.stdin.buffer, self._is_stopping):
                size_bytes += kept.write(chunk)
        return os.fsencode(self._standard_input), STANDARD_INPUT.encode(), size_bytes, None, now_ms

    def _insert(self, rows: list[_Row]) -> None:
        self._database.executemany("INSERT OR IGNORE INTO file VALUES (?, ?, ?, ?, ?)", rows)
        rows.clear()


def _row(path: Path, size_bytes: int, modified_ns: int) -> _Row:
    absolute = os.path.abspath(path)  # noqa: PTH100 - links in the way stay as they are
    named = parse_file_name(path.name)
    minute_ms = None if named is None else named.minute_ms
    return os.fsencode(absolute), os.fsencode(path), size_bytes, minute_ms, modified_ns // 1_000_000
