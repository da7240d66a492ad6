"""What `trailbell pattern test` says: events as they are found, and at the end figures that add up."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping

import click
import msgspec

from trailbell.cli._log_files import Portion
from trailbell.cli._pattern_argument import LONGEST_ESCAPE, encodable
from trailbell.evidence import shown

__all__ = ["JsonReport", "Report", "TextReport"]

_NAMED = 1000
"""How many rejected parts, and how many files that were passed over, are named; the others are counted."""


class Report(ABC):
    """Takes what files hold and which events are to be shown, and keeps count.

    Attributes:
        shows_extracted: Whether the words of a space-delimited pattern are asked for.
        rejected: How many parts of files are no log events.
    """

    shows_extracted = False

    def __init__(self) -> None:
        self.rejected = 0
        self._matched = 0
        self._unmatched = 0
        self._passed_over = 0
        self._named_rejected: list[dict[str, str]] = []
        self._named_passed_over: list[dict[str, str]] = []
        self._out = sys.stdout.buffer

    @property
    def counts(self) -> dict[str, int]:
        """How many records were read, and of which class they are; duplicates are not looked for."""
        classes = {
            "matched": self._matched,
            "unmatched": self._unmatched,
            "duplicate": 0,
            "rejected": self.rejected,
        }
        return {"read": sum(classes.values())} | classes

    @property
    def left_off(self) -> dict[str, int]:
        """How many of those that would be named were only counted."""
        return {
            "rejected": self.rejected - len(self._named_rejected),
            "passed_over": self._passed_over - len(self._named_passed_over),
        }

    def begin(self, portion: Portion) -> None:
        """Takes a portion whose events come next, and names on standard error what is left out of it."""
        file = portion.file
        for part in portion.rejected:
            self.rejected += 1
            if self.rejected <= _NAMED:
                place = f", {part.place}" if part.place else ""
                _say(f"{_whole(file)}{place}: {_whole(part.reason)}")
                named = {"file": encodable(file), "place": part.place, "reason": encodable(part.reason)}
                self._named_rejected.append(named)
        if portion.passed_over:
            self._passed_over += 1
            if self._passed_over <= _NAMED:
                _say(f"{_whole(file)}: passed over: {_whole(portion.passed_over)}")
                named = {"file": encodable(file), "reason": encodable(portion.passed_over)}
                self._named_passed_over.append(named)

    def count(self, matched: int, unmatched: int) -> None:
        """Takes what became of the portion's events, and hands on what was written."""
        self._matched += matched
        self._unmatched += unmatched
        self._out.flush()

    @abstractmethod
    def event(self, file: str, message: bytes, extracted: Mapping[str, str]) -> None:
        """Shows an event."""

    @abstractmethod
    def end(self) -> None:
        """Shows the figures."""


class TextReport(Report):
    """One event a line on standard output, and the figures on standard error: ``| wc -l`` counts events.

    Args:
        names_files: Whether each line begins with the file's name and a colon.
    """

    def __init__(self, *, names_files: bool) -> None:
        super().__init__()
        self._names_files = names_files
        self._encoding = sys.stdout.encoding or "utf-8"

    def event(self, file: str, message: bytes, extracted: Mapping[str, str]) -> None:
        """Writes the message, escaped, as it may hold anything."""
        text = _whole(message.decode(errors="replace"))
        line = f"{_whole(file)}:{text}\n" if self._names_files else f"{text}\n"
        self._out.write(line.encode(self._encoding, "backslashreplace"))

    def end(self) -> None:
        """Writes the figures, after how much was left off above."""
        for kind, number in self.left_off.items():
            if number:
                _say(f"and {number} more {kind.replace('_', ' ')}, not named")
        classes = self.counts
        read = classes.pop("read")
        terms = " + ".join(f"{name} {number}" for name, number in classes.items())
        click.echo(f"read {read} = {terms}", err=True)


class JsonReport(Report):
    """One JSON object on standard output, written as it grows.

    Args:
        pattern: The pattern as it was typed.
    """

    shows_extracted = True

    def __init__(self, pattern: str) -> None:
        super().__init__()
        self._encode = msgspec.json.Encoder().encode
        self._separator = b"\n"
        self._out.write(b'{"pattern": %b,\n"events": [' % self._encode(encodable(pattern)))

    def event(self, file: str, message: bytes, extracted: Mapping[str, str]) -> None:
        """Writes the event as one more element."""
        shape: dict[str, object] = {"file": encodable(file), "message": message.decode(errors="replace")}
        if extracted:
            shape["extracted"] = {name: encodable(text) for name, text in extracted.items()}
        self._out.write(self._separator + self._encode(shape))
        self._separator = b",\n"

    def end(self) -> None:
        """Writes the figures and what was left out."""
        members = {
            "records": self.counts,
            "rejected": self._named_rejected,
            "passed_over": self._named_passed_over,
            "left_off": self.left_off,
        }
        for name, value in members.items():
            closer = b"]" if name == "records" else b""
            self._out.write(b"%b,\n%b: %b" % (closer, self._encode(name), self._encode(value)))
        self._out.write(b"}\n")
        self._out.flush()


def _say(line: str) -> None:
    click.echo(f"trailbell: {line}", err=True)


def _whole(text: str) -> str:
    """Returns text out of a log in a form that is safe to show, however long."""
    return shown(text, LONGEST_ESCAPE * len(text))
