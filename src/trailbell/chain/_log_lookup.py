"""Log groups and streams as callers name them: by name or ARN, and what is said of those not there."""

import re

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.settings import Settings
from trailbell.store import StoredGroup, StoredStream, Transaction

__all__ = [
    "existing_group",
    "existing_stream",
    "log_group_arn",
    "name_in_arn",
    "name_of_group",
]

_ARN = re.compile(r"arn:[a-z-]+:logs:(?P<region>[^:]*):(?P<account>[^:]*):log-group:(?P<name>[^:*]+)\Z")


def log_group_arn(settings: Settings, name: str) -> str:
    """Returns a log group's ARN, without the ``:*`` that stands for its streams."""
    return f"arn:aws:logs:{settings.region}:{settings.account_id}:log-group:{name}"


def name_of_group(settings: Settings, name: str, identifier: str) -> str:
    """Returns the name of the group that a caller means by a name, or by an identifier: a name or an ARN.

    Raises:
        RequestRefusedError: Both are given, or neither, or the ARN is no log group's of this account.
    """
    if name and identifier:
        raise RequestRefusedError(
            RefusalKind.VALIDATION, "LogGroup name and LogGroup ARN are mutually exclusive parameters."
        )
    if name:
        return name
    if not identifier:
        raise RequestRefusedError(RefusalKind.VALIDATION, "Either LogGroup name or LogGroup ARN is required.")
    if not identifier.startswith("arn:"):
        return identifier
    return name_in_arn(settings, identifier)


def name_in_arn(settings: Settings, arn: str) -> str:
    """Returns the name of the log group of an ARN.

    Raises:
        RequestRefusedError: The ARN is no log group's, or that of another account or region.
    """
    parts = _ARN.match(arn)
    if parts is None:
        raise RequestRefusedError(RefusalKind.INVALID_PARAMETER, f"The ARN {arn} is not that of a log group.")
    if (parts["region"], parts["account"]) != (settings.region, settings.account_id):
        raise _no_group()
    return parts["name"]


def existing_group(transaction: Transaction, name: str) -> StoredGroup:
    """Finds a log group.

    Raises:
        RequestRefusedError: There is none of this name.
    """
    group = transaction.log_groups.find(name)
    if group is None:
        raise _no_group()
    return group


def existing_stream(transaction: Transaction, group: StoredGroup, name: str) -> StoredStream:
    """Finds a log stream.

    Raises:
        RequestRefusedError: The group has none of this name.
    """
    stream = transaction.log_streams.find(group.id, name)
    if stream is None:
        raise _no_stream()
    return stream


def _no_group() -> RequestRefusedError:
    """Makes the error for a log group that is not there."""
    return RequestRefusedError(RefusalKind.NOT_FOUND, "The specified log group does not exist.")


def _no_stream() -> RequestRefusedError:
    """Makes the error for a log stream that is not there."""
    return RequestRefusedError(RefusalKind.NOT_FOUND, "The specified log stream does not exist.")
