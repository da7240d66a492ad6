"""Texts that meet what several values ask of one field."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from trailbell.patterns._automata import Language, texts_in
from trailbell.patterns._automata_text import holds_half_a_pair, language_of
from trailbell.patterns._budget import Budget, UndecidedError
from trailbell.patterns._tree import NumberLiteral, RegexLiteral, TextLiteral, Value
from trailbell.patterns._values import text_test

__all__ = ["TextDomain", "TextRules", "fixed_text"]

TextRules: TypeAlias = frozenset[tuple[Value, bool]]
"""Values, each with whether a text must fit it or must not; a number stands for its text as typed."""

_FILLERS = ("", "x", "X1", "1", ".", "\n")


def fixed_text(value: Value) -> str | None:
    """Returns the only text that fits a value; None where others fit too."""
    if isinstance(value, NumberLiteral):
        return value.text
    if isinstance(value, TextLiteral) and len(value.pieces) == 1:
        return value.text
    return None


class TextDomain:
    """Finds texts under rules, and remembers what it found."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._found: dict[TextRules, str | None] = {}
        self._tests: dict[Value, Callable[[str], bool]] = {}
        self._languages: dict[Value, Language] = {}

    def find(self, rules: TextRules, preferred: Sequence[str] = ()) -> str | None:
        """Returns a text that meets all rules; None where there is none.

        Raises:
            UndecidedError: A rule is beyond the automata, or the budget is used up.
        """
        for text in preferred:
            if self.meets(text, rules):
                return text
        if rules not in self._found:
            self._found[rules] = self._search(rules)
        return self._found[rules]

    def texts(self, rules: TextRules, shape: Language | None = None) -> Iterator[str]:
        """Goes through texts that meet all rules and have a shape, the shortest first.

        Raises:
            UndecidedError: As for ``find``.
        """
        # The same order in every process, whatever the hashes.
        ordered = sorted(rules, key=lambda rule: _order(rule[0]))
        inside = [shape] if shape else []
        inside += [self._language(value) for value, holds in ordered if holds]
        outside = [self._language(value) for value, holds in ordered if not holds]
        return texts_in(inside, outside, self._budget)

    def meets(self, text: str, rules: TextRules) -> bool:
        """Says whether a text meets all rules."""
        return all(self._test(value)(text) == holds for value, holds in rules)

    def _search(self, rules: TextRules) -> str | None:
        if any(holds_half_a_pair(value.text) for value, _ in rules):
            raise UndecidedError("half a surrogate pair")
        wanted = sorted((value for value, holds in rules if holds), key=_order)
        for value in wanted:
            text = fixed_text(value)
            if text is not None:
                return text if self.meets(text, rules) else None
        for text in _guesses(wanted):
            if self.meets(text, rules):
                return text
        return max(islice(self.texts(rules), 2), key=bool, default=None)

    def _test(self, value: Value) -> Callable[[str], bool]:
        if value not in self._tests:
            self._tests[value] = value.text.__eq__ if isinstance(value, NumberLiteral) else text_test(value)
        return self._tests[value]

    def _language(self, value: Value) -> Language:
        if value not in self._languages:
            self._languages[value] = language_of(value)
        return self._languages[value]


def _order(value: Value) -> str:
    return repr(value)


def _guesses(wanted: Sequence[Value]) -> Iterator[str]:
    """Offers texts that often do, so that most questions need no automata."""
    globs = [value.pieces for value in wanted if isinstance(value, TextLiteral)]
    if any(isinstance(value, RegexLiteral) for value in wanted):
        return
    for filler in _FILLERS:
        joined = filler.join("".join(pieces) for pieces in globs) if globs else filler
        if joined:
            yield joined
    for filler in _FILLERS[1:]:
        if globs:
            yield filler.join(piece for pieces in globs for piece in pieces)
    for pieces in globs:
        for other in globs:
            if pieces is not other:
                # A beginning of one and an end of another.
                yield pieces[0] + "".join(pieces[1:-1]) + "".join(other[1:-1]) + other[-1]
