"""The attributes of a subscription: what may be set, how it is kept, what GetSubscriptionAttributes shows."""

import json
import re
from collections.abc import Mapping

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.topics._attribute_errors import explained, invalid, json_object, unsupported
from trailbell.topics._delivery_policy import effective_subscription_policy, stored_subscription_policy
from trailbell.topics._endpoint import masked_endpoint
from trailbell.topics._filter_policy import parse_filter_policy
from trailbell.topics._filter_policy_tree import FilterPolicyError, FilterPolicyScope
from trailbell.topics._topic import Protocol, Subscription, SubscriptionState, Topic

__all__ = [
    "changed_subscription_attributes",
    "created_subscription_attributes",
    "has_subscription_attributes",
    "subscription_attributes_shown",
]

_NAMES = (
    "RawMessageDelivery",
    "FilterPolicyScope",
    "FilterPolicy",
    "DeliveryPolicy",
    "RedrivePolicy",
    "ReplayPolicy",
    "SubscriptionRoleArn",
)
_DEFAULT_SCOPE = "MessageAttributes"
_EMPTY_OBJECT = re.compile(r"\s*\{\s*\}\s*")
_UNSUPPORTED = {
    "ReplayPolicy": "a replay of a FIFO topic's archive",
    "SubscriptionRoleArn": "delivery to Firehose",
}


def created_subscription_attributes(protocol: Protocol, given: Mapping[str, str]) -> dict[str, str]:
    """Returns what Subscribe keeps of the attributes given with it; what asks for nothing is dropped.

    Raises:
        RequestRefusedError: a name or a value is refused.
    """
    return _with(protocol, {}, given, is_creation=True)


def changed_subscription_attributes(
    subscription: Subscription, name: str, value: str | None
) -> dict[str, str]:
    """Returns all attributes once SetSubscriptionAttributes has set one; an empty value removes it.

    Raises:
        RequestRefusedError: the name or the value is refused.
    """
    changes = {name: value or ""}
    return _with(subscription.protocol, subscription.attributes, changes, is_creation=False)


def has_subscription_attributes(subscription: Subscription, given: Mapping[str, str]) -> bool:
    """Whether subscribing again with these attributes asks for what the subscription has.

    Raises:
        RequestRefusedError: a name or a value is refused.
    """
    wanted = created_subscription_attributes(subscription.protocol, given)
    return all(_comparable(wanted, name) == _comparable(subscription.attributes, name) for name in given)


def subscription_attributes_shown(
    subscription: Subscription, topic: Topic | None, account_id: str
) -> dict[str, str]:
    """Returns what GetSubscriptionAttributes shows; ``topic`` is None once it was deleted."""
    kept = subscription.attributes
    is_pending = subscription.state is SubscriptionState.PENDING
    shown = {
        "SubscriptionPrincipal": f"arn:aws:iam::{account_id}:root",
        "Owner": account_id,
        "RawMessageDelivery": kept.get("RawMessageDelivery", "false"),
        "TopicArn": subscription.topic_arn,
        "Endpoint": masked_endpoint(subscription.endpoint),
        "Protocol": subscription.protocol.value,
        "PendingConfirmation": _flag(is_pending),
        "ConfirmationWasAuthenticated": _flag(subscription.was_authenticated and not is_pending),
        "SubscriptionArn": subscription.arn,
    }
    if "FilterPolicy" in kept:
        shown["FilterPolicy"] = kept["FilterPolicy"]
        shown["FilterPolicyScope"] = kept.get("FilterPolicyScope", _DEFAULT_SCOPE)
    if "DeliveryPolicy" in kept:
        topic_policy = None if topic is None else topic.attributes.get("DeliveryPolicy")
        shown["DeliveryPolicy"] = kept["DeliveryPolicy"]
        shown["EffectiveDeliveryPolicy"] = effective_subscription_policy(kept["DeliveryPolicy"], topic_policy)
    return shown


def _with(
    protocol: Protocol, kept: Mapping[str, str], changes: Mapping[str, str], *, is_creation: bool
) -> dict[str, str]:
    if not all(name in _NAMES for name in changes):
        raise RequestRefusedError(RefusalKind.INVALID_PARAMETER, "Invalid parameter: AttributeName")
    attributes = dict(kept)
    try:
        # The first two decide how the others are judged.
        for name in sorted(changes, key=_NAMES.index):
            if normal := _normal(protocol, name, changes[name], attributes):
                attributes[name] = normal
            else:
                attributes.pop(name, None)
        if "FilterPolicy" in attributes and not changes.keys().isdisjoint(
            {"FilterPolicy", "FilterPolicyScope"}
        ):
            _check_filter_policy(attributes)
    except RequestRefusedError as error:
        raise explained(error, is_creation=is_creation) from None
    return attributes


def _normal(protocol: Protocol, name: str, value: str, attributes: Mapping[str, str]) -> str:
    """The value as it is kept; empty for what asks for nothing."""
    if name == "FilterPolicy":
        # A policy without a rule lets everything through: Terraform takes one away by setting this.
        return "" if _EMPTY_OBJECT.fullmatch(value) else value
    if not value:
        return value
    if name == "RawMessageDelivery":
        return _raw(protocol, value)
    if name == "FilterPolicyScope":
        return _scope(value)
    if name == "DeliveryPolicy":
        if not protocol.is_http:
            raise invalid(f"Delivery protocol [{protocol}] does not support a delivery policy.")
        return stored_subscription_policy(value, is_raw=attributes.get("RawMessageDelivery") == "true")
    if name == "RedrivePolicy":
        return _refuse_redrive(value)
    raise unsupported(f"{name}: {_UNSUPPORTED[name]} is not supported by this version; leave it out.")


def _raw(protocol: Protocol, value: str) -> str:
    wanted = value.lower()
    if wanted not in ("true", "false"):
        raise invalid(f"RawMessageDelivery: Invalid value [{value}]. Must be true or false.")
    if wanted == "false":
        return ""
    if not protocol.is_http:
        raise invalid(f"Delivery protocol [{protocol}] does not support raw message delivery.")
    return wanted


def _scope(value: str) -> str:
    if value not in (_DEFAULT_SCOPE, "MessageBody"):
        raise invalid(
            f"FilterPolicyScope: Invalid value [{value}]. Please use either MessageBody or MessageAttributes"
        )
    return "" if value == _DEFAULT_SCOPE else value


def _check_filter_policy(attributes: Mapping[str, str]) -> None:
    scope = FilterPolicyScope(attributes.get("FilterPolicyScope", _DEFAULT_SCOPE))
    try:
        parse_filter_policy(attributes["FilterPolicy"], scope)
    except FilterPolicyError as error:
        raise invalid(error.message) from None


def _refuse_redrive(value: str) -> str:
    target = json_object("RedrivePolicy", value).get("deadLetterTargetArn")
    parts = target.split(":") if isinstance(target, str) else []
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "sqs":
        raise invalid("RedrivePolicy: deadLetterTargetArn is an invalid arn")
    raise unsupported(
        "RedrivePolicy: dead-letter queues are not supported by this version; leave it out. "
        "Trailbell keeps what could not be delivered in its own list of deliveries."
    )


def _comparable(attributes: Mapping[str, str], name: str) -> object:
    value = attributes.get(name)
    # White space and the order of keys make no other policy.
    return json.loads(value) if value is not None and name == "FilterPolicy" else value


def _flag(is_so: bool) -> str:
    return "true" if is_so else "false"
