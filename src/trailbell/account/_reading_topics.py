"""Reading topics: their policies, keys and subscriptions, each in the region and account of its ARN."""

from collections.abc import Iterable

import msgspec

from trailbell.account._connection import Connection
from trailbell.account._names import read_arn
from trailbell.account._snapshot import FoundKey, FoundSubscription, FoundTopic

__all__ = ["read_topics"]

_MOST_SUBSCRIPTIONS = 1000

_Found = tuple[tuple[FoundTopic, ...], tuple[FoundSubscription, ...], tuple[FoundKey, ...]]


def read_topics(connection: Connection, topic_arns: Iterable[str]) -> _Found:
    """Reads topics with their subscriptions, and the keys that encrypt them."""
    topics: list[FoundTopic] = []
    subscriptions: list[FoundSubscription] = []
    keys: dict[tuple[str, str], FoundKey] = {}
    for arn in topic_arns:
        place = read_arn(arn)
        if place is None:
            continue
        answer = connection.ask("sns:GetTopicAttributes", place.region, arn, TopicArn=arn)
        if answer is not None:
            attributes = answer.get("Attributes") or {}
            topic = FoundTopic(
                arn, str(attributes.get("Policy") or ""), str(attributes.get("KmsMasterKeyId") or "")
            )
            topics.append(topic)
            if topic.key and "alias/aws/" not in topic.key and (topic.key, place.region) not in keys:
                keys[topic.key, place.region] = _key(connection, topic.key, place.region)
        subscriptions.extend(_subscriptions(connection, arn, place.region))
    return tuple(topics), tuple(subscriptions), tuple(keys.values())


def _subscriptions(connection: Connection, topic_arn: str, region: str) -> list[FoundSubscription]:
    pages = connection.ask_all("sns:ListSubscriptionsByTopic", region, topic_arn, TopicArn=topic_arn)
    listed = [
        FoundSubscription(
            topic_arn=topic_arn,
            arn=str(each.get("SubscriptionArn") or ""),
            protocol=str(each.get("Protocol") or ""),
            endpoint=str(each.get("Endpoint") or ""),
        )
        for page in pages
        for each in page.get("Subscriptions") or ()
    ]
    found = []
    asked, has_good = 0, False
    for each in listed:
        # One that gets everything is enough: the others need not be asked for.
        if read_arn(each.arn) is not None and not has_good and asked < _MOST_SUBSCRIPTIONS:
            asked += 1
            each, has_good = _with_policy(connection, each, region)  # noqa: PLW2901 - it is the same one
        found.append(each)
    return found


def _with_policy(
    connection: Connection, subscription: FoundSubscription, region: str
) -> tuple[FoundSubscription, bool]:
    answer = connection.ask(
        "sns:GetSubscriptionAttributes",
        region,
        subscription.arn,
        is_missing_known=False,
        SubscriptionArn=subscription.arn,
    )
    if answer is None:
        return subscription, False
    attributes = answer.get("Attributes") or {}
    if str(attributes.get("PendingConfirmation", "")).lower() == "true":
        return msgspec.structs.replace(subscription, arn="PendingConfirmation"), False
    policy = str(attributes.get("FilterPolicy") or "")
    scope = str(attributes.get("FilterPolicyScope") or "MessageAttributes")
    return (
        msgspec.structs.replace(subscription, filter_policy=policy, filter_policy_scope=scope),
        not policy or policy == "{}",
    )


def _key(connection: Connection, name: str, region: str) -> FoundKey:
    answer = connection.ask("kms:DescribeKey", region, name, is_missing_known=False, KeyId=name)
    if answer is None:
        return FoundKey(name)
    about = answer.get("KeyMetadata") or {}
    found = FoundKey(
        name,
        arn=str(about.get("Arn") or ""),
        is_customer_managed=about.get("KeyManager", "CUSTOMER") == "CUSTOMER",
        state=str(about.get("KeyState") or "Enabled"),
    )
    if not found.is_customer_managed:
        return found
    policy = connection.ask(
        "kms:GetKeyPolicy",
        region,
        name,
        is_missing_known=False,
        KeyId=found.arn or name,
        PolicyName="default",
    )
    text = "" if policy is None else str(policy.get("Policy") or "")
    return msgspec.structs.replace(found, policy=text)
