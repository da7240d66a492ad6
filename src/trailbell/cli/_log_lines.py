"""Cuts text that comes in chunks into lines, of which none is too long to be held."""

from typing import NamedTuple

from trailbell.cloudtrail import MAXIMUM_RECORD_BYTES

__all__ = ["LineCutter", "Lines"]


class Lines(NamedTuple):
    """Some lines of a text.

    Attributes:
        events: Those that hold something, without what ends them.
        rejected: Those that are too long, each with its number, the first being 1, and the reason.
    """

    events: list[bytes]
    rejected: list[tuple[int, str]]


class LineCutter:
    """Cuts one text; of a line that is too long only the length is kept."""

    def __init__(self) -> None:
        self._number = 0
        self._begun = b""
        self._passed_bytes = 0
        self._passed_last = b""

    def cut(self, chunk: bytes) -> Lines:
        """Takes the next chunk, and returns the lines that end in it."""
        lines = Lines([], [])
        if self._passed_bytes:
            end = chunk.find(b"\n")
            if end < 0:
                self._pass(chunk)
                return lines
            self._pass(chunk[:end])
            self._passed_bytes -= self._passed_last == b"\r"
            self._end_passed(lines)
            chunk = chunk[end + 1 :]
        whole = (self._begun + chunk).split(b"\n")
        self._begun = whole.pop()
        for line in whole:
            self._take(line[:-1] if line.endswith(b"\r") else line, lines)
        # One byte more may be what is left out at the end.
        if len(self._begun) > MAXIMUM_RECORD_BYTES + 1:
            self._pass(self._begun)
            self._begun = b""
        return lines

    def end(self) -> Lines:
        """Returns the last line, if no newline ended it."""
        lines = Lines([], [])
        if self._passed_bytes:
            self._end_passed(lines)
        elif self._begun:
            self._take(self._begun, lines)
        return lines

    def _take(self, line: bytes, lines: Lines) -> None:
        self._number += 1
        if len(line) > MAXIMUM_RECORD_BYTES:
            lines.rejected.append((self._number, _too_long(len(line))))
        elif line and not line.isspace():
            lines.events.append(line)

    def _pass(self, text: bytes) -> None:
        self._passed_bytes += len(text)
        self._passed_last = text[-1:] or self._passed_last

    def _end_passed(self, lines: Lines) -> None:
        self._number += 1
        lines.rejected.append((self._number, _too_long(self._passed_bytes)))
        self._passed_bytes = 0


def _too_long(size_bytes: int) -> str:
    return f"a line of {size_bytes:,} bytes, above the limit of {MAXIMUM_RECORD_BYTES:,}"
