"""What all exports ask of a plan: its regions, what is one and the same, and the words about a change."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from trailbell._errors import visible
from trailbell.remediation._export_parameters import (
    AlarmParameters,
    ExportError,
    MetricFilterParameters,
    SubscriptionParameters,
    parameters,
    refusal,
)
from trailbell.remediation._plan import Change, ChangeKind, Plan

__all__ = [
    "check_account",
    "check_changed_once",
    "has_to_be_confirmed",
    "headline",
    "identity_of",
    "left_lines",
    "regions_of",
    "said_of",
    "texts_in",
    "topic_name",
    "unique_names",
    "with_whole_alarms",
]

_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,16}){2,4}")
_CONFIRMED_BY_SOMEBODY = frozenset({"email", "email-json", "http", "https"})


def check_account(plan: Plan) -> None:
    """Makes sure that the account is one.

    Raises:
        ExportError: It is not.
    """
    if not _ACCOUNT.fullmatch(plan.account):
        raise ExportError(f"the plan is for account {visible(plan.account)}, which is no account id")


def regions_of(plan: Plan) -> tuple[str, ...]:
    """Returns the regions a plan changes something in.

    Raises:
        ExportError: One has no region's name.
    """
    for change in plan.changes:
        if not _REGION.fullmatch(change.region):
            raise ExportError(visible(f"{change.words} is in {change.region}, which is no region"))
    return tuple(sorted({change.region for change in plan.changes}))


def identity_of(change: Change) -> tuple[str, ...]:
    """What a change is about: two of the same identity change the same thing."""
    more: tuple[str, ...] = ()
    if change.kind is ChangeKind.METRIC_FILTER:
        more = (parameters(change, MetricFilterParameters).filter_name,)
    elif change.kind is ChangeKind.SUBSCRIPTION:
        subscription = parameters(change, SubscriptionParameters)
        more = (subscription.protocol, subscription.endpoint)
    return (change.kind.value, change.region, change.name, *more)


def check_changed_once(changes: Iterable[Change]) -> None:
    """Makes sure that nothing is changed twice, for templates describe the end and not the way.

    Raises:
        ExportError: Something is.
    """
    seen = set()
    for change in changes:
        identity = identity_of(change)
        if identity in seen:
            raise refusal(change, "the plan changes it twice, and a template tells the end alone")
        seen.add(identity)


def with_whole_alarms(plan: Plan) -> list[Change]:
    """Returns the changes without those that enable the actions of an alarm which the plan puts anyway.

    Raises:
        ExportError: Actions of another alarm are to be enabled. A template owns alarms as a whole, and the
            plan does not hold the rest of that one.
    """
    put = {
        (change.region, change.name)
        for change in plan.changes
        if change.kind is ChangeKind.ALARM and parameters(change, AlarmParameters).actions_enabled
    }
    kept = []
    for change in plan.changes:
        if change.kind is not ChangeKind.ALARM_ACTIONS:
            kept.append(change)
        elif (change.region, change.name) not in put:
            raise refusal(
                change,
                "a template owns whole alarms, and the plan only knows that the actions of this one are to "
                "be enabled: do that first, by cloudwatch:EnableAlarmActions, and plan anew",
            )
    return kept


def texts_in(value: Any) -> Iterator[str]:
    """Every text in parameters, with the names of members."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield name
            yield from texts_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts_in(each)


def topic_name(arn: str) -> str:
    """The name at the end of a topic's ARN."""
    return arn.rpartition(":")[2]


def unique_names(wanted: Mapping[tuple[str, ...], str], separator: str) -> dict[tuple[str, ...], str]:
    """Gives each identity the name wanted for it, those that share one with a digest of the identity.

    So a name does not depend on the order of changes.
    """
    counts = Counter(wanted.values())
    taken = {name for name, count in counts.items() if count == 1}
    names = {}
    for identity, name in wanted.items():
        unique = name
        if counts[name] > 1:
            unique = f"{name}{separator}{sha256(repr(identity).encode()).hexdigest()[:8]}"
            while unique in taken:
                unique += "x"
            taken.add(unique)
        names[identity] = unique
    return names


def headline(plan: Plan) -> str:
    """Says what an export is of."""
    return (
        f"Mends account {plan.account} by profile {plan.cis}, as it was read at {plan.at}. "
        f"Made by Trailbell {plan.version}."
    )


def left_lines(plan: Plan) -> Iterator[str]:
    """Says for each control that the plan does not mend why."""
    for left in plan.left:
        yield f"{left.id} {left.control}: {left.reason}"


def said_of(change: Change) -> str:
    """Says what a change is, which controls it serves and what for."""
    controls = f", for {', '.join(change.controls)}" if change.controls else ""
    words = change.words
    return f"{words[:1].upper()}{words[1:]}{controls}: {change.why}"


def has_to_be_confirmed(change: Change) -> bool:
    """Whether a subscription sends nothing before somebody at its endpoint has confirmed it."""
    return (
        change.kind is ChangeKind.SUBSCRIPTION
        and parameters(change, SubscriptionParameters).protocol in _CONFIRMED_BY_SOMEBODY
    )
