"""Numbers that meet what several comparisons ask of one field (filter-patterns section 4.4).

An event's number is an integer of any size, or a double taken at its shortest decimal form. Between two
neighbouring literals all numbers compare alike, so that a few of them stand for all; where the text of the
number is asked for too, its possible texts are gone through instead.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from math import inf, isinf, nextafter
from typing import TypeAlias

from trailbell.patterns._automata import CharacterSet, Item, Language
from trailbell.patterns._budget import UndecidedError
from trailbell.patterns._domain_texts import TextDomain, TextRules, fixed_text
from trailbell.patterns._tree import Comparison, Operator, TextLiteral, Value
from trailbell.patterns._values import comparison_predicate, scalar_text, text_match

__all__ = ["MOST_DIGITS", "NumberDomain", "NumberRules"]

MOST_DIGITS = 4000
"""Digits of the longest integer that a made-up event may hold."""

_MOST_TEXTS = 2000
_COMMON = (0, 1, -1, 2, 404, 1.5, 0.0, -0.0, 1.0, 1e-4, 1e7, -1.5, 12345, inf, -inf)

NumberRules: TypeAlias = frozenset[tuple[Comparison, bool]]
"""Comparisons with numbers, each with whether it must hold or must not."""


def _infinity() -> tuple[Item, ...]:
    """Describes the texts of numbers that overflow a double."""
    sign = Item(CharacterSet.of("-"), is_skippable=True)
    return (sign, *(Item(CharacterSet.of(character)) for character in "Infinity"))


def _shape() -> Language:
    """Describes every text that a finite number has; only digits beyond a double's are too many."""
    digit, nonzero = CharacterSet(((0x30, 0x39),)), CharacterSet(((0x31, 0x39),))
    sign = Item(CharacterSet.of("-"), is_skippable=True)
    zero, dot, exponent = (Item(CharacterSet.of(character)) for character in "0.E")
    first, last = Item(nonzero), Item(nonzero)
    more, perhaps = Item(digit, is_skippable=True, is_repeatable=True), Item(digit, is_skippable=True)
    # Java prints one digit behind the point at least, and no zero that says nothing.
    fractions: tuple[tuple[Item, ...], ...] = ((zero,), (more, last))
    small = [(first, *fraction) for fraction in ((), (more, last))]
    starts = ([sign, first, *[perhaps] * 6, dot, *fraction] for fraction in fractions)
    tiny = ([sign, zero, dot, *[zero] * zeros, *fraction] for zeros in range(3) for fraction in small)
    # Below a thousandth and from ten million up.
    powers = (
        (Item(CharacterSet.of("789")),),
        (sign, first, Item(digit)),
        (sign, first, Item(digit), Item(digit)),
        (Item(CharacterSet.of("-")), Item(CharacterSet.of("456789"))),
    )
    scientific = (
        [sign, first, dot, *fraction, exponent, *power] for fraction in fractions for power in powers
    )
    branches = [[zero], [sign, first, more], [sign, zero, dot, zero]]
    return Language(tuple(map(tuple, [*branches, *starts, *tiny, *scientific])))


_FINITE_TEXTS = _shape()
_NUMBER_TEXTS = Language((*_FINITE_TEXTS.branches, _infinity()))


class NumberDomain:
    """Finds numbers under rules for their value and for their text."""

    def __init__(self, texts: TextDomain) -> None:
        self._texts = texts

    def find(self, rules: NumberRules, text_rules: TextRules) -> float | None:
        """Returns a number that meets all rules; None where there is none.

        Raises:
            UndecidedError: The number would have more than ``MOST_DIGITS`` digits, or is asked for by an
                ordering and by its text together and none of the first texts will do, or the budget is
                used up.
        """
        if any(holds and not _can_be_of_number(value) for value, holds in text_rules):
            return None
        tests = [(comparison_predicate(comparison), holds) for comparison, holds in rules]

        def compares(number: float) -> bool:
            return all(test(number) == holds for test, holds in tests)

        def meets(number: float) -> bool:
            return compares(number) and self._texts.meets(scalar_text(number) or "", text_rules)

        points = sorted({Decimal(comparison.value.text) for comparison, _ in rules})
        within = [point for point in points if not point or point.adjusted() <= MOST_DIGITS]
        comparable = list(filter(compares, _candidates(within)))
        for number in comparable:
            if meets(number):
                return number
        if len(within) < len(points):
            raise UndecidedError(f"a number of more than {MOST_DIGITS} digits")
        is_one_value = any(_is_point(comparison, holds) for comparison, holds in rules)
        if not comparable or not text_rules or is_one_value:
            return None
        return self._by_text(meets, rules, text_rules)

    def _by_text(
        self, meets: Callable[[float], bool], rules: NumberRules, text_rules: TextRules
    ) -> float | None:
        for value, holds in text_rules:
            text = fixed_text(value) if holds else None
            if text is not None:
                return next(filter(meets, _numbers_of(text)), None)
        tried = 0
        is_finite = any(holds and comparison.operator.is_ordering for comparison, holds in rules)
        shape = _FINITE_TEXTS if is_finite else _NUMBER_TEXTS
        for text in self._texts.texts(text_rules, shape):
            tried += 1
            for longer in (text, *_pumped(text)):
                for number in _numbers_of(longer):
                    if meets(number):
                        return number
            if tried == _MOST_TEXTS:
                break
        if tried == 0:
            return None
        raise UndecidedError(
            "a number asked for by an ordering and by its text" if rules else "a number asked for by its text"
        )


def _can_be_of_number(value: Value) -> bool:
    """Says whether some number's text may fit, judged by characters alone."""
    return not isinstance(value, TextLiteral) or text_match(value).can_be_number


def _is_point(comparison: Comparison, holds: bool) -> bool:
    """Says whether a rule leaves one value, infinities aside; the candidates hold all forms of that."""
    wanted = Operator.EQUAL if holds else Operator.NOT_EQUAL
    return comparison.operator is wanted


def _candidates(points: Sequence[Decimal]) -> Iterator[float]:
    """Offers at least one number for each literal and each gap between literals, where there is any."""
    if not points:
        yield from _COMMON
        return
    for point in points:
        yield from _forms(point)
    yield from _below(points[0])
    yield from _above(points[-1])
    for low, high in pairwise(points):
        for number in (*_above(low), *_below(high)):
            if low < _exact(number) < high:
                yield number
    # Comparisons say all that can be said of 0 and its like; texts may tell them apart.
    yield from _COMMON


def _forms(point: Decimal) -> Iterator[float]:
    """Gives the numbers of exactly one value; they differ in their texts."""
    if point.adjusted() >= -1 and int(point) == point:
        yield int(point)
    double = float(point)
    if not isinf(double) and _exact(double) == point:
        yield double
        if double == 0:
            yield -double


def _above(point: Decimal) -> Iterator[float]:
    whole = int(point) + (point >= 0)
    yield whole if whole > point else whole + 1
    double = float(point)
    while not isinf(before := nextafter(double, -inf)) and _exact(before) > point:
        double = before
    while not isinf(double) and _exact(double) <= point:
        double = nextafter(double, inf)
    if not isinf(double):
        yield double


def _below(point: Decimal) -> Iterator[float]:
    # The unary minus would round.
    for number in _above(point.copy_negate()):
        yield -number


def _numbers_of(text: str) -> Iterator[float]:
    """Gives the number that has exactly this text, if any."""
    if len(text) > MOST_DIGITS:
        return
    for parse in (int, float):
        try:
            number: float = parse(text)
        except ValueError:
            continue
        if scalar_text(number) == text:
            yield number


def _pumped(text: str) -> Iterator[str]:
    """Makes longer numbers of a text, since orderings mostly ask for more digits."""
    for digit in "059":
        for count in (1, 2, 3, 5):
            yield text + digit * count


def _exact(number: object) -> Decimal:
    return Decimal(number) if isinstance(number, int) else Decimal(repr(number))
