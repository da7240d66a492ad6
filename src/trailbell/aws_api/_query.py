"""Parameters of the query protocol: flat form fields such as `MetricData.member.1.Values.member.2`."""

import re
import urllib.parse
from typing import Any

from trailbell.aws_api._errors import DoorError, Fault
from trailbell.aws_api._shapes import Shape, ShapeKind
from trailbell.aws_api._values import FLOAT_WORDS, INTEGER_RANGES, blob_of_text, instant_of_text

__all__ = ["parse_form", "read_query"]

# The largest requests of AWS have about 30,000 fields, the deepest ones ten steps.
_MAX_FIELDS = 40_000
_MAX_DEPTH = 12
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_INDEX = re.compile(r"[0-9]{1,9}")

_EXPECTED = {
    ShapeKind.INTEGER: "an Integer",
    ShapeKind.LONG: "a Long",
    ShapeKind.FLOAT: "a Float",
    ShapeKind.DOUBLE: "a Double",
    ShapeKind.BOOLEAN: "true or false",
    ShapeKind.BLOB: "Base64",
    ShapeKind.TIMESTAMP: "a timestamp in ISO 8601",
}


class _Node:
    """What stands under a name: a text, and more names."""

    __slots__ = ("below", "text")

    def __init__(self) -> None:
        self.text: str | None = None
        self.below: dict[str, _Node] = {}


def parse_form(content: bytes) -> dict[str, str]:
    """Returns the fields of a form, the last of each name; bytes that are not UTF-8 become U+FFFD.

    Raises:
        DoorError: There are too many.
    """
    try:
        fields = urllib.parse.parse_qsl(
            content.decode("utf-8", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError as error:
        raise DoorError(Fault.MALFORMED, f"The request has more than {_MAX_FIELDS} fields.") from error
    return dict(fields)


def read_query(shape: Shape, form: dict[str, str]) -> dict[str, Any]:
    """Returns the parameters that the fields of a form stand for.

    Raises:
        DoorError: A text does not fit its shape, or a list or map is not numbered.
    """
    root = _Node()
    for name, text in form.items():
        steps = name.split(".", _MAX_DEPTH)
        if steps[0] not in shape.members:
            continue
        if len(steps) > _MAX_DEPTH:
            raise DoorError(Fault.MALFORMED, f"The parameter {steps[0]} is nested too deeply.")
        node = root
        for step in steps:
            node = node.below.setdefault(step, _Node())
        node.text = text
    return _structure(shape, root, "")


def _structure(shape: Shape, node: _Node, path: str) -> dict[str, Any]:
    return {
        name: _value(member, node.below[name], f"{path}.{name}" if path else name)
        for name, member in shape.members.items()
        if name in node.below
    }


def _value(shape: Shape, node: _Node, path: str) -> Any:
    is_scalar = shape.kind in _EXPECTED or shape.kind is ShapeKind.STRING
    if node.text and not is_scalar:
        raise DoorError(Fault.MALFORMED, f"The parameter {path} is not one value; it has members.")
    match shape.kind:
        case ShapeKind.STRUCTURE:
            return _structure(shape, node, path)
        case ShapeKind.LIST:
            return _list(shape, node, path)
        case ShapeKind.MAP:
            return _map(shape, node, path)
        case _:
            return _scalar(shape.kind, node, path)


def _list(shape: Shape, node: _Node, path: str) -> list[Any]:
    if shape.element is None:
        return []
    members = node.below.get("member")
    return [_value(shape.element, each, f"{path}.member.{index}") for index, each in _numbered(members, path)]


def _map(shape: Shape, node: _Node, path: str) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for index, entry in _numbered(node.below.get("entry"), path):
        where = f"{path}.entry.{index}"
        key = entry.below.get(shape.key_name)
        if shape.element is None or key is None or key.text is None:
            raise DoorError(Fault.MALFORMED, f"The parameter {where}.{shape.key_name} is missing.")
        value = entry.below.get(shape.value_name)
        entries[key.text] = (
            None if value is None else _value(shape.element, value, f"{where}.{shape.value_name}")
        )
    return entries


def _numbered(node: _Node | None, path: str) -> list[tuple[int, _Node]]:
    """Returns what is numbered below a node, in order; an empty list is sent as a name with no text."""
    if node is None:
        return []
    wrong = next((step for step in node.below if not _INDEX.fullmatch(step)), None)
    if wrong is not None:
        raise DoorError(
            Fault.MALFORMED, f"The members of {path} must be numbered, not named {_shown(wrong)}."
        )
    return sorted(((int(step), below) for step, below in node.below.items()), key=lambda pair: pair[0])


def _scalar(kind: ShapeKind, node: _Node, path: str) -> Any:
    if node.text is None:
        raise DoorError(Fault.MALFORMED, f"The parameter {path} is one value, and has no members.")
    value = _from_text(kind, node.text)
    if value is None:
        raise DoorError(
            Fault.MALFORMED,
            f"The value {_shown(node.text)} of the parameter {path} is not {_EXPECTED[kind]}.",
        )
    return value


def _from_text(kind: ShapeKind, text: str) -> Any:
    match kind:
        case ShapeKind.STRING:
            return text
        case ShapeKind.BOOLEAN:
            return {"true": True, "false": False}.get(text.lower())
        case ShapeKind.BLOB:
            return blob_of_text(text)
        case ShapeKind.TIMESTAMP:
            return instant_of_text(text)
        case ShapeKind.INTEGER | ShapeKind.LONG:
            number = int(text) if _INTEGER.fullmatch(text) else None
            return number if number is not None and number in INTEGER_RANGES[kind] else None
        case _:
            return float(text) if _NUMBER.fullmatch(text) else FLOAT_WORDS.get(text)


def _shown(text: str) -> str:
    return f"'{text if len(text) <= 100 else text[:100] + '…'}'"
