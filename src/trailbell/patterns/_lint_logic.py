"""Conditions that decide nothing: a pattern always or never true, a clause without effect, a value twice."""

from collections.abc import Collection, Iterator
from typing import TypeAlias

from trailbell.patterns._lint_places import Place
from trailbell.patterns._lint_rules import Finding
from trailbell.patterns._lint_search import ANY_OBJECT, Searcher
from trailbell.patterns._lint_subject import Edit, Subject, exact_text, finding_of
from trailbell.patterns._parser import parse_pattern
from trailbell.patterns._tree import (
    Comparison,
    Condition,
    IsTest,
    JsonPattern,
    NotExists,
    Operator,
    Selector,
    Test,
    TextLiteral,
)

__all__ = ["logic_findings", "without_idle"]

_Key: TypeAlias = tuple[int, int]


def logic_findings(subject: Subject) -> Iterator[Finding]:
    """Finds what can be proven of a pattern, over all events that are a JSON object."""
    duplicates = list(_duplicates(subject.place, seen=[]))
    yield from (_duplicate(subject, group, part) for group, part in duplicates)
    if _is_plain(subject):
        return
    whole = subject.place
    if subject.search.is_impossible(matches=[subject.pattern]):
        culprit = _culprit(whole, subject.search)
        start, end = culprit.inner
        yield finding_of("never-true", f"nothing can fulfil {subject.text[start:end]}", culprit.inner)
    elif subject.search.is_impossible(matches=[ANY_OBJECT], fails=[subject.pattern]):
        yield finding_of("always-true", "every event that is a JSON object matches", whole.inner)
    else:
        yield from _redundant(subject, {_key(part) for _, part in duplicates})


def without_idle(text: str, idle: Collection[tuple[int, int]]) -> str | None:
    """Gives a pattern without all clauses that findings call redundant or duplicate, by their places.

    Each was found with those before it gone, so that what is left still means the same.
    """
    subject = Subject(text)
    parts = (part for group in subject.place.groups() for part in group.parts)
    return _without(subject, {_key(part) for part in parts if part.inner in idle})


def _duplicates(group: Place, seen: list[Condition]) -> Iterator[tuple[Place, Place]]:
    """Finds the second of two equal parts, also across parentheses that change nothing."""
    for part in group.parts:
        if part.parts and part.is_all is group.is_all:
            yield from _duplicates(part, seen)
        elif part.condition in seen:
            yield group, part
        else:
            seen.append(part.condition)
            if part.parts:
                yield from _duplicates(part, [])


def _duplicate(subject: Subject, group: Place, part: Place) -> Finding:
    start, end = part.inner
    suggestion = subject.edited(_removal(group, {_key(part)}))
    return finding_of(
        "duplicate-value",
        f"{subject.text[start:end]} stands twice",
        part.inner,
        suggestion,
        keeps_meaning=suggestion is not None,
    )


def _redundant(subject: Subject, removed: set[_Key]) -> Iterator[Finding]:
    """Finds parts without which the pattern means the same; of two that cover one another, the later one."""
    thinned: set[bool] = set()
    for group in subject.place.groups():
        if any(start <= group.start and group.end <= end for start, end in removed):
            continue
        for part in reversed(group.parts):
            left = [each for each in group.parts if _key(each) not in removed]
            if part not in left or len(left) == 1 or _asks_for_presence(part):
                continue
            before = _without(subject, removed)
            after = _without(subject, removed | {_key(part)})
            if before is None or after is None:
                continue
            wider, narrower = (after, before) if group.is_all else (before, after)
            alone = _without(subject, {_key(part)})
            if not _is_covered(subject, wider, narrower):
                continue
            # Without an exclusion that is gone, say, an alternative may be idle that was not with it.
            if (not group.is_all) in thinned and not (alone and _is_idle_alone(subject, group, alone)):
                continue
            removed.add(_key(part))
            thinned.add(group.is_all)
            start, end = part.inner
            yield finding_of(
                "redundant-clause",
                f"without {subject.text[start:end]} the same events match",
                part.inner,
                alone,
                keeps_meaning=True,
            )


def _is_covered(subject: Subject, wider: str, narrower: str) -> bool:
    return subject.search.is_impossible(matches=[parse_pattern(wider)], fails=[parse_pattern(narrower)])


def _is_idle_alone(subject: Subject, group: Place, without: str) -> bool:
    pair = (without, subject.text) if group.is_all else (subject.text, without)
    return _is_covered(subject, *pair)


def _asks_for_presence(part: Place) -> bool:
    """Says whether a test is ``= *``, which many write beside others to make their meaning plain."""
    test = part.test
    is_equality = isinstance(test, Comparison) and test.operator is Operator.EQUAL
    return is_equality and isinstance(test.value, TextLiteral) and not test.value.text.strip("*")  # type: ignore[union-attr]


def _key(part: Place) -> _Key:
    return part.start, part.end


def _without(subject: Subject, removed: set[_Key]) -> str | None:
    """Gives the pattern without some parts."""
    edits: list[Edit] = []
    pending = [subject.place]
    while pending:
        group = pending.pop()
        edits += _removal(group, removed)
        pending += [part for part in group.parts if _key(part) not in removed]
    return subject.edited(edits)


def _removal(group: Place, removed: set[_Key]) -> list[Edit]:
    """Gives the edits that take parts out of their group, each with one joint."""
    gone = [_key(part) in removed for part in group.parts]
    leading = gone.index(False) if False in gone else 0
    edits: list[Edit] = []
    if leading:
        edits.append((group.parts[0].start, group.parts[leading].start, ""))
    edits += [
        (group.parts[at - 1].end, part.end, "")
        for at, part in enumerate(group.parts)
        if at > leading and gone[at]
    ]
    return edits


def _culprit(place: Place, search: Searcher) -> Place:
    """Finds the smallest conjunction that nothing can fulfil on the way down, or gives the place itself."""
    for part in place.parts:
        if place.is_all and search.is_impossible(matches=[JsonPattern(part.condition)]):
            return _culprit(part, search)
    return place


def _is_plain(subject: Subject) -> bool:
    """Says without any search that no clause can be idle: each asks for a thing of its own.

    A field is asked either once, or for different exact texts; and no conjunction asks it twice.
    """
    tests = [test for place in subject.tests if (test := place.test) is not None]
    by_field: dict[Selector, list[Test]] = {}
    for test in tests:
        by_field.setdefault(test.selector, []).append(test)
    if _are_related(list(by_field)):
        return False
    for asked in by_field.values():
        texts = [exact_text(test) for test in asked if _is_equality(test)]
        if len(asked) == 1 and _is_contingent(asked[0]):
            continue
        if len(texts) != len(asked) or None in texts or len(set(texts)) != len(texts):
            return False
    return not any(_asks_twice(group) for group in subject.place.groups())


def _is_equality(test: Test) -> bool:
    return isinstance(test, Comparison) and test.operator is Operator.EQUAL


def _is_contingent(test: Test) -> bool:
    """Says whether a lone test surely holds for some value and fails for another."""
    if isinstance(test, IsTest | NotExists):
        return True
    is_equal = test.operator is Operator.EQUAL
    return exact_text(test) is not None or (is_equal and isinstance(test.value, TextLiteral))


def _are_related(fields: list[Selector]) -> bool:
    """Says whether some field lies inside another, so that they cannot be told apart."""
    if any(field.has_wildcard for field in fields):
        return True
    steps = {field.steps for field in fields}
    return any(field.steps[:length] in steps for field in fields for length in range(1, len(field.steps)))


def _asks_twice(group: Place) -> bool:
    if not group.is_all:
        return False
    seen: set[Selector] = set()
    for part in group.parts:
        fields = {test.selector for place in part.tests() if (test := place.test) is not None}
        if fields & seen:
            return True
        seen |= fields
    return False
