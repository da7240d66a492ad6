"""CloudWatch Logs: log groups, their retention and their protection."""

from collections.abc import Mapping

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.aws_api._operation import CamelStruct, Context, Operation
from trailbell.chain import NewGroup
from trailbell.store import GroupQuery, StoredGroup

__all__ = ["OPERATIONS"]


class _CreateLogGroupRequest(CamelStruct, frozen=True):
    """A log group to make."""

    log_group_name: str
    kms_key_id: str | None = None
    tags: Mapping[str, str] = {}
    log_group_class: str = "STANDARD"
    deletion_protection_enabled: bool = False


class _LogGroupName(CamelStruct, frozen=True):
    """A log group by its name."""

    log_group_name: str


class _DescribeLogGroupsRequest(CamelStruct, frozen=True):
    """Which log groups are asked for."""

    log_group_name_prefix: str = ""
    log_group_name_pattern: str = ""
    log_group_class: str = ""
    log_group_identifiers: tuple[str, ...] = ()
    include_linked_accounts: bool = False
    limit: int = 50
    next_token: str | None = None


class _LogGroup(CamelStruct, frozen=True):
    """A log group as it is described; a search by pattern leaves some members out, as AWS does."""

    log_group_name: str
    arn: str
    log_group_arn: str
    creation_time: int
    metric_filter_count: int
    log_group_class: str
    retention_in_days: int | None = None
    stored_bytes: int | None = None
    deletion_protection_enabled: bool | None = None


class _DescribeLogGroupsResult(CamelStruct, frozen=True):
    """A page of log groups."""

    log_groups: tuple[_LogGroup, ...]
    next_token: str | None = None


class _PutRetentionPolicyRequest(CamelStruct, frozen=True):
    """How long a group's events are to be kept."""

    log_group_name: str
    retention_in_days: int


class _PutLogGroupDeletionProtectionRequest(CamelStruct, frozen=True):
    """Whether a group is to be protected."""

    log_group_identifier: str
    deletion_protection_enabled: bool


def _create_log_group(request: _CreateLogGroupRequest, context: Context) -> None:
    """Makes a log group."""
    if request.kms_key_id is not None:
        raise RequestRefusedError(
            RefusalKind.UNSUPPORTED,
            "Trailbell does not encrypt log groups with KMS keys: leave kmsKeyId out, and encrypt the disk "
            "that holds the data folder.",
        )
    context.chain.log_groups.create(
        NewGroup(
            request.log_group_name,
            request.log_group_class,
            request.tags,
            request.deletion_protection_enabled,
        )
    )


def _delete_log_group(request: _LogGroupName, context: Context) -> None:
    """Deletes a log group with all it holds."""
    context.chain.log_groups.delete(request.log_group_name)


def _describe_log_groups(request: _DescribeLogGroupsRequest, context: Context) -> _DescribeLogGroupsResult:
    """Lists log groups by name."""
    if request.include_linked_accounts:
        raise RequestRefusedError(
            RefusalKind.UNSUPPORTED,
            "Trailbell has one account and no linked ones: leave includeLinkedAccounts out.",
        )
    groups = context.chain.log_groups
    query = GroupQuery(
        prefix=request.log_group_name_prefix,
        pattern=request.log_group_name_pattern,
        log_class=request.log_group_class,
        names=groups.names_of(request.log_group_identifiers),
        limit=request.limit,
    )
    page = groups.page(query, request.next_token)
    is_short = bool(request.log_group_name_pattern)
    described = tuple(_described(each, groups.arn(each.name), is_short=is_short) for each in page.groups)
    return _DescribeLogGroupsResult(described, page.next_token)


def _put_retention_policy(request: _PutRetentionPolicyRequest, context: Context) -> None:
    """Sets how long a group's events are kept."""
    context.chain.log_groups.set_retention(request.log_group_name, request.retention_in_days)


def _delete_retention_policy(request: _LogGroupName, context: Context) -> None:
    """Keeps a group's events as long as there is room."""
    context.chain.log_groups.set_retention(request.log_group_name, None)


def _put_log_group_deletion_protection(
    request: _PutLogGroupDeletionProtectionRequest, context: Context
) -> None:
    """Protects a group from being deleted, or no longer."""
    context.chain.log_groups.set_deletion_protected(
        request.log_group_identifier, is_deletion_protected=request.deletion_protection_enabled
    )


def _described(group: StoredGroup, arn: str, *, is_short: bool) -> _LogGroup:
    return _LogGroup(
        log_group_name=group.name,
        arn=f"{arn}:*",
        log_group_arn=arn,
        creation_time=group.created_ms,
        metric_filter_count=group.metric_filters,
        log_group_class=group.log_class,
        retention_in_days=group.retention_days,
        stored_bytes=None if is_short else group.stored_bytes,
        deletion_protection_enabled=None if is_short else group.is_deletion_protected,
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation("logs", "CreateLogGroup", _create_log_group, "Makes a log group."),
    Operation("logs", "DeleteLogGroup", _delete_log_group, "Deletes a log group with all it holds."),
    Operation("logs", "DescribeLogGroups", _describe_log_groups, "Lists log groups by name."),
    Operation("logs", "PutRetentionPolicy", _put_retention_policy, "Sets how long events are kept."),
    Operation("logs", "DeleteRetentionPolicy", _delete_retention_policy, "Lets events be kept without end."),
    Operation(
        "logs",
        "PutLogGroupDeletionProtection",
        _put_log_group_deletion_protection,
        "Protects a log group from being deleted.",
    ),
)
