"""Gzip content in bounded memory: several members, zero padding, truncation told from damage."""

import io
import itertools
from collections.abc import Iterable, Iterator

from isal import isal_zlib
from isal.igzip_lib import IsalError

from trailbell.cloudtrail._damage import DamagedContentError

__all__ = ["decompress", "decompressed"]

_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW_BITS = 31

# Each step copies what it was fed and did not need yet: a bomb or a file of a million tiny members would
# otherwise have all of its bytes copied each time.
_SLICE_BYTES = 64 * 1024

# A bomb gives this much at a time.
_STEP_BYTES = 1024 * 1024

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
    # Hands out what was written into it without a copy.
    unpacked = io.BytesIO()
    for piece in decompressed([content], max_size_bytes):
        unpacked.write(piece)
    return unpacked.getvalue()


def decompressed(chunks: Iterable[bytes], max_size_bytes: int) -> Iterator[bytes]:
    """Yields the uncompressed content of a file that comes in chunks, at most a mebibyte at a time.

    It is the streaming twin of `decompress`: what does not begin as gzip does comes through as it is,
    whatever its size.

    Raises:
        DamagedContentError: As `decompress` raises it, but only when the damage is reached: whoever took
            what was yielded before has to give it up again.
    """
    rest = iter(chunks)
    start = b""
    for chunk in rest:
        start += chunk
        if len(start) >= len(_MAGIC):
            break
    whole = itertools.chain([start], rest) if start else rest
    if start.startswith(_MAGIC):
        yield from _Members(_slices(whole), max_size_bytes).unpacked()
    else:
        yield from whole


def _slices(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), _SLICE_BYTES):
            yield chunk[start : start + _SLICE_BYTES]


class _Members:
    """The members of a gzip stream while they are unpacked.

    Args:
        slices: Its bytes.
        room_bytes: How much all members together may hold.
    """

    def __init__(self, slices: Iterator[bytes], room_bytes: int) -> None:
        self._slices = slices
        self._room_bytes = room_bytes
        self._fed = next(slices)
        # Where `fed` begins.
        self._position = 0

    def unpacked(self) -> Iterator[bytes]:
        while self._fed:
            yield from self._member()
            self._pass_padding()

    def _member(self) -> Iterator[bytes]:
        # The one-shot call stops after the first member without a word, the object says where it stopped.
        stream = isal_zlib.decompressobj(_GZIP_WINDOW_BITS)
        start = self._position
        has_more_to_give = False
        while not stream.eof:
            if not (has_more_to_give or self._fed or self._feed()):
                raise self._cut()
            step_bytes = min(_STEP_BYTES, self._room_bytes + 1)
            try:
                piece = stream.decompress(self._fed, step_bytes)
            except _StreamError as error:
                raise DamagedContentError(f"the gzip stream is broken ({error})", start) from error
            self._room_bytes -= len(piece)
            if self._room_bytes < 0:
                raise DamagedContentError("the gzip stream holds more than may be read at once", start)
            self._keep(stream.unconsumed_tail + stream.unused_data)
            has_more_to_give = len(piece) == step_bytes
            if piece:
                yield piece

    def _pass_padding(self) -> None:
        """Goes to where the next member begins, or to the end of the stream."""
        self._keep(self._fed.lstrip(b"\0"))
        while not self._fed and self._feed():
            self._keep(self._fed.lstrip(b"\0"))
        if len(self._fed) == 1:
            self._feed()
        if self._fed == _MAGIC[:1]:
            raise self._cut()
        if self._fed and not self._fed.startswith(_MAGIC):
            raise DamagedContentError(
                "the gzip stream is followed by something that is no gzip", self._position
            )

    def _keep(self, rest: bytes) -> None:
        self._position += len(self._fed) - len(rest)
        self._fed = rest

    def _feed(self) -> bool:
        more = next(self._slices, b"")
        self._fed += more
        return bool(more)

    def _cut(self) -> DamagedContentError:
        return DamagedContentError(
            "the gzip stream is cut short", self._position + len(self._fed), truncated=True
        )
