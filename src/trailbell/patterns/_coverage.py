"""What sets of patterns match over all events there can be: found by an event, or shown by there being none.

A search turns patterns into claims about fields, and these into an event (filter-patterns sections 2 to 4).
Whatever it finds is confirmed by the matcher before it is given out.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain
from typing import Any, TypeAlias

import msgspec

from trailbell.patterns._budget import DEFAULT_BUDGET, Budget, OutOfBudgetError
from trailbell.patterns._coverage_conditions import PatternKind, conditions_of, kind_of
from trailbell.patterns._coverage_search import Wish, claims_in, first_model, wish_of
from trailbell.patterns._coverage_words import MessageFinder
from trailbell.patterns._filter_pattern import FilterPattern
from trailbell.patterns._matcher import matches as matches_message
from trailbell.patterns._parser import parse_pattern
from trailbell.patterns._plausibility import implausibility
from trailbell.patterns._plausible_records import KNOWN_TEXTS, PlausibleRecords
from trailbell.patterns._satisfiability import ValueFinder
from trailbell.patterns._tree import EveryEvent, NameStep, Pattern
from trailbell.patterns._witness import PLAIN_MESSAGE, record_text, records_around

__all__ = ["Coverage", "Relation", "Search", "SearchResult", "compare", "find_event"]

_AnyPattern: TypeAlias = FilterPattern | Pattern | str

_STEPS_FOR_PLAUSIBLE = 1_000


class SearchResult(StrEnum):
    """How a search for an event ended."""

    FOUND = "found"
    NONE = "none"
    UNKNOWN = "unknown"


class Search(msgspec.Struct, frozen=True):
    """What came of a search for an event.

    Attributes:
        result: Whether there is such an event.
        message: The event found, as the message that the matcher confirmed.
        plausible: Whether CloudTrail could write it; None where nothing was found.
        reason: Why nothing is known, or why the event is not plausible, and empty otherwise.
    """

    result: SearchResult
    message: str | None = None
    plausible: bool | None = None
    reason: str = ""

    @property
    def event(self) -> dict[str, Any] | None:
        """The event found, where it is a JSON object."""
        try:
            event = json.loads(self.message or "")
        except ValueError:
            return None
        return event if isinstance(event, dict) else None


class Relation(StrEnum):
    """How candidates together relate to a reference, over all events."""

    EQUIVALENT = "equivalent"
    STRICTER = "stricter"
    LOOSER = "looser"
    INCOMPARABLE = "incomparable"
    UNKNOWN = "unknown"


class Coverage(msgspec.Struct, frozen=True):
    """What candidates together match, held against a reference.

    Attributes:
        relation: ``stricter`` where the candidates match fewer events than the reference.
        only_reference: A message that the reference alone matches, if there is one.
        only_candidate: A message that some candidate matches and the reference does not, if there is one.
        plausible: Whether CloudTrail could write the events given; None where there are none.
        reason: Why nothing is known, or why an event is not plausible; empty otherwise.
    """

    relation: Relation
    only_reference: str | None = None
    only_candidate: str | None = None
    plausible: bool | None = None
    reason: str = ""


def find_event(matches: Sequence[Pattern], fails: Sequence[Pattern], budget: int = DEFAULT_BUDGET) -> Search:
    """Looks for an event that all of ``matches`` match and none of ``fails`` matches.

    ``budget`` bounds the steps of the search.
    """
    if not {*matches, EveryEvent()}.isdisjoint(fails):
        return Search(SearchResult.NONE)
    try:
        return _find(matches, fails, Budget(budget))
    except OutOfBudgetError as error:
        return Search(SearchResult.UNKNOWN, reason=str(error))


def compare(reference: _AnyPattern, *candidates: _AnyPattern, budget: int = DEFAULT_BUDGET) -> Coverage:
    """Compares what candidates match together with what a reference matches, over all events.

    ``budget`` bounds the steps of each of the searches, one for what is missed and one for each candidate.

    >>> coverage = compare('{ $.errorCode = "AccessDenied*" }', "{ $.errorCode = AccessDenied }")
    >>> coverage.relation.value
    'stricter'
    >>> '"errorCode":"AccessDeniedException"' in coverage.only_reference
    True

    Raises:
        PatternError: A text is not a valid pattern.
    """
    wanted = _tree(reference)
    trees = [_tree(candidate) for candidate in candidates]
    missed = find_event([wanted], trees, budget)
    added = Search(SearchResult.NONE)
    for tree in trees:
        added = max(added, find_event([tree], [wanted], budget), key=_weight)
        if added.plausible:
            break
    searches = (missed, added)
    relation = Relation.UNKNOWN
    if all(search.result is not SearchResult.UNKNOWN for search in searches):
        relation = {
            (False, False): Relation.EQUIVALENT,
            (True, False): Relation.STRICTER,
            (False, True): Relation.LOOSER,
            (True, True): Relation.INCOMPARABLE,
        }[missed.message is not None, added.message is not None]
    judged = [search.plausible for search in searches if search.plausible is not None]
    return Coverage(
        relation,
        only_reference=missed.message,
        only_candidate=added.message,
        plausible=all(judged) if judged else None,
        reason=_reason(missed, added),
    )


def _weight(search: Search) -> int:
    """Orders searches by what they say of all candidates together; of equals the first is taken."""
    order = (SearchResult.NONE, SearchResult.UNKNOWN, SearchResult.FOUND)
    return order.index(search.result) * 2 + bool(search.plausible)


def _reason(missed: Search, added: Search) -> str:
    """Says why nothing is known, and only otherwise why an event is not plausible."""
    for search in (missed, added):
        if search.result is SearchResult.UNKNOWN:
            return search.reason
    named = (("only_reference", missed), ("only_candidate", added))
    return "; ".join(f"{name}: {search.reason}" for name, search in named if search.reason)


def _tree(pattern: _AnyPattern) -> Pattern:
    if isinstance(pattern, FilterPattern):
        return pattern.pattern
    return parse_pattern(pattern) if isinstance(pattern, str) else pattern


def _find(matches: Sequence[Pattern], fails: Sequence[Pattern], budget: Budget) -> Search:
    kinds = {kind_of(pattern) for pattern in (*matches, *fails)} - {PatternKind.NOTHING}
    if kinds == {PatternKind.WORDS}:
        return _find_words(matches, fails, budget)
    doubts: list[str] = []
    if len(kinds) > 1:
        doubts.append("patterns of different kinds: " + " and ".join(sorted(kinds)))
    for kind in (PatternKind.OBJECT, PatternKind.TEXT):
        wanted = conditions_of(matches, kind)
        unwanted = conditions_of(fails, kind)
        if not wanted and not unwanted and kinds:
            continue
        finder = ValueFinder(budget, KNOWN_TEXTS if kind is PatternKind.OBJECT else {})
        model_of = finder.event if kind is PatternKind.OBJECT else finder.text
        wishes = [wish_of(condition, True) for condition in wanted]
        wishes += [wish_of(condition, False) for condition in unwanted]
        model = first_model(wishes, model_of, budget)
        better = _plausible(wishes, finder) if isinstance(model, dict) else None
        messages = chain(_messages_of(better, wishes), _messages_of(model, wishes))
        message = _confirmed(messages, matches, fails)
        if message is not None:
            return _found(message)
        if model is not None and len(kinds) < 2:
            doubts.append("an event that was made up does not do what it should: please report this")
        if model is None and wanted and not finder.doubts:
            # What one kind of pattern asks cannot be met, whatever the others ask.
            return Search(SearchResult.NONE)
        doubts += finder.doubts
    message = _confirmed([PLAIN_MESSAGE], matches, fails)
    if message is not None:
        return _found(message)
    return Search(SearchResult.UNKNOWN, reason=doubts[0]) if doubts else Search(SearchResult.NONE)


def _find_words(matches: Sequence[Pattern], fails: Sequence[Pattern], budget: Budget) -> Search:
    finder = MessageFinder(budget)
    message = _confirmed(finder.messages(matches, fails), matches, fails)
    if message is not None:
        return _found(message)
    return (
        Search(SearchResult.UNKNOWN, reason=finder.doubts[0]) if finder.doubts else Search(SearchResult.NONE)
    )


def _plausible(wishes: Sequence[Wish], finder: ValueFinder) -> object | None:
    """Looks for a record that CloudTrail could write, which need not be found for an answer."""
    try:
        records = PlausibleRecords(claims_in(wishes), finder)
        return first_model(wishes, records.record, Budget(_STEPS_FOR_PLAUSIBLE))
    except OutOfBudgetError:
        return None


def _found(message: str) -> Search:
    objection = implausibility(message)
    return Search(SearchResult.FOUND, message, plausible=not objection, reason=objection)


def _messages_of(model: object, wishes: Sequence[Wish]) -> Iterator[str]:
    if isinstance(model, dict):
        steps = (step for claim in claims_in(wishes) for step in claim.steps[:1])
        asked = {step.name for step in steps if isinstance(step, NameStep)}
        yield from map(record_text, records_around(model, asked))
    elif isinstance(model, str):
        yield model


def _confirmed(messages: Iterable[str], matches: Sequence[Pattern], fails: Sequence[Pattern]) -> str | None:
    """Returns the first message that does what is wanted of it, asking the matcher itself."""
    for message in messages:
        if all(matches_message(pattern, message) for pattern in matches) and not any(
            matches_message(pattern, message) for pattern in fails
        ):
            return message
    return None
