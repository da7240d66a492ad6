"""What is asked of a metric filter before it is put (filter-patterns section 6, texts of the service)."""

import math
import re

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.filters._references import parse_reference
from trailbell.filters._transformation import SYSTEM_DIMENSIONS, MetricFilter
from trailbell.patterns import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DelimitedPattern,
    JsonPattern,
    Pattern,
    RegexLiteral,
    RegexPattern,
    WordField,
)

__all__ = ["check_filter", "holds_regex"]

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\Z|[+-]?\.[0-9]+([eE][+-]?[0-9]+)?\Z")
_MOST_DIMENSIONS = 3


def check_filter(definition: MetricFilter, pattern: Pattern) -> None:
    """Checks what a filter publishes against its pattern.

    Raises:
        RequestRefusedError: The value is neither a number nor a field of the pattern's events, or the
            dimensions are too many, not fields, or not possible with this pattern or a default value.
    """
    value = definition.transformation.value
    is_number = _NUMBER.match(value) is not None and math.isfinite(float(value))
    if not is_number and parse_reference(pattern, value) is None:
        raise _refused(f"Invalid metric transformation: metric value {value} must be a valid number")
    _check_dimensions(definition, pattern)


def _check_dimensions(definition: MetricFilter, pattern: Pattern) -> None:
    dimensions, system = definition.transformation.dimensions, definition.system_dimensions
    unknown = [name for name in system if name not in SYSTEM_DIMENSIONS]
    if unknown:
        names = " and ".join(SYSTEM_DIMENSIONS)
        raise _refused(f"Invalid system field dimension {unknown[0]}: there are {names}")
    if len(dimensions) + len(system) > _MOST_DIMENSIONS:
        raise _refused(
            f"Invalid metric transformation: at most {_MOST_DIMENSIONS} dimensions are supported, "
            "those of system fields included"
        )
    given = [*(name for name, _ in dimensions), *system]
    if len(set(given)) < len(given):
        raise _refused("Invalid metric transformation: no metric may have the same dimension name twice")
    if not dimensions:
        return
    if definition.transformation.default_value is not None:
        raise _refused(
            "Invalid metric transformation: dimensions and default value are mutually exclusive properties"
        )
    if not isinstance(pattern, JsonPattern | DelimitedPattern):
        raise _refused("The specified filter pattern does not support dimensions")
    if any(parse_reference(pattern, text) is None for _, text in dimensions):
        raise _refused("Invalid metric transformation: dimension value must be valid selector")


def _refused(message: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.INVALID_PARAMETER, message)


def holds_regex(pattern: Pattern) -> bool:
    """Says whether a pattern holds a regular expression; a log group takes only a few that do."""
    if isinstance(pattern, DelimitedPattern):
        return any(
            isinstance(test.value, RegexLiteral)
            for field in pattern.fields
            if isinstance(field, WordField)
            for tests in field.alternatives
            for test in tests
        )
    return isinstance(pattern, RegexPattern) or (
        isinstance(pattern, JsonPattern) and _has_regex(pattern.condition)
    )


def _has_regex(condition: Condition) -> bool:
    if isinstance(condition, AllOf | AnyOf):
        return any(map(_has_regex, condition.terms))
    return isinstance(condition, Comparison) and isinstance(condition.value, RegexLiteral)
