"""Cuts the elements of an array of records out of text that comes in parts."""

import re

import msgspec

from trailbell.cloudtrail._elements import offsets_from
from trailbell.cloudtrail._envelopes import ELEMENTS
from trailbell.cloudtrail._framing import WHITESPACE, after_space
from trailbell.cloudtrail._json_text import (
    CUT_SHORT,
    TOO_DEEP,
    VALUE,
    UnreadableJsonError,
    decode,
    mended_surrogates,
)
from trailbell.cloudtrail._records import MAXIMUM_RECORD_BYTES

__all__ = ["MAXIMUM_ELEMENTS", "Cut", "ElementCutter"]

# A string that does not end is taken to the end of the text, so that nothing in it passes for a bracket.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)

_KEY_BYTES = 64

# A slice is decoded at once, so that it bounds how many elements of a byte or two there can be.
_SLICE_BYTES = 256 * 1024
_SLOW_ELEMENTS = 64

MAXIMUM_ELEMENTS = 65_536
"""About how many elements are cut off at once: millions of tiny ones take a hundred times their size."""


class Cut(msgspec.Struct, frozen=True, gc=False):
    """The elements cut off the front of a text.

    Attributes:
        elements: Each with its offset in the file; an empty one was nested too deeply.
        end: Where the text goes on: behind the last element, or behind the bracket that closes the array.
        is_closed: Whether the array ends there.
    """

    elements: list[tuple[int, bytes]]
    end: int
    is_closed: bool


class ElementCutter:
    """Cuts one array, whose text comes in parts, into its elements.

    The quick way guesses where an element ends, by how one began before, and has the decoder judge: what is
    an array once a bracket is put behind it ends with a whole element, since within a string or an inner
    array that bracket closes nothing or too little.
    Where no guess is right elements are decoded one by one, several times more slowly.
    """

    def __init__(self) -> None:
        self._separator = b""
        self._is_first = True

    def cut(self, text: bytes, base: int, *, is_last: bool) -> Cut:
        """Cuts off what is whole; that may be nothing unless the text `is_last`.

        What is whole before some damage is cut off first.

        Args:
            text: It begins behind the bracket that opens the array, and later behind the last element.
            base: Where that is in the file.
            is_last: Whether nothing follows.

        Raises:
            UnreadableJsonError: The text is no array of JSON values; its offset counts from the beginning.
        """
        source = _Source(text, base, is_last=is_last)
        elements: list[tuple[int, bytes]] = []
        cut = Cut(elements, 0, is_closed=False)
        while not cut.is_closed and len(elements) < MAXIMUM_ELEMENTS:
            try:
                cut = self._guessed(source, cut.end) or self._one_by_one(source, cut.end)
            except UnreadableJsonError:
                if not elements:
                    raise
                break
            if not cut.elements and not cut.is_closed:
                break
            elements += cut.elements
            self._is_first = False
        return Cut(elements, cut.end, cut.is_closed)

    def _guessed(self, source: "_Source", position: int) -> Cut | None:
        """Cuts one slice at its last element; None where that cannot be told."""
        text = source.text
        stop = min(position + _SLICE_BYTES, len(text))
        is_last = source.is_last and stop == len(text)
        end = stop if is_last else text.rfind(self._separator, position, stop) + 1
        # A short cut would have most of the slice looked at again.
        if not self._separator or end - position <= (stop - position) // 2:
            return None
        opening = b"[" if self._is_first else b"[{}"
        bracketed = b"".join((opening, memoryview(text)[position:end], b"" if is_last else b"]"))
        is_closed = is_last
        try:
            elements = decode(ELEMENTS, bracketed)
        except UnreadableJsonError as error:
            if not error.is_trailing:
                return None
            closed = bracketed[: error.offset].rstrip(WHITESPACE)
            elements, is_closed = decode(ELEMENTS, closed), True
            end = position + len(closed) - len(opening)
        whole = [bytes(element) for element in elements[0 if self._is_first else 1 :]]
        offsets, _ = offsets_from(text, position, source.base, whole)
        return Cut(list(zip(offsets, whole, strict=True)), end, is_closed)

    def _one_by_one(self, source: "_Source", end: int) -> Cut:
        """Cuts a few elements, and learns from the last two how to guess."""
        text = source.text
        elements: list[tuple[int, bytes]] = []
        is_closed = False
        while len(elements) < _SLOW_ELEMENTS:
            try:
                begin = _next_begin(text, end, is_first=self._is_first and not elements)
                is_closed = text.startswith(b"]", begin)
                element = None if is_closed else source.element_at(begin)
            except UnreadableJsonError:
                # What is whole before the damage goes first; the damage is met again.
                if not elements:
                    raise
                break
            if element is None:
                end = begin + 1 if is_closed else end
                break
            end = begin + element[0]
            elements.append((source.base + begin, element[1]))
        self._separator = _separator(text, source.base, elements[-2:])
        return Cut(elements, end, is_closed)


class _Source:
    """The text of one cut; unpaired surrogate escapes in it are mended once one is met."""

    def __init__(self, text: bytes, base: int, *, is_last: bool) -> None:
        self.text = text
        self.base = base
        self.is_last = is_last
        self._view = memoryview(text)
        self._is_mended = False

    def element_at(self, begin: int) -> tuple[int, bytes] | None:
        """Returns the length and the text, empty if that is too deep, of an element; None if it may go on."""
        # Even a whole value is cut, since the bracket behind it is missing.
        damage = UnreadableJsonError(CUT_SHORT, len(self.text))
        try:
            decode(VALUE, self._view[begin:])
        except UnreadableJsonError as error:
            if error.is_trailing:
                element = bytes(self._view[begin : begin + error.offset]).rstrip(WHITESPACE)
                return len(element), element
            if error.is_deep:
                return self._deep_element_at(begin)
            damage = error.shifted(begin)
        if not self.is_last and damage.may_go_on(self.text):
            return None
        if self._is_mended:
            raise damage
        self._is_mended = True
        self._view = memoryview(mended_surrogates(self.text))
        return self.element_at(begin)

    def _deep_element_at(self, begin: int) -> tuple[int, bytes] | None:
        """Steps over one element by counting its brackets, so that it does not hide the others of its file.

        Raises:
            UnreadableJsonError: It does not end within the size of a record.
        """
        depth = 0
        limit = begin + MAXIMUM_RECORD_BYTES
        for token in _TOKEN.finditer(self.text, begin, limit):
            mark = token[0]
            if mark in {b"{", b"["}:
                depth += 1
            elif mark in {b"}", b"]"}:
                depth -= 1
                if depth == 0:
                    return token.end() - begin, b""
        if self.is_last or len(self.text) > limit:
            raise UnreadableJsonError(TOO_DEEP)
        return None


def _separator(text: bytes, base: int, pair: list[tuple[int, bytes]]) -> bytes:
    """Returns what stands between two elements, and how the second begins; empty if they are no objects."""
    if len(pair) < 2:
        return b""
    (begin, element), (next_begin, following) = pair
    if not (element.endswith(b"}") and following.startswith(b"{")):
        return b""
    begin, next_begin = begin - base, next_begin - base
    key_end = text.find(b":", next_begin, next_begin + _KEY_BYTES) + 1
    return text[begin + len(element) - 1 : key_end or next_begin + 1]


def _next_begin(text: bytes, end: int, *, is_first: bool) -> int:
    """Returns where the next element begins, or the closing bracket, or the length of the text."""
    begin = after_space(text, end)
    if is_first or begin == len(text) or text.startswith(b"]", begin):
        return begin
    # In the decoder's words, which has not seen these brackets.
    if not text.startswith(b",", begin):
        raise UnreadableJsonError("no valid JSON (expected ',' or ']')", begin)
    begin = after_space(text, begin + 1)
    if text.startswith(b"]", begin):
        raise UnreadableJsonError("no valid JSON (trailing comma in array)", begin)
    return begin
