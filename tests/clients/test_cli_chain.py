"""The whole chain by the AWS CLI v2 alone, from the log group to its end."""

import json
import shlex
import time
from pathlib import Path

import pytest

from support.aws_cli import aws_cli
from support.aws_server import aws_server
from support.records import denial
from support.sns_hook import sns_hook

pytestmark = pytest.mark.client

TOPIC = "arn:aws:sns:us-east-1:000000000000:t"
STREAM = "--log-group-name g --log-stream-name s"
SET_UP = (
    "aws logs create-log-group --log-group-name g",
    f"aws logs create-log-stream {STREAM}",
    "aws logs put-metric-filter --log-group-name g --filter-name f "
    "--filter-pattern '{ $.errorCode = \"AccessDenied*\" }' "
    "--metric-transformations metricName=denied,metricNamespace=CIS,metricValue=1",
    "aws sns create-topic --name t",
    f"aws sns subscribe --topic-arn {TOPIC} --protocol http --notification-endpoint {{hook}}",
    "aws cloudwatch put-metric-alarm --alarm-name denied --metric-name denied --namespace CIS "
    "--statistic Sum --period 300 --evaluation-periods 1 --threshold 1 "
    f"--comparison-operator GreaterThanOrEqualToThreshold --alarm-actions {TOPIC} --ok-actions {TOPIC}",
)
SET_RIGHT = "aws cloudwatch set-alarm-state --alarm-name denied --state-value OK --state-reason 'looked at'"
TEAR_DOWN = (
    "aws cloudwatch delete-alarms --alarm-names denied",
    f"aws sns delete-topic --topic-arn {TOPIC}",
    "aws logs delete-metric-filter --log-group-name g --filter-name f",
    "aws logs delete-log-group --log-group-name g",
)
LEFT = (
    "aws cloudwatch describe-alarms --query 'MetricAlarms[].AlarmName' --output json",
    "aws sns list-topics --query 'Topics[].TopicArn' --output json",
    "aws logs describe-log-groups --query 'logGroups[].logGroupName' --output json",
)


def test_a_denied_call_rings_is_set_right_and_nothing_is_left(tmp_path: Path) -> None:
    with aws_server(tmp_path, controls=("none",)) as server, sns_hook() as hook:
        cli = aws_cli("2", tmp_path, server.url)
        for line in SET_UP:
            cli.run(line.format(hook=hook.url) if "{hook}" in line else line)
        event = {"timestamp": time.time_ns() // 1_000_000, "message": json.dumps(denial("mallory"))}
        cli.run(f"aws logs put-log-events {STREAM} --log-events {shlex.quote(json.dumps([event]))}")
        rang = json.loads(hook.next("Notification").envelope["Message"])
        state = cli.run(
            "aws cloudwatch describe-alarms --query 'MetricAlarms[].[AlarmName,StateValue]' --output text"
        )
        kept = json.loads(cli.run(f"aws logs get-log-events {STREAM} --start-from-head --output json"))
        cli.run(SET_RIGHT)
        ended = json.loads(hook.next("Notification").envelope["Message"])
        history = json.loads(
            cli.run(
                "aws cloudwatch describe-alarm-history --alarm-name denied --history-item-type StateUpdate "
                "--query 'AlarmHistoryItems[].HistorySummary' --output json"
            )
        )
        for line in TEAR_DOWN:
            cli.run(line)
        left = [json.loads(cli.run(line)) for line in LEFT]

    assert ("ALARM", "denied\tALARM\n") == (rang["NewStateValue"], state)
    assert ["arn:aws:iam::111122223333:user/mallory"] == [
        each["key"] for each in rang["Trailbell"]["evidence"]["principals"]
    ]
    assert [event["message"]] == [each["message"] for each in kept["events"]]
    assert ("OK", "looked at") == (ended["NewStateValue"], ended["NewStateReason"])
    # A minute that begins meanwhile rings anew, as on AWS: the count of the call still stands.
    assert ["Alarm updated from ALARM to OK", "Alarm updated from INSUFFICIENT_DATA to ALARM"] == history[-2:]
    assert [[], [], []] == left
