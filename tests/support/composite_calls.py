"""Calls of real AWS clients about composite alarms and the alarms below them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

__all__ = [
    "ARN",
    "BOTH",
    "COMPOSITES",
    "LOUD",
    "TOPIC",
    "described",
    "names",
    "put_composite",
    "put_metric_alarms",
    "refused",
    "set_state",
    "waits",
]

ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:"
TOPIC = "arn:aws:sns:us-east-1:000000000000:t"
BOTH = ["MetricAlarm", "CompositeAlarm"]
COMPOSITES = ["CompositeAlarm"]
LOUD: dict[str, Any] = {
    "Namespace": "App",
    "MetricName": "m",
    "Statistic": "Sum",
    "Period": 300,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}


def refused(call: Any, **parameters: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error, answer = caught.value.response["Error"], caught.value.response["ResponseMetadata"]
    return error["Code"], error.get("Message", ""), answer["HTTPStatusCode"]


def put_metric_alarms(client: Any, *names: str) -> None:
    for name in names:
        client.put_metric_alarm(AlarmName=name, **LOUD)


def put_composite(client: Any, name: str, rule: str, **more: Any) -> None:
    client.put_composite_alarm(AlarmName=name, AlarmRule=rule, **more)


def set_state(client: Any, name: str, state: str) -> None:
    client.set_alarm_state(AlarmName=name, StateValue=state, StateReason="drill")


def described(client: Any, name: str) -> Any:
    [alarm] = client.describe_alarms(AlarmNames=[name], AlarmTypes=COMPOSITES)["CompositeAlarms"]
    return alarm


def names(answer: Any) -> tuple[list[str], list[str]]:
    kinds = (answer["MetricAlarms"], answer["CompositeAlarms"])
    metric, composite = ([each["AlarmName"] for each in kind] for kind in kinds)
    return metric, composite


def waits(seconds: int) -> dict[str, int]:
    return {"ActionsSuppressorWaitPeriod": seconds, "ActionsSuppressorExtensionPeriod": seconds}
