"""The CIS remediation commands, typed in bash as the benchmark prints them, on unmodified AWS CLIs."""

import json
import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.aws_cli import AwsCli, aws_cli
from support.records import denial, record, write_log
from support.server import RunningServer, running_server
from support.sns_hook import SnsHook, sns_hook

pytestmark = pytest.mark.client

PUT_METRIC_FILTER = (
    "aws logs put-metric-filter --log-group-name CloudTrail/logs --filter-name unauthorized-api-calls "
    "--metric-transformations metricName=unauthorized_api_calls_metric,metricNamespace=CISBenchmark,"
    'metricValue=1 --filter-pattern "{ ($.errorCode ="*UnauthorizedOperation") || ($.errorCode ='
    '"AccessDenied*") && ($.sourceIPAddress!="delivery.logs.amazonaws.com") && '
    '($.eventName!="HeadBucket") }"'
)
CREATE_TOPIC = "aws sns create-topic --name security-alarms"
SUBSCRIBE = "aws sns subscribe --topic-arn {arn} --protocol http --notification-endpoint {hook}"
PUT_METRIC_ALARM = (
    'aws cloudwatch put-metric-alarm --alarm-name "unauthorized_api_calls_alarm" --metric-name '
    '"unauthorized_api_calls_metric" --statistic Sum --period 300 --threshold 1 --comparison-operator '
    'GreaterThanOrEqualToThreshold --evaluation-periods 1 --namespace "CISBenchmark" --alarm-actions {arn}'
)
TOPIC_ARN = "arn:aws:sns:us-east-1:000000000000:security-alarms"


class Chain:
    """The four commands given to a server, and the hook that confirmed."""

    def __init__(self, cli: AwsCli, hook: SnsHook, server: RunningServer, logs: Path) -> None:
        self.cli = cli
        self.hook = hook
        self.server = server
        self.logs = logs
        cli.run(PUT_METRIC_FILTER)
        arn = json.loads(cli.run(CREATE_TOPIC))["TopicArn"]
        self.subscribed = json.loads(cli.run(SUBSCRIBE.format(arn=arn, hook=hook.url)))
        cli.run(PUT_METRIC_ALARM.format(arn=arn))
        cli.run("aws logs create-log-stream --log-group-name CloudTrail/logs --log-stream-name one")

    def put(self, event: dict[str, Any]) -> None:
        """Puts one log event now."""
        # The server runs on the machine's clock here, as the command lines do.
        events = [{"timestamp": time.time_ns() // 1_000_000, "message": json.dumps(event)}]
        self.cli.run(
            "aws logs put-log-events --log-group-name CloudTrail/logs --log-stream-name one "
            f"--log-events {shlex.quote(json.dumps(events))}"
        )

    def state(self) -> str:
        """The alarm's state."""
        return self.cli.run(
            "aws cloudwatch describe-alarms --alarm-names unauthorized_api_calls_alarm "
            "--query MetricAlarms[0].StateValue --output text"
        ).strip()


@pytest.fixture(params=["1", "2"])
def chain(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Chain]:
    logs = tmp_path / "logs"
    logs.mkdir()
    with (
        running_server(
            "--data", str(tmp_path / "data"), "--source", str(logs), "--controls", "none"
        ) as server,
        sns_hook() as hook,
    ):
        yield Chain(aws_cli(request.param, tmp_path, server.url), hook, server, logs)


def excluded(**changes: str) -> dict[str, Any]:
    return denial("mallory") | {"sourceIPAddress": "delivery.logs.amazonaws.com"} | changes


def test_a_denied_call_put_as_a_log_event_reaches_the_hook_and_says_who(chain: Chain) -> None:
    chain.put(denial("mallory"))
    notification = chain.hook.next("Notification").envelope
    message = json.loads(notification["Message"])
    shown = json.loads(
        chain.cli.run("aws cloudwatch describe-alarm-history --alarm-name unauthorized_api_calls_alarm")
    )
    kinds = [each["HistoryItemType"] for each in shown["AlarmHistoryItems"]]

    assert "pending confirmation" == chain.subscribed["SubscriptionArn"]
    assert TOPIC_ARN == notification["TopicArn"]
    assert 'ALARM: "unauthorized_api_calls_alarm" in US East (N. Virginia)' == notification["Subject"]
    assert "ALARM" == message["NewStateValue"]
    [principal] = message["Trailbell"]["evidence"]["principals"]
    assert "mallory" in principal["key"]
    assert "Trailbell" == list(message)[-1]
    assert {"Action", "StateUpdate", "ConfigurationUpdate"} == set(kinds)
    assert "ALARM" == chain.state()


@pytest.mark.parametrize("chain", ["2"], indirect=True)
def test_a_denied_call_in_a_file_dropped_into_the_folder_reaches_the_hook(chain: Chain) -> None:
    write_log(chain.logs / "one.json.gz", [record(), denial("mallory")])
    message = json.loads(chain.hook.next("Notification").envelope["Message"])

    assert "ALARM" == message["NewStateValue"]
    assert 1 == message["Trailbell"]["evidence"]["total"]


@pytest.mark.parametrize("chain", ["2"], indirect=True)
def test_an_excluded_access_denied_does_not_ring_but_an_excluded_unauthorized_operation_does(
    chain: Chain,
) -> None:
    chain.put(excluded(errorCode="AccessDenied"))
    chain.put(denial("mallory") | {"errorCode": "AccessDenied", "eventName": "HeadBucket"})
    before = chain.state()
    # The exclusions bind to the second condition alone, as && binds tighter than ||.
    chain.put(excluded(errorCode="Client.UnauthorizedOperation"))
    message = json.loads(chain.hook.next("Notification").envelope["Message"])

    assert "ALARM" != before
    assert "ALARM" == message["NewStateValue"]
    assert 1 == message["Trailbell"]["evidence"]["total"]


def test_the_metric_filter_is_kept_as_bash_handed_it_over_and_refused_where_no_log_group_is(
    chain: Chain,
) -> None:
    shown = json.loads(chain.cli.run("aws logs describe-metric-filters --log-group-name CloudTrail/logs"))
    [kept] = shown["metricFilters"]
    refused = chain.cli.bash(PUT_METRIC_FILTER.replace("CloudTrail/logs", "not/there"))

    assert (
        "{ ($.errorCode =*UnauthorizedOperation) || ($.errorCode =AccessDenied*) && "
        "($.sourceIPAddress!=delivery.logs.amazonaws.com) && ($.eventName!=HeadBucket) }"
    ) == kept["filterPattern"]
    assert [
        {
            "metricName": "unauthorized_api_calls_metric",
            "metricNamespace": "CISBenchmark",
            "metricValue": "1",
        }
    ] == kept["metricTransformations"]
    assert 0 != refused.returncode
    assert "An error occurred (ResourceNotFoundException) when calling the PutMetricFilter" in refused.stderr
    assert "The specified log group does not exist." in refused.stderr
