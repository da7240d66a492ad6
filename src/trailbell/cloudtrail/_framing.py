"""Where one JSON value ends and the next begins: elements of an array, lines, values in a row."""

import re
from collections.abc import Iterator

import msgspec

from trailbell.cloudtrail._json_text import UnreadableJsonError, decode, mended_surrogates
from trailbell.cloudtrail._records import MAXIMUM_RECORD_BYTES

__all__ = ["Line", "after_space", "element_offsets", "split_deep_array", "split_lines", "split_values"]

_WHITESPACE = b" \t\r\n"
_SPACE = re.compile(rb"[ \t\r\n]*")

_VALUE = msgspec.json.Decoder(msgspec.Raw)
_RECORDS_START = re.compile(rb'"(?:Records|Events)"[ \t\r\n]*:[ \t\r\n]*\[')
_GAP = re.compile(rb"[ \t\r\n]*,?[ \t\r\n]*")
_ARRAY_START = re.compile(rb'[ \t\r\n]*(?:\{[ \t\r\n]*"Records"[ \t\r\n]*:[ \t\r\n]*)?\[')
_ARRAY_END = re.compile(rb"[ \t\r\n]*\}?[ \t\r\n]*")
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{},]', re.DOTALL)


def after_space(text: bytes, position: int) -> int:
    """Returns where the white space at the position ends."""
    match = _SPACE.match(text, position)
    return match.end() if match else position


def element_offsets(text: bytes, elements: list[bytes]) -> list[int]:
    """Returns where each element of the document's array of records begins, -1 for each if that is unsure."""
    unknown = [-1] * len(elements)
    is_object = text.startswith(b"{", after_space(text, 0))
    start = _RECORDS_START.search(text) if is_object else None
    position = start.end() if start else text.find(b"[") + 1
    offsets = []
    for element in elements:
        # AWS writes no space between records, so that the expression is seldom needed.
        if text[position : position + 2] == b",{":
            position += 1
        elif (gap := _GAP.match(text, position)) is not None:
            position = gap.end()
        if text[position : position + 1] != element[:1]:
            return unknown
        offsets.append(position)
        position += len(element)
    return offsets if text.startswith(b"]", after_space(text, position)) else unknown


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line of a file.

    Attributes:
        number: Counted from 1, blank lines included.
        offset: Where it begins.
        text: The line without the white space around it; empty for a blank line.
        is_complete: Whether a newline ends it.
    """

    number: int
    offset: int
    text: bytes
    is_complete: bool


def split_lines(text: bytes) -> Iterator[Line]:
    """Yields the lines of the text, also the last one if no newline ends it."""
    number = offset = 0
    while offset < len(text):
        end = text.find(b"\n", offset)
        is_complete = end >= 0
        if not is_complete:
            end = len(text)
        number += 1
        yield Line(number, offset, text[offset:end].strip(_WHITESPACE), is_complete)
        offset = end + 1


def split_values(text: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields each of several JSON values in a row, as Firehose writes them, with its offset.

    Raises:
        UnreadableJsonError: The text is something else; its offset counts from the beginning.
    """
    view = memoryview(mended_surrogates(text))
    position = after_space(text, 0)
    while position < len(text):
        # The decoder names the byte at which the first value has ended; no second scanner is needed.
        end = len(text)
        try:
            value = decode(_VALUE, view[position:])
        except UnreadableJsonError as error:
            if not error.is_trailing:
                raise error.shifted(position) from error
            end = position + error.offset
            value = decode(_VALUE, view[position:end])
        yield position, bytes(value)
        position = after_space(text, end)


def split_deep_array(text: bytes) -> list[tuple[int, bytes]] | None:
    """Splits the records of a document that is nested too deeply to be decoded in one piece.

    It only counts brackets, so that one record nested ten thousand deep does not hide the others of its file.
    The elements are not checked. It is some thirty times slower than the decoder.

    Returns:
        Each element with its offset, or None where the text is no array of records of a bearable size.
    """
    start = _ARRAY_START.match(text)
    if start is None:
        return None
    elements = []
    depth = 1
    begin = start.end()
    for token in _TOKEN.finditer(text, begin):
        if token.start() - begin > MAXIMUM_RECORD_BYTES:
            return None
        mark = token[0]
        if mark in {b"{", b"["}:
            depth += 1
        elif mark in {b"}", b"]"}:
            depth -= 1
        if depth == 0 or (depth == 1 and mark == b","):
            element = text[begin : token.start()]
            elements.append((begin + after_space(element, 0), element.strip(_WHITESPACE)))
            begin = token.end()
        if depth == 0:
            return elements if _ARRAY_END.fullmatch(text, begin) else None
    return None
