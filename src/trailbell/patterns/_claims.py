"""Claims: tests of a pattern that must hold, or must not, of whatever their steps reach.

What they say of each kind of value mirrors the matcher (filter-patterns sections 4.3 to 4.5).
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, TypeAlias

import msgspec

from trailbell.patterns._domain_numbers import NumberRules
from trailbell.patterns._domain_texts import TextRules
from trailbell.patterns._tree import (
    Comparison,
    IsTest,
    Keyword,
    NotExists,
    NumberLiteral,
    Operator,
    Selector,
    Step,
    Test,
    TextLiteral,
    Value,
    WildcardSpelling,
    WildcardStep,
)

__all__ = [
    "ELEMENT_IS_NULL",
    "Asked",
    "Check",
    "Claim",
    "Claims",
    "claim_of",
    "number_rules",
    "of_every_child",
    "of_some_child",
    "test_of",
    "text_rules",
]

_NOWHERE: Final = Selector(())
_EVERY_CHILD: Final = WildcardStep(WildcardSpelling.BRACKETS)


class Asked(StrEnum):
    """What a claim asks of the node that its steps reach."""

    EQUAL = "equal"
    DIFFERENT = "different"
    ORDERED = "ordered"
    MISSING = "missing"
    PRESENT = "present"
    NULL = "null"
    EXACTLY_NULL = "exactly null"
    TRUE = "true"
    FALSE = "false"


_KEYWORDS: Final = {Asked.NULL: Keyword.NULL, Asked.TRUE: Keyword.TRUE, Asked.FALSE: Keyword.FALSE}


class Check(msgspec.Struct, frozen=True, cache_hash=True):
    """What is asked of one node; ``comparison``, less its selector, where a value is compared."""

    asked: Asked
    comparison: Comparison | None = None


class Claim(msgspec.Struct, frozen=True, cache_hash=True):
    """A check of what some steps reach, and whether it holds there."""

    steps: tuple[Step, ...]
    check: Check
    holds: bool

    def denied(self) -> "Claim":
        """Returns the claim of the contrary."""
        return Claim(self.steps, self.check, not self.holds)

    def inside(self) -> "Claim":
        """Returns what the claim says of the child that its first step reaches."""
        return Claim(self.steps[1:], self.check, self.holds)

    def is_met_outside(self, *, is_present: bool) -> bool:
        """Says whether the claim is met where its first step does not fit the node, or there is no node."""
        asked = self.check.asked
        # That no child equals a value is true of a node without children.
        is_vacuous = asked is Asked.DIFFERENT and is_present and isinstance(self.steps[0], WildcardStep)
        return self.holds == (asked is Asked.MISSING or is_vacuous)


Claims: TypeAlias = frozenset[Claim]

ELEMENT_IS_NULL: Final = Check(Asked.EXACTLY_NULL)
"""What the first element of an array must be for the array to count as null."""


def claim_of(test: Test, holds: bool) -> Claim:
    """Turns a test into a claim; spellings that mean the same give the same claim."""
    steps = tuple(_EVERY_CHILD if isinstance(step, WildcardStep) else step for step in test.selector.steps)
    return Claim(steps, _check_of(test), holds)


def test_of(claim: Claim) -> Test:
    """Turns a claim about an event back into the test, whether it is to hold or not."""
    selector = Selector(claim.steps)
    comparison = claim.check.comparison
    if comparison is not None:
        return Comparison(selector, comparison.operator, comparison.value)
    keyword = _KEYWORDS.get(claim.check.asked)
    return NotExists(selector) if keyword is None else IsTest(selector, keyword)


def of_some_child(claim: Claim) -> Claim | None:
    """Returns what a claim that begins with a wildcard says of some child; None if it is of every child."""
    check, holds = _of_children(claim)
    return Claim(claim.steps[1:], check, True) if holds else None


def of_every_child(claim: Claim) -> Claim:
    """Returns what a claim that begins with a wildcard says of every child, if not of some child."""
    check, _ = _of_children(claim)
    # What is denied of all children is what would have to hold of one.
    return Claim(claim.steps[1:], check, False)


def text_rules(claims: Iterable[Claim]) -> TextRules | None:
    """Returns what claims about a node ask of it as a string; None where they want something else."""
    rules = set()
    for claim in claims:
        check = claim.check
        if check.asked is Asked.EQUAL and check.comparison:
            rules.add((check.comparison.value, claim.holds))
        elif check.asked is Asked.DIFFERENT and check.comparison:
            rules.add((check.comparison.value, not claim.holds))
        elif claim.holds != (check.asked is Asked.PRESENT):
            return None
    return frozenset(rules)


def number_rules(claims: Iterable[Claim]) -> tuple[NumberRules, TextRules] | None:
    """Returns what claims about a node ask of it as a number and of the number's text."""
    numbers = set()
    texts: set[tuple[Value, bool]] = set()
    for claim in claims:
        comparison = claim.check.comparison
        if comparison is None:
            if claim.holds != (claim.check.asked is Asked.PRESENT):
                return None
        elif isinstance(comparison.value, NumberLiteral):
            numbers.add((comparison, claim.holds))
        else:
            texts.add((comparison.value, claim.holds == (claim.check.asked is Asked.EQUAL)))
    return frozenset(numbers), frozenset(texts)


def _check_of(test: Test) -> Check:
    if isinstance(test, NotExists):
        return Check(Asked.MISSING)
    if isinstance(test, IsTest):
        return Check(next(asked for asked, keyword in _KEYWORDS.items() if keyword is test.keyword))
    value = test.value
    if isinstance(value, TextLiteral):
        value = TextLiteral(value.text, quoted=True, plain_stars=value.plain_stars)
    return _compared(test.operator, value)


def _compared(operator: Operator, value: Value) -> Check:
    asked = Asked.ORDERED
    if not operator.is_ordering:
        asked = Asked.EQUAL if operator is Operator.EQUAL else Asked.DIFFERENT
    return Check(asked, Comparison(_NOWHERE, operator, value))


def _of_children(claim: Claim) -> tuple[Check, bool]:
    """Returns a check of one child, and whether some child must pass it or none may."""
    check = claim.check
    if check.asked is Asked.DIFFERENT and check.comparison:
        return _compared(Operator.EQUAL, check.comparison.value), not claim.holds
    if check.asked is Asked.NULL:
        return ELEMENT_IS_NULL, claim.holds
    if check.asked is Asked.MISSING:
        return Check(Asked.PRESENT), not claim.holds
    return check, claim.holds
