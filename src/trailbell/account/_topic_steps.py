"""The last links: can the alarm publish to the topic, and does somebody who confirmed get the message?

Follows rows 8 and 9 of cis-controls section 3.
"""

from collections.abc import Sequence

from trailbell.account._access_policy import Request, allows
from trailbell.account._names import Arn, read_arn
from trailbell.account._result import Link
from trailbell.account._snapshot import Failure, FoundKey, FoundSubscription, FoundTopic, Snapshot
from trailbell.account._steps import Outcome, Step, broken, sound, unsure
from trailbell.topics import FilterPolicyError, FilterPolicyScope, masked_endpoint, parse_filter_policy

__all__ = ["subscription_step", "topic_step"]

_ATTRIBUTES = "sns:GetTopicAttributes"
_LIST = "sns:ListSubscriptionsByTopic"
_SUBSCRIPTION = "sns:GetSubscriptionAttributes"
_SERVICE = "cloudwatch.amazonaws.com"
_DELETED = "Deleted"
_ORDERED = ".fifo"
_AWS_KEYS = ("alias/aws/sns",)
_KEY_CALLS = ("kms:DescribeKey", "kms:GetKeyPolicy")


def topic_step(topic_arn: str, alarm_arn: str, snapshot: Snapshot) -> Step:
    """Judges whether an alarm's messages get into a topic."""
    place, alarm = read_arn(topic_arn), read_arn(alarm_arn)
    if place is None or alarm is None:
        return broken(Link.TOPIC, f"The action {topic_arn} names no topic: give the alarm a topic's ARN.")
    if place.region != alarm.region:
        return broken(
            Link.TOPIC,
            f"Topic {topic_arn} is not in the alarm's region {alarm.region}: alarms publish in their own "
            "region only, so give it a topic there.",
            topic_arn,
        )
    if topic_arn.endswith(_ORDERED):
        return broken(
            Link.TOPIC,
            f"Topic {topic_arn} is a FIFO topic, to which alarms cannot publish: give the alarm a standard "
            "topic.",
            topic_arn,
        )
    topic = next((each for each in snapshot.topics if each.arn == topic_arn), None)
    if topic is None:
        failure = snapshot.failure(_ATTRIBUTES, topic_arn)
        if failure is not None:
            return unsure(Link.TOPIC, f"Topic {topic_arn} could not be read: {failure.words}.", topic_arn)
        return broken(
            Link.TOPIC,
            f"Topic {topic_arn} does not exist: create it, or let the alarm publish to one that does.",
            topic_arn,
        )
    steps = [_policy_step(topic, alarm_arn, alarm), _key_step(topic, alarm_arn, alarm, snapshot)]
    lost = [each for each in steps if each.outcome is Outcome.BROKEN]
    unseen = [each for each in steps if each.outcome is Outcome.UNKNOWN]
    if lost or unseen:
        return (lost or unseen)[0]
    return sound(Link.TOPIC, topic_arn, f"encrypted with {topic.key}" if topic.key else "not encrypted")


def _policy_step(topic: FoundTopic, alarm_arn: str, alarm: Arn) -> Step:
    if not topic.policy:
        return sound(Link.TOPIC, topic.arn)
    request = Request(_SERVICE, "sns:Publish", topic.arn, _context(alarm_arn, alarm))
    allowed = allows(topic.policy, request)
    if allowed is None:
        return unsure(
            Link.TOPIC,
            f"Whether the policy of topic {topic.arn} lets {_SERVICE} publish depends on conditions that "
            "cannot "
            "be judged from here.",
            topic.arn,
        )
    if not allowed:
        return broken(
            Link.TOPIC,
            f"The policy of topic {topic.arn} does not let {_SERVICE} publish: add a statement that allows "
            "it "
            "sns:Publish.",
            topic.arn,
        )
    return sound(Link.TOPIC, topic.arn)


def _context(alarm_arn: str, alarm: Arn) -> dict[str, str]:
    return {
        "aws:sourceaccount": alarm.account,
        "aws:sourcearn": alarm_arn,
        "aws:sourceowner": alarm.account,
        "aws:securetransport": "true",
        "aws:principalisawsservice": "true",
        "aws:principalservicename": _SERVICE,
    }


def _key_step(topic: FoundTopic, alarm_arn: str, alarm: Arn, snapshot: Snapshot) -> Step:
    if not topic.key:
        return sound(Link.TOPIC, topic.arn)
    advice = f"encrypt it with a key of your own that lets {_SERVICE} use it"
    if topic.key.endswith(_AWS_KEYS):
        return broken(
            Link.TOPIC,
            f"Topic {topic.arn} is encrypted with {topic.key}, which alarms cannot use: {advice}.",
            topic.arn,
        )
    key = _key_of(topic, snapshot)
    failure = _key_failure(topic.key, snapshot)
    if key is not None and not key.is_customer_managed:
        return broken(
            Link.TOPIC,
            f"Topic {topic.arn} is encrypted with a key that AWS manages ({key.arn or key.name}), which "
            "alarms "
            f"cannot use: {advice}.",
            topic.arn,
        )
    if key is not None and key.state != "Enabled":
        return broken(
            Link.TOPIC,
            f"The key {topic.key} of topic {topic.arn} is in the state {key.state}: enable it, or give the "
            "topic "
            "another.",
            topic.arn,
        )
    if key is None or not key.policy:
        why = "it was not read" if failure is None else failure.words
        return unsure(
            Link.TOPIC,
            f"Whether alarms may use the key {topic.key} of topic {topic.arn} is not known: {why}.",
            topic.arn,
        )
    return _key_policy_step(topic, key, _context(alarm_arn, alarm))


def _key_of(topic: FoundTopic, snapshot: Snapshot) -> FoundKey | None:
    """Finds the key that a topic names; an alias is of the topic's own account and region."""
    named = [each for each in snapshot.keys if each.name == topic.key]
    home = read_arn(topic.arn)
    for each in named:
        place = read_arn(each.arn)
        if home and place and (place.account, place.region) == (home.account, home.region):
            return each
    return next((each for each in named if topic.key.startswith("arn:") or not each.arn), None) or (
        named[0] if len(named) == 1 else None
    )


def _key_failure(name: str, snapshot: Snapshot) -> Failure | None:
    failures = (snapshot.failure(call, name) for call in _KEY_CALLS)
    return next((each for each in failures if each is not None), None)


def _key_policy_step(topic: FoundTopic, key: FoundKey, context: dict[str, str]) -> Step:
    place = key.arn or "*"
    needed = {
        "kms:Decrypt": allows(key.policy, Request(_SERVICE, "kms:Decrypt", place, context)),
        "kms:GenerateDataKey*": allows(key.policy, Request(_SERVICE, "kms:GenerateDataKey", place, context)),
    }
    refused = [action for action, allowed in needed.items() if allowed is False]
    if refused:
        return broken(
            Link.TOPIC,
            f"The policy of key {key.name}, which encrypts topic {topic.arn}, does not let {_SERVICE} use "
            "it: "
            f"allow it {' and '.join(refused)}.",
            topic.arn,
        )
    if None in needed.values():
        return unsure(
            Link.TOPIC,
            f"Whether the policy of key {key.name} lets {_SERVICE} use it depends on conditions that "
            "cannot be "
            "judged from here.",
            topic.arn,
        )
    return sound(Link.TOPIC, topic.arn)


def subscription_step(topic_arn: str, message: str, snapshot: Snapshot) -> Step:
    """Judges whether a subscription of a topic would get a message: confirmed, and not filtered out."""
    listed = [each for each in snapshot.subscriptions if each.topic_arn == topic_arn]
    steps = [_one_subscription(each, message, snapshot) for each in listed]
    good = [each for each in steps if each.outcome is Outcome.SOUND]
    if good:
        found = tuple(link for each in good for link in each.found)
        return Step(Link.SUBSCRIPTION, Outcome.SOUND, "", found)
    unseen = [each for each in steps if each.outcome is Outcome.UNKNOWN]
    failure = snapshot.failure(_LIST, topic_arn)
    if failure is not None:
        return unsure(
            Link.SUBSCRIPTION, f"The subscriptions of {topic_arn} are not all known: {failure.words}."
        )
    if unseen:
        return unseen[0]
    return _lost(topic_arn, listed, steps)


def _lost(topic_arn: str, listed: Sequence[FoundSubscription], steps: Sequence[Step]) -> Step:
    if not listed:
        return broken(
            Link.SUBSCRIPTION,
            f"Nobody is subscribed to topic {topic_arn}: subscribe somebody and confirm it.",
        )
    confirmed = [step for each, step in zip(listed, steps, strict=True) if _is_confirmed(each)]
    if confirmed:
        return confirmed[0]
    waiting = sum(each.arn != _DELETED for each in listed)
    told = f"{waiting} waiting to be confirmed" if waiting else "deleted"
    return broken(
        Link.SUBSCRIPTION,
        f"No subscription of topic {topic_arn} is confirmed ({told}): follow the link that was sent, or "
        "subscribe anew if it has expired.",
        listed[0].arn,
        _words(listed[0]),
    )


def _is_confirmed(subscription: FoundSubscription) -> bool:
    # Instead of an ARN SNS lists PendingConfirmation and Deleted.
    return read_arn(subscription.arn) is not None


def _one_subscription(subscription: FoundSubscription, message: str, snapshot: Snapshot) -> Step:
    if not _is_confirmed(subscription):
        return broken(Link.SUBSCRIPTION, f"The subscription is {subscription.arn}.", subscription.arn)
    name, words = subscription.arn, _words(subscription)
    failure = snapshot.failure(_SUBSCRIPTION, name)
    if failure is not None:
        return unsure(
            Link.SUBSCRIPTION,
            f"Whether a filter policy drops the messages of subscription {name} is not known: "
            f"{failure.words}.",
            name,
            words,
        )
    if not subscription.filter_policy or subscription.filter_policy == "{}":
        return sound(Link.SUBSCRIPTION, name, words)
    try:
        scope = FilterPolicyScope(subscription.filter_policy_scope or FilterPolicyScope.MESSAGE_ATTRIBUTES)
        is_passed = parse_filter_policy(subscription.filter_policy, scope).matches({}, message)
    except (FilterPolicyError, ValueError) as error:
        return unsure(
            Link.SUBSCRIPTION,
            f"The filter policy of subscription {name} could not be read ({error}).",
            name,
            words,
        )
    if is_passed:
        return sound(Link.SUBSCRIPTION, name, f"{words}, with a filter policy that lets alarms through")
    return broken(
        Link.SUBSCRIPTION,
        f"The filter policy of subscription {name} drops what alarms publish: take it away, or subscribe "
        "somebody without one.",
        name,
        words,
    )


def _words(subscription: FoundSubscription) -> str:
    endpoint = masked_endpoint(subscription.endpoint) if subscription.endpoint else ""
    return f"{subscription.protocol} {endpoint}".strip()
