"""Finds what is wrong with a filter pattern, or likely to be."""

from collections.abc import Sequence
from typing import Final

from trailbell.patterns._errors import PatternError
from trailbell.patterns._lint_rules import Finding
from trailbell.patterns._parser import parse_pattern
from trailbell.patterns._tree import TermsPattern

__all__ = ["lint", "mended"]

# Each step mends one finding, or all of its like; more than there are conditions are not needed.
_MOST_STEPS = 64

_IDLE: Final = frozenset({"duplicate-value", "ignored-term", "redundant-clause"})
# Findings of these are followed all at once, as each lint of a long pattern takes its time.
_KINDS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(_IDLE, _IDLE),
    **{rule: frozenset({rule}) for rule in ("letter-case", "misspelled-event-name")},
}


def lint(text: str) -> tuple[Finding, ...]:
    """Finds what is wrong with a pattern, in order of place; an empty tuple where nothing is.

    What is known of CloudTrail counts for patterns that are about its records alone.

    Raises:
        PatternError: The pattern is not valid for another reason than a limit of CloudWatch Logs.
    """
    # The evaluator starts without all that is known of CloudTrail.
    from trailbell.patterns._lint_checks import findings_of  # noqa: PLC0415
    from trailbell.patterns._lint_limits import limit_finding  # noqa: PLC0415

    try:
        pattern = parse_pattern(text)
    except PatternError as error:
        found = limit_finding(error)
        if found is None:
            raise
        return (found,)
    return tuple(sorted(findings_of(text, pattern), key=lambda finding: (finding.start, finding.end)))


def mended(text: str) -> tuple[str, tuple[Finding, ...]]:
    """Follows suggestions, one after the other, and gives the last pattern with the findings followed.

    Raises:
        PatternError: The pattern is not valid for another reason than a limit of CloudWatch Logs.
    """
    followed: list[Finding] = []
    seen = {text}
    for _ in range(_MOST_STEPS):
        findings = lint(text)
        first = next((each for each in findings if each.suggestion not in (None, *seen)), None)
        if first is None or first.suggestion is None:
            break
        kind = _KINDS.get(first.rule, frozenset())
        alike = [each for each in findings if each.rule in kind]
        at_once = _without_at_once(text, alike) if kind is _IDLE else _replaced_at_once(text, alike)
        followed += [first] if at_once is None else alike
        text = first.suggestion if at_once is None else at_once
        seen.add(text)
    return text, tuple(followed)


def _without_at_once(text: str, idle: Sequence[Finding]) -> str | None:
    """Leaves out all idle clauses or terms; None where there are not several, or each is looked at alone."""
    from trailbell.patterns._lint_logic import without_idle  # noqa: PLC0415 - as above
    from trailbell.patterns._lint_texts import without_terms  # noqa: PLC0415

    if len(idle) < 2 or any(each.suggestion is None for each in idle):
        return None
    places = {(each.start, each.end) for each in idle}
    pattern = parse_pattern(text)
    return (
        without_terms(text, pattern, places)
        if isinstance(pattern, TermsPattern)
        else without_idle(text, places)
    )


def _replaced_at_once(text: str, findings: Sequence[Finding]) -> str | None:
    """Replaces a word for each finding; None where there are not several, or they are no words apart."""
    pieces: list[str] = []
    at = 0
    for finding in findings:
        before, behind = text[: finding.start], text[finding.end :]
        suggestion = finding.suggestion or ""
        if finding.start < at or not (suggestion.startswith(before) and suggestion.endswith(behind)):
            return None
        pieces += [text[at : finding.start], suggestion[len(before) : len(suggestion) - len(behind)]]
        at = finding.end
    return "".join([*pieces, text[at:]]) if len(findings) > 1 else None
