"""What the AWS CLI does by itself: it follows pages, waits, and prints an error with AWS's words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.aws_cli import AwsCli, aws_cli
from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock

pytestmark = pytest.mark.client

TOPIC = "arn:aws:sns:us-east-1:000000000000:t"
NAMES = [f"n{number}" for number in range(5)]
# One more than SNS lists at once.
TOPICS = [f"{TOPIC}{number:03}" for number in range(101)]
ALARM: dict[str, Any] = {
    "MetricName": "m",
    "Namespace": "N",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}
# (what is called, what of it is shown, all there is)
LISTS = [
    ("logs describe-log-groups --page-size 2", "logGroups[].logGroupName", NAMES),
    ("logs filter-log-events --log-group-name n0 --page-size 2", "events[].message", NAMES),
    ("cloudwatch describe-alarms --page-size 2", "MetricAlarms[].AlarmName", NAMES),
    ("sns list-topics", "Topics[].TopicArn", TOPICS),
]


def filled(server: AwsServer) -> None:
    """Makes more of everything than fits on one page of the lists above."""
    logs, sns, cloudwatch = (server.client(name) for name in ("logs", "sns", "cloudwatch"))
    for name in NAMES:
        logs.create_log_group(logGroupName=name)
        cloudwatch.put_metric_alarm(AlarmName=name, **ALARM)
    logs.create_log_stream(logGroupName="n0", logStreamName="s")
    now_ms = server.clock.now_ms()
    events = [{"timestamp": now_ms + at, "message": name} for at, name in enumerate(NAMES)]
    logs.put_log_events(logGroupName="n0", logStreamName="s", logEvents=events)
    for arn in TOPICS:
        sns.create_topic(Name=arn.rpartition(":")[2])


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsCli]:
    folder: Path = tmp_path_factory.mktemp("pages")
    with aws_server(folder, ManualClock()) as server:
        filled(server)
        yield aws_cli("1", folder, server.url)


@pytest.mark.parametrize(("call", "shown", "everything"), LISTS)
def test_all_pages_are_followed_without_a_gap_or_a_repeat(
    cli: AwsCli, call: str, shown: str, everything: list[str]
) -> None:
    found = json.loads(cli.run(f"aws {call} --query '{shown}' --output json"))

    assert everything == found


@pytest.mark.parametrize(("call", "shown", "everything"), LISTS)
def test_a_list_cut_off_by_max_items_goes_on_where_it_was_cut(
    cli: AwsCli, call: str, shown: str, everything: list[str]
) -> None:
    cut = len(everything) - 2
    look = f"--query '{{found: {shown}, token: NextToken}}' --output json"
    first = json.loads(cli.run(f"aws {call} --max-items {cut} {look}"))
    rest = json.loads(cli.run(f"aws {call} --starting-token {first['token']} {look}"))

    assert (everything[:cut], everything[cut:]) == (first["found"], rest["found"])
    assert rest["token"] is None


def test_waiting_for_an_alarm_that_exists_ends_at_once(cli: AwsCli) -> None:
    assert "" == cli.run("aws cloudwatch wait alarm-exists --alarm-names n0")


@pytest.mark.parametrize(
    ("call", "code", "operation", "message"),
    [
        (
            "logs delete-log-group --log-group-name no",
            "ResourceNotFoundException",
            "DeleteLogGroup",
            "The specified log group does not exist.",
        ),
        (
            "logs create-log-group --log-group-name n0",
            "ResourceAlreadyExistsException",
            "CreateLogGroup",
            "The specified log group already exists",
        ),
        (
            f"sns get-topic-attributes --topic-arn {TOPIC}",
            "NotFound",
            "GetTopicAttributes",
            "Topic does not exist",
        ),
        (
            "sns publish --topic-arn t --message m",
            "InvalidParameter",
            "Publish",
            "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1",
        ),
        (
            "cloudwatch describe-alarms --alarm-names n0 --alarm-name-prefix n",
            "InvalidParameterCombination",
            "DescribeAlarms",
            "The parameters AlarmNames and AlarmNamePrefix are mutually exclusive and you have specified "
            "both.",
        ),
        (
            "cloudwatch describe-alarms --starting-token no",
            "InvalidNextToken",
            "DescribeAlarms",
            "Invalid NextToken : no",
        ),
    ],
)
def test_an_error_is_printed_with_its_code_its_operation_and_the_words_of_aws(
    cli: AwsCli, call: str, code: str, operation: str, message: str
) -> None:
    done = cli.bash(f"aws {call}")

    assert 0 != done.returncode
    assert f"An error occurred ({code}) when calling the {operation} operation: {message}" in done.stderr
