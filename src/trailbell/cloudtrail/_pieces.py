"""Log files of any length, read in pieces that each fit into memory."""

import codecs
from collections.abc import Iterable, Iterator

from trailbell.cloudtrail._beginning import Framing, framing_of
from trailbell.cloudtrail._containers import MAXIMUM_VALUE_BYTES, Container, too_large_to_hold
from trailbell.cloudtrail._cutting import MAXIMUM_ELEMENTS
from trailbell.cloudtrail._damage import DamagedContentError
from trailbell.cloudtrail._elements import array_start
from trailbell.cloudtrail._framing import split_values
from trailbell.cloudtrail._json_text import TOO_DEEP, UnreadableJsonError, is_utf8
from trailbell.cloudtrail._long_lines import LongLine
from trailbell.cloudtrail._reading import read_records, reason_to_pass_over, text_offset
from trailbell.cloudtrail._records import MAXIMUM_RECORD_BYTES, Reading
from trailbell.cloudtrail._taking import Taking
from trailbell.cloudtrail._window import Window

__all__ = ["PIECE_BYTES", "read_pieces"]

PIECE_BYTES = 8 * 1024 * 1024
"""How much of a file is held at a time unless told otherwise."""

# Longer lines are not held to be judged as one.
_LINE_BYTES = 4 * MAXIMUM_RECORD_BYTES

# Even a file that fits is read in pieces if it could hold millions of tiny records.
_SMALL_BYTES = 256 * 1024


def read_pieces(
    chunks: Iterable[bytes], name: str = "", piece_bytes: int = PIECE_BYTES, *, goes_on: bool = False
) -> Iterator[Reading]:
    """Yields the records of one uncompressed file of any length, piece by piece.

    Taken together the pieces give what `read_records` gives of the whole file: the same records and rejected
    ones in the same order, at the same offsets; the last piece has its `passed_over`, `lines` and
    `consumed_bytes`. The last piece may be empty.

    Some files of more than `piece_bytes` are read differently:

    * A list of records in a longer first line is taken for a document. Where lines follow it after all, its
      records have their own offsets and not the line's, and damage in it is damage of the file.
    * A line above `piece_bytes`, or 4 MiB if that is more, is not held. A list of records in it is taken as
      far as it is whole; anything else is rejected by its size or by what is wrong with its beginning.
    * A single value or element above 64 MiB, other than such a line, is damage.
    * So is a document that turns out behind its list of records to be something else than that list, by an
      `eventVersion` or by another list.
    * What payloads in envelopes may unpack to is bounded for each piece, not for the whole file.

    Args:
        chunks: The text of the file, cut anywhere.
        name: Its name, as for `read_records`.
        piece_bytes: How much is held at a time; a small multiple of it is needed in all.
        goes_on: As for `read_records`.

    Raises:
        DamagedContentError: As `read_records` raises it, but only when the damage is reached: whoever took
            the pieces before has to give them up again.
    """
    if piece_bytes < 1:
        raise ValueError(f"pieces of {piece_bytes} bytes hold nothing")
    reason = reason_to_pass_over(name)
    if reason:
        size_bytes = sum(len(chunk) for chunk in chunks)
        yield Reading((), (), reason, lines=False, consumed_bytes=size_bytes)
        return
    try:
        yield from _Pieces(Window(chunks), piece_bytes, goes_on=goes_on).readings()
    except UnreadableJsonError as error:
        raise DamagedContentError(error.reason, error.offset, truncated=error.is_cut) from error


class _Pieces:
    """One file while its pieces are read."""

    def __init__(self, window: Window, piece_bytes: int, *, goes_on: bool) -> None:
        self._window = window
        self._goes_on = goes_on
        self._piece_bytes = piece_bytes
        self._taking = Taking()
        self._consumed_bytes = 0
        self._has_lines = False

    def readings(self) -> Iterator[Reading]:
        window = self._window
        framing = self._find_framing()
        if framing is None:
            yield read_records(window.text, goes_on=self._goes_on)
            return
        window.drop(text_offset(window.text))
        self._consumed_bytes = window.offset
        if framing is Framing.LINES:
            yield from self._lines()
        else:
            if framing is Framing.LIST:
                yield from self._first_list()
            yield from self._values()
        yield self._taking.reading(self._consumed_bytes, lines=self._has_lines)

    def _find_framing(self) -> Framing | None:
        """Holds as much as shows the framing; None if that is the whole file, which is read at once."""
        window = self._window
        size_bytes = max(self._piece_bytes, len(codecs.BOM_UTF8))
        while True:
            window.fill(size_bytes)
            is_last = window.is_last
            if is_last and len(window.text) <= _SMALL_BYTES:
                return None
            if self._goes_on:
                return Framing.LINES
            base = text_offset(window.text)
            is_enough = len(window.text) >= MAXIMUM_VALUE_BYTES
            try:
                framing = framing_of(window.text[base:], is_last=is_last, is_enough=is_enough)
            except UnreadableJsonError as error:
                raise error.shifted(base) from error
            if framing is not None or is_last:
                return framing
            size_bytes = self._grown()

    def _lines(self) -> Iterator[Reading]:
        self._has_lines = True
        window = self._window
        size_bytes = self._piece_bytes
        while window.text or not window.is_last:
            window.fill(size_bytes)
            end = len(window.text) if window.is_last else window.text.rfind(b"\n") + 1
            if end:
                lines = window.text[:end]
                self._taking.expect(is_utf8=is_utf8(lines))
                end, self._consumed_bytes = self._taking.take_lines(lines, window.offset, MAXIMUM_ELEMENTS)
                window.drop(end)
                size_bytes = self._piece_bytes
                yield from self._handed_out()
            elif len(window.text) < _LINE_BYTES:
                size_bytes = self._grown()
            else:
                yield from self._long_line()

    def _long_line(self) -> Iterator[Reading]:
        line = LongLine(self._window, self._taking, self._piece_bytes)
        for _ in line.take():
            yield from self._handed_out()
        if not line.is_left:
            self._consumed_bytes = self._window.offset
        yield from self._handed_out()

    def _first_list(self) -> Iterator[Reading]:
        """Takes the list of records that the file begins with, and lines behind it if it is one itself."""
        window = self._window
        window.pass_space(self._piece_bytes)
        container = Container(window, self._piece_bytes)
        yield from self._list(container)
        newlines = window.newlines
        window.pass_space(self._piece_bytes)
        self._consumed_bytes = window.offset
        if window.text and container.is_deep:
            raise UnreadableJsonError(TOO_DEEP)
        if window.text and not container.has_newline and window.newlines > newlines:
            self._taking.position = window.newlines
            window.regain_indent()
            yield from self._lines()

    def _values(self) -> Iterator[Reading]:
        window = self._window
        size_bytes = self._piece_bytes
        while window.text or not window.is_last:
            window.fill(size_bytes)
            window.pass_space(self._piece_bytes)
            size_bytes = self._piece_bytes
            if self._take_whole_values():
                yield from self._handed_out()
            elif array_start(window.text) is not None:
                container = Container(window, self._piece_bytes)
                yield from self._list(container)
                if container.is_deep:
                    raise UnreadableJsonError(TOO_DEEP)
            elif len(window.text) >= MAXIMUM_VALUE_BYTES:
                raise too_large_to_hold(window.offset)
            else:
                size_bytes = self._grown()

    def _take_whole_values(self) -> bool:
        """Takes the values that end within the window; tells whether there were any, or nothing was held."""
        window = self._window
        self._taking.expect(is_utf8=is_utf8(window.text, is_last=window.is_last))
        end = 0
        try:
            for offset, value in split_values(window.text, is_last=window.is_last):
                self._taking.take_value(value, window.offset + offset)
                end = offset + len(value)
                if len(self._taking) >= MAXIMUM_ELEMENTS:
                    break
        except UnreadableJsonError as error:
            raise error.shifted(window.offset) from error
        window.drop(end)
        self._consumed_bytes = window.offset
        return bool(end or not window.text)

    def _list(self, container: Container) -> Iterator[Reading]:
        for found in container.elements():
            self._taking.expect(is_utf8=found.is_utf8)
            self._taking.take_elements(found.elements)
            self._consumed_bytes = self._window.offset
            yield from self._handed_out()
        self._consumed_bytes = self._window.offset

    def _handed_out(self) -> Iterator[Reading]:
        """Yields what was taken, unless it is nothing or the last piece, which `readings` yields."""
        if self._taking and (self._window.text or not self._window.is_last):
            yield self._taking.reading(self._consumed_bytes, lines=self._has_lines, is_last=False)

    def _grown(self) -> int:
        """Returns how much to hold when what is held does not do."""
        return max(self._piece_bytes, min(2 * len(self._window.text), MAXIMUM_VALUE_BYTES))
