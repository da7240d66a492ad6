"""The ways to a topic that alarms can use: which topic, and the changes that make it so.

A topic that serves already comes before one that has to be changed, and that before a new one.
"""

from collections import Counter
from collections.abc import Iterator

import msgspec

from trailbell.account import Arn, Outcome, Snapshot, read_arn, topic_step
from trailbell.remediation._plan import Change, ChangeKind
from trailbell.remediation._simulation import after_changes
from trailbell.remediation._topic_policy import merged_policy
from trailbell.remediation._wish import TOPIC_NAME, Recipient, Wish
from trailbell.topics import masked_endpoint

__all__ = ["RECORD_ENDING", "Way", "is_listed", "topic_named", "ways_to", "ways_to_any"]

RECORD_ENDING = "-silent-record"
"""What the name of a topic ends with that silent alarms notify: no alarm that is to be heard does."""

_TAGS = [{"Key": "trailbell", "Value": "remediation"}]
_MOST_NAMES = 20


class Way(msgspec.Struct, frozen=True):
    """A topic, and what has to be changed before an alarm's message gets through it."""

    topic_arn: str
    changes: tuple[Change, ...] = ()


def ways_to(topic_arn: str, group: Arn, snapshot: Snapshot, recipients: tuple[Recipient, ...]) -> list[Way]:
    """Returns the ways by one topic of the log group's account and region; none where it cannot be used.

    One does without a new subscription, one subscribes those who are not yet.
    """
    place = read_arn(topic_arn)
    if place is None or (place.account, place.region) != (group.account, group.region):
        return []
    changes = _usable(topic_arn, group, snapshot)
    if changes is None:
        return []
    missing = [each for each in recipients if not is_listed(topic_arn, each, snapshot)]
    told = tuple(_subscription(topic_arn, place.region, each) for each in missing)
    is_new = any(each.kind is ChangeKind.TOPIC for each in changes)
    ways = [] if is_new and told else [Way(topic_arn, changes)]
    return [*ways, Way(topic_arn, (*changes, *told))] if told else ways


def ways_to_any(group: Arn, snapshot: Snapshot, wish: Wish) -> Iterator[Way]:
    """Gives the ways to tell somebody: by the topic that is wished for, or by any that serves."""
    if wish.topic:
        yield from ways_to(topic_named(wish.topic, group), group, snapshot, wish.recipients)
        return
    prefix = topic_named("", group)
    used = Counter(
        action for each in snapshot.alarms for action in each.alarm_actions if action.startswith(prefix)
    )
    for topic_arn, _ in used.most_common(_MOST_NAMES):
        is_there = any(each.arn == topic_arn for each in snapshot.topics) or _is_unseen(topic_arn, snapshot)
        if is_there and not topic_arn.endswith(RECORD_ENDING):
            yield from ways_to(topic_arn, group, snapshot, wish.recipients)
    for number in range(1, _MOST_NAMES):
        name = TOPIC_NAME if number == 1 else f"{TOPIC_NAME}-{number}"
        ways = ways_to(topic_named(name, group), group, snapshot, wish.recipients)
        yield from ways
        if ways:
            return


def is_listed(topic_arn: str, recipient: Recipient, snapshot: Snapshot) -> bool:
    """Whether somebody is among a topic's subscriptions and gets everything, confirmed or not yet.

    SNS lists addresses without their passwords.
    """
    endpoint = masked_endpoint(recipient.endpoint)
    return any(
        (each.protocol, masked_endpoint(each.endpoint)) == (recipient.protocol, endpoint)
        and not each.filter_policy
        and each.arn != "Deleted"
        for each in snapshot.subscriptions
        if each.topic_arn == topic_arn
    )


def topic_named(topic: str, group: Arn) -> str:
    """Returns the ARN of a topic beside a log group; an ARN stays as it is."""
    if topic.startswith("arn:"):
        return topic
    return f"arn:{group.partition}:sns:{group.region}:{group.account}:{topic}"


def _is_unseen(topic_arn: str, snapshot: Snapshot) -> bool:
    return snapshot.failure("sns:GetTopicAttributes", topic_arn) is not None


def _usable(topic_arn: str, group: Arn, snapshot: Snapshot) -> tuple[Change, ...] | None:
    """Returns the changes after which alarms can publish to a topic; None where there are none."""
    alarm_arn = f"arn:{group.partition}:cloudwatch:{group.region}:{group.account}:alarm:any"
    topic = next((each for each in snapshot.topics if each.arn == topic_arn), None)
    if topic is None:
        if _is_unseen(topic_arn, snapshot):
            # It may serve as it is: the judge says that this is not known.
            return ()
        name = topic_arn.rpartition(":")[2]
        made = Change(
            kind=ChangeKind.TOPIC,
            region=group.region,
            name=topic_arn,
            after={"Name": name, "Tags": _TAGS},
            why="No topic is there that alarms could notify.",
        )
        return None if name.endswith(".fifo") else (made,)
    if topic_step(topic_arn, alarm_arn, snapshot).outcome is Outcome.SOUND:
        return ()
    policy = merged_policy(topic.policy, topic_arn)
    if policy is None:
        return None
    merged = Change(
        kind=ChangeKind.TOPIC_POLICY,
        region=group.region,
        name=topic_arn,
        before={"Policy": topic.policy},
        after={"Policy": policy},
        why="The policy does not let the alarms of this account publish; what it has is kept.",
    )
    changed = after_changes(snapshot, (merged,))
    return (merged,) if topic_step(topic_arn, alarm_arn, changed).outcome is Outcome.SOUND else None


def _subscription(topic_arn: str, region: str, recipient: Recipient) -> Change:
    return Change(
        kind=ChangeKind.SUBSCRIPTION,
        region=region,
        name=topic_arn,
        after={"Protocol": recipient.protocol, "Endpoint": recipient.endpoint},
        why="The chain ends with nobody who is told.",
    )
