"""The content of a log batch: instants and messages, packed and compressed.

Two columns pack and unpack in one call, and a batch is read without making an object per event. Level 1
writes as fast as level 0 and takes a sixth less room; level 3 costs three times as much for the next tenth.
"""

from collections.abc import Sequence

import msgspec
from isal import isal_zlib

__all__ = ["EVENT_OVERHEAD_BYTES", "pack_events", "unpack_events"]

EVENT_OVERHEAD_BYTES = 26
"""What CloudWatch Logs adds to the length of each message."""

_LEVEL = 1
_WINDOW_BITS = 15
# The two columns' own heads; what stands before a message or an instant is less than the overhead counted.
_HEADS_BYTES = 64

_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(tuple[list[int], list[bytes]]).decode


def pack_events(instants_ms: Sequence[int], messages: Sequence[bytes]) -> bytes:
    """Packs the events of a batch."""
    return isal_zlib.compress(_ENCODE((instants_ms, messages)), _LEVEL, _WINDOW_BITS)


def unpack_events(content: bytes, size_bytes: int) -> tuple[list[int], list[bytes]]:
    """Unpacks what ``pack_events`` made; ``size_bytes`` is the batch's, overheads included."""
    return _DECODE(isal_zlib.decompress(content, _WINDOW_BITS, size_bytes + _HEADS_BYTES))
