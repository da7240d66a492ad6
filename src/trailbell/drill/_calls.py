"""The calls that a proof on an AWS account makes beyond the audit's, and the IAM policy for all of them."""

from collections.abc import Mapping
from typing import Any

import botocore.exceptions  # type: ignore[import-untyped]
import msgspec

from trailbell.account import Connection, iam_policy
from trailbell.drill._errors import DrillError

__all__ = ["DRILL_CALLS", "CallFailedError", "DrillCall", "drill_iam_policy", "make_call"]


class CallFailedError(DrillError):
    """A call that was refused or failed; the message names it."""


class DrillCall(msgspec.Struct, frozen=True):
    """One operation; ``is_of_drill`` says that only an alarm drill makes it."""

    service: str
    operation: str
    method: str
    why: str
    is_of_drill: bool

    @property
    def action(self) -> str:
        """The call as IAM and reports name it."""
        return f"{self.service}:{self.operation}"


DRILL_CALLS: tuple[DrillCall, ...] = (
    DrillCall(
        "logs", "TestMetricFilter", "test_metric_filter", "what AWS makes of events", is_of_drill=False
    ),
    DrillCall(
        "cloudwatch",
        "DescribeAlarmHistory",
        "describe_alarm_history",
        "what came of an alarm's actions",
        is_of_drill=True,
    ),
    DrillCall(
        "cloudwatch", "SetAlarmState", "set_alarm_state", "to ring an alarm and set it back", is_of_drill=True
    ),
)

_BY_ACTION = {each.action: each for each in DRILL_CALLS}


def make_call(connection: Connection, action: str, region: str, **parameters: Any) -> Mapping[str, Any]:
    """Makes a call of the table.

    Raises:
        CallFailedError: It was refused or failed.
        KeyError: The table does not have it, so it is not made.
    """
    call = _BY_ACTION[action]
    connection.calls[action] += 1
    try:
        answer: Mapping[str, Any] = getattr(connection.client(call.service, region), call.method)(
            **parameters
        )
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise CallFailedError(f"{action} failed in {region} ({_code(error)})") from error
    return answer


def drill_iam_policy() -> dict[str, Any]:
    """Returns the identity policy of whoever verifies; the statement ``Drill`` is for alarm drills only."""
    policy = iam_policy()
    asked, drilled = (
        [each.action for each in DRILL_CALLS if each.is_of_drill is is_of_drill]
        for is_of_drill in (False, True)
    )
    policy["Statement"] += [
        {"Sid": "Verify", "Effect": "Allow", "Action": asked, "Resource": "*"},
        {"Sid": "Drill", "Effect": "Allow", "Action": drilled, "Resource": "*"},
    ]
    return policy


def _code(error: Exception) -> str:
    if not isinstance(error, botocore.exceptions.ClientError):
        return type(error).__name__
    given: Mapping[str, Any] = error.response
    status = given.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return str(given.get("Error", {}).get("Code") or status)
