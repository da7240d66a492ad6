"""Whether the rule of a composite alarm holds, given the states of the alarms it mentions."""

from collections.abc import Callable, Sequence

from trailbell.alarms._alarm import AlarmState
from trailbell.alarms._rule_tree import (
    AllOf,
    AtLeast,
    Negation,
    RuleConstant,
    RuleNode,
    StateTest,
    inner_nodes,
)

__all__ = ["evaluate_rule"]


def evaluate_rule(tree: RuleNode, state_of: Callable[[str], AlarmState | None]) -> bool:
    """Returns whether a rule holds: the composite alarm is in ALARM if it does, else in OK.

    `state_of` gets names and ARNs as written in the rule, and returns None for an alarm that is not there.
    Such an alarm is in no state at all (U12: AWS's behaviour is not recorded):

    * `ALARM(x)`, `OK(x)` and `INSUFFICIENT_DATA(x)` are all false, so `NOT ALARM(x)` is true.
    * AT_LEAST with a state does not count it; with NOT before the state it does. A percentage is still of
      all alarms that are listed.
    """
    values: list[bool] = []
    waiting: list[tuple[RuleNode, bool]] = [(tree, False)]
    while waiting:
        node, is_ready = waiting.pop()
        inner = inner_nodes(node)
        if inner and not is_ready:
            waiting.append((node, True))
            waiting.extend((each, False) for each in inner)
            continue
        first = len(values) - len(inner)
        value = _value(node, values[first:], state_of)
        del values[first:]
        values.append(value)
    return values[0]


def _value(node: RuleNode, operands: Sequence[bool], state_of: Callable[[str], AlarmState | None]) -> bool:
    if isinstance(node, RuleConstant):
        return node.value
    if isinstance(node, StateTest):
        return state_of(node.alarm) == node.state
    if isinstance(node, AtLeast):
        counted = sum((state_of(alarm) == node.state) != node.is_negated for alarm in node.alarms)
        return counted >= node.needed
    if isinstance(node, Negation):
        return not operands[0]
    return all(operands) if isinstance(node, AllOf) else any(operands)
