"""Audits for tests of reports: of account states through the judge, and of text that means harm."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache

import msgspec

from support.account_states import patched, state_named, trimmed
from trailbell.account import (
    AccountResult,
    Audit,
    Blocked,
    ChainLink,
    ControlResult,
    Exemption,
    Link,
    Profile,
    Question,
    StatedException,
    Status,
    UnreadableAccountError,
    audit_snapshots,
)

__all__ = [
    "HOSTILE",
    "NOW",
    "UNREAD",
    "audit_of_states",
    "every_status",
    "made_account",
    "made_control",
    "text_audit",
]

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOSTILE = (
    "</title></style>\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }} | a "
    "| b |\n|---|---|\n# top\n- list\n[x](javascript:alert(3)) ](javascript:alert(4)) "
    "![i](http://evil.example/i.png) <!-- <https://evil.example> www.evil.example https://evil.example "
    "a@evil.example `` ``` ` *b* _c_ ~~d~~ &lt; ]]> \x1b[2J\u202eevil\x00\r\n\ufffe\ud800 \\"
)
STATES = {
    "100000000001": "whole",
    "100000000002": "every-json-event",
    "100000000003": "one-filter-missing",
    "100000000004": "transformed-events",
    "100000000005": "organization-trail-from-a-member",
    "100000000006": "pending-subscription",
}
UNREAD = "100000000008"
EXCEPTIONS = (
    StatedException("root_usage", "100000000006", "The SIEM watches it", "Ada Smith", date(2027, 6, 30)),
    StatedException("root_usage", "100000000006", "It did", "Bob Jones", date(2025, 6, 30)),
)


@cache
def every_status() -> Audit:
    """Every status, and an account that could not be read, out of account states."""
    return audit_of_states()


def audit_of_states() -> Audit:
    """Judges the states anew."""
    accounts = []
    for account, name in STATES.items():
        state = state_named(name)
        # What the state is about has the account in its ARNs, so the account is renamed afterwards.
        snapshot, controls = trimmed(state, patched(state))
        exceptions = tuple(
            msgspec.structs.replace(each, account=snapshot.account)
            for each in EXCEPTIONS
            if each.account == account
        )
        question = Question(profile=Profile(state.cis), controls=controls, exceptions=exceptions)
        [result] = audit_snapshots({snapshot.account: snapshot}, question, NOW).accounts
        accounts.append(msgspec.structs.replace(result, account=account))
    question = Question(profile=Profile("7.0.0"), controls=())
    unread = audit_snapshots({UNREAD: UnreadableAccountError("The role cannot be assumed.")}, question, NOW)
    return Audit((*accounts, *unread.accounts), unread.version)


def made_control(text: str = "text", status: Status = Status.FAIL, elements: int = 1) -> ControlResult:
    """A control with the text in every member that an account has a say in."""
    return ControlResult(
        control="root_usage",
        id="5.3",
        status=status,
        message=text,
        broken_link=Link.ALARM if status is Status.FAIL else None,
        chain=tuple(ChainLink(link, text, text) for link in Link for _ in range(elements)),
        witness_event={"eventName": text, text: [text]},
        theoretical_gap=status is Status.PASS,
        blocked=(Blocked((text, text), Link.TOPIC, text),),
        remarks=(text,),
        exemption=Exemption(text, text, "2027-06-30") if status is Status.EXCEPTION else None,
    )


def made_account(
    controls: Iterable[ControlResult], text: str = "text", account: str = "111122223333"
) -> AccountResult:
    """An account with the text in every member that it has a say in."""
    return AccountResult(
        account=account,
        regions=(text, "us-east-1"),
        cis="7.0.0",
        controls=tuple(controls),
        calls={text: 2, "cloudtrail:DescribeTrails": 1},
        caller=text,
        at="2026-11-01T11:00:00Z",
        problems=(text,),
        notes=(text,),
    )


def text_audit(text: str) -> Audit:
    """Every status, with the text in every place."""
    return Audit((made_account((made_control(text, each) for each in Status), text, text),), "1.2.3")
