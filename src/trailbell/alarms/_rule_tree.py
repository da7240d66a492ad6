"""The tree of a composite alarm's rule: frozen values (metrics-and-alarms 11.1)."""

from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from trailbell.alarms._alarm import AlarmState

__all__ = [
    "AllOf",
    "AnyOf",
    "AtLeast",
    "Negation",
    "RuleConstant",
    "RuleNode",
    "StateTest",
    "inner_nodes",
    "referenced_alarms",
]


class RuleConstant(msgspec.Struct, frozen=True):
    """TRUE or FALSE."""

    value: bool


class StateTest(msgspec.Struct, frozen=True):
    """`ALARM(a)`: whether one alarm is in a state; `alarm` is its name or ARN as written."""

    state: AlarmState
    alarm: str


class AtLeast(msgspec.Struct, frozen=True):
    """`AT_LEAST(2, NOT OK, (a, b, c))`: whether so many alarms are in a state, or are not.

    `threshold` is a number of alarms or, with `is_percent`, a share of all that are listed.
    An alarm that is listed twice counts twice, as AWS was seen to count.
    """

    threshold: int
    is_percent: bool
    state: AlarmState
    is_negated: bool
    alarms: tuple[str, ...]

    @property
    def needed(self) -> int:
        """How many of the listed alarms it takes; a share is rounded up, as AWS was seen to do."""
        return -(-self.threshold * len(self.alarms) // 100) if self.is_percent else self.threshold


class Negation(msgspec.Struct, frozen=True):
    """NOT before an operand."""

    operand: "RuleNode"


class AllOf(msgspec.Struct, frozen=True):
    """Two or more operands with AND between them; a whole chain is one node, so a long one is not deep."""

    operands: "tuple[RuleNode, ...]"


class AnyOf(msgspec.Struct, frozen=True):
    """Two or more operands with OR between them; a whole chain is one node."""

    operands: "tuple[RuleNode, ...]"


RuleNode: TypeAlias = RuleConstant | StateTest | AtLeast | Negation | AllOf | AnyOf


def inner_nodes(node: RuleNode) -> tuple[RuleNode, ...]:
    """Returns the nodes directly inside a node."""
    if isinstance(node, AllOf | AnyOf):
        return node.operands
    return (node.operand,) if isinstance(node, Negation) else ()


def referenced_alarms(tree: RuleNode) -> tuple[str, ...]:
    """Returns the names and ARNs a rule mentions, as written, each once, in the order of first mention."""
    return tuple(dict.fromkeys(_mentions(tree)))


def _mentions(tree: RuleNode) -> Iterator[str]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, StateTest):
            yield node.alarm
        elif isinstance(node, AtLeast):
            yield from node.alarms
        waiting.extend(reversed(inner_nodes(node)))
