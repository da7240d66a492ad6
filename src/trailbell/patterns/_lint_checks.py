"""Runs all checks that a pattern's syntax has."""

from collections.abc import Iterator

from trailbell.patterns._lint_absence import absence_findings
from trailbell.patterns._lint_exclusions import cancelling_findings
from trailbell.patterns._lint_fields import field_findings
from trailbell.patterns._lint_logic import logic_findings
from trailbell.patterns._lint_reading import exclusion_findings, precedence_findings
from trailbell.patterns._lint_rules import Finding
from trailbell.patterns._lint_subject import Subject
from trailbell.patterns._lint_texts import expression_findings, term_findings
from trailbell.patterns._lint_values import value_findings
from trailbell.patterns._lint_words import word_findings
from trailbell.patterns._tree import DelimitedPattern, JsonPattern, Pattern, RegexPattern, TermsPattern

__all__ = ["findings_of"]


def findings_of(text: str, pattern: Pattern) -> Iterator[Finding]:
    """Finds what is wrong with a valid pattern, in no certain order."""
    if isinstance(pattern, JsonPattern):
        yield from _of_json(Subject(text))
    elif isinstance(pattern, TermsPattern):
        yield from term_findings(text, pattern)
    elif isinstance(pattern, RegexPattern):
        yield from expression_findings(text, pattern)
    elif isinstance(pattern, DelimitedPattern):
        yield from word_findings(text, pattern)


def _of_json(subject: Subject) -> Iterator[Finding]:
    yield from logic_findings(subject)
    yield from precedence_findings(subject)
    yield from cancelling_findings(subject)
    if not subject.is_about_cloudtrail:
        return
    yield from field_findings(subject)
    yield from value_findings(subject)
    yield from exclusion_findings(subject)
    yield from absence_findings(subject)
