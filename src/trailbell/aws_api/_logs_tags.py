"""CloudWatch Logs: tags of log groups, by ARN and in the older form by name; both share one set."""

from trailbell.aws_api._operation import CamelStruct, Context, Operation

__all__ = ["OPERATIONS"]


class _TagResourceRequest(CamelStruct, frozen=True):
    """Tags to set."""

    resource_arn: str
    tags: dict[str, str]


class _UntagResourceRequest(CamelStruct, frozen=True):
    """Keys whose tags are to go."""

    resource_arn: str
    tag_keys: tuple[str, ...]


class _ListTagsForResourceRequest(CamelStruct, frozen=True):
    """A log group by its ARN."""

    resource_arn: str


class _TagLogGroupRequest(CamelStruct, frozen=True):
    """Tags to set."""

    log_group_name: str
    tags: dict[str, str]


class _UntagLogGroupRequest(CamelStruct, frozen=True):
    """Keys whose tags are to go."""

    log_group_name: str
    tags: tuple[str, ...]


class _ListTagsLogGroupRequest(CamelStruct, frozen=True):
    """A log group by its name."""

    log_group_name: str


class _TagsResult(CamelStruct, frozen=True):
    """Tags by key."""

    tags: dict[str, str]


def _tag_resource(request: _TagResourceRequest, context: Context) -> None:
    """Sets tags of a log group."""
    groups = context.chain.log_groups
    groups.tag(groups.name_in_arn(request.resource_arn), request.tags)


def _untag_resource(request: _UntagResourceRequest, context: Context) -> None:
    """Removes tags of a log group."""
    groups = context.chain.log_groups
    groups.untag(groups.name_in_arn(request.resource_arn), request.tag_keys)


def _list_tags_for_resource(request: _ListTagsForResourceRequest, context: Context) -> _TagsResult:
    """Lists the tags of a log group."""
    groups = context.chain.log_groups
    return _TagsResult(groups.tags(groups.name_in_arn(request.resource_arn)))


def _tag_log_group(request: _TagLogGroupRequest, context: Context) -> None:
    """Sets tags of a log group."""
    context.chain.log_groups.tag(request.log_group_name, request.tags)


def _untag_log_group(request: _UntagLogGroupRequest, context: Context) -> None:
    """Removes tags of a log group."""
    context.chain.log_groups.untag(request.log_group_name, request.tags)


def _list_tags_log_group(request: _ListTagsLogGroupRequest, context: Context) -> _TagsResult:
    """Lists the tags of a log group."""
    return _TagsResult(context.chain.log_groups.tags(request.log_group_name))


OPERATIONS: tuple[Operation, ...] = (
    Operation("logs", "TagResource", _tag_resource, "Sets tags of a log group by its ARN."),
    Operation("logs", "UntagResource", _untag_resource, "Removes tags of a log group by its ARN."),
    Operation("logs", "ListTagsForResource", _list_tags_for_resource, "Lists a log group's tags by its ARN."),
    Operation("logs", "TagLogGroup", _tag_log_group, "Sets tags of a log group by its name."),
    Operation("logs", "UntagLogGroup", _untag_log_group, "Removes tags of a log group by its name."),
    Operation("logs", "ListTagsLogGroup", _list_tags_log_group, "Lists a log group's tags by its name."),
)
