"""Arrays of records: where in a document they begin, where each element does, and what may stand behind."""

import re
from itertools import islice

import msgspec

from trailbell.cloudtrail._envelopes import ELEMENTS, ENVELOPE, RECORD_START, Envelope
from trailbell.cloudtrail._framing import after_space
from trailbell.cloudtrail._json_text import UnreadableJsonError, decode

__all__ = [
    "OBJECT_START",
    "Start",
    "array_start",
    "element_offsets",
    "elements_of",
    "is_other_list",
    "offsets_from",
    "rest_of_object",
]

_RECORDS_KEY = re.compile(rb'"(Records|Events)"[ \t\r\n]*:[ \t\r\n]*\[')
_GAP = re.compile(rb"[ \t\r\n]*,?[ \t\r\n]*")

# Objects that hold more lists of that name before the real one are not worth a longer search.
_CANDIDATES = 16

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
    offsets, end = offsets_from(text, start.position, base, elements)
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


def offsets_from(text: bytes, position: int, base: int, elements: list[bytes]) -> tuple[list[int], int]:
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
