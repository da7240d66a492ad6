"""Filter patterns as callers give them, and why one is refused."""

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.patterns import Pattern, PatternError, UnsupportedSyntaxError, parse_pattern

__all__ = ["parsed_pattern"]


def parsed_pattern(text: str) -> Pattern:
    """Parses a filter pattern.

    Raises:
        RequestRefusedError: It is not valid, or written in a syntax that this version does not evaluate.
    """
    try:
        return parse_pattern(text)
    except UnsupportedSyntaxError as error:
        raise RequestRefusedError(
            RefusalKind.UNSUPPORTED, f"{error.message}; write {error.expected}"
        ) from error
    except PatternError as error:
        raise RequestRefusedError(RefusalKind.INVALID_PARAMETER, error.message) from error
