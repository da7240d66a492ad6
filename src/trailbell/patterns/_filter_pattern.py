"""One filter pattern as the library's users hold it."""

import json
from collections.abc import Mapping
from typing import Any

from trailbell.patterns._matcher import matches
from trailbell.patterns._parser import parse_pattern
from trailbell.patterns._pattern_set import compile_patterns
from trailbell.patterns._tree import selectors

__all__ = ["FilterPattern"]


class FilterPattern:
    """A CloudWatch Logs filter pattern that can be asked whether an event matches.

    >>> FilterPattern('{ $.errorCode = "AccessDenied*" }').matches({"errorCode": "AccessDeniedException"})
    True

    Raises:
        PatternError: the text is not a valid pattern; ``explain()`` shows the place.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.pattern = parse_pattern(text)
        self._set = compile_patterns([self.pattern])

    @property
    def fields(self) -> tuple[str, ...]:
        """The selectors that the pattern reads, in order of appearance."""
        return tuple(map(str, selectors(self.pattern)))

    def matches(self, message: str | bytes | Mapping[str, Any]) -> bool:
        """Says whether an event matches: its raw message, or its JSON object as a mapping.

        Raises:
            TypeError: the mapping holds something that JSON cannot, such as a date.
        """
        if isinstance(message, Mapping):
            message = json.dumps(dict(message))
        if isinstance(message, str):
            try:
                message = message.encode()
            except UnicodeEncodeError:
                # Half a surrogate pair cannot be encoded, but is text like any other.
                return matches(self.pattern, message)
        return self._set.match(self._set.decode(message)) != ()

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"FilterPattern({self._text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FilterPattern) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> tuple[type["FilterPattern"], tuple[str]]:
        # The compiled form cannot be pickled; the text says it all.
        return FilterPattern, (self._text,)
