"""Which alarm a composite alarm's rule or its suppressor means: by name, or by ARN."""

import re

import msgspec

__all__ = ["AlarmReference", "alarm_name_of", "read_reference"]

_ALARM_ARN = re.compile(
    r"arn:[^:]+:cloudwatch:(?P<region>[^:]*):(?P<account_id>[^:]*):alarm:(?P<name>.+)", re.DOTALL
)


class AlarmReference(msgspec.Struct, frozen=True):
    """An alarm's name, and the region and account its ARN names; None where it was named without ARN."""

    name: str
    region: str | None = None
    account_id: str | None = None


def read_reference(text: str) -> AlarmReference:
    """Returns what a name or an ARN refers to; what is no ARN of an alarm is a name."""
    found = _ALARM_ARN.fullmatch(text)
    if found is None:
        return AlarmReference(text)
    return AlarmReference(found["name"], found["region"], found["account_id"])


def alarm_name_of(reference: str, region: str, account_id: str) -> str:
    """Returns the name of the alarm a rule mentions, for the region and account of the composite alarm.

    The ARN of an alarm elsewhere is returned as it is: no alarm here has such a name.
    """
    found = read_reference(reference)
    is_here = found.region in {None, region} and found.account_id in {None, account_id}
    return found.name if is_here else reference
