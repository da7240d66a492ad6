"""Lines too long to be held: a list of records is taken as it passes by, anything else is rejected unread."""

from collections.abc import Iterator

from trailbell.cloudtrail._containers import Container
from trailbell.cloudtrail._elements import array_start
from trailbell.cloudtrail._envelopes import too_large
from trailbell.cloudtrail._framing import WHITESPACE, after_space
from trailbell.cloudtrail._json_text import TRAILING, VALUE, UnreadableJsonError, decode
from trailbell.cloudtrail._taking import Taking
from trailbell.cloudtrail._window import Window

__all__ = ["LongLine"]


class LongLine:
    """A line of which a window holds the beginning.

    Args:
        window: Nothing before the line is left in it, and the end of the line is not in it yet.
        taking: Where its records go.
        piece_bytes: How much of it is held at a time.

    Attributes:
        offset: Where it begins in the file.
        is_complete: Whether a newline ends it, once it was taken.
        is_left: Whether it was neither taken nor rejected, since no newline ends it and it is no JSON so far.
    """

    def __init__(self, window: Window, taking: Taking, piece_bytes: int) -> None:
        self.offset = window.offset
        self.is_complete = False
        self.is_left = False
        self._window = window
        self._taking = taking
        self._piece_bytes = piece_bytes
        self._begin = after_space(window.text, 0)

    def take(self) -> Iterator[None]:
        """Takes the line out of the window, and yields whenever there are records to hand out.

        A list of records that breaks is rejected from there on.

        Raises:
            UnreadableJsonError: The end of the file cuts a list of which records were handed out already.
        """
        self._taking.position += 1
        damage = self._damage()
        if damage is None and array_start(self._window.text) is not None:
            yield from self._take_list()
        else:
            reason = self._pass()
            self.is_left = not self.is_complete
            if not self.is_left:
                self._taking.reject(self.offset, damage or reason)
        if self.is_complete:
            self._window.drop(len(b"\n"))

    def _damage(self) -> UnreadableJsonError | None:
        """Returns what is wrong with what is held."""
        text = self._window.text[self._begin :]
        try:
            decode(VALUE, text)
        except UnreadableJsonError as error:
            return None if error.may_go_on(text) else error
        return None

    def _take_list(self) -> Iterator[None]:
        held_bytes = len(self._window.text)
        chunks = self._chunks()
        line = Window(chunks, self.offset)
        line.fill(held_bytes)
        try:
            for found in Container(line, self._piece_bytes).elements():
                self._taking.expect(is_utf8=found.is_utf8)
                self._taking.take_elements_of_line(found.elements, self.offset)
                yield
            self._expect_end(line)
        except UnreadableJsonError as error:
            if error.is_cut and not self.is_complete:
                raise
            for _ in chunks:
                pass
            self._taking.reject(self.offset, error.shifted(-self.offset - self._begin))

    def _expect_end(self, line: Window) -> None:
        line.pass_space(self._piece_bytes)
        if line.text:
            raise UnreadableJsonError(TRAILING, line.offset)

    def _pass(self) -> UnreadableJsonError:
        """Lets go of the line, and returns why it cannot be read."""
        first = self._window.text[self._begin : self._begin + 1]
        last = b""
        size_bytes = end = 0
        for chunk in self._chunks():
            if text := chunk.rstrip(WHITESPACE):
                last = text[-1:]
                end = size_bytes + len(text)
            size_bytes += len(chunk)
        length = end - self._begin
        if (first, last) == (b"{", b"}"):
            return UnreadableJsonError(too_large(length))
        return UnreadableJsonError(f"a line of {length:,} bytes that is no whole record")

    def _chunks(self) -> Iterator[bytes]:
        """Yields the line without its newline, and lets go of it."""
        window = self._window
        while window.text:
            end = window.text.find(b"\n")
            self.is_complete = end >= 0
            chunk = window.text[:end] if self.is_complete else window.text
            window.drop(len(chunk))
            yield chunk
            if self.is_complete:
                return
            window.fill(self._piece_bytes)
