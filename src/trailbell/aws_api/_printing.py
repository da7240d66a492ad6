"""Values as AWS prints them in the texts of its errors."""

from typing import Any

from trailbell.aws_api._shapes import Shape, ShapeKind
from trailbell.aws_api._values import float_text

__all__ = ["printed"]

# AWS prints what it was given whole; a request of megabytes need not come back.
_MAX_CHARACTERS = 4096
_MAX_ELEMENTS = 100


def printed(shape: Shape, value: Any) -> str:
    """Returns a value in quotes as it stands after `Value`; no value is `null`, without quotes."""
    if value is None:
        return "null"
    text = _text(shape, value)
    return f"'{text if len(text) <= _MAX_CHARACTERS else text[:_MAX_CHARACTERS] + '…'}'"


def _text(shape: Shape, value: Any) -> str:
    if value is None:
        return "null"
    if shape.is_sensitive:
        return "***"
    match shape.kind:
        case ShapeKind.STRUCTURE:
            members = (
                f"{name}={_text(shape.members[name], value.get(name))}" for name in shape.printed_members
            )
            return f"{shape.name}({', '.join(members)})"
        case ShapeKind.LIST if shape.element is not None:
            element = shape.element
            return f"[{_joined(_text(element, each) for each in value[:_MAX_ELEMENTS])}]"
        case ShapeKind.MAP if shape.element is not None:
            element = shape.element
            return (
                f"{{{_joined(f'{key}={_text(element, value[key])}' for key in list(value)[:_MAX_ELEMENTS])}}}"
            )
        case ShapeKind.BOOLEAN:
            return "true" if value else "false"
        case ShapeKind.FLOAT | ShapeKind.DOUBLE:
            return float_text(value)
        case ShapeKind.BLOB:
            return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
        case _:
            return str(value)[: _MAX_CHARACTERS + 1]


def _joined(texts: Any) -> str:
    return ", ".join(texts)
