"""The languages that the values of patterns describe: fixed texts, wildcards and expressions.

Expressions follow filter-patterns section 3. They have no parentheses, so each is a list of alternatives,
and each of these a row of counted characters and anchors.
"""

import re

import msgspec

from trailbell.patterns._automata import ANY_CHARACTER, CharacterSet, Item, Language
from trailbell.patterns._budget import UndecidedError
from trailbell.patterns._tree import RegexLiteral, TextLiteral, Value

__all__ = ["holds_half_a_pair", "language_of"]

_ANYTHING = Item(ANY_CHARACTER, is_skippable=True, is_repeatable=True)
_DIGITS = CharacterSet(((0x30, 0x39),))
_SPACES = CharacterSet.of("\t\n\f\r ")
_WORD = CharacterSet(((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)))
_NO_LINE_BREAK = CharacterSet.of("\n").complement()
_CLASSES = {
    "d": _DIGITS,
    "D": _DIGITS.complement(),
    "s": _SPACES,
    "S": _SPACES.complement(),
    "w": _WORD,
    "W": _WORD.complement(),
}
_COUNT = re.compile(r"\{([0-9]*)(,?)([0-9]*)\}")
_SIMPLE_COUNTS = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_SURROGATES = range(0xD800, 0xE000)


def language_of(value: Value) -> Language:
    """Returns the texts that a value takes; those of a number are the one that was typed.

    Raises:
        UndecidedError: The value is an expression with a class such as ``[:alpha:]``.
    """
    text = value.text
    if isinstance(value, RegexLiteral):
        return _Expression(text).language()
    pieces = value.pieces if isinstance(value, TextLiteral) else (text,)
    items: list[Item] = []
    for at, piece in enumerate(pieces):
        if at and items[-1:] != [_ANYTHING]:
            items.append(_ANYTHING)
        items.extend(Item(CharacterSet.of(character)) for character in piece)
    return Language((tuple(items),))


def holds_half_a_pair(text: str) -> bool:
    """Says whether a text holds half a surrogate pair, which JSON reads differently beside another."""
    return any(ord(character) in _SURROGATES for character in text)


class _Place(msgspec.Struct):
    """A row of an expression as it is read: a counted character, or an anchor where it has none."""

    characters: CharacterSet | None
    anchor: str = ""
    least: int = 1
    most: int | None = 1


class _Expression:
    """Reads an expression that is known to compile."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def language(self) -> Language:
        rows: list[list[_Place]] = [[]]
        while self._at < len(self._text):
            if self._text[self._at] == "|":
                self._at += 1
                rows.append([])
            else:
                rows[-1].append(self._place())
        branches = (_branch(row) for row in rows)
        return Language(tuple(branch for branch in branches if branch is not None))

    def _place(self) -> _Place:
        character = self._text[self._at]
        self._at += 1
        if character in "^$":
            place = _Place(None, character)
        elif character == ".":
            place = _Place(_NO_LINE_BREAK)
        elif character == "[":
            place = _Place(self._set())
        elif character == "\\":
            place = _Place(self._escape())
        else:
            place = _Place(CharacterSet.of(character))
        place.least, place.most = self._count()
        return place

    def _count(self) -> tuple[int, int | None]:
        following = self._text[self._at : self._at + 1]
        least: int = 1
        most: int | None = 1
        if following in _SIMPLE_COUNTS and following:
            least, most = _SIMPLE_COUNTS[following]
            self._at += 1
        elif following == "{" and (found := _COUNT.match(self._text, self._at)) is not None:
            least = int(found[1] or 0)
            most = least if not found[2] else int(found[3]) if found[3] else None
            self._at = found.end()
        else:
            return least, most
        # To take as few as possible changes what is found, not whether something is.
        if self._text[self._at : self._at + 1] == "?":
            self._at += 1
        return least, most

    def _escape(self) -> CharacterSet:
        character = self._text[self._at]
        self._at += 1
        if character == "x":
            code = int(self._text[self._at : self._at + 2], 16)
            self._at += 2
            return CharacterSet(((code, code),))
        return _CLASSES.get(character) or CharacterSet.of(character)

    def _set(self) -> CharacterSet:
        is_negated = self._text[self._at] == "^"
        self._at += is_negated
        ranges: list[tuple[int, int]] = []
        is_first = True
        while is_first or self._text[self._at] != "]":
            is_first = False
            if self._text.startswith("[:", self._at):
                raise UndecidedError("a class such as [:alpha:] in a regular expression")
            first = self._member()
            is_range = self._text[self._at] == "-" and self._text[self._at + 1] != "]"
            if is_range and len(first.ranges) == 1 and first.ranges[0][0] == first.ranges[0][1]:
                self._at += 1
                ranges.append((first.ranges[0][0], self._member().ranges[0][1]))
            else:
                ranges.extend(first.ranges)
        self._at += 1
        characters = CharacterSet(tuple(ranges))
        return characters.complement() if is_negated else characters

    def _member(self) -> CharacterSet:
        character = self._text[self._at]
        self._at += 1
        return self._escape() if character == "\\" else CharacterSet.of(character)


def _branch(row: list[_Place]) -> tuple[Item, ...] | None:
    """Turns a row into places of an automaton that finds it anywhere; None where it can never fit."""
    # An anchor that may be left out asks nothing.
    row = [place for place in row if place.characters is not None or place.least > 0]
    begins = [at for at, place in enumerate(row) if place.anchor == "^"]
    ends = [at for at, place in enumerate(row) if place.anchor == "$"]
    start = begins[-1] + 1 if begins else 0
    end = ends[0] if ends else len(row)
    # What stands outside the anchors fits only where it takes no character.
    if any(place.characters is not None and place.least for place in (*row[:start], *row[end:])):
        return None
    items = [] if begins else [_ANYTHING]
    for place in row[start:end]:
        if place.characters is not None:
            items += _counted(place.characters, place.least, place.most)
    return tuple(items if ends else [*items, _ANYTHING])


def _counted(characters: CharacterSet, least: int, most: int | None) -> list[Item]:
    if most is None:
        repeated = Item(characters, is_skippable=True, is_repeatable=True)
        return [Item(characters)] * least + [repeated]
    return [Item(characters)] * least + [Item(characters, is_skippable=True)] * (most - least)
