"""Where the conditions of a JSON pattern stand in its text, with the parentheses that its tree forgets."""

from collections.abc import Iterable, Iterator

import msgspec

from trailbell.patterns._json_parser import parse_json_pattern
from trailbell.patterns._lexer import Token, TokenKind, tokenize
from trailbell.patterns._tree import Comparison, Condition, JsonPattern, Test, all_of, any_of

__all__ = ["Place", "apply_edits", "place_condition"]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A condition and its place in the text.

    Attributes:
        condition: What it means.
        start: Its first character, parentheses around it included.
        end: The character behind it.
        is_all: Whether all parts must hold; only for groups.
        parts: The parts of a group, as they are grouped in the text; empty for a test.
        is_enclosed: Whether parentheses stand around it.
        inner: From where to where it stands without those parentheses.
        selector: From where to where the field of a test stands.
        value: From where to where the value of a comparison stands.
    """

    condition: Condition
    start: int
    end: int
    is_all: bool = False
    parts: tuple["Place", ...] = ()
    is_enclosed: bool = False
    inner: tuple[int, int]
    selector: tuple[int, int] = (0, 0)
    value: tuple[int, int] = (0, 0)

    @property
    def test(self) -> Test | None:
        """The test, unless this is a group."""
        return self.condition if not self.parts else None  # type: ignore[return-value]

    def tests(self) -> Iterator["Place"]:
        """Goes through the tests in order of appearance."""
        pending = [self]
        while pending:
            place = pending.pop()
            if place.parts:
                pending.extend(reversed(place.parts))
            else:
                yield place

    def groups(self) -> Iterator["Place"]:
        """Goes through this and all groups below, outer ones first."""
        pending = [self]
        while pending:
            place = pending.pop()
            if place.parts:
                yield place
                pending.extend(reversed(place.parts))


def apply_edits(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """Replaces parts of a text, none of which overlap: each from its start up to its end by new text."""
    for start, end, replacement in sorted(edits, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text


def place_condition(pattern: str, start: int, end: int) -> Place:
    """Finds the places in a valid JSON pattern; ``start`` and ``end`` are those of what the braces hold."""
    parsed = parse_json_pattern(pattern, start, end)
    place = _Reader(tokenize(pattern, start, end), parsed).read()
    if place.condition != parsed.condition:
        raise ValueError(f"the places do not fit the pattern {pattern!r}")
    return place


class _Open:
    """What stands so far inside one pair of parentheses."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.alternatives: list[list[Place]] = [[]]


class _Reader:
    """Reads the tokens of a valid pattern once more, with its own stack as the parser does."""

    def __init__(self, tokens: list[Token], parsed: JsonPattern) -> None:
        self._tokens = iter(tokens)
        self._conditions = _tests(parsed.condition)

    def read(self) -> Place:
        stack = [_Open(0)]
        for token in self._tokens:
            if token.kind is TokenKind.OPEN:
                stack.append(_Open(token.start))
            elif token.kind is TokenKind.CLOSE:
                closed = stack.pop()
                inner = _joined(closed.alternatives)
                enclosed = msgspec.structs.replace(inner, start=closed.start, end=token.end, is_enclosed=True)
                stack[-1].alternatives[-1].append(enclosed)
            elif token.kind is TokenKind.OR:
                stack[-1].alternatives.append([])
            elif token.kind is TokenKind.SELECTOR:
                stack[-1].alternatives[-1].append(self._test(token))
        return _joined(stack[0].alternatives)

    def _test(self, selector: Token) -> Place:
        test = next(self._conditions)
        # Behind the selector come an operator and a value, or two words.
        next(self._tokens)
        last = next(self._tokens)
        value = (last.start, last.end) if isinstance(test, Comparison) else (0, 0)
        return Place(
            condition=test,
            start=selector.start,
            end=last.end,
            inner=(selector.start, last.end),
            selector=(selector.start, selector.end),
            value=value,
        )


def _tests(condition: Condition) -> Iterator[Test]:
    pending = [condition]
    while pending:
        current = pending.pop()
        terms = getattr(current, "terms", None)
        if terms is None:
            yield current  # type: ignore[misc]
        else:
            pending.extend(reversed(terms))


def _joined(alternatives: list[list[Place]]) -> Place:
    conjunctions = [_group(parts, is_all=True) for parts in alternatives]
    return _group(conjunctions, is_all=False)


def _group(parts: list[Place], *, is_all: bool) -> Place:
    if len(parts) == 1:
        return parts[0]
    join = all_of if is_all else any_of
    return Place(
        condition=join(part.condition for part in parts),
        start=parts[0].start,
        end=parts[-1].end,
        inner=(parts[0].start, parts[-1].end),
        is_all=is_all,
        parts=tuple(parts),
    )
