"""Page tokens of CloudWatch Logs: opaque to callers, checked when they come back.

A token says which operation it belongs to and where to go on, and ends in a sum over both, so that a text
somebody made up, cut short or took from another operation is refused.
"""

import base64
import hashlib
from typing import Any, TypeVar

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError

__all__ = ["make_token", "read_token"]

_SUM_BYTES = 6
_PlaceT = TypeVar("_PlaceT")


def make_token(operation: str, place: Any) -> str:
    """Makes the token that says where an operation goes on."""
    content = msgspec.msgpack.encode(place)
    return base64.urlsafe_b64encode(content + _sum(operation, content)).decode().rstrip("=")


def read_token(operation: str, token: str, kind: type[_PlaceT]) -> _PlaceT:
    """Reads a token back.

    Raises:
        RequestRefusedError: It is none that this operation made.
    """
    try:
        whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        content, check = whole[:-_SUM_BYTES], whole[-_SUM_BYTES:]
        if check == _sum(operation, content):
            return msgspec.msgpack.decode(content, type=kind)
    except (ValueError, msgspec.MsgspecError):
        pass
    raise RequestRefusedError(RefusalKind.INVALID_TOKEN, "The specified nextToken is invalid.")


def _sum(operation: str, content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_SUM_BYTES, person=operation.encode()[:16]).digest()
