"""Which conditions the values of a message can fulfil together, where arrays offer a choice of elements.

Two conditions on keys inside one array must hold in the same element of it.
"""

from collections.abc import Iterable
from typing import TypeAlias

__all__ = ["Outcome", "Outcomes"]


class _Composite:
    """Several outcomes, of which all hold or one can be chosen; ``bits`` is what any part of it fulfils."""

    __slots__ = ("bits",)

    def __init__(self, bits: int) -> None:
        self.bits = bits


Outcome: TypeAlias = int | _Composite
"""What a value offers: the bits of the conditions it fulfils, or parts that do; 0 is nothing."""


class Outcomes:
    """Builds the outcomes of one message from the inside out, equal parts only once."""

    def __init__(self) -> None:
        # In order of building: parts stand before what is made of them.
        self._composites: dict[tuple[bool, frozenset[Outcome]], _Composite] = {}

    def all_of(self, parts: Iterable[Outcome]) -> Outcome:
        """Joins the members of an object."""
        bits = 0
        composites: set[Outcome] = set()
        for part in parts:
            if isinstance(part, int):
                bits |= part
            else:
                composites.add(part)
        if not composites:
            return bits
        return self._compose(False, composites | {bits} if bits else composites)

    def one_of(self, parts: set[Outcome]) -> Outcome:
        """Offers the elements of an array."""
        return self._compose(True, parts - {0})

    def can_fulfil(self, outcome: Outcome, need: int) -> bool:
        """Says whether one choice of elements fulfils all conditions of ``need``."""
        if need & ~_bits(outcome):
            return False
        if isinstance(outcome, int):
            return True
        reached: dict[Outcome, set[int]] = {}
        for (is_choice, parts), composite in self._composites.items():
            if not composite.bits & need:
                continue
            offers = [reached[part] if part in reached else {_bits(part) & need} for part in parts]
            reached[composite] = _maximal(set().union(*offers)) if is_choice else _joined(offers)
        return need in reached.get(outcome, {0})

    def _compose(self, is_choice: bool, parts: set[Outcome]) -> Outcome:
        if len(parts) < 2:
            return next(iter(parts), 0)
        key = (is_choice, frozenset(parts))
        if key not in self._composites:
            bits = 0
            for part in parts:
                bits |= _bits(part)
            self._composites[key] = _Composite(bits)
        return self._composites[key]


def _bits(outcome: Outcome) -> int:
    return outcome if isinstance(outcome, int) else outcome.bits


def _joined(offers: list[set[int]]) -> set[int]:
    joined = {0}
    for offer in offers:
        joined = _maximal({one | other for one in joined for other in offer})
    return joined


def _maximal(masks: set[int]) -> set[int]:
    """Leaves out what another mask covers; at most ten remain, as a rule has five conditions."""
    return {mask for mask in masks if not any(mask != other and mask & other == mask for other in masks)}
