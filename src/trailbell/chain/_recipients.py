"""Who gets a message of a topic: the confirmed subscriptions whose filter policy lets it through."""

import functools
from collections.abc import Callable, Mapping

from trailbell.store import Transaction
from trailbell.topics import (
    FilterPolicy,
    FilterPolicyScope,
    MessageAttribute,
    Protocol,
    Subscription,
    SubscriptionState,
    parse_filter_policy,
)

__all__ = ["recipients"]

_POLICIES_KEPT = 1024


def recipients(
    transaction: Transaction,
    topic_arn: str,
    attributes: Mapping[str, MessageAttribute],
    text_for: Callable[[Protocol], str],
) -> list[Subscription]:
    """Lists who gets a message with these attributes and, for each protocol, this text."""
    return [
        each
        for each in transaction.topics.subscriptions(topic_arn)
        if each.state is SubscriptionState.CONFIRMED
        and _lets_through(each, attributes, text_for(each.protocol))
    ]


def _lets_through(subscription: Subscription, attributes: Mapping[str, MessageAttribute], text: str) -> bool:
    policy = subscription.attributes.get("FilterPolicy")
    if not policy:
        return True
    scope = subscription.attributes.get("FilterPolicyScope", FilterPolicyScope.MESSAGE_ATTRIBUTES)
    return _parsed(policy, FilterPolicyScope(scope)).matches(attributes, text)


@functools.lru_cache(_POLICIES_KEPT)
def _parsed(text: str, scope: FilterPolicyScope) -> FilterPolicy:
    """Parses a policy that was checked when it was set; most messages meet the same few."""
    return parse_filter_policy(text, scope)
