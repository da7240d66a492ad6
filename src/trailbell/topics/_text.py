"""An alarm's message in words: what, how many, since when, who, which calls, from where, what next."""

import datetime
import enum
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from trailbell.alarms import AlarmState, CompositeChange, StateChange, composite_facts
from trailbell.evidence import shown

__all__ = ["Notice", "NoticeKind", "alarm_text", "alarm_title"]

_TOP = 5
_LABEL_WIDTH = 11


class NoticeKind(enum.StrEnum):
    """Why a message is sent: an alarm changed or goes on, somebody published, or a link is to be followed."""

    CHANGE = "change"
    UPDATE = "update"
    PUBLISHED = "published"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"


class Notice(msgspec.Struct, frozen=True):
    """What one message to people is made of.

    evidence: the JSON form of the evidence gathered until the message is sent.
    advice: what to do first, in words; url: where to look further.
    """

    change: StateChange | CompositeChange
    evidence: Mapping[str, Any]
    advice: str = ""
    url: str = ""
    kind: NoticeKind = NoticeKind.CHANGE


def alarm_title(notice: Notice) -> str:
    """Names the state and the alarm in one line; an update says that it is one."""
    state = notice.change.new_state
    name = shown(notice.change.alarm.name)
    if notice.kind is NoticeKind.UPDATE:
        return f"{state} goes on: {name}"
    return f"{state}: {name}"


def alarm_text(notice: Notice) -> str:
    """Writes the message people read. Everything that came from a log is shown escaped.

    Of a composite alarm it says who is behind the alarms below it first, then its rule and which led to it.
    """
    lines = [alarm_title(notice)]
    description = notice.change.alarm.description
    if description:
        lines.append(shown(description, 1024))
    lines.append("")
    if notice.evidence.get("total"):
        lines.extend(_who(notice.evidence))
    lines.extend(_why(notice.change))
    if isinstance(notice.change, CompositeChange):
        for label, text in composite_facts(notice.change):
            # A rule may be written over several lines.
            lines.extend(_wrapped(label, shown(" ".join(text.split()), 1024)))
    if notice.advice and notice.change.new_state is AlarmState.ALARM:
        lines.extend(_wrapped("what next", notice.advice))
    if notice.url:
        lines.append(_line("more", notice.url))
    return "\n".join(lines)


def _who(evidence: Mapping[str, Any]) -> list[str]:
    total = evidence["total"]
    first, last = evidence.get("first"), evidence.get("last")
    span = f", first {first}, last {last}" if first else ""
    about = " (counts below are lower bounds)" if evidence.get("approximate") else ""
    lines = [_line("how many", f"{total} {_plural('call', total)}{span}{about}")]
    principals = evidence.get("principals", [])
    lines.extend(
        _rows(
            "who",
            [f"{entry['count']:>6}  {shown(entry['key'])} ({shown(entry['kind'])})" for entry in principals],
        )
    )
    for label, member in (("calls", "calls"), ("errors", "errors"), ("from", "addresses")):
        entries = evidence.get(member, [])
        lines.extend(_rows(label, [f"{entry['count']:>6}  {shown(entry['key'])}" for entry in entries]))
    accounts = [shown(entry["key"]) for entry in evidence.get("accounts", [])[:_TOP]]
    regions = [shown(entry["key"]) for entry in evidence.get("regions", [])[:_TOP]]
    if accounts or regions:
        lines.append(_line("where", f"account {', '.join(accounts) or '?'} in {', '.join(regions) or '?'}"))
    examples = [shown(each) for each in evidence.get("examples", [])]
    if examples:
        lines.extend(_rows("event ids", examples))
    return lines


def _why(change: StateChange | CompositeChange) -> list[str]:
    at = datetime.datetime.fromtimestamp(change.at_ms / 1000, datetime.UTC)
    return [
        _line("state", f"{change.old_state} -> {change.new_state} at {at:%Y-%m-%d %H:%M:%S} UTC"),
        *_wrapped("reason", shown(change.reason, 1024)),
    ]


def _rows(label: str, rows: Iterable[str]) -> list[str]:
    kept = list(rows)
    lines = [_line(label if number == 0 else "", row) for number, row in enumerate(kept[:_TOP])]
    if len(kept) > _TOP:
        lines.append(_line("", f"        and {len(kept) - _TOP} more"))
    return lines


def _wrapped(label: str, text: str, width: int = 88) -> list[str]:
    lines: list[str] = []
    rest = text.split()
    while rest:
        line = rest.pop(0)
        while rest and len(line) + 1 + len(rest[0]) <= width:
            line = f"{line} {rest.pop(0)}"
        lines.append(_line(label if not lines else "", line))
    return lines


def _line(label: str, text: str) -> str:
    return f"  {label:<{_LABEL_WIDTH}}{text}"


def _plural(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"
