"""The comparison operators: one table for what they do and how they are worded, so that neither can drift."""

import operator
from collections.abc import Callable
from typing import NamedTuple

from trailbell.alarms._alarm import ComparisonOperator

__all__ = ["breaches", "comparison_phrase"]


class _Comparison(NamedTuple):
    holds: Callable[[float, float], bool]
    phrase: str


_COMPARISONS = {
    ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD: _Comparison(
        operator.ge, "greater than or equal to"
    ),
    ComparisonOperator.GREATER_THAN_THRESHOLD: _Comparison(operator.gt, "greater than"),
    ComparisonOperator.LESS_THAN_THRESHOLD: _Comparison(operator.lt, "less than"),
    ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD: _Comparison(operator.le, "less than or equal to"),
}


def breaches(value: float, comparison: ComparisonOperator, threshold: float) -> bool:
    """Tells whether a value is on the alarming side of the threshold."""
    return _COMPARISONS[comparison].holds(value, threshold)


def comparison_phrase(comparison: ComparisonOperator) -> str:
    """Returns the operator in AWS's words, to stand before "the threshold": `greater than or equal to`."""
    return _COMPARISONS[comparison].phrase
