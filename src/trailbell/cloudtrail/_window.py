"""The part of a long text that is held in memory while the text is read from front to back."""

from collections.abc import Iterable

from trailbell.cloudtrail._framing import WHITESPACE

__all__ = ["Window"]


class Window:
    """A text that is filled behind from chunks and emptied in front.

    Args:
        chunks: The text.
        offset: Where it begins in its file.

    Attributes:
        text: What is held of it.
        offset: Where that begins in the file.
        newlines: How many lines ended in white space that was passed.
        indent_bytes: How much white space was passed since the last of them.
    """

    def __init__(self, chunks: Iterable[bytes], offset: int = 0) -> None:
        self.text = b""
        self.offset = offset
        self.newlines = 0
        self.indent_bytes = 0
        self._chunks = iter(chunks)
        self._chunk = b""
        self._taken_bytes = 0
        self._advance()

    @property
    def is_last(self) -> bool:
        """Whether nothing follows what is held."""
        return not self._chunk

    def fill(self, size_bytes: int) -> None:
        """Holds so many bytes, or all that are left."""
        parts = [self.text] if self.text else []
        missing = size_bytes - len(self.text)
        while missing > 0 and self._chunk:
            part = self._chunk[self._taken_bytes : self._taken_bytes + missing]
            parts.append(part)
            missing -= len(part)
            self._taken_bytes += len(part)
            self._advance()
        self.text = b"".join(parts)

    def drop(self, size_bytes: int) -> None:
        """Lets go of so many bytes in front."""
        self.text = self.text[size_bytes:]
        self.offset += size_bytes

    def pass_space(self, piece_bytes: int) -> None:
        """Lets go of white space in front, until something else is held or nothing is left."""
        self.indent_bytes = 0
        while True:
            space_bytes = len(self.text) - len(self.text.lstrip(WHITESPACE))
            line_end = self.text.rfind(b"\n", 0, space_bytes)
            self.indent_bytes = space_bytes - line_end - 1 + (self.indent_bytes if line_end < 0 else 0)
            self.newlines += self.text.count(b"\n", 0, space_bytes)
            self.drop(space_bytes)
            if self.text or self.is_last:
                return
            self.fill(piece_bytes)

    def regain_indent(self) -> None:
        """Goes back to the beginning of the line that white space was passed in."""
        self.text = b" " * self.indent_bytes + self.text
        self.offset -= self.indent_bytes

    def _advance(self) -> None:
        if self._taken_bytes == len(self._chunk):
            self._chunk = next((chunk for chunk in self._chunks if chunk), b"")
            self._taken_bytes = 0
