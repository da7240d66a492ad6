"""Finds, by one search for literals, the few messages that patterns may match, before any is parsed.

The search is hyperscan's, which need not be installed: without it every message is parsed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from threading import Lock
from typing import TYPE_CHECKING, NoReturn

from trailbell.patterns._literals import required_literals
from trailbell.patterns._tree import JsonPattern, Pattern

if TYPE_CHECKING:
    import hyperscan

__all__ = ["Prefilter"]

# Small enough to stay in the processor's cache between joining and searching.
_CHUNK_BYTES = 256 * 1024

# Parsing a candidate costs some four times what passing over another message saves.
_MOST_CANDIDATES = 1 / 4

# Each hit costs a call, and one message can hold any number; beyond this, parsing them all is cheaper.
_HITS_PER_MESSAGE = 2
_HITS_PER_CHUNK = 1000

# Hyperscan takes another engine above 96 literals, twice as fast on records: 2.7 GB/s with 110 to 300
# literals, 1.3 with 94, 1.6 with 40, 2.9 with 3. One literal alone is faster still (6.7).
_LITERALS_IN_DATABASE = 200

# Any text of a JSON string can hide behind escapes; all other escapes stand for characters no literal holds.
_ESCAPE = rb"\u"


class _TooManyHitsError(Exception):
    """A chunk holds more hits than are worth looking at."""


class Prefilter:
    """Finds the messages that some of its patterns may match; threads may share it.

    A prefilter cannot be pickled: make it once per worker.
    """

    def __init__(self, database: "hyperscan.Database") -> None:
        self._scan = database.scan
        # The database's memory for a search in progress is one search's at a time.
        self._scanning = Lock()

    @classmethod
    def of(cls, patterns: Sequence[Pattern]) -> "Prefilter | None":
        """Makes the prefilter of some patterns; a few milliseconds.

        Returns:
            None if a pattern can match messages without any certain literal, if there is no pattern, or if
            hyperscan is not installed.
        """
        literals: set[bytes] = set()
        for pattern in patterns:
            required = required_literals(pattern)
            if required is None:
                return None
            literals |= required
        if any(isinstance(pattern, JsonPattern) for pattern in patterns):
            literals.add(_ESCAPE)
        database = _compile(literals) if literals else None
        return None if database is None else cls(database)

    def candidates(self, messages: Sequence[bytes]) -> list[int] | None:
        """Finds the messages that may match: whichever is not among them matches no pattern.

        Returns:
            Their ascending indexes; None where so many are candidates, perhaps only among the first of them,
            that it is cheaper to parse all.
        """
        ends = list(accumulate(map(len, messages)))
        found: list[int] = []
        start = 0
        while start < len(messages):
            before = ends[start - 1] if start else 0
            stop = max(start + 1, bisect_right(ends, before + _CHUNK_BYTES, start))
            try:
                hits = self._hits(messages[start:stop])
            except _TooManyHitsError:
                return None
            found += _hit_messages(hits, ends, start, stop)
            if len(found) > _MOST_CANDIDATES * stop:
                return None
            start = stop
        return found

    def _hits(self, messages: Sequence[bytes]) -> list[int]:
        """Lists where literals end in the messages joined by line breaks, in no certain order."""
        hits: list[int] = []
        most = _HITS_PER_CHUNK + _HITS_PER_MESSAGE * len(messages)

        def take(_literal: int, _start: int, end: int, _flags: int, _context: object) -> None:
            if len(hits) == most:
                raise _TooManyHitsError
            hits.append(end)

        # No literal holds a line break, so none is found across the border of two messages.
        joined = b"\n".join(messages)
        with self._scanning:
            self._scan(joined, take)
        return hits

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Prefilter cannot be pickled; ship the patterns' text and make it per worker")


def _hit_messages(hits: Sequence[int], ends: Sequence[int], start: int, stop: int) -> list[int]:
    """Lists the messages of a chunk in which hits end, ascending.

    Args:
        hits: Ends of hits in the joined messages ``start`` to ``stop``.
        ends: Where each message ends among all of them, joined by nothing.
        start: The first message of the chunk.
        stop: The message after the last one.
    """
    if not hits:
        return []
    before = ends[start - 1] if start else 0

    def joined_end(number: int) -> int:
        return ends[number] - before + number - start

    numbers = range(len(ends))
    return sorted({bisect_left(numbers, hit, start, stop, key=joined_end) for hit in set(hits)})


def _compile(literals: set[bytes]) -> "hyperscan.Database | None":
    try:
        import hyperscan  # noqa: PLC0415 - it need not be installed
    except ImportError:
        return None
    expressions = sorted(literals)
    if len(expressions) > 1:
        # No text in UTF-8 holds this byte, and where a message does, it is merely parsed in vain.
        expressions += [b"\xff%d." % number for number in range(len(expressions), _LITERALS_IN_DATABASE)]
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=expressions, flags=0, literal=True)
    return database
