"""SNS: subscriptions, from Subscribe over the confirmation to Unsubscribe."""

from collections.abc import Mapping

from trailbell.aws_api._operation import Context, Operation, PascalStruct
from trailbell.topics import Subscription, SubscriptionState

__all__ = ["OPERATIONS"]

# AWS spells the two places differently.
_PENDING_ANSWER = "pending confirmation"
_PENDING_LISTED = "PendingConfirmation"


class _SubscribeRequest(PascalStruct, frozen=True):
    """An endpoint to subscribe."""

    topic_arn: str
    protocol: str
    endpoint: str = ""
    attributes: Mapping[str, str] = {}
    return_subscription_arn: bool = False


class _SubscriptionArn(PascalStruct, frozen=True):
    """A subscription by its ARN, as a request and as a result."""

    subscription_arn: str = ""


class _ConfirmSubscriptionRequest(PascalStruct, frozen=True):
    """A token that was sent to the endpoint."""

    topic_arn: str
    token: str
    authenticate_on_unsubscribe: str = "false"


class _AttributesResult(PascalStruct, frozen=True):
    """Attributes by name."""

    attributes: dict[str, str]


class _SetSubscriptionAttributesRequest(PascalStruct, frozen=True):
    """One attribute to set; without a value it is taken away."""

    subscription_arn: str
    attribute_name: str
    attribute_value: str = ""


class _ListSubscriptionsRequest(PascalStruct, frozen=True):
    """Which page is asked for."""

    next_token: str = ""


class _ListSubscriptionsByTopicRequest(PascalStruct, frozen=True):
    """Which page of a topic's subscriptions is asked for."""

    topic_arn: str
    next_token: str = ""


class _SubscriptionListed(PascalStruct, frozen=True):
    """A subscription in a list."""

    subscription_arn: str
    owner: str
    protocol: str
    endpoint: str
    topic_arn: str


class _ListSubscriptionsResult(PascalStruct, frozen=True):
    """A page of subscriptions."""

    subscriptions: tuple[_SubscriptionListed, ...]
    next_token: str = ""


def _subscribe(request: _SubscribeRequest, context: Context) -> _SubscriptionArn:
    """Subscribes an endpoint and has it asked to confirm."""
    made = context.chain.subscriptions.subscribe(
        request.topic_arn, request.protocol, request.endpoint, request.attributes
    )
    is_told = request.return_subscription_arn or made.state is SubscriptionState.CONFIRMED
    return _SubscriptionArn(made.arn if is_told else _PENDING_ANSWER)


def _confirm_subscription(request: _ConfirmSubscriptionRequest, context: Context) -> _SubscriptionArn:
    """Confirms or restores the subscription a token stands for."""
    arn = context.chain.subscriptions.confirm(
        request.topic_arn,
        request.token,
        is_signed=context.is_signed,
        authenticate_on_unsubscribe=request.authenticate_on_unsubscribe.lower() == "true",
    )
    return _SubscriptionArn(arn)


def _unsubscribe(request: _SubscriptionArn, context: Context) -> None:
    """Ends a subscription."""
    context.chain.subscriptions.unsubscribe(request.subscription_arn, is_signed=context.is_signed)


def _get_subscription_attributes(request: _SubscriptionArn, context: Context) -> _AttributesResult:
    """Shows a subscription's attributes."""
    return _AttributesResult(context.chain.subscriptions.attributes(request.subscription_arn))


def _set_subscription_attributes(request: _SetSubscriptionAttributesRequest, context: Context) -> None:
    """Sets one attribute of a subscription."""
    context.chain.subscriptions.set_attribute(
        request.subscription_arn, request.attribute_name, request.attribute_value
    )


def _list_subscriptions(request: _ListSubscriptionsRequest, context: Context) -> _ListSubscriptionsResult:
    """Lists subscriptions, a hundred at a time."""
    page = context.chain.subscriptions.page(request.next_token)
    return _ListSubscriptionsResult(
        tuple(_listed(each, context) for each in page.subscriptions), page.next_token
    )


def _list_subscriptions_by_topic(
    request: _ListSubscriptionsByTopicRequest, context: Context
) -> _ListSubscriptionsResult:
    """Lists a topic's subscriptions, a hundred at a time."""
    page = context.chain.subscriptions.page(request.next_token, request.topic_arn)
    return _ListSubscriptionsResult(
        tuple(_listed(each, context) for each in page.subscriptions), page.next_token
    )


def _listed(subscription: Subscription, context: Context) -> _SubscriptionListed:
    is_pending = subscription.state is SubscriptionState.PENDING
    return _SubscriptionListed(
        subscription_arn=_PENDING_LISTED if is_pending else subscription.arn,
        owner=context.account_id,
        protocol=subscription.protocol.value,
        endpoint=subscription.endpoint,
        topic_arn=subscription.topic_arn,
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation("sns", "Subscribe", _subscribe, "Subscribes an http, https, email or email-json endpoint."),
    Operation("sns", "ConfirmSubscription", _confirm_subscription, "Confirms a subscription by its token."),
    Operation("sns", "Unsubscribe", _unsubscribe, "Ends a subscription."),
    Operation(
        "sns", "GetSubscriptionAttributes", _get_subscription_attributes, "Shows a subscription's attributes."
    ),
    Operation(
        "sns", "SetSubscriptionAttributes", _set_subscription_attributes, "Sets one of its attributes."
    ),
    Operation("sns", "ListSubscriptions", _list_subscriptions, "Lists subscriptions, a hundred at a time."),
    Operation(
        "sns", "ListSubscriptionsByTopic", _list_subscriptions_by_topic, "Lists a topic's subscriptions."
    ),
)
