"""Finds a value that meets a set of claims about it and about what lies inside it, or shows there is none.

The value's kind is chosen first: that settles the claims about the value itself, and hands the others down
to its children, which are found one by one.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final, TypeAlias

import msgspec

from trailbell.patterns._automata_text import holds_half_a_pair
from trailbell.patterns._budget import Budget, OutOfBudgetError, UndecidedError
from trailbell.patterns._claims import (
    ELEMENT_IS_NULL,
    Asked,
    Claim,
    Claims,
    number_rules,
    of_every_child,
    of_some_child,
    text_rules,
)
from trailbell.patterns._domain_numbers import NumberDomain
from trailbell.patterns._domain_texts import TextDomain
from trailbell.patterns._tree import IndexStep, NameStep, WildcardStep

__all__ = ["ValueFinder"]

_LONGEST_ARRAY = 10_000
_MOST_STEPS = 100
_ABSENT: Final = (msgspec.UNSET,)
_PLAIN_VALUES: Final[tuple[tuple[object, frozenset[Asked]], ...]] = (
    (True, frozenset({Asked.TRUE, Asked.PRESENT})),
    (False, frozenset({Asked.FALSE, Asked.PRESENT})),
    (None, frozenset({Asked.NULL, Asked.EXACTLY_NULL, Asked.PRESENT})),
)

_Path: TypeAlias = tuple[str, ...]
_Found: TypeAlias = tuple[object] | None


class ValueFinder:
    """Finds values, and remembers what it found for which claims.

    Args:
        budget: The steps that all searches together may take.
        samples: Texts to be tried first in the field of a path.
    """

    def __init__(self, budget: Budget, samples: Mapping[_Path, Sequence[str]]) -> None:
        self._budget = budget
        self._samples = samples
        self._texts = TextDomain(budget)
        self._numbers = NumberDomain(self._texts)
        self._known: dict[tuple[_Path, Claims, bool], tuple[_Found, tuple[str, ...]]] = {}
        self.doubts: list[str] = []
        """Why something that was not found may exist for all that."""

    def event(self, claims: Claims) -> dict[str, object] | None:
        """Returns a JSON object that meets all claims; None where there is none, or where doubts are left.

        Raises:
            OutOfBudgetError: The budget is used up.
        """
        if any(len(claim.steps) > _MOST_STEPS for claim in claims):
            self.doubts.append(f"a selector of more than {_MOST_STEPS} steps")
            return None
        names = (step.name for claim in claims for step in claim.steps if isinstance(step, NameStep))
        if any(map(holds_half_a_pair, names)):
            self.doubts.append("half a surrogate pair")
            return None
        found = self._object(claims, ())
        return found[0] if found and isinstance(found[0], dict) else None

    def text(self, claims: Claims) -> str | None:
        """Returns a text of which all claims hold as of a string.

        Raises:
            OutOfBudgetError: The budget is used up.
        """
        found = self._attempt(self._string, claims, ())
        return found[0] if found and isinstance(found[0], str) else None

    def _node(self, claims: Claims, path: _Path, *, is_present: bool = False) -> _Found:
        """Finds a value; the value may be that there is none, unless ``is_present``."""
        key = (path, claims, is_present)
        if key not in self._known:
            self._budget.spend()
            before = len(self.doubts)
            found = self._search(claims, path, is_present)
            doubts = self.doubts[before:]
            # Doubts about one kind of value mean nothing where another kind will do.
            del self.doubts[before:]
            self._known[key] = found, () if found else tuple(dict.fromkeys(doubts))
        found, remembered = self._known[key]
        self.doubts.extend(remembered)
        return found

    def _search(self, claims: Claims, path: _Path, is_present: bool) -> _Found:
        if not is_present and _is_met_by_absence(claims):
            return _ABSENT
        own = frozenset(claim for claim in claims if not claim.steps)
        deeper = claims - own
        kinds = [self._string, self._number]
        if all(claim.is_met_outside(is_present=True) for claim in deeper):
            for kind in kinds:
                found = self._attempt(kind, own, path)
                if found:
                    return found
            for value, passed in _PLAIN_VALUES:
                if all(claim.holds == (claim.check.asked in passed) for claim in own):
                    return (value,)
        has_index = any(isinstance(claim.steps[0], IndexStep) for claim in deeper)
        containers = [self._array, self._object] if has_index else [self._object, self._array]
        for container in containers:
            found = self._attempt(container, claims, path)
            if found:
                return found
        return None

    def _attempt(self, kind: "_Kind", claims: Claims, path: _Path) -> _Found:
        try:
            return kind(claims, path)
        except OutOfBudgetError:
            raise
        except UndecidedError as error:
            self.doubts.append(str(error))
            return None

    def _string(self, own: Claims, path: _Path) -> _Found:
        rules = text_rules(own)
        text = None if rules is None else self._texts.find(rules, self._samples.get(path, ()))
        return None if text is None else (text,)

    def _number(self, own: Claims, _: _Path) -> _Found:
        rules = number_rules(own)
        number = None if rules is None else self._numbers.find(*rules)
        return None if number is None else (number,)

    def _object(self, claims: Claims, path: _Path) -> _Found:
        asked = _Container(NameStep)
        for claim in claims:
            if not asked.takes(claim):
                return None
        members, every = asked.children, asked.every
        made: dict[str, object] = {}
        for name in sorted(members, key=str):
            found = self._child(frozenset(members[name]), every, (*path, str(name)))
            if found is None:
                return None
            if found is not _ABSENT:
                made[str(name)] = found[0]
        # A child of its own for each is the easiest way: nothing else is asked of it.
        for at, claim in enumerate(_sorted(asked.some)):
            name = _fresh_name(members, at)
            found = self._node(frozenset({claim, *every}), (*path, name), is_present=True)
            if found is None:
                return None
            made[name] = found[0]
        return (made,)

    def _child(self, claims: Claims, every: set[Claim], path: _Path) -> _Found:
        if _is_met_by_absence(claims):
            return _ABSENT
        return self._node(claims | every, path, is_present=True)

    def _array(self, claims: Claims, path: _Path) -> _Found:
        asked = _Container(IndexStep)
        for claim in claims:
            if not asked.takes(claim):
                return None
        elements = {int(index): frozenset(claims) for index, claims in asked.children.items()}
        some = _sorted(asked.some)
        for length in _lengths(sorted(elements), len(some)):
            made = self._elements(length, elements, some, frozenset(asked.every), path)
            if made is not None:
                return (made,)
        return None

    def _elements(
        self, length: int, elements: Mapping[int, Claims], some: Sequence[Claim], every: Claims, path: _Path
    ) -> list[object] | None:
        """Finds the elements of an array of one length."""
        if not all(_is_met_by_absence(claims) for index, claims in elements.items() if index >= length):
            return None
        if length > _LONGEST_ARRAY:
            raise UndecidedError(f"an array of more than {_LONGEST_ARRAY} elements")
        asked = [index for index in elements if index < length]
        free = [index for index in range(min(length, len(asked) + len(some))) if index not in elements]
        # Elements nobody asks for are alike, so the first of them stand for all.
        hosts = [*free[: len(some)], *asked]
        ways = [tuple(free)] if len(free) >= len(some) else product(hosts, repeat=len(some))
        for way in ways:
            self._budget.spend()
            made = self._hosted(length, elements, dict(enumerate(way)), some, every, path)
            if made is not None:
                return made
        return None

    def _hosted(
        self,
        length: int,
        elements: Mapping[int, Claims],
        hosts: Mapping[int, int],
        some: Sequence[Claim],
        every: Claims,
        path: _Path,
    ) -> list[object] | None:
        claims = {index: set(of_element) for index, of_element in elements.items() if index < length}
        for at, claim in enumerate(some):
            claims.setdefault(hosts[at], set()).add(claim)
        made: list[object] = []
        for index in range(length):
            of_element = frozenset(claims.get(index, ())) | every
            found = self._node(of_element, (*path, "[]"), is_present=True)
            if found is None:
                return None
            made.append(found[0])
        return made


class _Container:
    """What claims ask of the children of an object, or of an array."""

    def __init__(self, own_step: type[NameStep] | type[IndexStep]) -> None:
        self._own_step = own_step
        self.children: dict[str | int, set[Claim]] = {}
        self.some: list[Claim] = []
        self.every: set[Claim] = set()

    def takes(self, claim: Claim) -> bool:
        """Notes a claim; False where no such container meets it."""
        if not claim.steps:
            return self._takes_own(claim)
        step = claim.steps[0]
        if isinstance(step, WildcardStep):
            of_some = of_some_child(claim)
            if of_some is None:
                self.every.add(of_every_child(claim))
            else:
                self.some.append(of_some)
            return True
        if not isinstance(step, self._own_step):
            return claim.is_met_outside(is_present=False)
        self._note(step.name if isinstance(step, NameStep) else step.index, claim.inside())
        return True

    def _takes_own(self, claim: Claim) -> bool:
        if self._own_step is IndexStep and claim.check.asked is Asked.NULL:
            self._note(0, Claim((), ELEMENT_IS_NULL, claim.holds))
            return True
        return claim.holds == (claim.check.asked is Asked.PRESENT)

    def _note(self, child: str | int, claim: Claim) -> None:
        self.children.setdefault(child, set()).add(claim)


_Kind: TypeAlias = Callable[[Claims, _Path], _Found]


def _is_met_by_absence(claims: Iterable[Claim]) -> bool:
    return all(
        claim.is_met_outside(is_present=False)
        if claim.steps
        else claim.holds == (claim.check.asked is Asked.MISSING)
        for claim in claims
    )


def _sorted(claims: Iterable[Claim]) -> list[Claim]:
    # The same order in every process, whatever the hashes.
    return sorted(claims, key=repr)


def _fresh_name(taken: Container[str | int], at: int) -> str:
    name = f"item{at + 1}"
    while name in taken:
        name += "x"
    return name


def _lengths(indexes: Sequence[int], wanted: int) -> Iterator[int]:
    """Offers lengths of an array: for each set of indexes inside it the shortest, and one with more room."""
    shortest = 0
    for index in indexes:
        yield shortest
        longest = min(index, shortest + wanted)
        if longest > shortest:
            yield longest
        shortest = index + 1
    yield shortest
    if wanted:
        yield shortest + wanted
