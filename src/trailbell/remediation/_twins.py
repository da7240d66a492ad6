"""Twins: the exact text that a compliance scanner wants, silent, beside a tuned filter that pages people.

The silent alarm notifies a topic of its own, whose subscriber keeps a record and wakes nobody: so every event
still reaches somebody, and the scanner finds filter, alarm, topic and subscription.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from trailbell.account import Arn, ControlResult, Link, Snapshot, log_group_arn, read_arn
from trailbell.controls import Control
from trailbell.patterns import FilterPattern, PatternError
from trailbell.remediation._attempts import MOST_FILTERS, watched_metrics
from trailbell.remediation._parameters import alarm_parameters, filter_parameters
from trailbell.remediation._plan import Change, ChangeKind, Left, LeftKind
from trailbell.remediation._wanted import (
    alarm_change,
    filter_change,
    metric_of,
    wanted_alarm,
    wanted_filter,
)
from trailbell.remediation._ways import RECORD_ENDING, Way, topic_named, ways_to
from trailbell.remediation._wish import TOPIC_NAME, Recipient, Wish, WishError

__all__ = ["tuned_pattern", "twin_changes", "unheard_twin"]

_TUNED = "-tuned"

# What AWS services are refused on behalf of an account, and two calls that consoles try everywhere, are
# most of the noise that teams report.
_TUNED_PATTERNS = {
    "unauthorized_api_calls": (
        '{ (($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*")) && '
        '($.sourceIPAddress != "delivery.logs.amazonaws.com") && ($.eventName != "HeadBucket") && '
        '($.userIdentity.type != "AWSService") && '
        '(($.userIdentity.invokedBy NOT EXISTS) || ($.userIdentity.invokedBy != "*.amazonaws.com")) && '
        '($.eventName != "GetMacieSession") && ($.eventName != "ListDelegatedAdministrators") }'
    )
}


def tuned_pattern(control: Control, given: str) -> str:
    """Returns the pattern of the filter that pages people: the one given, or the one that is known.

    Raises:
        WishError: None is given and none is known, or it is not valid.
    """
    pattern = given or _TUNED_PATTERNS.get(control.key, "")
    if not pattern:
        known = ", ".join(_TUNED_PATTERNS)
        raise WishError(
            f"no tuned pattern is known for {control.key} (only for {known}): give one as "
            f"{control.key}=PATTERN"
        )
    try:
        FilterPattern(pattern)
    except PatternError as error:
        raise WishError(f"the tuned pattern of {control.key} is not valid: {error}") from error
    return pattern


def twin_changes(
    control: Control, result: ControlResult, snapshot: Snapshot, wish: Wish
) -> tuple[Change, ...] | Left:
    """Returns the changes that give a control both filters, or says why it cannot have them.

    Raises:
        WishError: The tuned pattern is not valid, or nobody is named for the record.
    """
    if not wish.record_to:
        raise WishError(
            "a silent twin still needs a subscriber, who keeps the record and is not woken: name one with "
            "--record-to"
        )
    pattern = tuned_pattern(control, wish.tuned[control.key])
    group_arn = next(each.name for each in result.chain if each.link is Link.LOG_GROUP)
    group = read_arn(group_arn)
    if group is None:
        raise ValueError(f"{group_arn} is no ARN")
    pages = _pages(group, wish)
    loud = _way(pages, group, snapshot, wish.recipients)
    silent = _way(pages + RECORD_ENDING, group, snapshot, wish.record_to)
    if loud is None or silent is None:
        unusable = pages if loud is None else pages + RECORD_ENDING
        reason = f"Topic {unusable} cannot be used by alarms of this account: name another with --topic."
        return Left(control=control.key, id=result.id, kind=LeftKind.DECISION, reason=reason)
    loud_alarm = _other_alarm(control, group, snapshot)
    if loud_alarm:
        reason = (
            f"Alarm {loud_alarm} watches the metric of the exact text too, so that the twin would not be "
            "silent: delete it, or take its actions away."
        )
        return Left(control=control.key, id=result.id, kind=LeftKind.DECISION, reason=reason)
    of_ways = (*silent.changes, *loud.changes)
    changes = [msgspec.structs.replace(each, controls=(control.key,)) for each in of_ways]
    for ending, text, way in (("", "", silent), (_TUNED, pattern, loud)):
        metric = metric_of(control, ending)
        wanted_name = f"{control.filter_name}{ending}"
        filtered = wanted_filter(control, wish.profile, group, wanted_name, metric, text)
        alarm = wanted_alarm(control, f"{control.alarm_name}{ending}", metric, (way.topic_arn,))
        why = "It pages people." if ending else "It is the text that the scanner compares; it wakes nobody."
        there = _filter_there(group_arn, wanted_name, snapshot)
        put = filter_change(control, group_arn, filtered, there, why)
        rung = alarm_change(control, group, alarm, None, why)
        rung = msgspec.structs.replace(rung, before=_alarm_there(rung.name, snapshot))
        for each in (put, rung):
            if each.before == each.after:
                continue
            if each.before is not None and not wish.may_overwrite:
                return _taken(control, result, each)
            changes.append(each)
    reason = _obstacle(group_arn, changes, snapshot)
    if not reason:
        return tuple(changes)
    return Left(control=control.key, id=result.id, kind=LeftKind.DECISION, reason=reason)


def unheard_twin(result: ControlResult, snapshot: Snapshot, wish: Wish) -> Left | None:
    """Says why one of a twin's alarms tells nobody yet, in an account that has the twin."""
    if not result.status.is_pass:
        is_told = result.broken_link is Link.SUBSCRIPTION
        kind = LeftKind.CONFIRMATION if is_told else LeftKind.DECISION
        return Left(control=result.control, id=result.id, kind=kind, reason=result.message)
    group = read_arn(next(each.name for each in result.chain if each.link is Link.LOG_GROUP))
    pages = "" if group is None else _pages(group, wish)
    listed = [
        each.arn
        for each in snapshot.subscriptions
        if each.topic_arn == pages and each.arn != "Deleted" and each.filter_policy in ("", "{}")
    ]
    if any(read_arn(each) is not None for each in listed):
        return None
    whom = f"topic {pages}, by which the tuned alarm pages people"
    if listed:
        kind = LeftKind.CONFIRMATION
        reason = f"No subscription of {whom}, is confirmed: follow the link that was sent."
    else:
        kind = LeftKind.NO_RECIPIENT
        reason = f"Nobody is known to be subscribed to {whom}: name somebody with --notify."
    return Left(control=result.control, id=result.id, kind=kind, reason=reason)


def _pages(group: Arn, wish: Wish) -> str:
    """Returns the topic that pages people."""
    return topic_named(wish.topic or TOPIC_NAME, group)


def _obstacle(group_arn: str, changes: Sequence[Change], snapshot: Snapshot) -> str:
    """Says why AWS would refuse one of the changes, or nothing."""
    filters = [each for each in snapshot.filters if log_group_arn(each.log_group_arn) == group_arn]
    added = [each for each in changes if each.kind is ChangeKind.METRIC_FILTER and each.before is None]
    if added and len(filters) + len(added) > MOST_FILTERS:
        return (
            f"The log group has {len(filters)} metric filters, and a twin needs {len(added)} more: AWS "
            f"allows {MOST_FILTERS}."
        )
    composites = {each.arn for each in snapshot.composites}
    taken = next((each.words for each in changes if each.name in composites), "")
    return f"The {taken} is a composite alarm, so that none of a twin can have its name." if taken else ""


def _way(topic_arn: str, group: Arn, snapshot: Snapshot, recipients: tuple[Recipient, ...]) -> Way | None:
    ways = ways_to(topic_arn, group, snapshot, recipients)
    # The last one tells all who are named, and not only whoever is there.
    return ways[-1] if ways else None


def _other_alarm(control: Control, group: Arn, snapshot: Snapshot) -> str:
    """Returns the name of an alarm beside the silent one that tells somebody of the exact text."""
    metric = metric_of(control)
    prefix = f"arn:{group.partition}:cloudwatch:{group.region}:{group.account}:alarm:"
    names = (
        each.arn.removeprefix(prefix)
        for each in snapshot.alarms
        if each.arn.startswith(prefix)
        and each.actions_enabled
        and any(not action.endswith(RECORD_ENDING) for action in each.alarm_actions)
        and f"{metric.namespace}/{metric.name}" in watched_metrics(each)
    )
    return next((each for each in names if each != control.alarm_name), "")


def _filter_there(group_arn: str, name: str, snapshot: Snapshot) -> Mapping[str, Any] | None:
    there = (each for each in snapshot.filters if log_group_arn(each.log_group_arn) == group_arn)
    return next((filter_parameters(each) for each in there if each.name == name), None)


def _alarm_there(arn: str, snapshot: Snapshot) -> Mapping[str, Any] | None:
    return next((alarm_parameters(each) for each in snapshot.alarms if each.arn == arn), None)


def _taken(control: Control, result: ControlResult, change: Change) -> Left:
    return Left(
        control=control.key,
        id=result.id,
        kind=LeftKind.DECISION,
        reason=(
            f"The {change.words} is there and is another than the twin needs: allow it to be changed with "
            "--overwrite."
        ),
    )
