"""Where one JSON value ends and the next begins: lines, values in a row, and how to tell which it is."""

import re
from collections.abc import Iterator
from itertools import islice

import msgspec

from trailbell.cloudtrail._json_text import VALUE, UnreadableJsonError, decode, is_json, mended_surrogates

__all__ = ["WHITESPACE", "Line", "after_space", "are_lines", "split_lines", "split_values"]

WHITESPACE = b" \t\r\n"
_SPACE = re.compile(rb"[ \t\r\n]*")


def after_space(text: bytes, position: int) -> int:
    """Returns where the white space at the position ends."""
    match = _SPACE.match(text, position)
    return match.end() if match else position


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line of a text.

    Attributes:
        offset: Where it begins.
        end: Where the next one begins.
        text: The line without the white space around it; empty for a blank line.
        is_complete: Whether a newline ends it.
    """

    offset: int
    end: int
    text: bytes
    is_complete: bool


def split_lines(text: bytes) -> Iterator[Line]:
    """Yields the lines of the text, also the last one if no newline ends it."""
    offset = 0
    while offset < len(text):
        end = text.find(b"\n", offset) + 1
        is_complete = end > 0
        if not is_complete:
            end = len(text)
        yield Line(offset, end, text[offset:end].strip(WHITESPACE), is_complete)
        offset = end


def are_lines(text: bytes, error: UnreadableJsonError, *, is_last: bool = True) -> bool | None:
    """Tells whether the lines stand for themselves in a text that is not one JSON document.

    They do if the first is a value by itself, or if the second is a record and what comes before it is the
    damage: a file that was cut in front begins with half a line.

    Args:
        text: The text, or the beginning of one where it is not `is_last`.
        error: Why it is not one document.
        is_last: Whether nothing follows.

    Returns:
        The answer, or None where it only shows in what follows.
    """
    unknown = False if is_last else None
    lines = list(islice((line for line in split_lines(text) if line.text), 3))
    if not lines:
        return unknown
    if lines[0].is_complete and lines[0].text[:1] in {b"{", b"["} and is_json(lines[0].text):
        return True if len(lines) > 1 else unknown
    if error.is_trailing:
        return False
    if len(lines) < 3 and not is_last:
        return None
    if len(lines) == 1 or not (lines[1].text.startswith(b"{") and is_json(lines[1].text)):
        return False
    # With the first byte behind it, since a line may break what was whole so far.
    end = after_space(text, lines[2].offset) + 1 if len(lines) == 3 else len(text)
    try:
        decode(VALUE, text[:end])
    except UnreadableJsonError as damage:
        return not damage.is_cut
    return False


def split_values(text: bytes, *, is_last: bool = True) -> Iterator[tuple[int, bytes]]:
    """Yields each of several JSON values in a row, as Firehose writes them, with its offset.

    Where more text follows, it stops before the last value, which may go on there.

    Raises:
        UnreadableJsonError: The text is something else; its offset counts from the beginning.
    """
    view = memoryview(mended_surrogates(text))
    position = after_space(text, 0)
    while position < len(text):
        # The decoder names the byte at which the first value has ended; no second scanner is needed.
        end = len(text)
        try:
            value = decode(VALUE, view[position:])
        except UnreadableJsonError as error:
            if not error.is_trailing:
                damage = error.shifted(position)
                if not is_last and damage.may_go_on(text):
                    return
                raise damage from error
            end = position + error.offset
            value = decode(VALUE, view[position:end])
        else:
            if not is_last:
                return
        yield position, bytes(value)
        position = after_space(text, end)
