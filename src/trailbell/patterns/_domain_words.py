"""Words of a message that meet what the tests of a field ask (filter-patterns section 5).

A word is a text that may be written as a number in many ways, all of which compare alike. That no word is
found means that there is none: what is searched is never less than the words there are.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Context, Decimal
from itertools import islice, pairwise
from typing import Final

from trailbell.patterns._budget import UndecidedError
from trailbell.patterns._claims import Asked, Claim
from trailbell.patterns._domain_texts import TextDomain, TextRules, fixed_text
from trailbell.patterns._messages import word_predicate
from trailbell.patterns._tree import NumberLiteral, Operator, RegexLiteral, Value, WordTest

__all__ = ["WordDomain"]

_MOST_SPELLINGS = 2000
_MOST_DIGITS = 2000

_PLAIN: Final = r"[+\-]?[0-9]+"
# An exponent of more than eighteen digits may be beyond Decimal, so that the word is no number.
_SURE_EXPONENT: Final = r"[eE][+\-]?[0-9]{1,17}"
_ANY_EXPONENT: Final = r"[eE][+\-]?[0-9]+"


def _numbers(exponent: str) -> RegexLiteral:
    bodies = (_PLAIN, rf"{_PLAIN}\.[0-9]+")
    return RegexLiteral("|".join(f"^{body}{tail}$" for body in bodies for tail in ("", exponent)))


_SURE_NUMBER: Final = _numbers(_SURE_EXPONENT)
_NUMBER: Final = _numbers(_ANY_EXPONENT)

_EXACT: Final = Context(prec=4 * _MOST_DIGITS)

_COMPARISONS: Final[dict[Operator, Callable[[int, int], bool]]] = {
    Operator.EQUAL: operator.eq,
    Operator.NOT_EQUAL: operator.ne,
    Operator.LESS: operator.lt,
    Operator.LESS_OR_EQUAL: operator.le,
    Operator.GREATER: operator.gt,
    Operator.GREATER_OR_EQUAL: operator.ge,
}


class WordDomain:
    """Finds words under claims."""

    def __init__(self, texts: TextDomain) -> None:
        self._texts = texts

    def find(self, claims: Iterable[Claim], shape: RegexLiteral) -> str | None:
        """Returns a text of a shape that meets all claims; None where there is none.

        Raises:
            UndecidedError: A claim is beyond the automata, or the word is asked for by its number and by its
                text together and none of the first ones will do, or the budget is used up.
        """
        texts: set[tuple[Value, bool]] = {(shape, True)}
        numbers: list[tuple[WordTest, bool]] = []
        for claim in claims:
            comparison = claim.check.comparison
            if comparison is None:
                continue
            if isinstance(comparison.value, NumberLiteral):
                numbers.append((WordTest(comparison.operator, comparison.value), claim.holds))
            else:
                texts.add((comparison.value, claim.holds == (claim.check.asked is Asked.EQUAL)))
        if not numbers:
            return self._texts.find(frozenset(texts))
        # A word that is no number differs from each of them, and no other comparison holds.
        if all(holds == (test.operator is Operator.NOT_EQUAL) for test, holds in numbers):
            word = self._texts.find(frozenset({*texts, (_SURE_NUMBER, False)}))
            if word is not None:
                return word
        return self._number(numbers, frozenset({*texts, (_NUMBER, True)}))

    def _number(self, rules: Sequence[tuple[WordTest, bool]], texts: TextRules) -> str | None:
        points = sorted({Decimal(test.value.text) for test, _ in rules})
        if not _is_possible(rules, points):
            return None
        tests = [(word_predicate(test), holds) for test, holds in rules]

        def compares(word: str) -> bool:
            return all(test(word) == holds for test, holds in tests)

        only = next(
            (text for value, holds in texts if holds and (text := fixed_text(value)) is not None), None
        )
        if only is not None:
            return only if compares(only) and self._texts.meets(only, texts) else None
        for word in _spellings([test.value.text for test, _ in rules], points):
            if compares(word) and self._texts.meets(word, texts):
                return word
        is_text = False
        for word in islice(self._texts.texts(texts), _MOST_SPELLINGS):
            is_text = True
            if compares(word):
                return word
        if is_text:
            raise UndecidedError("a word asked for by its number and by its text")
        return None


def _is_possible(rules: Iterable[tuple[WordTest, bool]], points: Sequence[Decimal]) -> bool:
    """Says whether some number meets all rules: one of the literals, or one in a gap between them."""
    ranks = {point: 2 * at + 1 for at, point in enumerate(points)}
    ranked = [(_COMPARISONS[test.operator], ranks[Decimal(test.value.text)], holds) for test, holds in rules]
    return any(
        all(compare(rank, literal) == holds for compare, literal, holds in ranked)
        for rank in range(2 * len(points) + 1)
    )


def _spellings(literals: Iterable[str], points: Sequence[Decimal]) -> Iterator[str]:
    """Offers words for each literal and for each gap between them, each in a few ways to write it."""
    for literal in literals:
        yield from _ways(literal)
    near = [point for point in points if abs(point.adjusted()) < _MOST_DIGITS]
    if not near:
        return
    one, half = Decimal(1), Decimal("0.5")
    between = [_EXACT.multiply(_EXACT.add(low, high), half) for low, high in pairwise(near)]
    for number in (_EXACT.subtract(near[0], one), *between, _EXACT.add(near[-1], one)):
        yield from _ways(f"{number:f}")


def _ways(number: str) -> Iterator[str]:
    sign, digits = ("-", number[1:]) if number[0] == "-" else ("", number.removeprefix("+"))
    yield number
    yield f"{sign}{digits}"
    yield f"{sign}0{digits}"
    if not sign:
        yield f"+{digits}"
    if digits.isdigit():
        yield f"{sign}{digits}.0"
