"""Finds what is wrong with a filter pattern, or likely to be."""

from trailbell.patterns._errors import PatternError
from trailbell.patterns._lint_rules import Finding
from trailbell.patterns._parser import parse_pattern

__all__ = ["lint", "mended"]

# Each step mends one finding; more than there are conditions are not needed.
_MOST_STEPS = 64


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
        found = next((each for each in lint(text) if each.suggestion not in (None, *seen)), None)
        if found is None or found.suggestion is None:
            break
        text = found.suggestion
        seen.add(text)
        followed.append(found)
    return text, tuple(followed)
