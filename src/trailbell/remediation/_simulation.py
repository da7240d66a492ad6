"""What an account would be after changes: the same values that reading it would give."""

from collections.abc import Iterable

import msgspec

from trailbell.account import FoundSubscription, FoundTopic, Snapshot
from trailbell.remediation._parameters import alarm_from, filter_from
from trailbell.remediation._plan import Change, ChangeKind

__all__ = ["after_changes"]

_MADE_UP = "to-be-confirmed"


def after_changes(snapshot: Snapshot, changes: Iterable[Change]) -> Snapshot:
    """Returns an account as it would be read after changes, with all new subscriptions confirmed."""
    for each in changes:
        snapshot = _after(snapshot, each)
    return snapshot


def _after(snapshot: Snapshot, change: Change) -> Snapshot:
    match change.kind:
        case ChangeKind.TOPIC:
            topics = (*snapshot.topics, FoundTopic(change.name))
            return msgspec.structs.replace(snapshot, topics=topics)
        case ChangeKind.TOPIC_POLICY:
            topics = tuple(
                msgspec.structs.replace(each, policy=change.after["Policy"])
                if each.arn == change.name
                else each
                for each in snapshot.topics
            )
            return msgspec.structs.replace(snapshot, topics=topics)
        case ChangeKind.SUBSCRIPTION:
            made = FoundSubscription(
                topic_arn=change.name,
                arn=f"{change.name}:{_MADE_UP}",
                protocol=change.after["Protocol"],
                endpoint=change.after["Endpoint"],
            )
            return msgspec.structs.replace(snapshot, subscriptions=(*snapshot.subscriptions, made))
        case ChangeKind.METRIC_FILTER:
            put = filter_from(change.name, change.after)
            others = [
                each
                for each in snapshot.filters
                if (each.log_group_arn, each.name) != (put.log_group_arn, put.name)
            ]
            return msgspec.structs.replace(snapshot, filters=(*others, put))
        case ChangeKind.ALARM:
            before = next((each for each in snapshot.alarms if each.arn == change.name), None)
            alarm = alarm_from(change.name, change.after, before.state if before else "INSUFFICIENT_DATA")
            rest = [each for each in snapshot.alarms if each.arn != change.name]
            return msgspec.structs.replace(snapshot, alarms=(*rest, alarm))
        case ChangeKind.ALARM_ACTIONS:
            alarms = tuple(
                msgspec.structs.replace(each, actions_enabled=True) if each.arn == change.name else each
                for each in snapshot.alarms
            )
            composites = tuple(
                msgspec.structs.replace(each, actions_enabled=True) if each.arn == change.name else each
                for each in snapshot.composites
            )
            return msgspec.structs.replace(snapshot, alarms=alarms, composites=composites)
