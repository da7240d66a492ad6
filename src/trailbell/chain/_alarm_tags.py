"""The tags of alarms of either kind: whose they are, and what AWS does not take."""

from collections.abc import Collection, Mapping

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.alarms import alarm_arn
from trailbell.settings import Settings
from trailbell.store import Transaction

__all__ = ["check_new_tags", "existing_alarm_arn", "refuse_reserved_tags", "refuse_too_many_tags"]

_MOST_TAGS = 50

_RESERVED = "aws:"
_ARN_PARTS = 6


def existing_alarm_arn(transaction: Transaction, settings: Settings, arn: str) -> str:
    """Returns the ARN of an alarm.

    Raises:
        RequestRefusedError: It is no ARN, or there is no such alarm in this account and region.
    """
    if not arn.startswith("arn:") or len(arn.split(":")) < _ARN_PARTS:
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER, f"The value {arn} for parameter ResourceARN is invalid."
        )
    before_name = alarm_arn(settings.region, settings.account_id, "")
    name = arn.removeprefix(before_name)
    if name == arn or not transaction.composites.standings((name,)):
        raise RequestRefusedError(RefusalKind.RESOURCE_NOT_FOUND)
    return arn


def check_new_tags(tags: Mapping[str, str]) -> None:
    """Refuses tags that an alarm cannot be made with.

    Raises:
        RequestRefusedError: A key is reserved, or there are too many.
    """
    refuse_reserved_tags(tags)
    if len(tags) > _MOST_TAGS:
        raise RequestRefusedError(
            RefusalKind.VALIDATION,
            f"The resultant tag set must not have more than {_MOST_TAGS} user tags.",
        )


def refuse_too_many_tags(keys: Collection[str]) -> None:
    """Refuses more tags than an alarm may have in the end.

    Raises:
        RequestRefusedError: There are too many.
    """
    if len(keys) > _MOST_TAGS:
        raise RequestRefusedError(RefusalKind.INVALID_PARAMETER, "tags are invalid.")


def refuse_reserved_tags(tags: Mapping[str, str]) -> None:
    """Refuses the keys that AWS keeps for itself.

    Raises:
        RequestRefusedError: A key begins with ``aws:``, in capitals or not.
    """
    if any(key.lower().startswith(_RESERVED) for key in tags):
        raise RequestRefusedError(
            RefusalKind.ACCESS_DENIED, 'The provided tag keys must not start with any case of "aws:"'
        )
