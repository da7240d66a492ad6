"""Whether filters together match every event of a control: by what patterns mean, not by their text.

Follows cis-controls section 6. Covering is what counts; matching more is told apart by what more there is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

import msgspec

from trailbell.account._sample_events import event_names, ordinary_events, sample_events, variants
from trailbell.controls import Control, accepted_texts, event_sources
from trailbell.patterns import (
    Comparison,
    FilterPattern,
    JsonPattern,
    NameStep,
    Operator,
    PatternError,
    Selector,
    TextLiteral,
    all_of,
    format_pattern,
)

__all__ = ["Compare", "Compared", "Coverage", "CoverageJudge", "narrowed"]

_Event = Mapping[str, Any]
_ACCOUNT_FIELD = "recipientAccountId"
_ALWAYS = {
    "$.eventCategory": '($.eventCategory = "Management")',
    "$.managementEvent": "($.managementEvent IS TRUE)",
}
# The calls that controls name are changes, made by somebody and not by the service itself.
_OF_CALLS = {"$.eventType": '($.eventType = "AwsApiCall")', "$.readOnly": "($.readOnly IS FALSE)"}
# The values of a pattern, not its fields.
_WORD = re.compile(r"(?<![\w.$*])[\w*][\w.*]{3,}")
_READING = ("Get", "List", "Describe", "Head", "Lookup", "BatchGet", "Search", "Select", "Query")


class Compared(Protocol):
    """How one pattern and the union of others relate."""

    @property
    def relation(self) -> str:
        """One of equivalent, stricter, looser, incomparable, unknown: of the candidates to the reference."""

    @property
    def only_reference(self) -> _Event | None:
        """An event that only the reference matches."""

    @property
    def only_candidate(self) -> _Event | None:
        """An event that only the candidates match."""

    @property
    def plausible(self) -> bool | None:
        """Whether CloudTrail could write ``only_reference``; None where that is not known."""

    @property
    def reason(self) -> str:
        """Why it is so, or why it is not known, as a sentence."""


class Compare(Protocol):
    """Compares the meaning of a pattern with that of others together; raises nothing for valid patterns."""

    def __call__(self, reference: str, *candidates: str) -> Compared:
        """Returns how they relate."""


class Coverage(msgspec.Struct, frozen=True):
    """Whether a set of patterns covers a control.

    Attributes:
        covers: None where that could not be decided; ``reason`` says why.
        missed: An event of the control that none matches; with ``covers`` it is one that cannot happen.
        needless: A successful call outside the control that is matched too.
        share: How many of the control's sample events are matched, 0 to 1: what is nearest to covering.
    """

    covers: bool | None
    missed: _Event | None = None
    needless: _Event | None = None
    share: float = 0.0
    reason: str = ""


class _Reference(msgspec.Struct, frozen=True):
    text: str
    narrowed_text: str
    samples: tuple[_Event, ...]
    varied: tuple[_Event, ...]


class CoverageJudge:
    """Judges sets of patterns against the controls of a profile in an account; remembers what it judged."""

    def __init__(self, compare: Compare, profile: str, account: str) -> None:
        self._compare = compare
        self._profile = profile
        self._account = account
        self._references: dict[str, tuple[_Reference, ...]] = {}
        self._known: dict[str, tuple[FilterPattern, ...]] = {}
        self._judged: dict[tuple[str, frozenset[str]], Coverage] = {}
        self._ordinary = ordinary_events(account)

    def coverage(self, control: Control, patterns: Iterable[str]) -> Coverage:
        """Returns whether the patterns together match every event of a control.

        It is enough to cover any one of the texts that the profile accepts. Patterns that are not valid
        match nothing.
        """
        valid = frozenset(text for text in patterns if _compiled(text) is not None)
        found = self._judged.get((control.key, valid))
        if found is None:
            found = self._judged[control.key, valid] = self._cover(control, sorted(valid))
        return found

    def _cover(self, control: Control, texts: Sequence[str]) -> Coverage:
        answers = [self._against(control, each, texts) for each in self._references_of(control)]
        covering = [each for each in answers if each.covers]
        if covering:
            return min(covering, key=lambda each: (each.needless is not None, each.missed is not None))
        undecided = [each for each in answers if each.covers is None]
        return undecided[0] if undecided else max(answers, key=lambda each: each.share)

    def _against(self, control: Control, reference: _Reference, texts: Sequence[str]) -> Coverage:
        missed = [each for each in reference.samples if not self.is_matched(each, texts)]
        share = 1 - len(missed) / max(len(reference.samples), 1) or _likeness(reference.text, texts)
        missed = missed or [each for each in reference.varied if not self.is_matched(each, texts)]
        if missed:
            return Coverage(False, missed[0], share=share)
        uses_account = any(_ACCOUNT_FIELD in text for text in texts)
        compared = self._compare(reference.narrowed_text if uses_account else reference.text, *texts)
        needless = self._needless(control, compared.only_candidate, texts)
        if compared.relation in ("equivalent", "looser"):
            return Coverage(True, None, needless, 1.0, compared.reason)
        if compared.relation == "unknown" and compared.only_reference is None:
            return Coverage(None, None, None, share, compared.reason)
        if compared.plausible is False or self._is_covered_as_written(reference, texts):
            return Coverage(True, compared.only_reference, needless, 1.0, compared.reason)
        return Coverage(False, compared.only_reference, None, share, compared.reason)

    def _is_covered_as_written(self, reference: _Reference, texts: Sequence[str]) -> bool:
        """Says whether only events are missed that lack what CloudTrail writes into each one."""
        always = _ALWAYS | (_OF_CALLS if event_names(reference.text) else {})
        clauses = [each for field, each in always.items() if any(field in text for text in texts)]
        if not clauses:
            return False
        condition = " && ".join((f"({reference.text.strip()[1:-1]})", *clauses))
        return self._compare(f"{{ {condition} }}", *texts).relation in ("equivalent", "looser")

    def _needless(
        self, control: Control, only_candidate: _Event | None, texts: Sequence[str]
    ) -> _Event | None:
        """Finds a successful call that is matched though no text of the control asks for it."""
        known = self._known_of(control)
        for event in self._ordinary:
            if self.is_matched(event, texts) and not any(each.matches(event) for each in known):
                return event
        if only_candidate is None or not _is_written(only_candidate):
            return None
        if "errorCode" in only_candidate or "errorMessage" in only_candidate:
            return None
        if any(each.matches(only_candidate) for each in known):
            return None
        return None if _is_of_its_kind(control, only_candidate) else only_candidate

    def is_matched(self, event: _Event, texts: Iterable[str]) -> bool:
        """Returns whether one of some patterns matches an event."""
        patterns = (_compiled(text) for text in texts)
        return any(pattern.matches(event) for pattern in patterns if pattern is not None)

    def _references_of(self, control: Control) -> tuple[_Reference, ...]:
        if control.key not in self._references:
            texts = accepted_texts(control, self._profile)
            sources = event_sources(control)
            self._references[control.key] = tuple(_reference(text, sources, self._account) for text in texts)
        return self._references[control.key]

    def _known_of(self, control: Control) -> tuple[FilterPattern, ...]:
        if control.key not in self._known:
            texts = {*accepted_texts(control, self._profile), control.pattern or ""}
            self._known[control.key] = tuple(
                each for each in map(_compiled, sorted(texts)) if each is not None and str(each)
            )
        return self._known[control.key]


@lru_cache(maxsize=256)
def _reference(text: str, sources: tuple[str, ...], account: str) -> _Reference:
    # A plan judges one account many times.
    pattern = _compiled(text) or FilterPattern(text)
    samples = sample_events(pattern.pattern, sources, account)
    varied = (made for each in samples for made in variants(each, account))
    return _Reference(
        text,
        narrowed(text, "$." + _ACCOUNT_FIELD, account) or text,
        tuple(each for each in samples if pattern.matches(each)),
        tuple(each for each in varied if pattern.matches(each)),
    )


@lru_cache(maxsize=4096)
def _compiled(text: str) -> FilterPattern | None:
    # The same few texts are asked for in every account.
    try:
        return FilterPattern(text)
    except PatternError:
        return None


def _likeness(reference: str, texts: Sequence[str]) -> float:
    """Returns a small share for a pattern that matches nothing, but looks as if it were meant to."""
    wanted = frozenset(_WORD.findall(reference))
    found = (wanted & frozenset(_WORD.findall(text)) for text in texts)
    alike = max((len(each) / len(wanted) for each in found), default=0.0)
    return alike / 100 if alike >= 0.4 else 0.0


def narrowed(text: str, field: str, value: str) -> str | None:
    """Returns a pattern that asks for a field's value too; None where it is no pattern for JSON events.

    ``field`` is a plain selector such as ``$.recipientAccountId``.
    """
    compiled = _compiled(text)
    names = field.removeprefix("$.").split(".")
    if compiled is None or not field.startswith("$.") or not all(names):
        return None
    pattern = compiled.pattern
    if not isinstance(pattern, JsonPattern):
        return None
    selector = Selector(tuple(NameStep(name) for name in names))
    plain_stars = tuple(at for at, character in enumerate(value) if character == "*")
    test = Comparison(selector, Operator.EQUAL, TextLiteral(value, quoted=True, plain_stars=plain_stars))
    return format_pattern(JsonPattern(all_of([pattern.condition, test])))


def _is_written(event: _Event) -> bool:
    """Says whether CloudTrail could write an event: everybody is of a type, and what reads says so."""
    identity, is_read = event.get("userIdentity"), str(event.get("eventName", "")).startswith(_READING)
    has_type = not isinstance(identity, Mapping) or "type" in identity
    return has_type and not (is_read and event.get("readOnly") is False)


def _is_of_its_kind(control: Control, event: _Event) -> bool:
    """Says whether an event is a call the control asks for, or another change in its services: no noise."""
    name = str(event.get("eventName", ""))
    asked_for = control.pattern is not None and name in event_names(control.pattern)
    is_change = event.get("eventSource") in event_sources(control) and not name.startswith(_READING)
    return asked_for or is_change
