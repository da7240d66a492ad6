"""What an audit says: one result for each control of each account, with its best chain link by link."""

import enum
from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = [
    "AccountResult",
    "Audit",
    "Blocked",
    "ChainLink",
    "ControlResult",
    "Exemption",
    "Link",
    "Profile",
    "Status",
    "audit_document",
]


class Status(enum.StrEnum):
    """What is said of a control, from best to worst for whoever relies on it."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a secret
    PASS_NOISY = "PASS_NOISY"  # noqa: S105
    EXCEPTION = "EXCEPTION"
    NOT_HERE = "NOT_HERE"
    UNKNOWN = "UNKNOWN"
    FAIL = "FAIL"

    @property
    def is_pass(self) -> bool:
        """Whether every event of the control reaches somebody."""
        return self in (Status.PASS, Status.PASS_NOISY)


class Link(enum.StrEnum):
    """The links of the chain, in the order in which an event passes them."""

    TRAIL = "trail"
    LOG_GROUP = "log_group"
    FILTER = "filter"
    METRIC = "metric"
    ALARM = "alarm"
    ACTION = "action"
    TOPIC = "topic"
    SUBSCRIPTION = "subscription"


class Profile(msgspec.Struct, frozen=True):
    """What is audited against: a version of the benchmark such as 7.0.0, or ``security-hub``."""

    name: str

    @property
    def is_security_hub(self) -> bool:
        """Whether the controls are those of AWS Security Hub, CloudWatch.1 to .14."""
        return self.name == "security-hub"

    def __str__(self) -> str:
        return self.name


class ChainLink(msgspec.Struct, frozen=True):
    """One link as it was found.

    ``name`` is its ARN, or what it goes by where it has none: a metric is ``namespace/name``.
    ``detail`` is what an auditor would write beside it: a pattern, a threshold, a protocol.
    """

    link: Link
    name: str
    detail: str = ""


class Blocked(msgspec.Struct, frozen=True):
    """Another chain that could have served the control, and what blocks it."""

    names: tuple[str, ...]
    link: Link
    message: str


class Exemption(msgspec.Struct, frozen=True):
    """The attestation that stands in for a chain: who said why, and until when (a date, ISO 8601)."""

    reason: str
    author: str
    expires: str


class ControlResult(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one control of one account.

    Attributes:
        control: The key in the catalogue.
        id: The control's number in the profile, such as 5.1 or CloudWatch.2.
        message: One sentence: what holds, or what is wrong and how it is mended.
        broken_link: The first link that breaks the best chain; None where none does, or where the control
            has no chain.
        chain: The best chain, up to and with the broken link where that exists.
        witness_event: Of a FAIL an event that nobody is told of; of PASS_NOISY one that is told of
            needlessly; of a theoretical gap the event that CloudTrail does not write.
        theoretical_gap: Whether the filters miss events that the control's text matches, but none of them is
            an event that CloudTrail could write.
        blocked: Other chains, nearest first; at most ten.
        remarks: What else a reader should know, as sentences.
        exemption: Set where the status is EXCEPTION.
    """

    control: str
    id: str
    status: Status
    message: str
    broken_link: Link | None = None
    chain: tuple[ChainLink, ...] = ()
    witness_event: Mapping[str, Any] | None = None
    theoretical_gap: bool = False
    blocked: tuple[Blocked, ...] = ()
    remarks: tuple[str, ...] = ()
    exemption: Exemption | None = None


class AccountResult(msgspec.Struct, frozen=True, kw_only=True):
    """The verdicts on one account.

    ``at`` is when it was read (ISO 8601, UTC), ``caller`` the ARN that read it; ``calls`` counts calls by
    ``service:Operation``. ``problems`` are the calls that failed, or why the account could not be read at
    all: then there are no controls. ``notes`` tell of exceptions that have expired.
    """

    account: str
    regions: tuple[str, ...]
    cis: str
    controls: tuple[ControlResult, ...]
    calls: Mapping[str, int]
    caller: str = ""
    at: str = ""
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    was_read: bool = True


class Audit(msgspec.Struct, frozen=True):
    """An audit of one or more accounts; ``version`` is Trailbell's."""

    accounts: tuple[AccountResult, ...]
    version: str


def audit_document(audit: Audit) -> dict[str, Any]:
    """Returns the audit as plain values for JSON.

    Members beyond the fixed ones (``remarks``, ``blocked``, ``exception``, ``problems``, ``notes``) are there
    only where there is something to say.
    """
    return {"accounts": [_account_document(each) for each in audit.accounts]}


def _account_document(result: AccountResult) -> dict[str, Any]:
    document: dict[str, Any] = {
        "account": result.account,
        "regions": list(result.regions),
        "cis": result.cis,
        "controls": [_control_document(each) for each in result.controls],
        "calls": dict(result.calls),
    }
    said = {
        "caller": result.caller,
        "at": result.at,
        "problems": list(result.problems),
        "notes": list(result.notes),
    }
    return document | {name: value for name, value in said.items() if value}


def _control_document(result: ControlResult) -> dict[str, Any]:
    document: dict[str, Any] = {
        "control": result.control,
        "id": result.id,
        "status": result.status.value,
        "broken_link": None if result.broken_link is None else result.broken_link.value,
        "message": result.message,
        "chain": [msgspec.to_builtins(each) for each in result.chain],
        "witness_event": None if result.witness_event is None else dict(result.witness_event),
        "theoretical_gap": result.theoretical_gap,
    }
    said = {
        "remarks": list(result.remarks),
        "blocked": [msgspec.to_builtins(each) for each in result.blocked],
        "exception": None if result.exemption is None else msgspec.to_builtins(result.exemption),
    }
    return document | {name: value for name, value in said.items() if value}
