"""Bodies in AWS JSON 1.0 and 1.1."""

import json
from typing import Any, NoReturn

import msgspec

from trailbell.aws_api._errors import DoorError, Fault
from trailbell.aws_api._shapes import Shape
from trailbell.aws_api._typed import typed_parameters

__all__ = ["read_json"]

_NOT_JSON = "The body of the request is not valid JSON."
_decoder = msgspec.json.Decoder()


def read_json(shape: Shape, body: bytes) -> dict[str, Any]:
    """Returns the parameters of a body; an empty one has none.

    Half of a surrogate pair in an escaped text becomes U+FFFD: log texts cut by other programs hold such.

    Raises:
        DoorError: The body is no JSON, nested too deeply, or a value is of another type than its shape.
    """
    return typed_parameters(shape, _decoded(body) if body.strip() else {})


def _decoded(body: bytes) -> Any:
    try:
        return _decoder.decode(body)
    except RecursionError as error:
        raise DoorError(Fault.MALFORMED, "The body of the request is nested too deeply.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if b"\\u" not in body:
            raise DoorError(Fault.MALFORMED, _NOT_JSON) from error
    # The strict decoder refuses half a surrogate pair; this one does not, nor NaN, which no JSON has.
    try:
        return _mended(json.loads(body.decode(), parse_constant=_refuse))
    except (ValueError, RecursionError) as error:
        raise DoorError(Fault.MALFORMED, _NOT_JSON) from error


def _refuse(_: str) -> NoReturn:
    raise ValueError


def _mended(decoded: Any) -> Any:
    match decoded:
        case str():
            return decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_mended(each) for each in decoded]
        case dict():
            return {_mended(key): _mended(each) for key, each in decoded.items()}
        case _:
            return decoded
