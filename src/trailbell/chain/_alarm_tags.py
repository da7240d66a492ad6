"""The tags of alarms: whose they are, and what AWS does not take."""

from collections.abc import Mapping

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.alarms import alarm_arn
from trailbell.settings import Settings
from trailbell.store import Transaction

__all__ = ["MOST_TAGS", "existing_alarm_arn", "refuse_reserved_tags"]

MOST_TAGS = 50
"""How many tags a resource may have."""

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
    if name == arn or transaction.alarms.find(name) is None:
        raise RequestRefusedError(RefusalKind.RESOURCE_NOT_FOUND)
    return arn


def refuse_reserved_tags(tags: Mapping[str, str]) -> None:
    """Refuses the keys that AWS keeps for itself.

    Raises:
        RequestRefusedError: A key begins with ``aws:``, in capitals or not.
    """
    if any(key.lower().startswith(_RESERVED) for key in tags):
        raise RequestRefusedError(
            RefusalKind.ACCESS_DENIED, 'The provided tag keys must not start with any case of "aws:"'
        )
