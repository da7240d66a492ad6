"""Made-up plans with changes of all kinds, for what is written from a plan."""

import json
from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from trailbell.alarms import Alarm
from trailbell.controls import Control, control_id, control_of, provision, watched_controls
from trailbell.remediation._plan import Change, ChangeKind, Left, LeftKind, Plan

__all__ = [
    "ACCOUNT",
    "CIS",
    "GROUP",
    "HOSTILE",
    "REGION",
    "TOPIC",
    "alarm_change",
    "control_changes",
    "filter_change",
    "hostile_plan",
    "math_alarm_change",
    "overwriting_plan",
    "plan_of",
    "sample_plan",
    "topic_changes",
]

ACCOUNT = "111122223333"
REGION = "us-east-1"
GROUP = "CloudTrail/logs"
CIS = "7.0.0"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:security-alarms"

HOSTILE = (
    "'\"`$(touch hit)${x}%{y}\\ !hit; $HOME\n\r\n# '; touch hit\t\x1b[31m\x00\u202e\u2028 é 😀 EOT\n<<'EOT'"
)
"""What would break out of one quoting or another."""


def plan_of(changes: Iterable[Change], left: tuple[Left, ...] = ()) -> Plan:
    """A plan of some changes."""
    return Plan(
        account=ACCOUNT,
        cis=CIS,
        at="2026-11-28T20:00:00Z",
        version="1.2.3",
        changes=tuple(changes),
        left=left,
    )


def sample_plan(region: str = REGION, controls: Iterable[Control] | None = None) -> Plan:
    """The plan of an account that has a trail and nothing else, and one control that a person decides on."""
    subscriber = ("email", "security@example.com")
    left = Left(
        control="security_hub_enabled",
        id=control_id(control_of("security_hub_enabled"), CIS) or "",
        kind=LeftKind.DECISION,
        reason="Security Hub costs money (see its price list).",
    )
    return plan_of([*topic_changes(region, subscriber), *control_changes(region, GROUP, controls)], (left,))


def overwriting_plan(region: str = REGION) -> Plan:
    """A plan that changes what is there: a policy of a topic, a filter and an alarm."""
    _, policy, _ = topic_changes(region, ("email", "security@example.com"))
    put_filter, put_alarm = control_changes(region, GROUP, watched_controls()[:1])
    return plan_of(replace(each, before={"found": "before"}) for each in (policy, put_filter, put_alarm))


def hostile_plan(text: str = HOSTILE) -> Plan:
    """A plan of one change of each kind that has a text wherever one can stand."""
    changes = [*topic_changes(REGION, ("https", f"https://example.com/{text}"), text)]
    changes.append(filter_change(REGION, GROUP, text, text))
    changes.append(alarm_change(REGION, text, (_topic_arn(REGION),), AlarmDescription=text))
    changes.append(
        Change(
            kind=ChangeKind.ALARM_ACTIONS,
            region=REGION,
            name=f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{text}",
            after={"ActionsEnabled": True},
            before={"ActionsEnabled": False},
            controls=("root_usage",),
            why=text,
        )
    )
    left = Left(control="root_usage", id="5.3", kind=LeftKind.DECISION, reason=text)
    return plan_of((replace(each, why=text) for each in changes), (left,))


def topic_changes(region: str, subscriber: tuple[str, str], sid: str = "CloudWatch") -> list[Change]:
    """A topic, its policy and a subscription by protocol and endpoint."""
    arn = _topic_arn(region)
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": sid,
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": arn,
                "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
            }
        ],
    }
    after: list[tuple[ChangeKind, dict[str, Any], str]] = [
        (
            ChangeKind.TOPIC,
            {"Name": "security-alarms", "Tags": [{"Key": "made-by", "Value": "trailbell"}]},
            "Alarms need somewhere to notify.",
        ),
        (ChangeKind.TOPIC_POLICY, {"Policy": json.dumps(policy)}, "CloudWatch has to be allowed to publish."),
        (
            ChangeKind.SUBSCRIPTION,
            {"Protocol": subscriber[0], "Endpoint": subscriber[1]},
            "Somebody has to be told.",
        ),
    ]
    return [
        Change(kind=kind, region=region, name=arn, after=given, controls=("root_usage",), why=why)
        for kind, given, why in after
    ]


def control_changes(region: str, group: str, controls: Iterable[Control] | None = None) -> list[Change]:
    """The filters and alarms of some controls, of all that are watched if none are given."""
    changes = []
    for control in watched_controls() if controls is None else controls:
        put = provision(control, group, (_topic_arn(region),))
        given = put.metric_filter
        changes.append(
            filter_change(region, group, given.name, given.pattern, put.alarm.metric.name, control.key)
        )
        changes.append(
            alarm_change(region, put.alarm.name, put.alarm.alarm_actions, control.key, **_alarm(put.alarm))
        )
    return changes


def filter_change(
    region: str,
    group: str,
    name: str,
    pattern: str,
    metric: str = "made_up_metric",
    control: str = "root_usage",
) -> Change:
    """A metric filter on a log group."""
    transformation = {"metricName": metric, "metricNamespace": "CISBenchmark", "metricValue": "1"}
    return Change(
        kind=ChangeKind.METRIC_FILTER,
        region=region,
        name=f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{group}",
        after={
            "logGroupName": group,
            "filterName": name,
            "filterPattern": pattern,
            "metricTransformations": [transformation],
        },
        controls=(control,),
        why="Nothing counts these events.",
    )


def alarm_change(
    region: str, name: str, actions: Iterable[str], control: str = "root_usage", **given: Any
) -> Change:
    """An alarm on a metric."""
    usual = {
        "Namespace": "CISBenchmark",
        "MetricName": "made_up_metric",
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    return Change(
        kind=ChangeKind.ALARM,
        region=region,
        name=f"arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:{name}",
        after={"AlarmName": name, "ActionsEnabled": True, "AlarmActions": list(actions), **usual, **given},
        controls=(control,),
        why="No alarm watches the metric.",
    )


def math_alarm_change(region: str, name: str) -> Change:
    """An alarm on what metric math makes of a metric, with the topic of somebody else."""
    metric = {
        "Namespace": "CISBenchmark",
        "MetricName": "made_up_metric",
        "Dimensions": [{"Name": "Account", "Value": ACCOUNT}],
    }
    stat = {"Metric": metric, "Period": 300, "Stat": "Sum", "Unit": "Count"}
    math = [
        {"Id": "e1", "Expression": "a + 1", "Label": "one more", "ReturnData": True},
        {"Id": "a", "ReturnData": False, "MetricStat": stat},
    ]
    put = alarm_change(region, name, [_topic_arn(region).replace("security-alarms", "of-somebody")])
    single = {"Namespace", "MetricName", "Statistic", "Period"}
    after = {key: value for key, value in put.after.items() if key not in single}
    return replace(put, after={**after, "Metrics": math})


def _alarm(alarm: Alarm) -> dict[str, Any]:
    return {
        "AlarmDescription": alarm.description,
        "Namespace": alarm.metric.namespace,
        "MetricName": alarm.metric.name,
    }


def _topic_arn(region: str) -> str:
    return f"arn:aws:sns:{region}:{ACCOUNT}:security-alarms"
