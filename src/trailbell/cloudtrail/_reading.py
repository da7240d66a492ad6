"""Log files read by what they contain: documents, JSON Lines, values in a row, in whatever envelope."""

import codecs

import msgspec

from trailbell.cloudtrail._damage import DamagedContentError
from trailbell.cloudtrail._envelopes import ELEMENTS, ENVELOPE, VALUE, Unwrapping
from trailbell.cloudtrail._file_names import FileKind, parse_file_name
from trailbell.cloudtrail._framing import (
    after_space,
    element_offsets,
    split_deep_array,
    split_lines,
    split_values,
)
from trailbell.cloudtrail._json_text import UnreadableJsonError, decode, is_json, is_utf8
from trailbell.cloudtrail._records import Reading

__all__ = ["read_records"]

_PASSED_OVER = {
    FileKind.DIGEST: "a digest file, which lists log files and holds no records",
    FileKind.INSIGHT: "an Insight file, which holds measurements and no calls",
}
_WHITESPACE = b" \t\r\n"


def read_records(content: bytes, name: str = "") -> Reading:
    """Reads the records of one uncompressed file.

    The content decides how it is read; the name only says that a digest or an Insight file is passed over.
    It follows "CloudTrail log file examples" and, for log subscriptions, the CloudWatch Logs User Guide.

    Raises:
        DamagedContentError: The file is empty, cut, or no JSON.
    """
    parsed = parse_file_name(name) if name else None
    if parsed is not None and parsed.kind in _PASSED_OVER:
        return Reading((), (), _PASSED_OVER[parsed.kind], lines=False, consumed_bytes=len(content))
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DamagedContentError("the text is UTF-16 where UTF-8 is needed", 0)
    return _File(content).read()


class _File:
    """One file while it is read."""

    def __init__(self, content: bytes) -> None:
        self.size_bytes = len(content)
        self.base = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
        # No copy but after a byte order mark.
        self.text = content[self.base :] if self.base else content
        self.unwrapping = Unwrapping(is_utf8_checked=is_utf8(content))

    def read(self) -> Reading:
        """Tries the framings in turn, the usual one first."""
        try:
            return self._read_document()
        except UnreadableJsonError as error:
            return self._read_other(error)

    def _read_other(self, error: UnreadableJsonError) -> Reading:
        """Reads what is not one document, or raises the error that it is not."""
        if not error.is_cut and self._has_lines():
            return self._read_lines()
        try:
            if error.is_trailing:
                return self._read_row()
            if error.is_deep and (elements := split_deep_array(self.text)) is not None:
                return self._read_deep(elements)
        except UnreadableJsonError as other:
            error = other
        offset = error.offset if error.offset < 0 else error.offset + self.base
        raise DamagedContentError(error.reason, offset, truncated=error.is_cut) from error

    def _read_document(self) -> Reading:
        begin = after_space(self.text, 0)
        first = self.text[begin : begin + 1]
        if not first:
            raise DamagedContentError("the file is empty", self.size_bytes, truncated=True)
        if first == b"[":
            return self._read_elements(decode(ELEMENTS, self.text))
        if first == b"{":
            return self._read_object()
        raise UnreadableJsonError("no JSON object or array", begin)

    def _read_object(self) -> Reading:
        envelope = decode(ENVELOPE, self.text)
        if envelope.event_version is msgspec.UNSET:
            for elements in (envelope.records, envelope.events):
                if isinstance(elements, list):
                    return self._read_elements(elements)
        # A first line alone may be the beginning of a growing file of lines.
        lines = b"\n" not in self.text.strip(_WHITESPACE)
        self.unwrapping.take_text(self.text, self.base + after_space(self.text, 0), 1)
        return self._reading(lines=lines)

    def _read_elements(self, raw_elements: list[msgspec.Raw]) -> Reading:
        elements = [bytes(element) for element in raw_elements]
        offsets = element_offsets(self.text, elements)
        for position, (element, offset) in enumerate(zip(elements, offsets, strict=True), 1):
            self.unwrapping.take(element, offset if offset < 0 else offset + self.base, position, 1)
        return self._reading(lines=False)

    def _has_lines(self) -> bool:
        """Tells whether one of the first two lines is an object by itself; the first may be half a line."""
        found = 0
        for line in split_lines(self.text):
            if line.text:
                found += 1
                if line.text.startswith(b"{") and is_json(line.text):
                    return True
            if found == 2:
                break
        return False

    def _read_lines(self) -> Reading:
        consumed = self.size_bytes
        for line in split_lines(self.text):
            if not line.is_complete and line.text and not is_json(line.text):
                consumed = self.base + line.offset
            elif line.text:
                self.unwrapping.take_text(line.text, self.base + line.offset, line.number)
        return self._reading(lines=True, consumed_bytes=consumed)

    def _read_row(self) -> Reading:
        for position, (offset, value) in enumerate(split_values(self.text), 1):
            self.unwrapping.take(value, self.base + offset, position)
        return self._reading(lines=False)

    def _read_deep(self, elements: list[tuple[int, bytes]]) -> Reading:
        for position, (offset, element) in enumerate(elements, 1):
            try:
                value = decode(VALUE, element)
            except UnreadableJsonError as error:
                if not error.is_deep:
                    raise error.shifted(offset) from error
                self.unwrapping.reject(self.base + offset, position, error.reason)
            else:
                self.unwrapping.take(bytes(value), self.base + offset, position, 1)
        return self._reading(lines=False)

    def _reading(self, *, lines: bool, consumed_bytes: int | None = None) -> Reading:
        unwrapping = self.unwrapping
        holds_something = bool(unwrapping.records or unwrapping.rejected)
        return Reading(
            records=tuple(unwrapping.records),
            rejected=tuple(unwrapping.rejected),
            passed_over="" if holds_something else unwrapping.passed_over,
            lines=lines,
            consumed_bytes=self.size_bytes if consumed_bytes is None else consumed_bytes,
        )
