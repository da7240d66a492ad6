"""The whole chain by boto3, with CloudWatch spoken over each of its three protocols."""

import json
import time
from pathlib import Path

import pytest

from support.aws_server import aws_server
from support.records import denial
from support.sns_hook import sns_hook

pytestmark = pytest.mark.client


@pytest.mark.parametrize("protocol", ["json", "query", "smithy-rpc-v2-cbor"])
def test_a_denied_call_rings_says_who_and_can_be_set_right(tmp_path: Path, protocol: str) -> None:
    with aws_server(tmp_path) as server, sns_hook() as hook:
        logs, sns, cloudwatch = (
            server.client("logs"),
            server.client("sns"),
            server.client("cloudwatch", protocol),
        )
        logs.create_log_group(logGroupName="g")
        logs.create_log_stream(logGroupName="g", logStreamName="s")
        transformation = {"metricName": "denied", "metricNamespace": "CIS", "metricValue": "1"}
        logs.put_metric_filter(
            logGroupName="g",
            filterName="f",
            filterPattern='{ $.errorCode = "AccessDenied*" }',
            metricTransformations=[transformation],
        )
        topic = sns.create_topic(Name="t")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=hook.url)
        cloudwatch.put_metric_alarm(
            AlarmName="denied",
            MetricName="denied",
            Namespace="CIS",
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            AlarmActions=[topic],
            OKActions=[topic],
        )
        event = {"timestamp": time.time_ns() // 1_000_000, "message": json.dumps(denial("mallory"))}
        logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[event])
        rang = json.loads(hook.next("Notification").envelope["Message"])
        [alarm] = cloudwatch.describe_alarms(AlarmNames=["denied"])["MetricAlarms"]
        kept = logs.filter_log_events(logGroupName="g", filterPattern="{ $.errorCode = * }")["events"]
        cloudwatch.set_alarm_state(AlarmName="denied", StateValue="OK", StateReason="looked at")
        ended = json.loads(hook.next("Notification").envelope["Message"])
        history = cloudwatch.describe_alarm_history(AlarmName="denied", HistoryItemType="StateUpdate")
        cloudwatch.delete_alarms(AlarmNames=["denied"])
        sns.delete_topic(TopicArn=topic)
        logs.delete_log_group(logGroupName="g")

    assert ("ALARM", "ALARM") == (rang["NewStateValue"], alarm["StateValue"])
    assert ["arn:aws:iam::111122223333:user/mallory"] == [
        each["key"] for each in rang["Trailbell"]["evidence"]["principals"]
    ]
    assert [event["message"]] == [each["message"] for each in kept]
    assert ("OK", "ALARM", "looked at") == (
        ended["NewStateValue"],
        ended["OldStateValue"],
        ended["NewStateReason"],
    )
    # A minute that begins meanwhile rings anew, as on AWS: the count of the call still stands.
    assert ["Alarm updated from ALARM to OK", "Alarm updated from INSUFFICIENT_DATA to ALARM"] == [
        each["HistorySummary"] for each in history["AlarmHistoryItems"][-2:]
    ]
