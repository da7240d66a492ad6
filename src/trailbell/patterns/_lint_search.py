"""Asks whether events exist that some patterns match and others do not, within what a lint may take."""

from collections.abc import Sequence
from typing import Final

from trailbell.patterns._coverage import Search, SearchResult, find_event
from trailbell.patterns._known_fields import KNOWN_FIELDS, FieldKind, Presence
from trailbell.patterns._tree import (
    Comparison,
    JsonPattern,
    NameStep,
    NotExists,
    Operator,
    Pattern,
    Selector,
    TextLiteral,
    selectors,
)

__all__ = ["ANY_OBJECT", "Searcher"]

# A pattern of eighty wildcards may take a millisecond for a step, an ordinary one some microseconds.
_STEPS = 5_000
_FEWEST_STEPS = 60
_MOST_SEARCHES = 100
_MOST_UNDECIDED = 2

_NOT_LOOKED_FOR: Final = Search(SearchResult.UNKNOWN)

_ANYTHING: Final = TextLiteral("*", quoted=True)

ANY_OBJECT: Final = JsonPattern(NotExists(Selector((NameStep("a field that no pattern asks for"),))))
"""Matches events that are a JSON object, but for those with one field that is nowhere else."""


class Searcher:
    """Asks what must be searched for, as long as one lint may take.

    Args:
        size: How many tests the pattern has: each step of a search looks at all of them.
    """

    def __init__(self, size: int) -> None:
        self._steps = max(_FEWEST_STEPS, _STEPS // max(size, 1))
        self._searches = _MOST_SEARCHES
        self._undecided = 0

    def event_between(self, matching: Pattern, failing: Pattern, *also_matching: Pattern) -> tuple[str, ...]:
        """Gives an event that one pattern matches and another does not; empty where none is found.

        One that has all that CloudTrail writes into every record is preferred.
        """
        wanted = [matching, *also_matching]
        fields = dict.fromkeys(field for pattern in (*wanted, failing) for field in selectors(pattern))
        present = [
            JsonPattern(Comparison(field, Operator.EQUAL, _ANYTHING))
            for field in fields
            if _is_always_text(field)
        ]
        message = self._find([*wanted, *present], [failing]).message
        if message is None and present:
            message = self._find(wanted, [failing]).message
        return () if message is None else (message,)

    def is_impossible(self, *, matches: Sequence[Pattern] = (), fails: Sequence[Pattern] = ()) -> bool:
        """Says whether it is proven that no event is matched by the ones and by none of the others."""
        return self._find(matches, fails).result is SearchResult.NONE

    def _find(self, matches: Sequence[Pattern], fails: Sequence[Pattern]) -> Search:
        if not self._searches or self._undecided == _MOST_UNDECIDED:
            return _NOT_LOOKED_FOR
        self._searches -= 1
        found = find_event(matches, fails, self._steps)
        self._undecided += found.result is SearchResult.UNKNOWN
        return found


def _is_always_text(field: Selector) -> bool:
    known = KNOWN_FIELDS.get(str(field))
    return known is not None and (known.kind, known.presence) == (FieldKind.TEXT, Presence.ALWAYS)
