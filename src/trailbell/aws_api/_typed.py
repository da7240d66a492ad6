"""Parameters out of decoded JSON or CBOR, typed by their shapes.

Members that AWS does not know are ignored, as are members that are null.
"""

import math
from typing import Any

import msgspec

from trailbell.aws_api._errors import DoorError, Fault
from trailbell.aws_api._shapes import Shape, ShapeKind
from trailbell.aws_api._values import (
    FLOAT_WORDS,
    INTEGER_RANGES,
    blob_of_text,
    instant_of_seconds,
    instant_of_text,
)

__all__ = ["EpochSeconds", "typed_parameters"]

_JAVA_NAMES = {
    ShapeKind.STRING: "String",
    ShapeKind.INTEGER: "Integer",
    ShapeKind.LONG: "Long",
    ShapeKind.FLOAT: "Float",
    ShapeKind.DOUBLE: "Double",
    ShapeKind.BOOLEAN: "Boolean",
    ShapeKind.BLOB: "ByteBuffer",
    ShapeKind.TIMESTAMP: "Date",
}
_COLLECTIONS = frozenset({ShapeKind.STRUCTURE, ShapeKind.LIST, ShapeKind.MAP})


class EpochSeconds(msgspec.Struct, frozen=True):
    """An instant as CBOR has it: tag 1."""

    seconds: float


def typed_parameters(shape: Shape, decoded: Any) -> dict[str, Any]:
    """Returns the parameters of a request from what its body was decoded to.

    Raises:
        DoorError: A value is of another type than its shape.
    """
    if not isinstance(decoded, dict):
        raise DoorError(Fault.MALFORMED, "The body of the request must be one map of parameters.")
    return _structure(shape, decoded)


def _structure(shape: Shape, decoded: dict[Any, Any]) -> dict[str, Any]:
    return {
        name: _value(member, decoded[name])
        for name, member in shape.members.items()
        if decoded.get(name) is not None
    }


def _value(shape: Shape, decoded: Any) -> Any:
    kind = shape.kind
    if kind in _COLLECTIONS:
        return _collection(shape, decoded)
    if isinstance(decoded, dict):
        raise DoorError(Fault.MALFORMED, "Start of structure or map found where not expected.")
    if isinstance(decoded, list):
        raise DoorError(Fault.MALFORMED, "Start of list found where not expected.")
    value = _scalar(kind, decoded)
    if value is None:
        raise DoorError(Fault.MALFORMED, f"{_token(decoded)} cannot be converted to {_JAVA_NAMES[kind]}")
    return value


def _collection(shape: Shape, decoded: Any) -> Any:
    element = shape.element
    if shape.kind is ShapeKind.LIST and isinstance(decoded, list) and element is not None:
        return [None if each is None else _value(element, each) for each in decoded]
    if shape.kind is not ShapeKind.LIST and isinstance(decoded, dict):
        if element is None:
            return _structure(shape, decoded)
        if not all(isinstance(key, str) for key in decoded):
            raise DoorError(Fault.MALFORMED, "The keys of a map must be texts.")
        return {key: None if each is None else _value(element, each) for key, each in decoded.items()}
    if isinstance(decoded, dict):
        raise DoorError(Fault.MALFORMED, "Start of structure or map found where not expected.")
    if isinstance(decoded, list):
        raise DoorError(Fault.MALFORMED, "Start of list found where not expected.")
    expected = "list" if shape.kind is ShapeKind.LIST else "structure or map"
    raise DoorError(Fault.MALFORMED, f"{_token(decoded)} found where a {expected} is expected.")


def _scalar(kind: ShapeKind, decoded: Any) -> Any:
    """Returns the value, or None where the type does not fit."""
    match kind:
        case ShapeKind.STRING:
            return decoded if isinstance(decoded, str) else None
        case ShapeKind.BOOLEAN:
            return decoded if isinstance(decoded, bool) else None
        case ShapeKind.BLOB:
            if isinstance(decoded, bytes):
                return decoded
            return blob_of_text(decoded) if isinstance(decoded, str) else None
        case ShapeKind.TIMESTAMP:
            return _instant(decoded)
        case ShapeKind.INTEGER | ShapeKind.LONG:
            return _integer(kind, decoded)
        case _:
            return _float(decoded)


def _integer(kind: ShapeKind, decoded: Any) -> int | None:
    if isinstance(decoded, float) and decoded.is_integer():
        decoded = int(decoded)
    is_integer = isinstance(decoded, int) and not isinstance(decoded, bool)
    return decoded if is_integer and decoded in INTEGER_RANGES[kind] else None


def _float(decoded: Any) -> float | None:
    if isinstance(decoded, str):
        return FLOAT_WORDS.get(decoded)
    if isinstance(decoded, bool) or not isinstance(decoded, int | float):
        return None
    try:
        return float(decoded)
    except OverflowError:
        return math.inf if decoded > 0 else -math.inf


def _instant(decoded: Any) -> int | None:
    if isinstance(decoded, EpochSeconds):
        return instant_of_seconds(decoded.seconds)
    if isinstance(decoded, str):
        return instant_of_text(decoded)
    if isinstance(decoded, bool) or not isinstance(decoded, int | float):
        return None
    seconds = _float(decoded)
    return None if seconds is None else instant_of_seconds(seconds)


def _token(decoded: Any) -> str:
    """Returns what AWS calls a value in its texts."""
    match decoded:
        case bool():
            return "TRUE_VALUE" if decoded else "FALSE_VALUE"
        case float() if not decoded.is_integer():
            return "DECIMAL_VALUE"
        case int() | float():
            return "NUMBER_VALUE"
        case bytes():
            return "BINARY_VALUE"
        case EpochSeconds():
            return "TIMESTAMP_VALUE"
        case _:
            return "STRING_VALUE"
