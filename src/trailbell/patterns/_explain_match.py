"""Explains the verdict on one event: each clause, what it met, whether it holds, and which of them decide."""

from collections.abc import Iterator, Sequence

import msgspec

from trailbell.patterns._events import decode_event, message_bytes, message_text
from trailbell.patterns._explain import lacks_optional_terms
from trailbell.patterns._explain_values import met_in, note_on, shortened
from trailbell.patterns._matcher import matches
from trailbell.patterns._messages import word_predicate
from trailbell.patterns._nodes import condition_predicate
from trailbell.patterns._operator_words import (
    comparison_words,
    group_words,
    quoted,
    test_words,
    word_test_words,
)
from trailbell.patterns._printer import format_pattern
from trailbell.patterns._tree import (
    AllOf,
    AnyOf,
    Condition,
    DelimitedPattern,
    EllipsisField,
    EveryEvent,
    JsonPattern,
    Operator,
    Pattern,
    RegexPattern,
    Term,
    TermKind,
    TermsPattern,
    WordField,
    WordTest,
)
from trailbell.patterns._words import assign_words

__all__ = ["Clause", "Explanation", "explain_match"]

_REASONS = 3


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a pattern and what became of it in one event.

    Attributes:
        text: The clause as it is written in a pattern; empty where it is written nowhere.
        words: What it asks, in words.
        holds: Whether it holds, taken alone.
        decides: Whether the verdict on the whole event follows from this clause and the others so marked.
        met: What it met in the event; empty for a group.
        note: What surprises about the verdict; mostly empty.
        is_ignored: Whether the clause has no say: an optional term beside others.
        joint: ``all`` or ``any`` where it is a group, by which of its clauses must hold; else empty.
        clauses: The clauses of a group.
    """

    text: str
    words: str
    holds: bool
    decides: bool = False
    met: str = ""
    note: str = ""
    is_ignored: bool = False
    joint: str = ""
    clauses: tuple["Clause", ...] = ()

    def leaves(self) -> Iterator["Clause"]:
        """Goes through the clauses that are no groups, in order of appearance."""
        if not self.joint:
            yield self
        for clause in self.clauses:
            yield from clause.leaves()


class Explanation(msgspec.Struct, frozen=True):
    """The verdict on one event.

    Attributes:
        matches: Whether the pattern matches.
        reason: Why, in one sentence.
        clause: The whole pattern as a clause.
    """

    matches: bool
    reason: str
    clause: Clause


def explain_match(pattern: Pattern, message: bytes | str) -> Explanation:
    """Explains whether and why a pattern matches a message; the verdicts are the matcher's own."""
    clause = _deciding(_clause(pattern, message))
    return Explanation(clause.holds, _reason(clause), clause)


def _clause(pattern: Pattern, message: bytes | str) -> Clause:
    match pattern:
        case EveryEvent():
            return Clause(text="", words="every event matches", holds=True, met="an event")
        case TermsPattern():
            return _of_terms(pattern, message)
        case RegexPattern():
            return Clause(
                text=format_pattern(pattern),
                words=f"the message {comparison_words(Operator.EQUAL, pattern.regex)}",
                holds=matches(pattern, message),
                met=quoted(shortened(message_text(message))),
            )
        case DelimitedPattern():
            return _of_fields(pattern, message_text(message))
        case _:
            return _of_condition(pattern.condition, decode_event(message))


def _of_condition(condition: Condition, event: object) -> Clause:
    text = format_pattern(JsonPattern(condition))[1:-1].strip()
    if isinstance(condition, AllOf | AnyOf):
        clauses = [_of_condition(term, event) for term in condition.terms]
        return _group(text, clauses, is_all=isinstance(condition, AllOf))
    holds = event is not None and condition_predicate(condition)(event)
    return Clause(
        text=text,
        words=test_words(condition),
        holds=holds,
        met="no JSON object" if event is None else met_in(event, condition.selector),
        note="" if holds or event is None else note_on(event, condition),
    )


def _of_terms(pattern: TermsPattern, message: bytes | str) -> Clause:
    raw = message_bytes(message)
    is_all = lacks_optional_terms(pattern)
    clauses = [
        _of_term(term, raw, is_ignored=is_all and term.kind is TermKind.OPTIONAL) for term in pattern.terms
    ]
    return _group(format_pattern(pattern), clauses, is_all=is_all)


def _of_term(term: Term, raw: bytes, *, is_ignored: bool) -> Clause:
    is_there = message_bytes(term.text) in raw
    is_excluded = term.kind is TermKind.EXCLUDED
    verb = "does not contain" if is_excluded else "contains"
    return Clause(
        text=format_pattern(TermsPattern((term,))),
        words=f"the message {verb} {quoted(term.text)}",
        holds=is_there is not is_excluded,
        met="found" if is_there else "not found",
        note="ignored, being optional beside other terms" if is_ignored else "",
        is_ignored=is_ignored,
    )


def _of_fields(pattern: DelimitedPattern, message: str) -> Clause:
    fields = pattern.fields
    least = sum(isinstance(field, WordField) for field in fields)
    assigned = assign_words(pattern, message)
    clauses = [
        Clause(
            text="",
            words=f"the message has {least} or more words" if least else "every message has words enough",
            holds=assigned is not None,
            met="too few words" if assigned is None else "enough words",
        )
    ]
    # Behind an ellipsis, fields count from the last word.
    ellipsis = fields.index(EllipsisField()) if EllipsisField() in fields else len(fields)
    for at, field in enumerate(fields):
        if isinstance(field, WordField) and field.alternatives:
            word = None if assigned is None else assigned[at if at < ellipsis else at - len(fields)]
            clauses.append(_of_field(field, word))
    return _group(format_pattern(pattern), clauses, is_all=True)


def _of_field(field: WordField, word: str | None) -> Clause:
    alternatives = [
        _group(
            _field_text(field.name, (tests,)),
            [_of_word(field.name, test, word) for test in tests],
            is_all=True,
        )
        for tests in field.alternatives
    ]
    return _group(_field_text(field.name, field.alternatives), alternatives, is_all=False)


def _of_word(name: str, test: WordTest, word: str | None) -> Clause:
    return Clause(
        text=_field_text(name, ((test,),)),
        words=word_test_words(name, test),
        holds=word is not None and word_predicate(test)(word),
        met="no word" if word is None else quoted(shortened(word)),
    )


def _field_text(name: str, alternatives: tuple[tuple[WordTest, ...], ...]) -> str:
    return format_pattern(DelimitedPattern((WordField(name, alternatives),)))[1:-1]


def _group(text: str, clauses: Sequence[Clause], *, is_all: bool) -> Clause:
    """Joins clauses; one alone is no group."""
    if len(clauses) == 1:
        return clauses[0]
    held = [clause.holds for clause in clauses if not clause.is_ignored]
    return Clause(
        text=text,
        words=group_words(is_all=is_all),
        holds=all(held) if is_all else any(held),
        joint="all" if is_all else "any",
        clauses=tuple(clauses),
    )


def _deciding(clause: Clause) -> Clause:
    """Marks the clause, and below a group those that settle its verdict."""
    if not clause.joint:
        return msgspec.structs.replace(clause, decides=True)
    # One false clause settles a conjunction, one true clause a disjunction; otherwise all are needed.
    settling = clause.joint == "any"
    is_settled = clause.holds is settling
    clauses = tuple(
        _deciding(each) if not each.is_ignored and (not is_settled or each.holds is settling) else each
        for each in clause.clauses
    )
    return msgspec.structs.replace(clause, decides=True, clauses=clauses)


def _reason(clause: Clause) -> str:
    # Below a conjunction and a disjunction alike, those that decide hold if and only if the whole does.
    deciding = [leaf for leaf in clause.leaves() if leaf.decides]
    told = "; ".join(f"{leaf.words} ({leaf.met})" for leaf in deciding[:_REASONS])
    if len(deciding) > _REASONS:
        told += f"; and {len(deciding) - _REASONS:,} more"
    if clause.holds:
        return f"The pattern matches, because {told}."
    lead = "this does not hold" if len(deciding) == 1 else "none of these holds"
    return f"The pattern does not match, because {lead}: {told}."
