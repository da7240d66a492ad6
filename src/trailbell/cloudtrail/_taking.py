"""Takes the records of one file out of its elements, values or lines, all at once or piece by piece."""

from collections.abc import Iterable
from itertools import islice

from trailbell.cloudtrail._elements import element_offsets, elements_of
from trailbell.cloudtrail._envelopes import Unwrapping
from trailbell.cloudtrail._framing import split_lines
from trailbell.cloudtrail._json_text import TOO_DEEP, UnreadableJsonError, is_json
from trailbell.cloudtrail._records import Reading

__all__ = ["Taking"]


class Taking:
    """What was taken of one file since its last reading.

    Attributes:
        position: Which line or element of the file was counted last, the first being 1.
    """

    def __init__(self) -> None:
        self.position = 0
        self._unwrapping = Unwrapping()
        self._holds_something = False
        self._passed_over = ""

    def __len__(self) -> int:
        return len(self._unwrapping.records) + len(self._unwrapping.rejected)

    def expect(self, *, is_utf8: bool) -> None:
        """Says whether the values to be taken next are known to be UTF-8; else each is looked at."""
        self._unwrapping.is_utf8_checked = is_utf8

    def take_value(self, value: bytes, offset: int) -> None:
        """Takes a well-formed document without space around it, or one of several in a row."""
        try:
            elements = elements_of(value)
        except UnreadableJsonError:
            # A member that has to be UTF-8 is not; the value is rejected for it below.
            elements = None
        if elements is None:
            self.position += 1
            self._unwrapping.take(value, offset, self.position)
        else:
            self.take_list(value, offset, elements)

    def take_list(self, document: bytes, offset: int, elements: list[bytes]) -> None:
        """Takes the elements that a document, which begins at the offset, lists as its records."""
        self.take_elements(zip(element_offsets(document, offset, elements), elements, strict=True))

    def take_elements(self, elements: Iterable[tuple[int, bytes]]) -> None:
        """Takes well-formed elements with their offsets; an empty one stands for one nested too deeply."""
        for offset, element in elements:
            self.position += 1
            if element:
                self._unwrapping.take(element, offset, self.position, 1)
            else:
                self.reject(offset, UnreadableJsonError(TOO_DEEP))

    def take_elements_of_line(self, elements: Iterable[tuple[int, bytes]], offset: int) -> None:
        """Takes elements of the line that was counted last and begins at the offset."""
        for _, element in elements:
            self.position -= 1
            self.take_elements([(offset, element)])

    def take_lines(self, text: bytes, offset: int, most: int | None = None) -> tuple[int, int]:
        """Takes the lines of text that begins at the offset in the file, at most so many.

        Returns:
            Where in the text the lines end, and where in the file to read on.
            That is before the last line if no newline ends it and it is no JSON so far.
        """
        end = 0
        for line in islice(split_lines(text), most):
            self.position += 1
            end = line.end
            if not line.is_complete and line.text and not is_json(line.text):
                return end, offset + line.offset
            if line.text:
                self._unwrapping.take_text(line.text, offset + line.offset, self.position)
        return end, offset + end

    def reject(self, offset: int, error: UnreadableJsonError) -> None:
        """Rejects the line or element that was counted last; the error counts from where it begins."""
        self._unwrapping.reject_unreadable(offset, self.position, error)

    def reading(self, consumed_bytes: int, *, lines: bool, is_last: bool = True) -> Reading:
        """Hands out what was taken, and begins anew."""
        taken, self._unwrapping = self._unwrapping, Unwrapping()
        self._holds_something = self._holds_something or bool(taken.records or taken.rejected)
        self._passed_over = taken.passed_over or self._passed_over
        return Reading(
            records=tuple(taken.records),
            rejected=tuple(taken.rejected),
            # Of the file as a whole, so that only its end can tell.
            passed_over="" if self._holds_something or not is_last else self._passed_over,
            lines=lines,
            consumed_bytes=consumed_bytes,
        )
