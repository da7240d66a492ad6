"""SNS: topics, their attributes and their tags."""

from collections.abc import Mapping

from trailbell.aws_api._operation import Context, Operation, PascalStruct

__all__ = ["OPERATIONS"]


class _Tag(PascalStruct, frozen=True):
    """A tag."""

    key: str
    value: str


class _CreateTopicRequest(PascalStruct, frozen=True):
    """A topic to make."""

    name: str
    attributes: Mapping[str, str] = {}
    tags: tuple[_Tag, ...] = ()


class _TopicArn(PascalStruct, frozen=True):
    """A topic by its ARN, as a request and as a result."""

    topic_arn: str


class _AttributesResult(PascalStruct, frozen=True):
    """Attributes by name."""

    attributes: dict[str, str]


class _SetTopicAttributesRequest(PascalStruct, frozen=True):
    """One attribute to set; without a value it is taken away."""

    topic_arn: str
    attribute_name: str
    attribute_value: str = ""


class _ListTopicsRequest(PascalStruct, frozen=True):
    """Which page is asked for."""

    next_token: str = ""


class _ListTopicsResult(PascalStruct, frozen=True):
    """A page of topics."""

    topics: tuple[_TopicArn, ...]
    next_token: str = ""


class _TagResourceRequest(PascalStruct, frozen=True):
    """Tags to set on a topic."""

    resource_arn: str
    tags: tuple[_Tag, ...]


class _TagResult(PascalStruct, frozen=True):
    """Nothing is told."""


class _UntagResourceRequest(PascalStruct, frozen=True):
    """Keys of tags to remove from a topic."""

    resource_arn: str
    tag_keys: tuple[str, ...]


class _ListTagsForResourceRequest(PascalStruct, frozen=True):
    """The topic whose tags are asked for."""

    resource_arn: str


class _ListTagsForResourceResult(PascalStruct, frozen=True):
    """Tags by key."""

    tags: tuple[_Tag, ...]


def _create_topic(request: _CreateTopicRequest, context: Context) -> _TopicArn:
    """Makes a topic, or finds the one of this name."""
    tags = [(each.key, each.value) for each in request.tags]
    return _TopicArn(context.chain.topics.create(request.name, request.attributes, tags))


def _delete_topic(request: _TopicArn, context: Context) -> None:
    """Deletes a topic."""
    context.chain.topics.delete(request.topic_arn)


def _get_topic_attributes(request: _TopicArn, context: Context) -> _AttributesResult:
    """Shows a topic's attributes."""
    return _AttributesResult(context.chain.topics.attributes(request.topic_arn))


def _set_topic_attributes(request: _SetTopicAttributesRequest, context: Context) -> None:
    """Sets one attribute of a topic."""
    context.chain.topics.set_attribute(request.topic_arn, request.attribute_name, request.attribute_value)


def _list_topics(request: _ListTopicsRequest, context: Context) -> _ListTopicsResult:
    """Lists topics, a hundred at a time."""
    page = context.chain.topics.page(request.next_token)
    return _ListTopicsResult(tuple(_TopicArn(each.arn) for each in page.topics), page.next_token)


def _tag_resource(request: _TagResourceRequest, context: Context) -> _TagResult:
    """Sets tags on a topic."""
    context.chain.topics.tag(request.resource_arn, [(each.key, each.value) for each in request.tags])
    return _TagResult()


def _untag_resource(request: _UntagResourceRequest, context: Context) -> _TagResult:
    """Removes tags from a topic."""
    context.chain.topics.untag(request.resource_arn, request.tag_keys)
    return _TagResult()


def _list_tags_for_resource(
    request: _ListTagsForResourceRequest, context: Context
) -> _ListTagsForResourceResult:
    """Lists a topic's tags."""
    tags = context.chain.topics.tags(request.resource_arn)
    return _ListTagsForResourceResult(tuple(_Tag(key, value) for key, value in tags.items()))


OPERATIONS: tuple[Operation, ...] = (
    Operation("sns", "CreateTopic", _create_topic, "Makes a topic, or finds the one of this name."),
    Operation("sns", "DeleteTopic", _delete_topic, "Deletes a topic; its subscriptions get nothing more."),
    Operation("sns", "GetTopicAttributes", _get_topic_attributes, "Shows a topic's attributes."),
    Operation("sns", "SetTopicAttributes", _set_topic_attributes, "Sets one attribute of a topic."),
    Operation("sns", "ListTopics", _list_topics, "Lists topics, a hundred at a time."),
    Operation("sns", "TagResource", _tag_resource, "Sets tags on a topic."),
    Operation("sns", "UntagResource", _untag_resource, "Removes tags from a topic."),
    Operation("sns", "ListTagsForResource", _list_tags_for_resource, "Lists a topic's tags."),
)
