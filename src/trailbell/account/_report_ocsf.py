"""The report of an audit as OCSF Compliance Findings (class 2003) of version 1.8.0.

Mapping by the schema of https://schema.ocsf.io/1.8.0/classes/compliance_finding with the cloud profile.
Optional members are left out rather than null; what the class has no member for stands under ``unmapped``.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from trailbell.account._names import read_arn
from trailbell.account._report_words import LINK_WORDS, json_text, profile_words, title_words
from trailbell.account._result import AccountResult, Audit, ChainLink, ControlResult, Status
from trailbell.controls import Severity, UnknownControlError, control_of
from trailbell.evidence import shown

__all__ = ["ocsf_findings"]

_VERSION = "1.8.0"
_LONGEST = 2_048
_MOST_ELEMENTS = 25
_CLASS_UID = 2003
_CREATE = 1
_AWS_ACCOUNT = 10

_COMPLIANCE = {
    Status.PASS: (1, "Pass"),
    Status.PASS_NOISY: (2, "Warning"),
    Status.FAIL: (3, "Fail"),
    Status.UNKNOWN: (0, "Unknown"),
    Status.NOT_HERE: (99, Status.NOT_HERE.value),
    Status.EXCEPTION: (99, Status.EXCEPTION.value),
}
_FINDING = {
    Status.PASS: (4, "Resolved"),
    Status.PASS_NOISY: (4, "Resolved"),
    Status.FAIL: (1, "New"),
    Status.UNKNOWN: (0, "Unknown"),
    Status.NOT_HERE: (99, Status.NOT_HERE.value),
    Status.EXCEPTION: (3, "Suppressed"),
}
_SEVERITY = {Severity.LOW: (2, "Low"), Severity.MEDIUM: (3, "Medium"), Severity.HIGH: (4, "High")}
_INFORMATIONAL = (1, "Informational")


def ocsf_findings(audit: Audit, now: datetime) -> list[dict[str, Any]]:
    """Returns one finding for each control of each account, and one for each account that was not read.

    A finding keeps its ``finding_info.uid`` from one audit to the next. Its time is when the account was
    read; ``now`` stands in where that is not known.
    """
    return [finding for account in audit.accounts for finding in _findings(account, audit.version, now)]


def _findings(account: AccountResult, version: str, now: datetime) -> Iterator[dict[str, Any]]:
    shared = _Shared(account, version, now)
    if not account.was_read:
        yield shared.unread()
    for control in account.controls:
        yield shared.finding(control)


class _Shared:
    """What all findings of one account have in common."""

    def __init__(self, account: AccountResult, version: str, now: datetime) -> None:
        self._account = account
        self._version = version
        self._time = _milliseconds(account.at, now)

    def unread(self) -> dict[str, Any]:
        """Tells that nothing is known of the account."""
        problems = [_safe(each) for each in self._account.problems[:_MOST_ELEMENTS]]
        return {
            **self._members("account", "The account could not be read", Status.UNKNOWN, (0, "Unknown")),
            "message": "; ".join(problems) or "The account could not be read.",
            "compliance": {
                "standards": [profile_words(self._account.cis)],
                "control": "every control",
                "status_id": 0,
                "status": "Unknown",
                "status_details": problems,
            },
        }

    def finding(self, result: ControlResult) -> dict[str, Any]:
        """Tells of one control."""
        status_id, status = _COMPLIANCE[result.status]
        message = _safe(result.message)
        finding = {
            **self._members(result.control, title_words(result.control), result.status, _severity(result)),
            "message": message,
            "status_code": result.status.value,
            "status_detail": message,
            "compliance": {
                "standards": [profile_words(self._account.cis)],
                "control": f"{_safe(result.id)} {_safe(result.control)}",
                "requirements": [_safe(result.id)],
                "status_id": status_id,
                "status": status,
                "status_code": result.status.value,
                "status_details": [message, *(_safe(each) for each in result.remarks[:_MOST_ELEMENTS])],
            },
            "resources": self._resources(result),
            "unmapped": _unmapped(result),
        }
        if result.status not in (Status.PASS, Status.EXCEPTION):
            finding["remediation"] = {"desc": message}
        return finding

    def _members(self, key: str, title: str, status: Status, severity: tuple[int, str]) -> dict[str, Any]:
        account = _safe(self._account.account)
        status_id, status_text = _FINDING[status]
        uid = f"{account}/{_safe(self._account.cis)}/{_safe(key)}"
        return {
            "category_uid": 2,
            "category_name": "Findings",
            "class_uid": _CLASS_UID,
            "class_name": "Compliance Finding",
            "activity_id": _CREATE,
            "activity_name": "Create",
            "type_uid": _CLASS_UID * 100 + _CREATE,
            "type_name": "Compliance Finding: Create",
            "severity_id": severity[0],
            "severity": severity[1],
            "status_id": status_id,
            "status": status_text,
            "time": self._time,
            "metadata": {
                "version": _VERSION,
                "uid": f"{uid}#{self._time}",
                "profiles": ["cloud"],
                "product": {"name": "Trailbell", "vendor_name": "Trailbell", "version": self._version},
            },
            "finding_info": {"uid": uid, "title": _safe(title), "types": ["audit"]},
            "cloud": {
                "provider": "AWS",
                "account": {
                    "uid": account,
                    "name": account,
                    "type": "AWS Account",
                    "type_id": _AWS_ACCOUNT,
                },
            },
        }

    def _resources(self, result: ControlResult) -> list[dict[str, Any]]:
        """The elements of the chain, or the account itself where there are none."""
        account = {"uid": _safe(self._account.account), "type": "account"}
        return [_resource(each) for each in _kept(result)] or [account]


def _kept(result: ControlResult) -> tuple[ChainLink, ...]:
    return result.chain[: 2 * _MOST_ELEMENTS]


def _resource(link: ChainLink) -> dict[str, Any]:
    place = read_arn(link.name)
    name = _safe(link.name) or "(empty)"
    resource: dict[str, Any] = {"name": name, "type": LINK_WORDS[link.link]}
    if place is not None:
        members = {"uid": name, "region": place.region, "cloud_partition": place.partition}
        resource |= {key: _safe(value) for key, value in members.items() if value}
    return resource


def _unmapped(result: ControlResult) -> Mapping[str, Any]:
    """What the class has no member for.

    The witness event is made up, so it is no evidence. It is text, for a finding's reader might take its
    members for those of a call that was made.
    """
    broken = None if result.broken_link is None else result.broken_link.value
    said: dict[str, Any] = {
        "broken_link": broken,
        "theoretical_gap": result.theoretical_gap,
        "chain": [
            {"link": each.link.value, "name": _safe(each.name), "detail": _safe(each.detail)}
            for each in _kept(result)
        ],
        "chain_left_off": len(result.chain) - len(_kept(result)),
        "witness_event": None if result.witness_event is None else json_text(result.witness_event),
        "blocked": [
            {
                "names": [_safe(name) for name in each.names[:_MOST_ELEMENTS]],
                "link": each.link.value,
                "message": _safe(each.message),
            }
            for each in result.blocked
        ],
    }
    if result.exemption is not None:
        told = result.exemption
        said["exception"] = {
            "author": _safe(told.author),
            "reason": _safe(told.reason),
            "expires": _safe(told.expires),
        }
    return {name: value for name, value in said.items() if value}


def _severity(result: ControlResult) -> tuple[int, str]:
    if result.status is Status.UNKNOWN:
        return 0, "Unknown"
    if result.status is Status.PASS_NOISY:
        return _SEVERITY[Severity.LOW]
    if result.status is not Status.FAIL:
        return _INFORMATIONAL
    try:
        return _SEVERITY[control_of(result.control).severity]
    except UnknownControlError:
        return _SEVERITY[Severity.MEDIUM]


def _milliseconds(at: str, now: datetime) -> int:
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        found = now
    return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def _safe(text: str) -> str:
    return shown(text, _LONGEST)
