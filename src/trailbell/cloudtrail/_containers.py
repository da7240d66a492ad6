"""Documents that hold an array of records, taken apart while they pass by, whatever their size."""

from collections.abc import Iterator

import msgspec

from trailbell.cloudtrail._cutting import Cut, ElementCutter
from trailbell.cloudtrail._elements import OBJECT_START, array_start, is_other_list, rest_of_object
from trailbell.cloudtrail._envelopes import Envelope
from trailbell.cloudtrail._framing import WHITESPACE
from trailbell.cloudtrail._json_text import VALUE, UnreadableJsonError, decode, is_utf8
from trailbell.cloudtrail._window import Window

__all__ = ["MAXIMUM_VALUE_BYTES", "Container", "Elements", "too_large_to_hold"]

MAXIMUM_VALUE_BYTES = 64 * 1024 * 1024
"""The most that is held of one value, be it an element or what stands around them."""


def too_large_to_hold(offset: int) -> UnreadableJsonError:
    """Returns the error for a single value that does not end within what may be held."""
    return UnreadableJsonError(f"a single value of more than {MAXIMUM_VALUE_BYTES:,} bytes", offset)


class Elements(msgspec.Struct, frozen=True):
    """Some elements of an array.

    Attributes:
        elements: Each with its offset in the file; an empty one was nested too deeply.
        is_utf8: Whether all of their text is known to be UTF-8.
    """

    elements: list[tuple[int, bytes]]
    is_utf8: bool


class Container:
    """An array of records, or the object around one, which begins in a window.

    Args:
        window: It holds the document down to where the array begins.
        piece_bytes: How much of it is held at a time.

    Attributes:
        has_newline: Whether a line ended within what has passed.
        is_deep: Whether an element was nested too deeply.
    """

    def __init__(self, window: Window, piece_bytes: int) -> None:
        self.has_newline = False
        self.is_deep = False
        self._window = window
        self._piece_bytes = piece_bytes

    def elements(self) -> Iterator[Elements]:
        """Yields the elements and lets go of the document in the window, down to its end.

        Raises:
            UnreadableJsonError: The document is cut or broken, an element does not end within what may be
                held, or what stands behind the array gives it another meaning.
        """
        window = self._window
        start = array_start(window.text)
        if start is None:
            raise ValueError("the window holds no beginning of an array of records")
        self._pass(start.position)
        cutter = ElementCutter()
        is_closed = False
        while not is_closed:
            cut = self._cut(cutter)
            is_closed = cut.is_closed
            found = Elements(cut.elements, is_utf8(window.text[: cut.end]))
            self.is_deep = self.is_deep or not all(element for _, element in cut.elements)
            self._pass(cut.end)
            yield found
        if start.key:
            self._pass_rest(start.key)

    def _cut(self, cutter: ElementCutter) -> Cut:
        window = self._window
        size_bytes = self._piece_bytes
        while True:
            window.fill(size_bytes)
            try:
                cut = cutter.cut(window.text, window.offset, is_last=window.is_last)
            except UnreadableJsonError as error:
                raise error.shifted(window.offset) from error
            if cut.end:
                return cut
            size_bytes = self._grown()

    def _pass_rest(self, key: str) -> None:
        """Lets go of the members behind the array and of the bracket that closes the object."""
        window = self._window
        rest, end = self._rest()
        if is_other_list(rest, key):
            reason = f'members behind the list of "{key}" that give the document another meaning'
            raise UnreadableJsonError(reason, window.offset)
        self._pass(end)

    def _rest(self) -> tuple[Envelope, int]:
        """Returns the members behind the array, and where the object ends."""
        window = self._window
        while True:
            text = OBJECT_START + window.text
            end = len(text)
            try:
                decode(VALUE, text)
            except UnreadableJsonError as error:
                if error.is_trailing:
                    end = error.offset
                elif window.is_last or not error.may_go_on(text):
                    raise error.shifted(window.offset - len(OBJECT_START)) from error
                else:
                    window.fill(self._grown())
                    continue
            rest = text[len(OBJECT_START) : end].rstrip(WHITESPACE)
            return rest_of_object(rest), len(rest)

    def _grown(self) -> int:
        """Returns how much to hold when what is held does not do."""
        held_bytes = len(self._window.text)
        if held_bytes >= MAXIMUM_VALUE_BYTES:
            raise too_large_to_hold(self._window.offset)
        return max(self._piece_bytes, min(2 * held_bytes, MAXIMUM_VALUE_BYTES))

    def _pass(self, size_bytes: int) -> None:
        self.has_newline = self.has_newline or self._window.text.find(b"\n", 0, size_bytes) >= 0
        self._window.drop(size_bytes)
