"""How a field's value compares with a literal (filter-patterns section 4.4).

Both evaluators use this module, so that they cannot disagree about values.
"""

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from math import isinf
from typing import Final, TypeAlias

import msgspec

from trailbell.patterns._regex import compile_regex
from trailbell.patterns._tree import Comparison, NumberLiteral, Operator, RegexLiteral, TextLiteral, Value

__all__ = [
    "NUMBER_KINDS",
    "Predicate",
    "TextMatch",
    "TextShape",
    "comparison_predicate",
    "ordering",
    "scalar_text",
    "text_match",
    "text_test",
]

Predicate: TypeAlias = Callable[[object], bool]

# Exact types: a boolean is an int to isinstance(). Decimal stands for integers too long for int().
NUMBER_KINDS: Final = frozenset({int, float, Decimal})

_NUMBER_TEXT_CHARACTERS = frozenset("0123456789.-EInfinity")


class TextShape(StrEnum):
    """Where the wildcards of a text stand."""

    EXACT = "exact"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    CONTAINS = "contains"
    PIECES = "pieces"


class TextMatch(msgspec.Struct, frozen=True):
    """What a text literal asks of a text: its shape, and the one fixed piece, or all where there are more."""

    shape: TextShape
    pieces: tuple[str, ...]

    @property
    def can_be_number(self) -> bool:
        """Whether some number's text could match, judged by characters alone."""
        return all(_NUMBER_TEXT_CHARACTERS.issuperset(piece) for piece in self.pieces)


def text_match(literal: TextLiteral) -> TextMatch:
    """Finds the cheapest test that does what the literal's wildcards say."""
    match literal.pieces:
        case (text,):
            return TextMatch(TextShape.EXACT, (text,))
        case (text, ""):
            return TextMatch(TextShape.PREFIX, (text,))
        case ("", text):
            return TextMatch(TextShape.SUFFIX, (text,))
        case ("", text, ""):
            return TextMatch(TextShape.CONTAINS, (text,))
        case pieces:
            return TextMatch(TextShape.PIECES, pieces)


def _text_predicate(match: TextMatch) -> Callable[[str], bool]:
    """Builds the test of a text, linear in its length whatever the wildcards."""
    first = match.pieces[0]
    if match.shape is TextShape.EXACT:
        return lambda text: text == first
    if match.shape is TextShape.PREFIX:
        return lambda text: text.startswith(first)
    if match.shape is TextShape.SUFFIX:
        return lambda text: text.endswith(first)
    if match.shape is TextShape.CONTAINS:
        return lambda text: first in text
    return lambda text: _fits_pieces(match.pieces, text)


def text_test(value: TextLiteral | RegexLiteral) -> Callable[[str], bool]:
    """Builds the test of a text: a search for an expression, a match of a literal."""
    return (
        compile_regex(value.text) if isinstance(value, RegexLiteral) else _text_predicate(text_match(value))
    )


def scalar_text(node: object) -> str | None:
    """Gives the text of a string, a number or a boolean; None for anything else."""
    if isinstance(node, str):
        return node
    if isinstance(node, bool):
        return "true" if node else "false"
    return _number_text(node) if isinstance(node, int | float | Decimal) else None


def ordering(operator: Operator, exact: Decimal) -> Callable[[Decimal], bool]:
    """Gives the ordering comparison of other numbers with one."""
    compare: Callable[[Decimal], bool] = {
        Operator.LESS: exact.__gt__,
        Operator.LESS_OR_EQUAL: exact.__ge__,
        Operator.GREATER: exact.__lt__,
        Operator.GREATER_OR_EQUAL: exact.__le__,
    }[operator]
    return compare


def comparison_predicate(comparison: Comparison) -> Predicate:
    """Builds the test of one node; anything but a string or a number fails every comparison."""
    equals = _equality(comparison.value)
    if comparison.operator is Operator.EQUAL:
        return equals
    if comparison.operator is Operator.NOT_EQUAL:
        return _inequality(comparison.value, equals)
    return _ordering(comparison.operator, Decimal(comparison.value.text))


def _number_text(number: float | Decimal) -> str:
    """Prints a number of an event as AWS sees it: integers plainly, all else as Java prints a double."""
    if not isinstance(number, float):
        return str(number)
    if isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        return repr(number)
    shortest = Decimal(repr(number))
    if len(shortest.as_tuple().digits) == 1:
        # Java always prints two digits, and chooses the closer two: 4.9E-324 for 5e-324.
        shortest = Decimal(f"{number:.1e}")
    sign, digits, exponent = shortest.as_tuple()
    text = "".join(map(str, digits))
    power = int(exponent) + len(text) - 1
    return f"{'-' if sign else ''}{text[0]}.{text[1:].rstrip('0') or '0'}E{power}"


def _fits_pieces(pieces: tuple[str, ...], text: str) -> bool:
    first, *middle, last = pieces
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        # Taking each piece as early as it comes leaves the most room for the others: no way back is needed.
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _equality(value: Value) -> Predicate:
    if isinstance(value, NumberLiteral):
        return _number_equality(value.text)
    fits = text_test(value)

    def equals(node: object) -> bool:
        if isinstance(node, str):
            return fits(node)
        return node.__class__ in NUMBER_KINDS and fits(_number_text(node))  # type: ignore[arg-type]

    return equals


def _number_equality(text: str) -> Predicate:
    exact = Decimal(text)

    def equals(node: object) -> bool:
        if isinstance(node, str):
            return node == text
        return node.__class__ in NUMBER_KINDS and _exact(node) == exact

    return equals


def _inequality(value: Value, equals: Predicate) -> Predicate:
    is_numeric = isinstance(value, NumberLiteral)

    def differs(node: object) -> bool:
        if isinstance(node, str):
            return not equals(node)
        if node.__class__ not in NUMBER_KINDS or (is_numeric and _overflows(node)):
            return False
        return not equals(node)

    return differs


def _ordering(operator: Operator, exact: Decimal) -> Predicate:
    compare = ordering(operator, exact)

    def is_ordered(node: object) -> bool:
        return node.__class__ in NUMBER_KINDS and not _overflows(node) and compare(_exact(node))

    return is_ordered


def _overflows(number: object) -> bool:
    return isinstance(number, float) and isinf(number)


def _exact(number: object) -> Decimal:
    """Takes integers as they are and doubles at their shortest decimal form."""
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)  # type: ignore[arg-type]
