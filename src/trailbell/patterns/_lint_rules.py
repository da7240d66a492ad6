"""The rules that patterns are held against, and what a finding is."""

from enum import StrEnum
from typing import Final

import msgspec

__all__ = ["RULES", "Finding", "Rule", "Severity"]


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Rule(msgspec.Struct, frozen=True):
    """Something that can be wrong with a pattern.

    Attributes:
        name: What findings call it; it never changes its meaning.
        severity: How bad its findings are.
        meaning: What is wrong, in one sentence.
    """

    name: str
    severity: Severity
    meaning: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong, or likely to be.

    Attributes:
        rule: The name of the rule.
        severity: How bad it is.
        message: What is wrong with this pattern, safe to show.
        start: The first character of the pattern that it is about, counted from 0.
        end: The character behind the last one.
        suggestion: The whole pattern with this mended; None where there is nothing certain to suggest.
        keeps_meaning: Whether the suggestion matches just the same events.
        readings: What the pattern means and what it may have been meant to, as patterns.
        events: Events that show it, as JSON or plain text.
    """

    rule: str
    severity: Severity
    message: str
    start: int
    end: int
    suggestion: str | None = None
    keeps_meaning: bool = False
    readings: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


_TABLE: Final = (
    Rule(
        "all-or-exclusions",
        Severity.ERROR,
        "Exclusions are joined by `||` to what they should restrict, so that they restrict nothing.",
    ),
    Rule("always-true", Severity.WARNING, "The pattern matches every event that it can be asked about."),
    Rule(
        "cancelling-exclusions",
        Severity.ERROR,
        "Exclusions of one field are joined by `||`, and whatever it holds differs from one of them.",
    ),
    Rule("duplicate-value", Severity.NOTE, "The same condition stands twice in a group."),
    Rule(
        "ignored-term", Severity.WARNING, "An optional term has no effect beside terms that are not optional."
    ),
    Rule(
        "letter-case",
        Severity.ERROR,
        "A field or value differs from what CloudTrail writes in letter case alone, so it never matches.",
    ),
    Rule(
        "missing-wildcard",
        Severity.WARNING,
        "A value is only a part of what CloudTrail writes, and has no `*` for the rest.",
    ),
    Rule(
        "misspelled-event-name",
        Severity.WARNING,
        "The name of a call is not known and differs from a known one in a letter or two.",
    ),
    Rule("never-true", Severity.ERROR, "No event can match."),
    Rule(
        "not-equal-on-absent",
        Severity.WARNING,
        "`!=` is false where the field is missing, and ordinary records lack this one.",
    ),
    Rule("over-limits", Severity.ERROR, "CloudWatch Logs refuses the pattern because it is beyond a limit."),
    Rule(
        "precedence-trap",
        Severity.WARNING,
        "`&&` binds tighter than `||`, so that a condition restricts less than it seems to.",
    ),
    Rule("redundant-clause", Severity.WARNING, "A condition can be left out, and the same events match."),
    Rule("unknown-field", Severity.WARNING, "CloudTrail records have no such field."),
    Rule("unknown-value", Severity.WARNING, "CloudTrail never writes this value into this field."),
    Rule(
        "wrong-type",
        Severity.ERROR,
        "The test never holds for the kind of value that CloudTrail writes into the field.",
    ),
)

RULES: Final[dict[str, Rule]] = {rule.name: rule for rule in _TABLE}
"""By name, in alphabetical order."""
