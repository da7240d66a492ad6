"""JSON text decoded with the reason kept when it cannot be, in the form the readers of this room need."""

import codecs
import re
from typing import TypeVar

import msgspec

__all__ = [
    "CUT_SHORT",
    "TOO_DEEP",
    "TRAILING",
    "VALUE",
    "UnreadableJsonError",
    "decode",
    "is_json",
    "is_utf8",
    "mended_surrogates",
]

_T = TypeVar("_T")

VALUE = msgspec.json.Decoder(msgspec.Raw)

_SLICE_BYTES = 1024 * 1024
_Utf8Decoder = codecs.getincrementaldecoder("utf-8")

_DECODER_CUT = "Input data was truncated"
_DECODER_BYTE = re.compile(r"JSON is malformed: (?P<what>.*) \(byte (?P<offset>\d+)\)")

CUT_SHORT = "the JSON text is cut short"
TOO_DEEP = "the JSON text is nested too deeply"
TRAILING = "no valid JSON (trailing characters)"

_HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


class UnreadableJsonError(Exception):
    """Text that is no JSON; the readers turn it into a rejected record or a damaged file.

    Attributes:
        reason: What is wrong, in a few words.
        offset: The byte it was noticed at, -1 where unknown.
        is_cut: The text ends too early.
        is_trailing: A whole JSON value ends at `offset` and more follows.
        is_deep: The text is nested beyond what the decoder follows.
    """

    def __init__(self, reason: str, offset: int = -1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset
        self.is_deep = reason == TOO_DEEP
        self.is_cut = reason == CUT_SHORT
        self.is_trailing = reason == TRAILING

    def shifted(self, distance: int) -> "UnreadableJsonError":
        """Returns the same error for text that begins `distance` bytes earlier."""
        return UnreadableJsonError(self.reason, self.offset if self.offset < 0 else self.offset + distance)

    def may_go_on(self, text: bytes | memoryview) -> bool:
        """Tells whether the text may be the beginning of a JSON value all the same."""
        # A number cut behind its point or sign is called invalid, at the end of the text.
        return self.is_cut or self.offset >= len(text)


def decode(decoder: "msgspec.json.Decoder[_T]", text: bytes | memoryview) -> _T:
    """Decodes one JSON value; unpaired surrogate escapes in it are read as U+FFFD.

    Raises:
        UnreadableJsonError: The text is not one JSON value.
    """
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        unreadable = _unreadable(error, text)
        # Looking for escapes in all of the text is worth it only where one may be the reason.
        can_mend = isinstance(text, bytes) and not unreadable.is_trailing and not unreadable.is_deep
        mended = mended_surrogates(bytes(text)) if can_mend else text
        try:
            if mended is text:
                raise unreadable from error
        finally:
            # Its traceback holds this frame, and with it the text, which may be large.
            del unreadable
    try:
        return decoder.decode(mended)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(error, text) from error


def _unreadable(error: Exception, text: bytes | memoryview) -> UnreadableJsonError:
    if isinstance(error, RecursionError):
        return UnreadableJsonError(TOO_DEEP)
    if isinstance(error, UnicodeDecodeError):
        return UnreadableJsonError("not UTF-8 text")
    if str(error) == _DECODER_CUT:
        return UnreadableJsonError(CUT_SHORT, len(text))
    match = _DECODER_BYTE.fullmatch(str(error))
    if match is None:
        return UnreadableJsonError(f"no valid JSON ({error})")
    unreadable = UnreadableJsonError(f"no valid JSON ({match['what']})", int(match["offset"]))
    # The decoder has already stepped over the first byte that trails.
    return unreadable.shifted(-1) if unreadable.is_trailing else unreadable


def mended_surrogates(text: bytes) -> bytes:
    r"""Returns the text with each unpaired surrogate escape replaced by `\ufffd`, or the very same object.

    A caller of AWS can bring such an escape into a record; the decoder refuses it, which would lose the whole
    file. The length stays the same, so that offsets hold.
    """
    if _HALF_PAIR.search(text) is None:
        return text
    mended = _ESCAPE.sub(lambda match: rb"\ufffd" if match["lone"] else match[0], text)
    return text if mended == text else mended


def is_json(text: bytes) -> bool:
    """Tells whether the text is one JSON value."""
    try:
        decode(VALUE, text)
    except UnreadableJsonError:
        return False
    return True


def is_utf8(text: bytes, *, is_last: bool = True) -> bool:
    """Tells whether the text decodes; the splitting decoder itself skips over strings unchecked.

    Text that is not the last of its file may end within a character.
    """
    if text.isascii():
        return True
    # In slices, since text with one emoji takes four times its size when decoded whole.
    decoder = _Utf8Decoder()
    try:
        for start in range(0, len(text), _SLICE_BYTES):
            decoder.decode(text[start : start + _SLICE_BYTES])
        decoder.decode(b"", final=is_last)
    except UnicodeDecodeError:
        return False
    return True
