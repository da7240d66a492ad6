"""What a field met in an event, in a few words, however large it is."""

from collections.abc import Sequence

from trailbell.patterns._messages import word_predicate
from trailbell.patterns._nodes import MISSING, reach
from trailbell.patterns._operator_words import quoted
from trailbell.patterns._tree import (
    Comparison,
    IsTest,
    NumberLiteral,
    Operator,
    Selector,
    Test,
    WildcardStep,
    WordTest,
)
from trailbell.patterns._values import scalar_text

__all__ = ["met_in", "note_on", "shortened"]

_LONGEST = 160
_LISTED = 5


def shortened(text: str) -> str:
    """Cuts a text that would fill a page, and says how long it is."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"


def met_in(event: object, selector: Selector) -> str:
    """Says what a selector reaches in a decoded event: a value, how many, or that there is nothing."""
    if not selector.has_wildcard:
        return _node_words(reach(event, selector.steps))
    nodes = _reached(event, selector)
    if not nodes:
        return "no value"
    listed = ", ".join(map(_node_words, nodes[:_LISTED]))
    more = f" and {len(nodes) - _LISTED:,} more" if len(nodes) > _LISTED else ""
    return f"{listed}{more}"


def note_on(event: object, test: Test) -> str:
    """Says what surprises about a test that is false: a kind of value that it never sees; else nothing."""
    if test.selector.has_wildcard or not isinstance(test, Comparison | IsTest):
        return ""
    node = reach(event, test.selector.steps)
    if isinstance(test, IsTest):
        is_word = isinstance(node, str) and node.upper() == test.keyword.value
        return "it is text, which IS never sees" if is_word else ""
    if node is MISSING:
        return "!= is false where the field is missing" if test.operator is Operator.NOT_EQUAL else ""
    if node is None:
        return "null is seen by IS NULL alone"
    if isinstance(node, bool):
        return "a boolean is seen by IS TRUE and IS FALSE alone"
    if isinstance(node, dict | list):
        return "no comparison sees an object or array"
    if not isinstance(node, str):
        return ""
    if test.operator.is_ordering:
        return "text has no order, only numbers do"
    is_number = isinstance(test.value, NumberLiteral) and test.operator is Operator.EQUAL
    is_same = is_number and word_predicate(WordTest(Operator.EQUAL, test.value))(node)
    return "text equals a number only as that is typed" if is_same else ""


def _reached(event: object, selector: Selector) -> list[object]:
    """Lists what a selector with a wildcard reaches."""
    steps = selector.steps
    wildcard = next(at for at, step in enumerate(steps) if isinstance(step, WildcardStep))
    parent = reach(event, steps[:wildcard])
    children: Sequence[object] = (
        list(parent.values()) if isinstance(parent, dict) else parent if isinstance(parent, list) else ()
    )
    nodes = (reach(child, steps[wildcard + 1 :]) for child in children)
    return [node for node in nodes if node is not MISSING]


def _node_words(node: object) -> str:
    if node is MISSING:
        return "missing"
    if node is None:
        return "null"
    if isinstance(node, str):
        text = quoted(node[:_LONGEST])
        return text if len(node) <= _LONGEST else f"{text}… ({len(node):,} characters)"
    if isinstance(node, dict):
        return f"an object of {len(node):,} member{'' if len(node) == 1 else 's'}"
    if isinstance(node, list):
        return f"an array of {len(node):,} element{'' if len(node) == 1 else 's'}"
    return shortened(scalar_text(node) or "")
