"""What is asked of a metric filter before it is put: how its value is written, and what its pattern holds."""

import math
import re

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.patterns import AllOf, AnyOf, Comparison, Condition, JsonPattern, Pattern, RegexLiteral

__all__ = ["check_metric_value", "holds_regex"]

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z|[+-]?\.[0-9]+([eE][+-]?[0-9]+)?\Z")


def check_metric_value(text: str) -> None:
    """Checks that a metricValue is a literal number.

    Raises:
        RequestRefusedError: It is none; a selector is one to AWS, but no value of an event is taken yet.
    """
    if _NUMBER.match(text) and math.isfinite(float(text)):
        return
    if text.startswith("$") and "*" not in text:
        raise RequestRefusedError(
            RefusalKind.UNSUPPORTED,
            f"The metric value {text} is a selector, and this version publishes literal numbers only: "
            "use a number such as 1.",
        )
    raise RequestRefusedError(
        RefusalKind.INVALID_PARAMETER,
        f"Invalid metric transformation: metric value {text} must be a valid number",
    )


def holds_regex(pattern: Pattern) -> bool:
    """Says whether a pattern holds a regular expression; a log group takes only a few that do."""
    return isinstance(pattern, JsonPattern) and _has_regex(pattern.condition)


def _has_regex(condition: Condition) -> bool:
    if isinstance(condition, AllOf | AnyOf):
        return any(map(_has_regex, condition.terms))
    return isinstance(condition, Comparison) and isinstance(condition.value, RegexLiteral)
