"""Prints the tree of an expression of metric math so that it parses to the same tree."""

from trailbell.metrics._math_tree import (
    POWER_LEVEL,
    UNARY_LEVEL,
    Call,
    Negation,
    Node,
    Number,
    Operation,
    Reference,
    SeriesArray,
    Text,
)

__all__ = ["print_expression"]

_LONGEST_WHOLE = 1e15


def print_expression(tree: Node) -> str:
    """Returns the expression a tree stands for, with no parentheses but those it needs."""
    if isinstance(tree, Operation):
        return _printed_operation(tree)
    if isinstance(tree, Negation):
        return "-" + _above(tree.operand, UNARY_LEVEL - 1)
    if isinstance(tree, Call):
        return f"{tree.name}({', '.join(print_expression(each) for each in tree.arguments)})"
    if isinstance(tree, SeriesArray):
        return f"[{', '.join(print_expression(each) for each in tree.members)}]"
    if isinstance(tree, Number):
        return str(int(tree.value)) if _is_short_whole(tree.value) else repr(tree.value)
    if isinstance(tree, Text):
        return f"'{tree.value}'" if '"' in tree.value else f'"{tree.value}"'
    return tree.id if isinstance(tree, Reference) else tree.name


def _printed_operation(tree: Operation) -> str:
    level = tree.operators[0].level
    blank = "" if level == POWER_LEVEL else " "
    parts = [_above(tree.operands[0], level)]
    for operator, operand in zip(tree.operators, tree.operands[1:], strict=True):
        parts.append(f"{operator}{blank}{_above(operand, level)}")
    return blank.join(parts)


def _above(operand: Node, level: int) -> str:
    text = print_expression(operand)
    return text if _level(operand) > level else f"({text})"


def _level(node: Node) -> int:
    if isinstance(node, Operation):
        return node.operators[0].level
    return UNARY_LEVEL if isinstance(node, Negation) else POWER_LEVEL + 1


def _is_short_whole(value: float) -> bool:
    return value.is_integer() and value < _LONGEST_WHOLE
