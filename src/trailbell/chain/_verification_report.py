"""What the API tells of a verification."""

from typing import Any

import msgspec

from trailbell.chain._instants import instant_text
from trailbell.chain._verification import Verification, VerificationLink, VerificationState

__all__ = ["LinkLine", "VerificationReport", "verification_report"]


class LinkLine(msgspec.Struct, frozen=True):
    """A link that the event has passed; ``seconds`` are counted from the start."""

    link: VerificationLink
    name: str
    at: str
    seconds: float
    detail: str


class VerificationReport(msgspec.Struct, frozen=True, kw_only=True):
    """A verification; ``stopped_at``, ``reason`` and ``advice`` are null unless it stopped.

    ``is_removed`` says that all was taken back, but for what ``left`` tells.
    """

    id: str
    control: str
    state: VerificationState
    started: str
    ended: str | None
    timeout_seconds: float
    event_id: str
    file: str
    links: list[LinkLine]
    stopped_at: VerificationLink | None
    reason: str | None
    advice: str | None
    is_removed: bool
    notes: list[str]
    left: list[str]


def verification_report(verification: Verification) -> VerificationReport:
    """Puts a verification into the words of the API."""
    stopped: Any = verification.stopped
    return VerificationReport(
        id=verification.id,
        control=verification.control,
        state=verification.state,
        started=instant_text(verification.started_ms),
        ended=None if verification.ended_ms is None else instant_text(verification.ended_ms),
        timeout_seconds=verification.timeout_ms / 1000,
        event_id=verification.id,
        file=verification.file_name,
        links=[
            LinkLine(
                each.link,
                each.name,
                instant_text(each.at_ms),
                max(0, each.at_ms - verification.started_ms) / 1000,
                each.detail,
            )
            for each in verification.passed
        ],
        stopped_at=stopped and stopped.link,
        reason=stopped and stopped.reason,
        advice=stopped and stopped.advice,
        is_removed=verification.is_removed,
        notes=list(verification.notes),
        left=list(verification.left),
    )
