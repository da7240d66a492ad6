"""How a file is framed, told by its beginning where the whole does not fit into memory."""

import enum

from trailbell.cloudtrail._containers import too_large_to_hold
from trailbell.cloudtrail._elements import array_start
from trailbell.cloudtrail._framing import after_space, are_lines
from trailbell.cloudtrail._json_text import CUT_SHORT, VALUE, UnreadableJsonError, decode
from trailbell.cloudtrail._records import MAXIMUM_RECORD_BYTES

__all__ = ["NO_DOCUMENT", "Framing", "framing_of"]

NO_DOCUMENT = "no JSON object or array"


class Framing(enum.Enum):
    """What a file consists of."""

    LINES = enum.auto()
    LIST = enum.auto()
    VALUES = enum.auto()


def framing_of(text: bytes, *, is_last: bool, is_enough: bool) -> Framing | None:
    """Tells how a text is framed, of which more may follow.

    Lines stand for themselves, values follow each other, and a list of records is a document, behind which
    there may be more values after all.

    Args:
        text: The beginning, or all of it.
        is_last: Whether nothing follows.
        is_enough: Whether more of it cannot be held.

    Returns:
        The framing, or None where it only shows in what follows, or where the text is empty or a document
        of another kind.

    Raises:
        UnreadableJsonError: It begins as no log file does, or with a value too large to be held.
    """
    begin = after_space(text, 0)
    if begin == len(text) and not is_enough:
        return None
    error = _why_no_document(text, begin)
    # A whole document so far is as good as one that is cut.
    damage = error or UnreadableJsonError(CUT_SHORT, len(text))
    has_lines = are_lines(text, damage, is_last=is_last)
    if has_lines:
        return Framing.LINES
    if damage.is_trailing:
        return Framing.VALUES
    is_list = array_start(text) is not None
    # The first two lines say what they are unless they are those of a long document.
    is_known = has_lines is False or (is_list and error is not None and _has_long_line(text, begin))
    if is_list and (is_known or is_enough):
        return Framing.LIST
    if error is not None and (is_last or (is_known and not error.may_go_on(text))):
        raise error
    if is_enough and not is_last:
        raise too_large_to_hold(begin) if damage.may_go_on(text) else damage
    return None


def _why_no_document(text: bytes, begin: int) -> UnreadableJsonError | None:
    if text[begin : begin + 1] not in {b"{", b"["}:
        return UnreadableJsonError(NO_DOCUMENT, begin)
    try:
        decode(VALUE, text)
    except UnreadableJsonError as error:
        return error
    return None


def _has_long_line(text: bytes, begin: int) -> bool:
    line_end = text.find(b"\n", begin)
    return line_end < 0 or len(text) - line_end > MAXIMUM_RECORD_BYTES
