"""What files gave before it was their turn: in memory while it is little, else in the work database."""

import sqlite3
from collections.abc import Iterator

import msgspec

from trailbell.replay._files import ReplayFile

__all__ = ["Waiting"]

_FILE = msgspec.msgpack.Decoder(ReplayFile)


class Waiting:
    """Outcomes, by the position of their file.

    Args:
        database: The work database.
        most_bytes: How much is held in memory.
    """

    def __init__(self, database: sqlite3.Connection, most_bytes: int) -> None:
        self._database = database
        self._most_bytes = most_bytes
        self._held: dict[int, tuple[ReplayFile, bytes]] = {}
        self._held_bytes = 0
        self._moved: set[int] = set()
        self._next = 0

    def add(self, file: ReplayFile, outcome: bytes) -> None:
        """Has an outcome wait."""
        if file.position != self._next and self._held_bytes + len(outcome) > self._most_bytes:
            content = msgspec.msgpack.encode((msgspec.msgpack.encode(file), outcome))
            self._database.execute("INSERT INTO waiting VALUES (?, ?)", (file.position, content))
            self._moved.add(file.position)
        else:
            self._held[file.position] = file, outcome
            self._held_bytes += len(outcome)

    def due(self) -> Iterator[tuple[ReplayFile, bytes]]:
        """Yields those whose turn it is."""
        while self._next in self._held or self._next in self._moved:
            yield self._taken(self._next)
            self._next += 1

    def rest(self) -> Iterator[tuple[ReplayFile, bytes]]:
        """Yields all that are left, in order."""
        for position in sorted([*self._held, *self._moved]):
            yield self._taken(position)

    def _taken(self, position: int) -> tuple[ReplayFile, bytes]:
        if position in self._held:
            file, outcome = self._held.pop(position)
            self._held_bytes -= len(outcome)
            return file, outcome
        self._moved.remove(position)
        [content] = self._database.execute(
            "SELECT content FROM waiting WHERE position = ?", (position,)
        ).fetchone()
        self._database.execute("DELETE FROM waiting WHERE position = ?", (position,))
        file_bytes, outcome = msgspec.msgpack.decode(content, type=tuple[bytes, bytes])
        return _FILE.decode(file_bytes), outcome
