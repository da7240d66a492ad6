"""Prints the tree of a composite alarm's rule so that it parses to the same tree."""

from trailbell.alarms._rule_tokens import quoted
from trailbell.alarms._rule_tree import AllOf, AnyOf, AtLeast, Negation, RuleConstant, RuleNode, StateTest

__all__ = ["print_rule"]


def print_rule(tree: RuleNode) -> str:
    """Returns the rule a tree stands for.

    Names stand between quotes, and AND inside OR between parentheses: nobody has seen which of the two AWS
    reads first (U8). So the text may be longer than the one it was parsed from, and near AWS's limits it may
    be beyond them.
    """
    pieces: list[str] = []
    waiting: list[RuleNode | str] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            pieces.append(node)
        else:
            waiting.extend(reversed(_parts(node)))
    return "".join(pieces)


def _parts(node: RuleNode) -> list[RuleNode | str]:
    if isinstance(node, RuleConstant):
        return ["TRUE" if node.value else "FALSE"]
    if isinstance(node, StateTest):
        return [f"{node.state}({quoted(node.alarm)})"]
    if isinstance(node, AtLeast):
        return [_at_least(node)]
    if isinstance(node, Negation):
        return ["NOT ", *_operand(node.operand)]
    parts: list[RuleNode | str] = []
    for operand in node.operands:
        parts.extend([" AND " if isinstance(node, AllOf) else " OR ", *_operand(operand)])
    return parts[1:]


def _operand(node: RuleNode) -> list[RuleNode | str]:
    return ["(", node, ")"] if isinstance(node, AllOf | AnyOf) else [node]


def _at_least(node: AtLeast) -> str:
    threshold = f"{node.threshold}%" if node.is_percent else str(node.threshold)
    state = f"NOT {node.state}" if node.is_negated else str(node.state)
    return f"AT_LEAST({threshold}, {state}, ({', '.join(map(quoted, node.alarms))}))"
