"""Languages of texts as small automata, and the search for a text that is in some and in none of others.

A state is a set of positions, kept as the bits of one integer, so that no automaton is ever built whole.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from trailbell.patterns._budget import Budget

__all__ = ["ANY_CHARACTER", "Automaton", "CharacterSet", "Item", "Language", "texts_in"]

_LAST_CODE_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)

# Characters that a reader takes in easily come first where several would do.
_READABLE = "xaX1-. _:/" + "bcdefghijklmnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWYZ023456789"


class CharacterSet(msgspec.Struct, frozen=True, cache_hash=True):
    """Characters as ranges of code points, first and last included."""

    ranges: tuple[tuple[int, int], ...]

    def __contains__(self, code: int) -> bool:
        return any(first <= code <= last for first, last in self.ranges)

    @property
    def only(self) -> int | None:
        """The code of the only character, None where there are more or none."""
        if len(self.ranges) == 1 and self.ranges[0][0] == self.ranges[0][1]:
            return self.ranges[0][0]
        return None

    def complement(self) -> "CharacterSet":
        """Returns all other characters."""
        ranges = []
        start = 0
        for first, last in sorted(self.ranges):
            if start < first:
                ranges.append((start, first - 1))
            start = max(start, last + 1)
        if start <= _LAST_CODE_POINT:
            ranges.append((start, _LAST_CODE_POINT))
        return CharacterSet(tuple(ranges))

    @classmethod
    def of(cls, characters: str) -> "CharacterSet":
        """Returns the set of the characters of a text."""
        return cls(tuple((ord(character), ord(character)) for character in characters))


ANY_CHARACTER = CharacterSet(((0, _LAST_CODE_POINT),))


class Item(msgspec.Struct, frozen=True, cache_hash=True):
    """One place of a sequence: a character of the set; perhaps none; perhaps more than one."""

    characters: CharacterSet
    is_skippable: bool = False
    is_repeatable: bool = False


class Language(msgspec.Struct, frozen=True, cache_hash=True):
    """The texts that fit one of several sequences from their first character to their last."""

    branches: tuple[tuple[Item, ...], ...]


class Automaton:
    """Runs over texts of a language, all its sequences at once, one bit for each place in them."""

    def __init__(self, language: Language) -> None:
        self._sets: dict[CharacterSet, int] = {}
        self._skippable = self._repeatable = self._final = self._endless = start = 0
        bit = 1
        for branch in language.branches:
            start |= bit
            for item in branch:
                self._sets[item.characters] = self._sets.get(item.characters, 0) | bit
                self._skippable |= bit if item.is_skippable else 0
                self._repeatable |= bit if item.is_repeatable else 0
                bit <<= 1
            self._final |= bit
            if branch and branch[-1] == Item(ANY_CHARACTER, is_skippable=True, is_repeatable=True):
                self._endless |= bit >> 1
            bit <<= 1
        self._size = bit.bit_length()
        self.start = self._closed(start)
        self._of_one = {
            characters.only: bits for characters, bits in self._sets.items() if characters.only is not None
        }
        self._of_many = [
            (characters, bits) for characters, bits in self._sets.items() if characters.only is None
        ]

    @property
    def sets(self) -> Iterable[CharacterSet]:
        """The character sets that the automaton tells apart."""
        return self._sets

    @property
    def size(self) -> int:
        """How many places the sequences have."""
        return self._size

    def moves(self, code: int) -> int:
        """Returns the places that take the character."""
        places = self._of_one.get(code, 0)
        for characters, bits in self._of_many:
            if code in characters:
                places |= bits
        return places

    def step(self, state: int, moves: int) -> int:
        """Returns the state behind a character that the places in ``moves`` take."""
        moved = state & moves
        return self._closed((moved << 1) | (moved & self._repeatable))

    def accepts(self, state: int) -> bool:
        """Says whether the text may end here."""
        return bool(state & self._final)

    def accepts_all(self, state: int) -> bool:
        """Says whether the text is in the language whatever follows; False where that is not plain."""
        return bool(state & self._endless)

    def fits(self, text: str) -> bool:
        """Says whether a text is in the language."""
        state = self.start
        for character in text:
            state = self.step(state, self.moves(ord(character)))
        return self.accepts(state)

    def _closed(self, state: int) -> int:
        # The carry of the addition runs through each row of skippable places that begins with a set bit.
        skipping = state & self._skippable
        return state | ((skipping + self._skippable) ^ self._skippable) if skipping else state


def texts_in(inside: Sequence[Language], outside: Sequence[Language], budget: Budget) -> Iterator[str]:
    """Goes through texts that are in all of ``inside`` and in none of ``outside``, the shortest first.

    One text stands for all that the automata cannot tell from it, step by step; that nothing comes means
    that there is no such text.

    Raises:
        OutOfBudgetError: The search takes too many steps.
    """
    wanted = [Automaton(language) for language in inside]
    unwanted = [Automaton(language) for language in outside]
    automata = wanted + unwanted
    alphabet = _alphabet(automata)
    columns = [(character, [a.moves(ord(character)) for a in automata]) for character in alphabet]
    # A step is worth some tens of microseconds wherever it is counted.
    cost = 1 + len(automata) * len(alphabet) // 100 + sum(automaton.size for automaton in automata) // 500
    first = tuple(automaton.start for automaton in automata)
    # How each state was reached first: enough for one text, and for telling that there is none.
    queue: deque[tuple[tuple[int, ...], str]] = deque([(first, "")])
    seen = {first}
    number = len(wanted)
    while queue:
        states, text = queue.popleft()
        budget.spend(cost)
        if all(map(Automaton.accepts, wanted, states)) and not any(
            map(Automaton.accepts, unwanted, states[number:])
        ):
            yield text
        for character, moves in columns:
            following = tuple(map(Automaton.step, automata, states, moves))
            if following in seen or not all(following[:number]):
                continue
            seen.add(following)
            if any(map(Automaton.accepts_all, unwanted, following[number:])):
                continue
            queue.append((following, text + character))


def _alphabet(automata: Sequence[Automaton]) -> list[str]:
    """Chooses one character for each class that the automata cannot tell apart, readable ones first."""
    sets = list(dict.fromkeys(characters for automaton in automata for characters in automaton.sets))
    codes = dict.fromkeys(map(ord, _READABLE))
    codes[0] = None
    for characters in sets:
        for first, last in characters.ranges:
            codes[first] = None
            codes[min(last + 1, _LAST_CODE_POINT)] = None
    # What one character makes up alone is told by that character: most sets are such.
    of_many = [characters for characters in sets if characters.only is None]
    alone = {characters.only for characters in sets}
    chosen: dict[tuple[object, ...], str] = {}
    for code in codes:
        # Half a surrogate pair is told apart from its neighbours by no expression that a pattern may hold.
        usable = code if code not in _SURROGATES else 0xE000
        own = usable if usable in alone else None
        chosen.setdefault((own, *(usable in characters for characters in of_many)), chr(usable))
    return list(chosen.values())
