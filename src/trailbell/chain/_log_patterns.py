"""Filter patterns as callers give them, and why one is refused."""

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.patterns import FilterPattern, Pattern, PatternError, parse_pattern

__all__ = ["filter_pattern", "parsed_pattern"]


def parsed_pattern(text: str) -> Pattern:
    """Parses a filter pattern.

    Raises:
        RequestRefusedError: It is not valid.
    """
    try:
        return parse_pattern(text)
    except PatternError as error:
        raise RequestRefusedError(RefusalKind.INVALID_PARAMETER, error.message) from error


def filter_pattern(text: str) -> FilterPattern:
    """Compiles a filter pattern.

    Raises:
        RequestRefusedError: It is not valid.
    """
    try:
        return FilterPattern(text)
    except PatternError as error:
        raise RequestRefusedError(RefusalKind.INVALID_PARAMETER, error.message) from error
