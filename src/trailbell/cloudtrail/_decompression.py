"""Gzip content in bounded memory: several members, zero padding, truncation told from damage."""

import re

from isal import isal_zlib
from isal.igzip_lib import IsalError

from trailbell.cloudtrail._damage import DamagedContentError

__all__ = ["decompress"]

_MAGIC = b"\x1f\x8b"
_PADDING = re.compile(rb"\0*")
_GZIP_WINDOW_BITS = 31

# After the first member the rest is fed in slices: each member's end copies what was fed beyond it, and a
# file of a million tiny members would otherwise be copied a million times.
_SLICE_BYTES = 64 * 1024

# The stubs type it as an instance.
_StreamError: type[Exception] = IsalError  # type: ignore[assignment]


def decompress(content: bytes, max_size_bytes: int) -> bytes:
    """Returns the uncompressed content; bytes that do not begin as gzip does come back as they are.

    Zero padding after a member is allowed, as the gzip tool allows it.

    Raises:
        DamagedContentError: The gzip stream is cut, broken, followed by something else, or holds more than
            `max_size_bytes`. Its `offset` counts compressed bytes.
    """
    if not content.startswith(_MAGIC):
        return content
    pieces: list[bytes] = []
    room = max_size_bytes
    position = 0
    while position < len(content):
        piece, position = _member(content, position, room)
        pieces.append(piece)
        room -= len(piece)
        position = _after_padding(content, position)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _member(content: bytes, start: int, room: int) -> tuple[bytes, int]:
    """Returns what the member at `start` holds, and where it ends."""
    # The one-shot call stops after the first member without a word, the object says where it stopped.
    stream = isal_zlib.decompressobj(_GZIP_WINDOW_BITS)
    pieces: list[bytes] = []
    size = 0
    position = start
    while not stream.eof:
        if position >= len(content):
            raise DamagedContentError("the gzip stream is cut short", len(content), truncated=True)
        end = len(content) if start == 0 else position + _SLICE_BYTES
        fed = content if (start, position) == (0, 0) else content[position:end]
        try:
            piece = stream.decompress(fed, room - size + 1)
        except _StreamError as error:
            raise DamagedContentError(f"the gzip stream is broken ({error})", start) from error
        size += len(piece)
        pieces.append(piece)
        if size > room:
            raise DamagedContentError("the gzip stream holds more than may be read at once", start)
        position += len(fed) - len(stream.unused_data) - len(stream.unconsumed_tail)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces), position


def _after_padding(content: bytes, position: int) -> int:
    """Returns where the next member begins, or the length of the content."""
    if content.startswith(_MAGIC, position):
        return position
    padding = _PADDING.match(content, position)
    position = padding.end() if padding else position
    if position < len(content) and not content.startswith(_MAGIC, position):
        if content[position:] == _MAGIC[:1]:
            raise DamagedContentError("the gzip stream is cut short", len(content), truncated=True)
        raise DamagedContentError("the gzip stream is followed by something that is no gzip", position)
    return position
