"""The tree of a filter pattern: frozen values, compared without regard to spelling that has no meaning."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TypeAlias

import msgspec

__all__ = [
    "AllOf",
    "AnyOf",
    "Comparison",
    "Condition",
    "DelimitedField",
    "DelimitedPattern",
    "EllipsisField",
    "EveryEvent",
    "IndexStep",
    "IsTest",
    "JsonPattern",
    "Keyword",
    "NameStep",
    "NotExists",
    "NumberLiteral",
    "Operator",
    "Pattern",
    "RegexLiteral",
    "RegexPattern",
    "Selector",
    "Step",
    "Term",
    "TermKind",
    "TermsPattern",
    "Test",
    "TextLiteral",
    "Value",
    "WildcardSpelling",
    "WildcardStep",
    "WordField",
    "WordTest",
    "all_of",
    "any_of",
    "is_name_character",
    "selectors",
]


class Operator(StrEnum):
    """How a comparison relates the field to the value."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="

    @property
    def is_ordering(self) -> bool:
        """Whether the operator needs numbers on both sides."""
        return self not in (Operator.EQUAL, Operator.NOT_EQUAL)


class Keyword(StrEnum):
    """What ``IS`` can ask for."""

    NULL = "NULL"
    TRUE = "TRUE"
    FALSE = "FALSE"


class WildcardSpelling(StrEnum):
    """The two ways to write the step that means every child; they match the same."""

    BRACKETS = "[*]"
    DOT = ".*"


class NameStep(msgspec.Struct, frozen=True):
    """Into the member of an object."""

    name: str

    def __str__(self) -> str:
        is_plain = self.name != "" and all(map(is_name_character, self.name))
        return f".{self.name}" if is_plain else f".['{self.name}']"


class IndexStep(msgspec.Struct, frozen=True):
    """Into the element of an array, counted from 0."""

    index: int

    def __str__(self) -> str:
        return f"[{self.index}]"


class WildcardStep(msgspec.Struct, frozen=True):
    """Into every element of an array and every member of an object."""

    spelling: WildcardSpelling

    def __str__(self) -> str:
        return self.spelling.value


Step: TypeAlias = NameStep | IndexStep | WildcardStep


class Selector(msgspec.Struct, frozen=True):
    """The path of a field; as text it reads ``$.a.b[0]``."""

    steps: tuple[Step, ...]

    @property
    def has_wildcard(self) -> bool:
        """Whether the path can reach more than one node."""
        return any(isinstance(step, WildcardStep) for step in self.steps)

    def __str__(self) -> str:
        return "$" + "".join(map(str, self.steps))


class NumberLiteral(msgspec.Struct, frozen=True):
    """An unquoted number, kept as typed because strings are compared with exactly that."""

    text: str


class TextLiteral(msgspec.Struct, frozen=True):
    """A text value, its escapes resolved.

    Every ``*`` is a wildcard, except at the offsets in ``plain_stars``: those follow a backslash.
    """

    text: str
    quoted: bool
    plain_stars: tuple[int, ...] = ()

    @property
    def pieces(self) -> tuple[str, ...]:
        """The fixed parts around the wildcards; one part means that there is no wildcard."""
        cuts = [
            at for at, character in enumerate(self.text) if character == "*" and at not in self.plain_stars
        ]
        starts = [0, *(at + 1 for at in cuts)]
        return tuple(self.text[start:end] for start, end in zip(starts, [*cuts, len(self.text)], strict=True))


class RegexLiteral(msgspec.Struct, frozen=True):
    """A regular expression, without its percent signs."""

    text: str


Value: TypeAlias = NumberLiteral | TextLiteral | RegexLiteral


class Comparison(msgspec.Struct, frozen=True):
    """A field compared with a value; ordering needs a number."""

    selector: Selector
    operator: Operator
    value: Value

    def __post_init__(self) -> None:
        if self.operator.is_ordering and not isinstance(self.value, NumberLiteral):
            raise ValueError(f"{self.operator.value} compares with a number only, not with {self.value!r}")


class IsTest(msgspec.Struct, frozen=True):
    """A field asked whether it is null, true or false."""

    selector: Selector
    keyword: Keyword


class NotExists(msgspec.Struct, frozen=True):
    """A field asked whether it is missing; null is not missing."""

    selector: Selector


class AllOf(msgspec.Struct, frozen=True):
    """Conditions joined by ``&&``: two or more, none of them joined by ``&&`` itself."""

    terms: tuple["Condition", ...]

    def __post_init__(self) -> None:
        if len(self.terms) < 2 or any(isinstance(term, AllOf) for term in self.terms):
            raise ValueError("AllOf takes two or more terms that are no AllOf; all_of() sees to that")


class AnyOf(msgspec.Struct, frozen=True):
    """Conditions joined by ``||``: two or more, none of them joined by ``||`` itself."""

    terms: tuple["Condition", ...]

    def __post_init__(self) -> None:
        if len(self.terms) < 2 or any(isinstance(term, AnyOf) for term in self.terms):
            raise ValueError("AnyOf takes two or more terms that are no AnyOf; any_of() sees to that")


Test: TypeAlias = Comparison | IsTest | NotExists
Condition: TypeAlias = AllOf | AnyOf | Test


class EveryEvent(msgspec.Struct, frozen=True):
    """The empty pattern: every event matches, JSON or not."""


class JsonPattern(msgspec.Struct, frozen=True):
    """A pattern in braces: a condition on events that are JSON objects."""

    condition: Condition


class TermKind(StrEnum):
    """What a term asks of a message; the value is the prefix it is written with."""

    REQUIRED = ""
    EXCLUDED = "-"
    OPTIONAL = "?"


class Term(msgspec.Struct, frozen=True):
    """A word or phrase that a message holds somewhere, or must not hold; its escapes are resolved."""

    text: str
    kind: TermKind = TermKind.REQUIRED


class TermsPattern(msgspec.Struct, frozen=True):
    """A pattern of one or more terms, in the order they were written."""

    terms: tuple[Term, ...]


class RegexPattern(msgspec.Struct, frozen=True):
    """A pattern that is one regular expression, searched in the whole message."""

    regex: RegexLiteral


class WordTest(msgspec.Struct, frozen=True):
    """A word of a message compared with a value; ordering needs a number."""

    operator: Operator
    value: Value

    def __post_init__(self) -> None:
        if self.operator.is_ordering and not isinstance(self.value, NumberLiteral):
            raise ValueError(f"{self.operator.value} compares with a number only, not with {self.value!r}")


class WordField(msgspec.Struct, frozen=True):
    """A field that takes one word.

    ``name`` is empty for a field without one. ``alternatives`` are joined by ``||``, the tests in each of
    them by ``&&``; a field without any takes every word.
    """

    name: str = ""
    alternatives: tuple[tuple[WordTest, ...], ...] = ()


class EllipsisField(msgspec.Struct, frozen=True):
    """``...``: the field that takes all words the others leave, perhaps none."""


DelimitedField: TypeAlias = WordField | EllipsisField


class DelimitedPattern(msgspec.Struct, frozen=True):
    """A pattern in brackets: fields for the space-delimited words of a message; none at all fit any."""

    fields: tuple[DelimitedField, ...]


Pattern: TypeAlias = EveryEvent | TermsPattern | RegexPattern | JsonPattern | DelimitedPattern


def is_name_character(character: str) -> bool:
    """Says whether a name may hold the character without brackets around it."""
    return character.isalpha() or character.isdecimal() or character in "_-"


def all_of(terms: Iterable[Condition]) -> Condition:
    """Joins one or more conditions by ``&&``, merging those that are joined that way already."""
    flat = [part for term in terms for part in (term.terms if isinstance(term, AllOf) else (term,))]
    return flat[0] if len(flat) == 1 else AllOf(tuple(flat))


def any_of(terms: Iterable[Condition]) -> Condition:
    """Joins one or more conditions by ``||``, merging those that are joined that way already."""
    flat = [part for term in terms for part in (term.terms if isinstance(term, AnyOf) else (term,))]
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat))


def _tests_in(condition: Condition) -> Iterator[Test]:
    """Goes through the single tests of a condition in order of appearance."""
    pending = [condition]
    while pending:
        current = pending.pop()
        if isinstance(current, AllOf | AnyOf):
            pending.extend(reversed(current.terms))
        else:
            yield current


def selectors(pattern: Pattern) -> tuple[Selector, ...]:
    """Lists the distinct selectors of a pattern in order of appearance; only JSON patterns have any."""
    if not isinstance(pattern, JsonPattern):
        return ()
    return tuple(dict.fromkeys(test.selector for test in _tests_in(pattern.condition)))
