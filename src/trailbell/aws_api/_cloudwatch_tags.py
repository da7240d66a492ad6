"""CloudWatch: tags of alarms, by ARN."""

from collections.abc import Iterable

import msgspec

from trailbell.aws_api._operation import Context, Operation, PascalStruct

__all__ = ["OPERATIONS", "Tag", "tag_map"]


class Tag(PascalStruct, frozen=True):
    """A tag, as CloudWatch writes it."""

    key: str
    value: str


class _TagResourceRequest(PascalStruct, frozen=True):
    """Tags to set."""

    resource_arn: str = msgspec.field(name="ResourceARN")
    tags: tuple[Tag, ...]


class _UntagResourceRequest(PascalStruct, frozen=True):
    """Keys whose tags are to go."""

    resource_arn: str = msgspec.field(name="ResourceARN")
    tag_keys: tuple[str, ...]


class _ListTagsForResourceRequest(PascalStruct, frozen=True):
    """An alarm by its ARN."""

    resource_arn: str = msgspec.field(name="ResourceARN")


class _ListTagsForResourceResult(PascalStruct, frozen=True):
    """The tags there are."""

    tags: tuple[Tag, ...]


def tag_map(tags: Iterable[Tag]) -> dict[str, str]:
    """Returns tags by key; of a key that is given twice, the last one holds."""
    return {each.key: each.value for each in tags}


def _tag_resource(request: _TagResourceRequest, context: Context) -> None:
    """Sets tags of an alarm."""
    context.chain.alarms.tag(request.resource_arn, tag_map(request.tags))


def _untag_resource(request: _UntagResourceRequest, context: Context) -> None:
    """Removes tags of an alarm."""
    context.chain.alarms.untag(request.resource_arn, request.tag_keys)


def _list_tags_for_resource(
    request: _ListTagsForResourceRequest, context: Context
) -> _ListTagsForResourceResult:
    """Lists the tags of an alarm."""
    tags = context.chain.alarms.tags(request.resource_arn)
    return _ListTagsForResourceResult(tuple(Tag(key, value) for key, value in tags.items()))


OPERATIONS: tuple[Operation, ...] = (
    Operation("cloudwatch", "TagResource", _tag_resource, "Sets tags of an alarm."),
    Operation("cloudwatch", "UntagResource", _untag_resource, "Removes tags of an alarm."),
    Operation("cloudwatch", "ListTagsForResource", _list_tags_for_resource, "Lists the tags of an alarm."),
)
