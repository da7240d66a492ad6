"""Results in JSON and in CBOR."""

import base64
from collections.abc import Callable
from typing import Any

import cbor2
import msgspec

from trailbell.aws_api._shapes import Shape, ShapeKind
from trailbell.aws_api._values import float_word

__all__ = ["plain_result", "write_cbor", "write_json"]

_EPOCH_TAG = 1
_FLOATS = frozenset({ShapeKind.FLOAT, ShapeKind.DOUBLE})

_encoder = msgspec.json.Encoder()


def plain_result(result: msgspec.Struct) -> dict[str, Any]:
    """Returns a result as maps, lists and single values, under the names of the wire."""
    plain: dict[str, Any] = msgspec.to_builtins(result, builtin_types=(bytes,))
    return plain


def write_json(shape: Shape, result: dict[str, Any]) -> bytes:
    """Returns a result in JSON: instants as seconds, bytes in Base64."""
    return _encoder.encode(_written(shape, result, _for_json))


def write_cbor(shape: Shape, result: dict[str, Any]) -> bytes:
    """Returns a result in CBOR: instants under tag 1, all numbers of a `double` as doubles."""
    return cbor2.dumps(_written(shape, result, _for_cbor))


def _written(shape: Shape, value: Any, scalar: Callable[[ShapeKind, Any], Any]) -> Any:
    match shape.kind:
        case ShapeKind.STRUCTURE:
            return {
                name: _written(shape.members[name], member, scalar)
                for name, member in value.items()
                if member is not None
            }
        case ShapeKind.LIST if shape.element is not None:
            element = shape.element
            if element.kind in {ShapeKind.STRING, ShapeKind.INTEGER, ShapeKind.LONG}:
                return list(value)
            return [_written(element, each, scalar) for each in value]
        case ShapeKind.MAP if shape.element is not None:
            element = shape.element
            return {key: _written(element, each, scalar) for key, each in value.items()}
        case _:
            return scalar(shape.kind, value)


def _for_json(kind: ShapeKind, value: Any) -> Any:
    if kind is ShapeKind.TIMESTAMP:
        return value / 1000
    if kind is ShapeKind.BLOB:
        return base64.b64encode(value).decode("ascii")
    if kind in _FLOATS:
        return float_word(value) or float(value)
    return value


def _for_cbor(kind: ShapeKind, value: Any) -> Any:
    if kind is ShapeKind.TIMESTAMP:
        return cbor2.CBORTag(_EPOCH_TAG, value // 1000 if value % 1000 == 0 else value / 1000)
    return float(value) if kind in _FLOATS else value
