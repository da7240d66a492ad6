"""One filter pattern as the library's users hold it."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, overload

from trailbell.patterns._events import message_text
from trailbell.patterns._matcher import matches
from trailbell.patterns._messages import words_test
from trailbell.patterns._parser import parse_pattern
from trailbell.patterns._pattern_set import compile_patterns
from trailbell.patterns._tree import DelimitedPattern, WordField, selectors
from trailbell.patterns._words import word_names

if TYPE_CHECKING:
    from trailbell.patterns._explain_match import Explanation
    from trailbell.patterns._lint_rules import Finding

__all__ = ["FilterPattern"]


class FilterPattern:
    """A CloudWatch Logs filter pattern that can be asked whether an event matches.

    >>> FilterPattern('{ $.errorCode = "AccessDenied*" }').matches({"errorCode": "AccessDeniedException"})
    True
    >>> FilterPattern('ERROR -"timed out"').matches("ERROR: the request timed out")
    False
    >>> FilterPattern("[ip, ..., status = 4*, bytes]").extract('127.0.0.1 - "GET / HTTP/1.1" 404 153')
    {'$ip': '127.0.0.1', '$2': '-', '$3': 'GET / HTTP/1.1', '$status': '404', '$bytes': '153'}

    Raises:
        PatternError: The text is not a valid pattern; ``explain()`` shows the place.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.pattern = parse_pattern(text)
        self._set = compile_patterns([self.pattern])
        self._words = words_test(self.pattern) if isinstance(self.pattern, DelimitedPattern) else None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the pattern names, in order of appearance: ``$.errorCode``, ``$status``.

        >>> FilterPattern("{ $.errorCode = * && $.userIdentity.type != Root }").fields
        ('$.errorCode', '$.userIdentity.type')
        """
        if isinstance(self.pattern, DelimitedPattern):
            names = (field.name for field in self.pattern.fields if isinstance(field, WordField))
            return tuple(f"${name}" for name in names if name)
        return tuple(map(str, selectors(self.pattern)))

    def matches(self, message: str | bytes | Mapping[str, Any]) -> bool:
        """Says whether an event matches: its raw message, or its JSON object as a mapping.

        A mapping is taken as the compact JSON text of its members in their order, which matters to terms,
        expressions and space-delimited patterns alone.

        Raises:
            TypeError: The mapping holds something that JSON cannot, such as a date.
            ValueError, RecursionError: It holds an integer of thousands of digits, or is nested as deep.
        """
        text = _text(message)
        try:
            raw = text.encode() if isinstance(text, str) else text
        except UnicodeEncodeError:
            # Half a surrogate pair cannot be encoded, but is text like any other.
            return matches(self.pattern, text)
        return self._set.matching(raw) != ()

    def extract(self, message: str | bytes | Mapping[str, Any]) -> dict[str, str] | None:
        """Gives the values that a matching event is taken apart into; None where it does not match.

        These are TestMetricFilter's ``extractedValues``: the words of a space-delimited pattern by field
        name or position, and an empty dictionary for every other pattern.

        >>> FilterPattern("[level = ERROR, rest]").extract("ERROR one two")
        {'$level': 'ERROR', '$rest': 'one two'}

        Raises:
            TypeError: The mapping holds something that JSON cannot, such as a date.
            ValueError, RecursionError: It holds an integer of thousands of digits, or is nested as deep.
        """
        if self._words is None:
            return {} if self.matches(message) else None
        words = self._words(message_text(_text(message)))
        if words is None or not isinstance(self.pattern, DelimitedPattern):
            return None
        names = word_names(self.pattern, len(words))
        return {f"${name}": word for name, word in zip(names, words, strict=True)}

    @overload
    def explain(self) -> str: ...

    @overload
    def explain(self, message: str | bytes | Mapping[str, Any]) -> "Explanation": ...

    def explain(self, message: str | bytes | Mapping[str, Any] | None = None) -> "str | Explanation":
        """Says in words what the pattern matches; with an event, what came of each of its clauses.

        >>> pattern = FilterPattern("{ $.eventName = DeleteKey && $.errorCode NOT EXISTS }")
        >>> print(pattern.explain())
        Matches events that are a JSON object in which $.eventName is "DeleteKey" and $.errorCode is missing.
        >>> found = pattern.explain({"eventName": "StopLogging"})
        >>> found.matches
        False
        >>> [(clause.text, clause.met, clause.decides) for clause in found.clause.leaves()]
        [('$.eventName = DeleteKey', '"StopLogging"', True), ('$.errorCode NOT EXISTS', 'missing', False)]

        Raises:
            TypeError: The mapping holds something that JSON cannot, such as a date.
            ValueError, RecursionError: It holds an integer of thousands of digits, or is nested as deep.
        """
        # Imported when asked: most users only match, and these take as long to import as all the rest.
        from trailbell.patterns._explain import explain  # noqa: PLC0415
        from trailbell.patterns._explain_match import explain_match  # noqa: PLC0415

        if message is None:
            return explain(self.pattern)
        return explain_match(self.pattern, _text(message))

    def lint(self) -> "tuple[Finding, ...]":
        """Finds what is likely not meant: clauses that never decide, names that do not exist, and the like.

        >>> [(each.rule, each.suggestion) for each in FilterPattern("{ $.eventName = Deletetrail }").lint()]
        [('letter-case', '{ $.eventName = DeleteTrail }')]
        """
        from trailbell.patterns._lint import lint  # noqa: PLC0415

        return lint(self._text)

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


def _text(message: str | bytes | Mapping[str, Any]) -> str | bytes:
    if isinstance(message, Mapping):
        return json.dumps(dict(message), ensure_ascii=False, separators=(",", ":"))
    return message
