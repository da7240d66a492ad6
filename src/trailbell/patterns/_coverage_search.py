"""Goes through the ways in which a condition can be met, until one of them is met by some event."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec

from trailbell.patterns._budget import Budget
from trailbell.patterns._claims import Claim, Claims, claim_of
from trailbell.patterns._nodes import test_predicate
from trailbell.patterns._tree import AllOf, AnyOf, Condition, Test
from trailbell.patterns._values import Predicate

__all__ = ["Wish", "claims_in", "first_model", "wish_of"]


class _Every(msgspec.Struct, frozen=True):
    """Wishes that are all to come true."""

    wishes: tuple["Wish", ...]


class _Some(msgspec.Struct, frozen=True):
    """Wishes of which one at least is to come true."""

    wishes: tuple["Wish", ...]


class _ClaimWish(msgspec.Struct, frozen=True):
    """A claim that is to hold; ``test`` says of an event whether it does."""

    claim: Claim
    test: Callable[[object], bool]


Wish: TypeAlias = _Every | _Some | _ClaimWish


def _of_event(test: Test) -> Predicate:
    return test_predicate(test, test.selector.steps)


def wish_of(condition: Condition, holds: bool, predicate_of: Callable[[Test], Predicate] = _of_event) -> Wish:
    """Turns a condition that is to hold, or not to hold, into wishes without negations.

    ``predicate_of`` gives the test of a model, which is an event unless it says otherwise.
    """
    if isinstance(condition, AllOf | AnyOf):
        parts = tuple(wish_of(term, holds, predicate_of) for term in condition.terms)
        return _Every(parts) if isinstance(condition, AllOf) == holds else _Some(parts)
    return _claim_wish(condition, holds, predicate_of(condition))


def claims_in(wishes: Sequence[Wish]) -> list[Claim]:
    """Lists the distinct claims that wishes are made of, in order of appearance."""
    claims: dict[Claim, None] = {}
    unread = list(reversed(wishes))
    while unread:
        wish = unread.pop()
        if isinstance(wish, _ClaimWish):
            claims.setdefault(wish.claim)
        else:
            unread.extend(reversed(wish.wishes))
    return list(claims)


def first_model(
    wishes: Sequence[Wish], model_of: Callable[[Claims], object | None], budget: Budget
) -> object | None:
    """Returns what ``model_of`` gives for the first set of claims that makes all wishes come true.

    ``model_of`` returns something that meets the claims, or None where nothing does. What it gives guides
    the search: only wishes that it leaves open are decided.

    Raises:
        OutOfBudgetError: The budget is used up.
    """
    pending: list[tuple[Claims, tuple[Wish, ...]]] = [(frozenset(), tuple(wishes))]
    while pending:
        budget.spend()
        claims, open_wishes = pending.pop()
        claims, choices = _settled(claims, open_wishes)
        is_hopeless = not all(choice.wishes for choice in choices)
        if is_hopeless or any(claim.denied() in claims for claim in claims):
            continue
        model = model_of(claims)
        if model is None:
            continue
        unmet = [choice for choice in choices if not _is_met(choice, model)]
        if not unmet:
            return model
        chosen = min(unmet, key=lambda choice: len(choice.wishes))
        others = tuple(choice for choice in choices if choice is not chosen)
        pending.extend(reversed(_ways(claims, chosen, others)))
    return None


def _claim_wish(test: Test, holds: bool, predicate: Predicate) -> _ClaimWish:
    is_met = predicate if holds else lambda event: not predicate(event)
    return _ClaimWish(claim_of(test, holds), is_met)


def _settled(claims: Claims, wishes: tuple[Wish, ...]) -> tuple[Claims, list[_Some]]:
    """Adds what must hold to the claims, and returns the choices that are left, those settled left out."""
    settled = set(claims)
    choices: list[_Some] = []
    unread = list(wishes)
    while unread:
        wish = unread.pop()
        if isinstance(wish, _ClaimWish):
            settled.add(wish.claim)
        elif isinstance(wish, _Every):
            unread.extend(wish.wishes)
        else:
            choices.append(wish)
    is_changed = True
    while is_changed:
        is_changed = False
        left = []
        for choice in choices:
            ways = tuple(wish for wish in choice.wishes if not _is_denied(wish, settled))
            if any(isinstance(wish, _ClaimWish) and wish.claim in settled for wish in ways):
                continue
            if len(ways) != 1:
                left.append(_Some(ways) if len(ways) < len(choice.wishes) else choice)
                continue
            inner, more = _settled(frozenset(settled), ways)
            settled = set(inner)
            left.extend(more)
            is_changed = True
        choices = left
    return frozenset(settled), choices


def _is_denied(wish: Wish, settled: set[Claim]) -> bool:
    if isinstance(wish, _ClaimWish):
        return wish.claim.denied() in settled
    if isinstance(wish, _Every):
        return any(_is_denied(part, settled) for part in wish.wishes)
    return all(_is_denied(part, settled) for part in wish.wishes)


def _is_met(wish: Wish, model: object) -> bool:
    if isinstance(wish, _ClaimWish):
        return wish.test(model)
    if isinstance(wish, _Every):
        return all(_is_met(part, model) for part in wish.wishes)
    return any(_is_met(part, model) for part in wish.wishes)


def _ways(claims: Claims, chosen: _Some, others: tuple[Wish, ...]) -> list[tuple[Claims, tuple[Wish, ...]]]:
    """Lists what is left to be done for each alternative; a claim once tried is denied from then on."""
    ways = []
    denied: set[Claim] = set()
    for wish in chosen.wishes:
        ways.append((claims | denied, (wish, *others)))
        if isinstance(wish, _ClaimWish):
            denied.add(wish.claim.denied())
    return ways
