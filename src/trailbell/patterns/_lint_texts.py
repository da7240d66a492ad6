"""Terms that contradict, repeat or ignore each other, and expressions that tell no messages apart."""

import re
from collections.abc import Collection, Iterator

from trailbell.patterns._lint_rules import Finding
from trailbell.patterns._lint_search import Searcher
from trailbell.patterns._lint_subject import finding_of
from trailbell.patterns._operator_words import quoted
from trailbell.patterns._printer import format_pattern
from trailbell.patterns._tree import RegexPattern, Term, TermKind, TermsPattern

__all__ = ["expression_findings", "term_findings", "without_terms"]

# In a valid pattern: a prefix, and a phrase or a bare word.
_TERM = re.compile(r'(?:[-?]\s*)?(?:"(?:[^"\\]|\\.)*"|[^\s"?-]+)', re.DOTALL)


def term_findings(text: str, pattern: TermsPattern) -> Iterator[Finding]:
    """Finds what is wrong between the terms of a pattern."""
    terms = pattern.terms
    spans = _spans(text)
    is_optional_ignored = any(term.kind is not TermKind.OPTIONAL for term in terms)
    for at, term in enumerate(terms):
        span = spans[at]
        if is_optional_ignored and term.kind is TermKind.OPTIONAL:
            yield finding_of(
                "ignored-term",
                f"?{quoted(term.text)} is ignored beside terms that are not optional",
                span,
                _without(terms, at),
                keeps_meaning=True,
            )
            continue
        if term in terms[:at]:
            yield finding_of(
                "duplicate-value",
                f"{quoted(term.text)} stands twice",
                span,
                _without(terms, at),
                keeps_meaning=True,
            )
        elif _is_contradicted(term, terms):
            yield finding_of(
                "never-true",
                f"a message without {quoted(term.text)} lacks a required term that holds it",
                span,
            )
        elif _is_implied(term, terms):
            yield finding_of(
                "redundant-clause",
                f"without {quoted(term.text)} the same events match",
                span,
                _without(terms, at),
                keeps_meaning=True,
            )


def without_terms(text: str, pattern: TermsPattern, idle: Collection[tuple[int, int]]) -> str:
    """Gives a pattern without all terms that findings call idle, by their places."""
    placed = zip(_spans(text), pattern.terms, strict=True)
    return format_pattern(TermsPattern(tuple(term for span, term in placed if span not in idle)))


def expression_findings(text: str, pattern: RegexPattern) -> Iterator[Finding]:
    """Finds a regular expression that has a match in no message, or in each."""
    search = Searcher(1)
    span = (text.index("%"), text.rindex("%") + 1)
    if search.is_impossible(matches=[pattern]):
        yield finding_of("never-true", "no message has a match of this expression", span)
    elif search.is_impossible(fails=[pattern]):
        yield finding_of("always-true", "every message has a match of this expression", span)


def _spans(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in _TERM.finditer(text)]


def _is_contradicted(term: Term, terms: tuple[Term, ...]) -> bool:
    """Says whether a term is excluded that stands inside a required one."""
    if term.kind is not TermKind.EXCLUDED:
        return False
    return any(other.kind is TermKind.REQUIRED and term.text in other.text for other in terms)


def _is_implied(term: Term, terms: tuple[Term, ...]) -> bool:
    """Says whether another term of the kind sees to this one; of equal terms the first is not implied."""
    others = [other.text for other in terms if other.kind is term.kind and other.text != term.text]
    if term.kind is TermKind.REQUIRED:
        return any(term.text in other for other in others)
    # Without a shorter part, or with the longer one left out, the same messages are told apart.
    return any(other in term.text for other in others)


def _without(terms: tuple[Term, ...], at: int) -> str:
    return format_pattern(TermsPattern(terms[:at] + terms[at + 1 :]))
