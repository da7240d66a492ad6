"""Patterns that CloudWatch Logs refuses for their size: the parser's refusals as findings."""

from trailbell.patterns._errors import TOO_MANY_REGEXES, TOO_MANY_WILDCARDS, PatternError
from trailbell.patterns._json_parser import parse_json_pattern
from trailbell.patterns._lexer import WHITE_SPACE
from trailbell.patterns._lint_rules import Finding
from trailbell.patterns._lint_subject import finding_of
from trailbell.patterns._parser import MAXIMUM_LENGTH
from trailbell.patterns._printer import format_pattern

__all__ = ["limit_finding"]

# Beyond this nobody wants to know how it could be shortened.
_LONGEST_SHORTENED = 4 * MAXIMUM_LENGTH


def limit_finding(error: PatternError) -> Finding | None:
    """Turns the refusal of a pattern into a finding; None where it is not valid for another reason."""
    text = error.pattern
    if len(text) > MAXIMUM_LENGTH:
        message = f"the pattern has {len(text):,} characters, and {MAXIMUM_LENGTH:,} are the most"
        shorter = _shortened(text)
        return finding_of(
            "over-limits", message, (error.start, error.end), shorter, keeps_meaning=shorter is not None
        )
    is_limit = error.message in (TOO_MANY_REGEXES, TOO_MANY_WILDCARDS) or error.expected.startswith("at most")
    if not is_limit:
        return None
    return finding_of("over-limits", f"AWS allows {error.expected}", (error.start, error.end))


def _shortened(text: str) -> str | None:
    """Prints a JSON pattern that is too long without what means nothing; None where that is not enough."""
    body = text.strip(WHITE_SPACE)
    if len(text) > _LONGEST_SHORTENED or not (body.startswith("{") and body.endswith("}")):
        return None
    start = text.index("{")
    try:
        shorter = format_pattern(parse_json_pattern(text, start + 1, start + len(body) - 1))
    except PatternError:
        return None
    return shorter if len(shorter) <= MAXIMUM_LENGTH else None
