"""The calls that change an account, and the IAM policy that allows them (cis-controls section 4)."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from trailbell.account import READ_CALLS, read_arn
from trailbell.remediation._plan import Change, ChangeKind, Plan

__all__ = ["WRITE_CALLS", "WriteCall", "iam_policy"]


class WriteCall(msgspec.Struct, frozen=True):
    """One operation; ``resource`` is the ARN it acts on with the places left open.

    ``is_undo`` says that only taking changes back makes it.
    """

    service: str
    operation: str
    method: str
    resource: str
    is_undo: bool = False

    @property
    def action(self) -> str:
        """The call as IAM and reports name it."""
        return f"{self.service}:{self.operation}"


# Unsubscribe is the one call for which IAM knows no resource.
_ANY = "*"
_TOPIC = "arn:aws:sns:{region}:{account}:{name}"
_ALARM = "arn:aws:cloudwatch:{region}:{account}:alarm:{name}"
_GROUP = "arn:aws:logs:{region}:{account}:log-group:{name}:*"

WRITE_CALLS: tuple[WriteCall, ...] = (
    WriteCall("sns", "CreateTopic", "create_topic", _TOPIC),
    WriteCall("sns", "TagResource", "tag_resource", _TOPIC),
    WriteCall("sns", "SetTopicAttributes", "set_topic_attributes", _TOPIC),
    WriteCall("sns", "Subscribe", "subscribe", _TOPIC),
    WriteCall("logs", "PutMetricFilter", "put_metric_filter", _GROUP),
    WriteCall("cloudwatch", "PutMetricAlarm", "put_metric_alarm", _ALARM),
    WriteCall("cloudwatch", "EnableAlarmActions", "enable_alarm_actions", _ALARM),
    WriteCall("sns", "DeleteTopic", "delete_topic", _TOPIC, is_undo=True),
    WriteCall("sns", "Unsubscribe", "unsubscribe", _ANY, is_undo=True),
    WriteCall("logs", "DeleteMetricFilter", "delete_metric_filter", _GROUP, is_undo=True),
    WriteCall("cloudwatch", "DeleteAlarms", "delete_alarms", _ALARM, is_undo=True),
    WriteCall("cloudwatch", "DisableAlarmActions", "disable_alarm_actions", _ALARM, is_undo=True),
)
"""TagResource is not called by itself: creating a topic with tags needs it."""

# Names of alarms may hold what IAM takes for a wildcard or a variable; these stand for themselves:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
_SPECIAL = re.compile(r"[*?$]")
_SIDS = {_TOPIC: "Topics", _ANY: "Subscriptions", _GROUP: "Filters", _ALARM: "Alarms"}
_OF_KIND = {
    ChangeKind.TOPIC: ("CreateTopic", "TagResource", "DeleteTopic"),
    ChangeKind.TOPIC_POLICY: ("SetTopicAttributes",),
    ChangeKind.SUBSCRIPTION: ("Subscribe", "Unsubscribe"),
    ChangeKind.METRIC_FILTER: ("PutMetricFilter", "DeleteMetricFilter"),
    ChangeKind.ALARM: ("PutMetricAlarm", "DeleteAlarms"),
    ChangeKind.ALARM_ACTIONS: ("EnableAlarmActions", "DisableAlarmActions"),
}


def iam_policy(plan: Plan | None = None) -> dict[str, Any]:
    """Returns the identity policy of whoever plans, applies and undoes.

    With a plan it allows what that plan changes and nothing else.
    """
    reads = [each.action for each in READ_CALLS if each.needs_permission]
    statements = [{"Sid": "Read", "Effect": "Allow", "Action": reads, "Resource": "*"}]
    for is_undo in (False, True):
        for resource in (_TOPIC, _ANY, _GROUP, _ALARM):
            calls = [each for each in WRITE_CALLS if (each.resource, each.is_undo) == (resource, is_undo)]
            statement = _statement(calls, is_undo, plan)
            if statement:
                statements.append(statement)
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(calls: Iterable[WriteCall], is_undo: bool, plan: Plan | None) -> dict[str, Any]:
    if plan is None:
        wanted = list(calls)
        resources = {each.resource.format(region="*", account="*", name="*") for each in wanted}
    else:
        needed = {operation for each in plan.changes for operation in _OF_KIND[each.kind]}
        wanted = [each for each in calls if each.operation in needed]
        resources = {
            _resource(change, each)
            for each in wanted
            for change in plan.changes
            if each.operation in _OF_KIND[change.kind]
        }
    if not wanted:
        return {}
    what = _SIDS[wanted[0].resource]
    return {
        "Sid": f"Undo{what}" if is_undo else what,
        "Effect": "Allow",
        "Action": [each.action for each in wanted],
        "Resource": sorted(resources),
    }


def _resource(change: Change, call: WriteCall) -> str:
    if call.resource == _ANY:
        return _ANY
    place = read_arn(change.name)
    name = _SPECIAL.sub(r"${\g<0>}", change.name)
    return f"{name}:*" if place is not None and place.service == "logs" else name
