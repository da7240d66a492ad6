"""The tree of an expression of metric math: frozen values, compared without regard to where they stood.

The language is that of "Using metric math" in the CloudWatch user guide.
Frozen trees have no circles, so the garbage collector need not walk the many nodes of a large request.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import TypeAlias

import msgspec

__all__ = [
    "POWER_LEVEL",
    "UNARY_LEVEL",
    "Call",
    "Negation",
    "Node",
    "Number",
    "Operation",
    "Operator",
    "Place",
    "Reference",
    "SeriesArray",
    "Text",
    "Word",
    "deepest",
    "walk",
]


class Operator(StrEnum):
    """The operators between two operands; ``AND`` and ``OR`` are other spellings of two of them."""

    OR = "||"
    AND = "&&"
    EQUAL = "=="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    PLUS = "+"
    MINUS = "-"
    TIMES = "*"
    DIVIDE = "/"
    POWER = "^"

    @property
    def level(self) -> int:
        """How tightly the operator binds: a higher level binds first."""
        return _LEVELS[self]

    @property
    def is_arithmetic(self) -> bool:
        """Whether the operator calculates, rather than answering 0 or 1."""
        return self.level >= _LEVELS[Operator.PLUS]


# The guide gives no order of precedence; this is the usual one of languages with these operators.
_LEVELS = {
    Operator.OR: 0,
    Operator.AND: 1,
    Operator.EQUAL: 2,
    Operator.NOT_EQUAL: 2,
    Operator.LESS: 2,
    Operator.LESS_OR_EQUAL: 2,
    Operator.GREATER: 2,
    Operator.GREATER_OR_EQUAL: 2,
    Operator.PLUS: 3,
    Operator.MINUS: 3,
    Operator.TIMES: 4,
    Operator.DIVIDE: 4,
    Operator.POWER: 6,
}
UNARY_LEVEL = 5
"""The level of a minus before one operand: ``-m1^2`` is ``-(m1^2)``."""
POWER_LEVEL = _LEVELS[Operator.POWER]
"""The level of ``^``, which alone groups from the right."""


class Place(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Where a node stood in its expression, in characters; every place equals every other."""

    start: int = 0
    end: int = 0

    def __eq__(self, other: object) -> bool:
        # So that trees compare by what they say: printing an expression moves its nodes.
        return isinstance(other, Place)

    def __hash__(self) -> int:
        return 0


class Number(msgspec.Struct, frozen=True, gc=False):
    """A number as written: finite, and never negative (a minus is a ``Negation``)."""

    value: float
    place: Place = Place()


class Text(msgspec.Struct, frozen=True, gc=False):
    """A text between quotes; it holds at most one of the two kinds of quotes."""

    value: str
    place: Place = Place()


class Word(msgspec.Struct, frozen=True, gc=False):
    """A bare word in capitals, such as ``REPEAT`` or ``DESC``."""

    name: str
    place: Place = Place()


class Reference(msgspec.Struct, frozen=True, gc=False):
    """The Id of another query."""

    id: str
    place: Place = Place()


class Call(msgspec.Struct, frozen=True, gc=False):
    """A function with its arguments; ``place`` is that of the name."""

    name: str
    arguments: "tuple[Node, ...]"
    place: Place = Place()


class SeriesArray(msgspec.Struct, frozen=True, gc=False):
    """Time series listed between brackets."""

    members: "tuple[Node, ...]"
    place: Place = Place()


class Negation(msgspec.Struct, frozen=True, gc=False):
    """A minus before an operand."""

    operand: "Node"
    place: Place = Place()


class Operation(msgspec.Struct, frozen=True, gc=False):
    """Operands with operators of one level between them: one operator fewer than operands.

    A whole chain such as ``m1 + m2 - m3`` is one node, so that a long one makes no deep tree.
    It is calculated from the left, powers from the right.
    """

    operands: "tuple[Node, ...]"
    operators: tuple[Operator, ...]
    place: Place = Place()


Node: TypeAlias = Number | Text | Word | Reference | Call | SeriesArray | Negation | Operation


def walk(tree: Node) -> Iterator[Node]:
    """Yields every node of a tree in the order in which they begin; parents come before their children."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(_children(node)))


def deepest(tree: Node) -> tuple[int, Node]:
    """Returns how many nodes stand inside one another at most, and the innermost of them."""
    depth, innermost = 0, tree
    waiting = [(1, tree)]
    while waiting:
        at, node = waiting.pop()
        if at > depth:
            depth, innermost = at, node
        waiting.extend((at + 1, child) for child in reversed(_children(node)))
    return depth, innermost


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, SeriesArray):
        return node.members
    if isinstance(node, Operation):
        return node.operands
    return (node.operand,) if isinstance(node, Negation) else ()
