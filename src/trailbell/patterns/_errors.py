"""What is wrong with a filter pattern, in AWS's words, with the place and what was expected there."""

from typing import Any

from trailbell._errors import TrailbellError, marked_line, visible

__all__ = [
    "INVALID_PATTERN",
    "REGEX_DOES_NOT_COMPILE",
    "TOO_MANY_REGEXES",
    "TOO_MANY_WILDCARDS",
    "PatternError",
    "invalid_characters",
    "must_end_with",
]

INVALID_PATTERN = "Invalid metric filter pattern"
REGEX_DOES_NOT_COMPILE = "Failed to compile regular expression."
TOO_MANY_REGEXES = "Your input has exceeded the maximum of 2 regular expressions per filter pattern."
TOO_MANY_WILDCARDS = (
    "Your filter pattern has a JSON path selector that exceeds the maximum of 1 wildcard allowed per "
    "json selector."
)


class PatternError(TrailbellError, ValueError):
    """A filter pattern is not valid.

    ``message`` is AWS's text for ``InvalidParameterException``; ``start`` and ``end`` are character
    offsets into ``pattern``; ``expected`` says what may stand there instead.
    """

    def __init__(self, pattern: str, start: int, end: int, *, message: str, expected: str) -> None:
        super().__init__(message)
        self.pattern = pattern
        self.start = start
        self.end = end
        self.message = message
        self.expected = expected

    def explain(self) -> str:
        """Shows the pattern on one line, carets under the error, and what was expected there."""
        marked = marked_line(self.pattern, self.start, self.end)
        return f"{marked}\n{visible(self.message)}\nexpected {visible(self.expected)}"

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors cross process boundaries; the default rebuild would pass the message alone.
        return _rebuild, (self.pattern, self.start, self.end, self.message, self.expected)


def invalid_characters(term: str) -> str:
    """Gives AWS's text for characters that fit no token."""
    return f"Invalid character(s) in term '{term}'"


def must_end_with(opening: str, closing: str) -> str:
    """Gives AWS's text for a pattern whose first and last characters do not belong together."""
    return f"If a filter pattern starts with '{opening}' it must end with '{closing}'"


def _rebuild(pattern: str, start: int, end: int, message: str, expected: str) -> PatternError:
    return PatternError(pattern, start, end, message=message, expected=expected)
