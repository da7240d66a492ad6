"""Bodies in CBOR as Smithy RPC v2 uses it: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html.

Of RFC 8949 only what that protocol has is read, above all no shared references, with which a small body can
stand for an endless one.
"""

import struct
from typing import Any

from trailbell.aws_api._errors import DoorError, Fault
from trailbell.aws_api._shapes import Shape
from trailbell.aws_api._typed import EpochSeconds, typed_parameters

__all__ = ["read_cbor"]

_MAX_DEPTH = 32
_INDEFINITE = 31
_BREAK = 0xFF
_EPOCH_TAG = 1
_SIMPLE = {20: False, 21: True, 22: None, 23: None}
_FLOATS = {25: struct.Struct(">e"), 26: struct.Struct(">f"), 27: struct.Struct(">d")}
_LENGTHS = {24: 1, 25: 2, 26: 4, 27: 8}
_BYTES, _TEXT = 2, 3


def read_cbor(shape: Shape, body: bytes) -> dict[str, Any]:
    """Returns the parameters of a body; an empty one has none.

    Raises:
        DoorError: The body is no CBOR of this protocol, or a value is of another type than its shape.
    """
    if not body:
        return {}
    reader = _Reader(body)
    decoded = reader.item(_MAX_DEPTH)
    if reader.position != len(body):
        raise _refused("something follows the first item")
    return typed_parameters(shape, decoded)


def _refused(reason: str) -> DoorError:
    return DoorError(Fault.MALFORMED, f"The body of the request is not valid CBOR: {reason}.")


class _Reader:
    def __init__(self, body: bytes) -> None:
        self._body = body
        self.position = 0

    def item(self, depth: int) -> Any:
        """Reads one item that may hold `depth` levels."""
        if depth == 0:
            raise _refused("it is nested too deeply")
        initial = self._take(1)[0]
        major, information = initial >> 5, initial & 31
        match major:
            case 0:
                return self._number(information)
            case 1:
                return -1 - self._number(information)
            case 2:
                return self._string(information, _BYTES)
            case 3:
                return self._decoded(self._string(information, _TEXT))
            case 4:
                return self._list(information, depth - 1)
            case 5:
                return self._map(information, depth - 1)
            case 6:
                return self._tagged(information, depth - 1)
            case _:
                return self._simple(information)

    def _take(self, count: int) -> bytes:
        taken = self._body[self.position : self.position + count]
        if len(taken) != count:
            raise _refused("it is cut short")
        self.position += count
        return taken

    def _number(self, information: int) -> int:
        if information < 24:
            return information
        if information not in _LENGTHS:
            raise _refused("a number has no length")
        return int.from_bytes(self._take(_LENGTHS[information]), "big")

    def _length(self, information: int) -> int | None:
        """Reads how many items or bytes follow; None where a break ends them."""
        if information == _INDEFINITE:
            return None
        length = self._number(information)
        if length > len(self._body) - self.position:
            raise _refused("it is cut short")
        return length

    def _at_break(self) -> bool:
        if self._body[self.position : self.position + 1] == bytes([_BREAK]):
            self.position += 1
            return True
        return False

    def _string(self, information: int, major: int) -> bytes:
        length = self._length(information)
        if length is not None:
            return self._take(length)
        pieces = []
        while not self._at_break():
            initial = self._take(1)[0]
            piece_length = self._length(initial & 31)
            if initial >> 5 != major or piece_length is None:
                raise _refused("a string in pieces holds something else")
            pieces.append(self._take(piece_length))
        return b"".join(pieces)

    def _decoded(self, text: bytes) -> str:
        try:
            return text.decode()
        except UnicodeDecodeError as error:
            raise _refused("a text is not UTF-8") from error

    def _list(self, information: int, depth: int) -> list[Any]:
        length = self._length(information)
        if length is not None:
            return [self.item(depth) for _ in range(length)]
        items = []
        while not self._at_break():
            items.append(self.item(depth))
        return items

    def _map(self, information: int, depth: int) -> dict[str, Any]:
        length = self._length(information)
        entries: dict[str, Any] = {}
        while not self._at_break() if length is None else length > 0:
            key = self.item(depth)
            if not isinstance(key, str):
                raise _refused("the key of a map is not a text")
            entries[key] = self.item(depth)
            length = None if length is None else length - 1
        return entries

    def _tagged(self, information: int, depth: int) -> Any:
        tag, value = self._number(information), self.item(depth)
        if tag != _EPOCH_TAG or isinstance(value, bool) or not isinstance(value, int | float):
            raise _refused(f"only tag {_EPOCH_TAG} is known, on a number of seconds")
        return EpochSeconds(float(value))

    def _simple(self, information: int) -> Any:
        if information in _SIMPLE:
            return _SIMPLE[information]
        if information not in _FLOATS:
            raise _refused("a simple value is not known")
        layout = _FLOATS[information]
        return layout.unpack(self._take(layout.size))[0]
