"""What a report of an audit says, in the order in which it is read, cut to what fits in one document.

The HTML and the Markdown report are filled from this, so that they cannot disagree.
"""

import enum
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from trailbell.account._report_words import LINK_WORDS, json_text, profile_words, title_words
from trailbell.account._result import (
    AccountResult,
    Audit,
    Blocked,
    ChainLink,
    ControlResult,
    Exemption,
    Link,
    Status,
)

__all__ = [
    "AccountPart",
    "ControlPart",
    "Evidence",
    "LinkPart",
    "LinkState",
    "ReportContent",
    "report_content",
]

_MOST_ROWS = 1_000
_MOST_ACCOUNTS = 100
_MOST_EVIDENCE = 4_000_000
_MOST_EXCEPTIONS = 500
_MOST_LINES = 20
_MOST_ELEMENTS = 25
_MOST_REGIONS = 50
_MOST_CALLS = 100
_TEXT = 2_048
_WORST_FIRST = (
    Status.FAIL,
    Status.UNKNOWN,
    Status.PASS_NOISY,
    Status.EXCEPTION,
    Status.NOT_HERE,
    Status.PASS,
)


_Place: TypeAlias = tuple[int, int]
"""The index of an account in the audit, and that of a control in it."""


class LinkState(enum.StrEnum):
    """What became of an event at a link."""

    FOUND = "found"
    BROKEN = "broken"
    NOT_REACHED = "not reached"
    NOT_KNOWN = "not known"


class LinkPart(msgspec.Struct, frozen=True):
    """One link of the best chain with what was found of it; ``left_off`` counts elements not listed."""

    words: str
    state: LinkState
    found: tuple[ChainLink, ...]
    left_off: int


class Evidence(msgspec.Struct, frozen=True):
    """What a verdict rests on; ``witness`` is JSON, or empty."""

    links: tuple[LinkPart, ...]
    witness: str
    blocked: tuple[Blocked, ...]
    remarks: tuple[str, ...]


class ControlPart(msgspec.Struct, frozen=True):
    """One control; ``evidence`` is None where there was no room left for it."""

    result: ControlResult
    title: str
    broken_words: str
    witness_words: str
    evidence: Evidence | None


class AccountPart(msgspec.Struct, frozen=True):
    """One account with the controls told in full.

    ``number`` is its place in the audit, from 1. ``calls`` are those made most.
    """

    result: AccountResult
    number: int
    regions: tuple[str, ...]
    regions_left_off: int
    counts: tuple[tuple[Status, int], ...]
    controls: tuple[ControlPart, ...]
    calls: tuple[tuple[str, int], ...]
    calls_left_off: int
    calls_total: int
    problems: tuple[str, ...]
    problems_left_off: int
    notes: tuple[str, ...]
    notes_left_off: int


class _AccountRow(msgspec.Struct, frozen=True):
    """One account in the summary; ``has_part`` says whether it is told in full."""

    account: str
    number: int
    counts: tuple[int, ...]
    was_read: bool
    has_part: bool


class _ExceptionRow(msgspec.Struct, frozen=True):
    """One exception that stands in for a chain."""

    account: str
    control: str
    id: str
    exemption: Exemption


class ReportContent(msgspec.Struct, frozen=True):
    """All a report says; the members named ``…_left_off`` count what there was no room for."""

    version: str
    headline: str
    profiles: tuple[str, ...]
    first_at: str
    last_at: str
    statuses: tuple[Status, ...]
    totals: tuple[tuple[Status, int], ...]
    controls: tuple[tuple[str, str, str], ...]
    rows: tuple[_AccountRow, ...]
    rows_left_off: int
    parts: tuple[AccountPart, ...]
    parts_left_off: int
    unread: int
    accounts: int
    calls_total: int
    problems_total: int
    exceptions: tuple[_ExceptionRow, ...]
    exceptions_left_off: int
    evidence_left_off: int


def report_content(audit: Audit) -> ReportContent:
    """Returns what a report says of an audit.

    At most 1,000 accounts stand in the summary and 100 are told in full, the worst ones; evidence is given
    until it makes four million characters, that of failures first.
    """
    accounts = audit.accounts
    full = _chosen(accounts)
    told = set(full)
    evidence, evidence_left_off = _evidence(accounts, full)
    totals = Counter(each.status for account in accounts for each in account.controls)
    times = sorted(each.at for each in accounts if each.at)
    exceptions = [
        _ExceptionRow(account.account, each.control, each.id, each.exemption)
        for account in accounts
        for each in account.controls
        if each.exemption is not None
    ]
    statuses = tuple(status for status in _WORST_FIRST if totals[status])
    unread = sum(not each.was_read for each in accounts)
    return ReportContent(
        version=audit.version,
        headline=_headline(totals, unread),
        profiles=tuple(dict.fromkeys(profile_words(each.cis) for each in accounts)),
        first_at=times[0] if times else "",
        last_at=times[-1] if times else "",
        statuses=statuses,
        totals=tuple((status, totals[status]) for status in statuses),
        controls=_asked(accounts),
        rows=tuple(
            _AccountRow(
                account=each.account,
                number=index + 1,
                counts=tuple(sum(one.status is status for one in each.controls) for status in statuses),
                was_read=each.was_read,
                has_part=index in told,
            )
            for index, each in enumerate(accounts[:_MOST_ROWS])
        ),
        rows_left_off=len(accounts[_MOST_ROWS:]),
        parts=tuple(_account_part(accounts[index], index, evidence) for index in full),
        parts_left_off=len(accounts) - len(full),
        unread=unread,
        accounts=len(accounts),
        calls_total=sum(sum(each.calls.values()) for each in accounts),
        problems_total=sum(len(each.problems) for each in accounts),
        exceptions=tuple(exceptions[:_MOST_EXCEPTIONS]),
        exceptions_left_off=len(exceptions[_MOST_EXCEPTIONS:]),
        evidence_left_off=evidence_left_off,
    )


def _headline(totals: Counter[Status], unread: int) -> str:
    number = totals.total()
    passed = sum(count for status, count in totals.items() if status.is_pass)
    controls = "1 control passes" if number == 1 == passed else f"{number:,} controls pass"
    if number == 0:
        return "No control could be judged" if unread else "No control was asked about"
    words = f"{passed:,} of {controls}" if passed < number else f"All of {controls}"
    if number == 1:
        words = "The one control passes" if passed else "The one control does not pass"
    return words if not unread else f"{words}, and {unread:,} account{'s' * (unread != 1)} could not be read"


def _asked(accounts: Iterable[AccountResult]) -> tuple[tuple[str, str, str], ...]:
    """The id, key and title of each control asked about, in the order given."""
    found = {(each.id, each.control) for account in accounts for each in account.controls}
    order = {
        (each.id, each.control): index for account in accounts for index, each in enumerate(account.controls)
    }
    return tuple((*pair, title_words(pair[1])) for pair in sorted(found, key=lambda pair: order[pair]))


def _chosen(accounts: Sequence[AccountResult]) -> list[int]:
    """The places of the accounts told in full: the worst, in the order of the audit."""

    def rank(index: int) -> tuple[int, ...]:
        account = accounts[index]
        counts = Counter(each.status for each in account.controls)
        return (-counts[Status.FAIL], int(account.was_read), *(-counts[each] for each in _WORST_FIRST))

    return sorted(sorted(range(len(accounts)), key=rank)[:_MOST_ACCOUNTS])


def _evidence(accounts: Sequence[AccountResult], chosen: Sequence[int]) -> tuple[dict[_Place, Evidence], int]:
    """The evidence by place, and how many of the controls told in full have none for want of room."""
    results = {
        (index, place): each for index in chosen for place, each in enumerate(accounts[index].controls)
    }
    left = _MOST_EVIDENCE
    kept: dict[_Place, Evidence] = {}
    for place, result in sorted(results.items(), key=lambda item: _WORST_FIRST.index(item[1].status)):
        found = _evidence_of(result)
        left -= _length(found)
        if left < 0:
            break
        kept[place] = found
    return kept, len(results) - len(kept)


def _evidence_of(result: ControlResult) -> Evidence:
    event = result.witness_event
    return Evidence(
        links=_links(result),
        witness="" if event is None else json_text(event),
        blocked=result.blocked[:10],
        remarks=result.remarks[:_MOST_ELEMENTS],
    )


def _links(result: ControlResult) -> tuple[LinkPart, ...]:
    if not result.chain and result.broken_link is None:
        return ()
    parts = []
    is_behind = False
    for link in Link:
        found = tuple(each for each in result.chain if each.link is link)
        state = LinkState.FOUND
        if link is result.broken_link:
            state = LinkState.BROKEN
            is_behind = True
        elif not found:
            state = LinkState.NOT_REACHED if is_behind else LinkState.NOT_KNOWN
        parts.append(LinkPart(LINK_WORDS[link], state, found[:_MOST_ELEMENTS], len(found[_MOST_ELEMENTS:])))
    return tuple(parts)


def _length(evidence: Evidence) -> int:
    texts = [evidence.witness, *evidence.remarks]
    for part in evidence.links:
        texts += [text for each in part.found for text in (each.name, each.detail)]
    for each in evidence.blocked:
        texts += [each.message, *each.names]
    # Beside the texts there is what holds them together.
    return sum(min(len(text), _TEXT) + 100 for text in texts) + 1_000


def _account_part(account: AccountResult, index: int, evidence: Mapping[_Place, Evidence]) -> AccountPart:
    counts = Counter(each.status for each in account.controls)
    calls = sorted(account.calls.items(), key=lambda item: (-item[1], item[0]))
    return AccountPart(
        result=account,
        number=index + 1,
        regions=account.regions[:_MOST_REGIONS],
        regions_left_off=len(account.regions[_MOST_REGIONS:]),
        counts=tuple((status, counts[status]) for status in _WORST_FIRST if counts[status]),
        controls=tuple(
            _control_part(each, evidence.get((index, place))) for place, each in enumerate(account.controls)
        ),
        calls=tuple(calls[:_MOST_CALLS]),
        calls_left_off=len(calls[_MOST_CALLS:]),
        calls_total=sum(account.calls.values()),
        problems=account.problems[:_MOST_LINES],
        problems_left_off=len(account.problems[_MOST_LINES:]),
        notes=account.notes[:_MOST_LINES],
        notes_left_off=len(account.notes[_MOST_LINES:]),
    )


def _control_part(result: ControlResult, evidence: Evidence | None) -> ControlPart:
    return ControlPart(
        result=result,
        title=title_words(result.control),
        broken_words="" if result.broken_link is None else LINK_WORDS[result.broken_link],
        witness_words=_witness_words(result),
        evidence=evidence,
    )


def _witness_words(result: ControlResult) -> str:
    if result.theoretical_gap:
        return "The event that CloudTrail does not write"
    if result.status is Status.PASS_NOISY:
        return "An event that is told of needlessly"
    return "An event that nobody is told of"
