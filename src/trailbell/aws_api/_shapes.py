"""The shapes of an API: what a member may hold, and what AWS's models demand of it."""

import enum

import msgspec

__all__ = ["OperationModel", "Shape", "ShapeKind"]


class ShapeKind(enum.Enum):
    """What a value is; the names of numbers are those of Java, which AWS's error texts use."""

    STRUCTURE = "structure"
    LIST = "list"
    MAP = "map"
    STRING = "string"
    INTEGER = "integer"
    LONG = "long"
    FLOAT = "float"
    DOUBLE = "double"
    BOOLEAN = "boolean"
    BLOB = "blob"
    TIMESTAMP = "timestamp"


class Shape(msgspec.Struct, frozen=True):
    """A shape with all it consists of.

    `members` and `required` are of a structure. `element` is what a list or the values of a map hold, `key`
    what the keys of a map are; `key_name` and `value_name` are what the query protocol calls these two.
    `minimum` and `maximum` bound the length of a text or a collection, or a number.
    `printed_members` is the order in which AWS prints a structure in its texts.
    """

    name: str
    kind: ShapeKind
    members: dict[str, "Shape"] = {}
    required: frozenset[str] = frozenset()
    element: "Shape | None" = None
    key: "Shape | None" = None
    key_name: str = "key"
    value_name: str = "value"
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    choices: tuple[str, ...] = ()
    is_sensitive: bool = False
    printed_members: tuple[str, ...] = ()


class OperationModel(msgspec.Struct, frozen=True):
    """An operation of a service; `output` is None where AWS answers with nothing."""

    service: str
    name: str
    input: Shape
    output: Shape | None
