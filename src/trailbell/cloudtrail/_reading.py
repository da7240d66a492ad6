"""Log files read by what they contain: documents, JSON Lines, values in a row, in whatever envelope."""

import codecs

from trailbell.cloudtrail._beginning import NO_DOCUMENT
from trailbell.cloudtrail._containers import Container
from trailbell.cloudtrail._damage import DamagedContentError
from trailbell.cloudtrail._elements import array_start, elements_of
from trailbell.cloudtrail._file_names import FileKind, parse_file_name
from trailbell.cloudtrail._framing import WHITESPACE, after_space, are_lines, split_values
from trailbell.cloudtrail._json_text import VALUE, UnreadableJsonError, decode, is_utf8
from trailbell.cloudtrail._records import Reading
from trailbell.cloudtrail._taking import Taking
from trailbell.cloudtrail._window import Window

__all__ = ["read_records", "reason_to_pass_over", "text_offset"]

_PASSED_OVER = {
    FileKind.DIGEST: "a digest file, which lists log files and holds no records",
    FileKind.INSIGHT: "an Insight file, which holds measurements and no calls",
}


def read_records(content: bytes, name: str = "", *, goes_on: bool = False) -> Reading:
    """Reads the records of one uncompressed file.

    The content decides how it is read; the name only says that a digest or an Insight file is passed over.
    It follows "CloudTrail log file examples" and, for log subscriptions, the CloudWatch Logs User Guide.

    Args:
        content: The file.
        name: Its name.
        goes_on: The content is what has been appended to a file that was read up to there, so its lines
            stand for themselves, however bad the first ones are.

    Raises:
        DamagedContentError: The file is empty, cut, or no JSON.
    """
    reason = reason_to_pass_over(name)
    if reason:
        return Reading((), (), reason, lines=False, consumed_bytes=len(content))
    return _File(content).read_lines() if goes_on else _File(content).read()


def reason_to_pass_over(name: str) -> str:
    """Says why a file of that name holds no records to read; empty if it may hold some."""
    parsed = parse_file_name(name) if name else None
    return _PASSED_OVER.get(parsed.kind, "") if parsed is not None else ""


def text_offset(content: bytes) -> int:
    """Returns where the text begins: behind a byte order mark.

    Raises:
        DamagedContentError: The mark is that of another encoding.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DamagedContentError("the text is UTF-16 where UTF-8 is needed", 0)
    return len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0


class _File:
    """One file while it is read."""

    def __init__(self, content: bytes) -> None:
        self.size_bytes = len(content)
        self.base = text_offset(content)
        # No copy but after a byte order mark.
        self.text = content[self.base :] if self.base else content
        self.taking = Taking()
        self.taking.expect(is_utf8=is_utf8(content))

    def read(self) -> Reading:
        """Tries the framings in turn, the usual one first."""
        try:
            return self._read_document()
        except UnreadableJsonError as document_error:
            error = document_error
        try:
            return self._read_other(error)
        except UnreadableJsonError as other:
            damage = other.shifted(self.base)
            raise DamagedContentError(damage.reason, damage.offset, truncated=damage.is_cut) from other

    def read_lines(self) -> Reading:
        """Takes every line for itself."""
        _, consumed_bytes = self.taking.take_lines(self.text, self.base)
        return self.taking.reading(consumed_bytes, lines=True)

    def _read_document(self) -> Reading:
        begin = after_space(self.text, 0)
        first = self.text[begin : begin + 1]
        if not first:
            raise DamagedContentError("the file is empty", self.size_bytes, truncated=True)
        if first not in {b"[", b"{"}:
            raise UnreadableJsonError(NO_DOCUMENT, begin)
        try:
            elements = elements_of(self.text)
        except UnreadableJsonError:
            # What is wrong with the text as such goes before what is wrong with a member.
            decode(VALUE, self.text)
            elements = None
        if elements is not None:
            self.taking.take_list(self.text, self.base, elements)
            return self._reading(lines=False)
        self.taking.take_value(bytes(decode(VALUE, self.text)), self.base + begin)
        # A first line alone may be the beginning of a growing file of lines.
        return self._reading(lines=b"\n" not in self.text.strip(WHITESPACE))

    def _read_other(self, error: UnreadableJsonError) -> Reading:
        """Reads what is not one document, or raises the error that it is not."""
        if not error.is_cut and are_lines(self.text, error):
            return self.read_lines()
        if error.is_trailing:
            for offset, value in split_values(self.text):
                self.taking.take_value(value, self.base + offset)
        elif error.is_deep and array_start(self.text):
            self._take_deep(error)
        else:
            raise error
        return self._reading(lines=False)

    def _take_deep(self, error: UnreadableJsonError) -> None:
        """Takes a document that is nested too deeply to be decoded in one piece."""
        window = Window([self.text])
        window.fill(len(self.text))
        for found in Container(window, len(self.text)).elements():
            self.taking.take_elements((self.base + offset, element) for offset, element in found.elements)
        if window.text.strip(WHITESPACE):
            raise error

    def _reading(self, *, lines: bool) -> Reading:
        return self.taking.reading(self.size_bytes, lines=lines)
