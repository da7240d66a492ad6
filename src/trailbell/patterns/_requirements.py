"""What must be true of one field before a condition can hold; the evaluator sorts patterns by it."""

from trailbell.patterns._nodes import node_predicate
from trailbell.patterns._tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    NotExists,
    NumberLiteral,
    Operator,
    Selector,
    TextLiteral,
    all_of,
    any_of,
)

__all__ = ["assume_text", "needs_presence", "required_texts"]


def required_texts(condition: Condition, selector: Selector) -> frozenset[str] | None:
    """Lists the only texts the field may have, as far as it is a string; None when it may have any."""
    if isinstance(condition, AllOf):
        known = [texts for texts in _of_terms(condition, selector) if texts is not None]
        return frozenset.intersection(*known) if known else None
    if isinstance(condition, AnyOf):
        known = [texts for texts in _of_terms(condition, selector) if texts is not None]
        return frozenset.union(*known) if len(known) == len(condition.terms) else None
    if not isinstance(condition, Comparison) or condition.selector != selector:
        return None
    if condition.operator is not Operator.EQUAL:
        return None
    value = condition.value
    if isinstance(value, NumberLiteral) or (isinstance(value, TextLiteral) and len(value.pieces) == 1):
        return frozenset({value.text})
    return None


def needs_presence(condition: Condition, selector: Selector) -> bool:
    """Says whether the condition is false wherever the field is missing."""
    if isinstance(condition, AllOf):
        return any(needs_presence(term, selector) for term in condition.terms)
    if isinstance(condition, AnyOf):
        return all(needs_presence(term, selector) for term in condition.terms)
    return condition.selector == selector and not isinstance(condition, NotExists)


def assume_text(condition: Condition, selector: Selector, text: str) -> Condition | bool:
    """Reduces the condition for events whose field is this string; a boolean when that decides it."""
    if isinstance(condition, AllOf | AnyOf):
        is_all = isinstance(condition, AllOf)
        left: list[Condition] = []
        for term in condition.terms:
            reduced = assume_text(term, selector, text)
            if not isinstance(reduced, bool):
                left.append(reduced)
            elif reduced is not is_all:
                return reduced
        if not left:
            return is_all
        return all_of(left) if is_all else any_of(left)
    return node_predicate(condition)(text) if condition.selector == selector else condition


def _of_terms(condition: AllOf | AnyOf, selector: Selector) -> list[frozenset[str] | None]:
    return [required_texts(term, selector) for term in condition.terms]
