"""Arrays of records: where they begin, where each element does, and how to cut them out of text in parts."""

import re
from itertools import islice
from sys import maxsize

import msgspec

from trailbell.cloudtrail._envelopes import ELEMENTS, ENVELOPE, RECORD_START, Envelope
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

__all__ = [
    "OBJECT_START",
    "Cut",
    "ElementCutter",
    "Start",
    "array_start",
    "element_offsets",
    "elements_of",
    "is_other_list",
    "rest_of_object",
]

_RECORDS_KEY = re.compile(rb'"(Records|Events)"[ \t\r\n]*:[ \t\r\n]*\[')
_GAP = re.compile(rb"[ \t\r\n]*,?[ \t\r\n]*")

# A string that does not end is taken to the end of the text, so that nothing in it passes for a bracket.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)

# Objects that hold more lists of that name before the real one are not worth a longer search.
_CANDIDATES = 16

_KEY_BYTES = 64

OBJECT_START = b'{"":{}'
"""Makes an object of the members that follow."""


class Start(msgspec.Struct, frozen=True, gc=False):
    """Where the elements of a document's array of records begin.

    Attributes:
        position: The byte behind the opening bracket.
        key: `Records` or `Events`; empty where the document itself is the array.
    """

    position: int
    key: str


def array_start(text: bytes) -> Start | None:
    """Finds the array of records in the beginning of a document; None where there is none so far."""
    begin = after_space(text, 0)
    if text.startswith(b"[", begin):
        return Start(begin + 1, "")
    if not text.startswith(b"{", begin) or text.startswith(RECORD_START, begin):
        return None
    for match in islice(_RECORDS_KEY.finditer(text, begin), _CANDIDATES):
        # Only for an array right within the outer object do these two brackets make a document.
        try:
            head = decode(ENVELOPE, text[begin : match.end()] + b"]}")
        except UnreadableJsonError:
            continue
        if head.event_version is not msgspec.UNSET:
            return None
        key = match[1].decode()
        if isinstance(head.records if key == "Records" else head.events, list):
            return Start(match.end(), key)
    return None


def elements_of(text: bytes) -> list[bytes] | None:
    """Returns the elements of a document's array of records; None for a document that is something else.

    Raises:
        UnreadableJsonError: The text is no JSON document.
    """
    if text.startswith(RECORD_START):
        return None
    begin = after_space(text, 0)
    elements: object = None
    if text.startswith(b"[", begin):
        elements = decode(ELEMENTS, text)
    elif text.startswith(b"{", begin):
        envelope = decode(ENVELOPE, text)
        if envelope.event_version is msgspec.UNSET:
            elements = envelope.records if isinstance(envelope.records, list) else envelope.events
    return [bytes(element) for element in elements] if isinstance(elements, list) else None


def element_offsets(text: bytes, base: int, elements: list[bytes]) -> list[int]:
    """Returns where each element of the document's array of records begins, -1 for each if that is unsure.

    The document begins at the base.
    """
    unknown = [-1] * len(elements)
    start = array_start(text)
    if start is None:
        return unknown
    offsets, end = _offsets_from(text, start.position, base, elements)
    end = after_space(text, end)
    if not text.startswith(b"]", end):
        return unknown
    try:
        is_sure = not start.key or not is_other_list(rest_of_object(text[end + 1 :]), start.key)
    except UnreadableJsonError:
        is_sure = False
    return offsets if is_sure else unknown


def rest_of_object(text: bytes) -> Envelope:
    """Returns the members behind the first one of an object, whose text begins there.

    Raises:
        UnreadableJsonError: The text is no such rest.
    """
    return decode(ENVELOPE, OBJECT_START + text)


def is_other_list(rest: Envelope, key: str) -> bool:
    """Tells whether the members behind an array of that name make another thing of the document."""
    unset = msgspec.UNSET
    is_other = rest.event_version is not unset or rest.records is not unset
    return is_other or (key == "Events" and rest.events is not unset)


def _offsets_from(text: bytes, position: int, base: int, elements: list[bytes]) -> tuple[list[int], int]:
    """Returns where each element begins, the first behind the position, and where the last one ends."""
    offsets = []
    for element in elements:
        # AWS writes no space between records, so that the expression is seldom needed.
        if text[position : position + 2] == b",{":
            position += 1
        elif (gap := _GAP.match(text, position)) is not None:
            position = gap.end()
        offsets.append(base + position)
        position += len(element)
    return offsets, position


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
    Where no guess is right the elements are decoded one by one, several times more slowly.
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
        cut = self._guessed(text, base, is_last=is_last)
        if cut is None:
            cut = self._one_by_one(text, base, is_last=is_last)
            self._separator = _separator(text, base, cut.elements[-2:])
        if cut.elements:
            self._is_first = False
        return cut

    def _guessed(self, text: bytes, base: int, *, is_last: bool) -> Cut | None:
        end = len(text) if is_last else self._guessed_end(text)
        # A short cut would have most of the text looked at again.
        if end <= len(text) // 2:
            return None
        opening = b"[" if self._is_first else b"[{}"
        bracketed = b"".join((opening, memoryview(text)[:end], b"" if is_last else b"]"))
        is_closed = is_last
        try:
            elements = decode(ELEMENTS, bracketed)
        except UnreadableJsonError as error:
            if not error.is_trailing:
                return None
            closed = bracketed[: error.offset].rstrip(WHITESPACE)
            elements, is_closed, end = decode(ELEMENTS, closed), True, len(closed) - len(opening)
        whole = [bytes(element) for element in elements[0 if self._is_first else 1 :]]
        return Cut(list(zip(_offsets_from(text, 0, base, whole)[0], whole, strict=True)), end, is_closed)

    def _guessed_end(self, text: bytes) -> int:
        if not self._separator:
            first_two = self._one_by_one(text, 0, is_last=False, limit=2).elements
            self._separator = _separator(text, 0, first_two)
        return text.rfind(self._separator) + 1 if self._separator else 0

    def _one_by_one(self, text: bytes, base: int, *, is_last: bool, limit: int = maxsize) -> Cut:
        view = memoryview(mended_surrogates(text))
        elements: list[tuple[int, bytes]] = []
        end = 0
        while len(elements) < limit:
            try:
                begin = _next_begin(text, end, is_first=self._is_first and not elements)
                if text.startswith(b"]", begin):
                    return Cut(elements, begin + 1, is_closed=True)
                element = _element_at(view, begin, is_last=is_last)
            except UnreadableJsonError:
                # What is whole before the damage goes first; the damage is met again.
                if not elements:
                    raise
                break
            if element is None:
                break
            end, value = element
            elements.append((base + begin, value))
        return Cut(elements, end, is_closed=False)


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


def _element_at(text: memoryview, begin: int, *, is_last: bool) -> tuple[int, bytes] | None:
    """Returns where the element ends and its text, empty if it is too deep; None if it may go on."""
    damage = UnreadableJsonError(CUT_SHORT, len(text))
    try:
        decode(VALUE, text[begin:])
    except UnreadableJsonError as error:
        if error.is_trailing:
            element = bytes(text[begin : begin + error.offset]).rstrip(WHITESPACE)
            return begin + len(element), element
        if error.is_deep:
            return _deep_element_at(text, begin, is_last=is_last)
        damage = error.shifted(begin)
    # Even a whole value is cut, since the bracket behind it is missing.
    if is_last or not damage.may_go_on(text):
        raise damage
    return None


def _deep_element_at(text: memoryview, begin: int, *, is_last: bool) -> tuple[int, bytes] | None:
    """Steps over one element by counting its brackets, so that it does not hide the others of its file.

    Raises:
        UnreadableJsonError: It does not end within the size of a record.
    """
    depth = 0
    limit = begin + MAXIMUM_RECORD_BYTES
    for token in _TOKEN.finditer(text, begin, limit):
        mark = token[0]
        if mark in {b"{", b"["}:
            depth += 1
        elif mark in {b"}", b"]"}:
            depth -= 1
            if depth == 0:
                return token.end(), b""
    if is_last or len(text) > limit:
        raise UnreadableJsonError(TOO_DEEP)
    return None
