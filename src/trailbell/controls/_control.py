"""One monitoring control of the CIS AWS Foundations Benchmark."""

import enum

import msgspec

__all__ = ["VERSIONS", "Control", "Severity"]

VERSIONS = ("1.2.0", "1.3.0", "1.4.0", "1.5.0", "2.0.0", "3.0.0", "4.0.0", "4.0.1", "5.0.0", "6.0.0", "7.0.0")
"""The versions of the benchmark, oldest first."""


class Severity(enum.StrEnum):
    """How grave a match is, before anyone has looked at it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Control(msgspec.Struct, frozen=True):
    """What the benchmark asks to be watched, in its newest text.

    since: the first version that has the control; number: the last part of its id, which never changed.
    pattern, metric_name, alarm_name: None for the one control that is no metric filter.
    gaps: what the pattern does not see; advice: what to do first when the alarm rings.
    """

    key: str
    title: str
    since: str
    number: int
    severity: Severity
    pattern: str | None
    metric_name: str | None
    alarm_name: str | None
    gaps: tuple[str, ...]
    advice: str

    @property
    def filter_name(self) -> str:
        """The key with hyphens, as the benchmark's own commands write filter names."""
        return self.key.replace("_", "-")

    def ids(self) -> dict[str, str]:
        """Maps each version of the benchmark to this control's id in it (section 3, 4 or 5)."""
        versions = VERSIONS[VERSIONS.index(self.since) :]
        return {version: f"{_section(version)}.{self.number}" for version in versions}


def _section(version: str) -> int:
    if version == "1.2.0":
        return 3
    return 5 if version in {"6.0.0", "7.0.0"} else 4
