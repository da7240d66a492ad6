"""The audit makes the calls of its table and no other; each that fails in turn leads to what it should."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse  # type: ignore[import-untyped]

from support.account_maker import aws_session, connected, put_alarms, put_filters, put_topics, read_from
from support.account_states import AccountState, patched
from support.aws_server import AwsServer, aws_server
from support.clock import ManualClock
from support.subscribing import closing_receiver, token_of
from trailbell.account import (
    READ_CALLS,
    ControlResult,
    Profile,
    Snapshot,
    Status,
    UnreadableAccountError,
    iam_policy,
    judge_account,
)
from trailbell.controls import CATALOGUE, control_of

pytestmark = pytest.mark.client

HUB = "security_hub_enabled"
ACCOUNT = "111122223333"
_ALARMS, _FILTERS = 130, 70


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    """An account in which everything is well, with more filters and alarms than go on a page."""
    folder: Path = tmp_path_factory.mktemp("server")
    (folder / "main").mkdir()
    settings: dict[str, Any] = {
        "source": (str(folder / "main"),),
        "controls": ("none",),
        "account_id": ACCOUNT,
    }
    with aws_server(folder, ManualClock(), **settings) as running:
        [trail] = running.client("cloudtrail").describe_trails()["trailList"]
        group = trail["CloudWatchLogsLogGroupArn"].split(":")[6]
        fill(running, group)
        yield running


def fill(server: AwsServer, group: str) -> None:
    import msgspec

    text = msgspec.json.encode(patched(AccountState("whole", ""))).replace(b"CloudTrail/logs", group.encode())
    snapshot = msgspec.json.decode(text, type=Snapshot)
    logs, cloudwatch = server.client("logs"), server.client("cloudwatch")
    for number in range(_FILTERS):
        # Their names stand before those of the controls, so that these are on the second page.
        logs.put_metric_filter(
            logGroupName=group,
            filterName=f"a-{number:03}",
            filterPattern=f"{{ $.eventName = Nothing{number} }}",
            metricTransformations=[
                {"metricNamespace": "Other", "metricName": f"m-{number}", "metricValue": "1"}
            ],
        )
    for number in range(_ALARMS):
        cloudwatch.put_metric_alarm(
            AlarmName=f"a-{number:03}",
            Namespace="Other",
            MetricName="x",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )

    def client(service: str, _: str) -> Any:
        return server.client(service)

    put_filters(snapshot, client)
    put_topics(snapshot, client, confirmed)
    put_alarms(snapshot, client)


def confirmed(sns: Any, given: Any) -> None:
    with closing_receiver() as receiver:
        sns.subscribe(TopicArn=given["TopicArn"], Protocol="http", Endpoint=f"{receiver.url}/hook")
        sns.confirm_subscription(TopicArn=given["TopicArn"], Token=token_of(receiver))


def judged(snapshot: Snapshot) -> dict[str, ControlResult]:
    return {each.control: each for each in judge_account(snapshot, Profile("7.0.0"), CATALOGUE)}


def failing(action: str, code: str, status: int, skip: int = 0) -> Any:
    """A session of which one call fails before it is sent; the first ``skip`` of them get through."""
    service, operation = action.split(":")
    session = aws_session()
    seen: list[str] = []

    def fail(**_: Any) -> Any:
        seen.append(operation)
        if len(seen) <= skip:
            return None
        answer = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
        return AWSResponse("", status, {}, None), answer

    named = {"logs": "cloudwatch-logs"}.get(service, service)
    session.register(f"before-call.{named}.{operation}", fail)
    return session


def test_all_is_well_and_every_page_is_read(server: AwsServer) -> None:
    snapshot = read_from(server.url, with_hub=False)

    assert _ALARMS + 15 == len(snapshot.alarms)
    assert _FILTERS + 15 == len(snapshot.filters)
    assert snapshot.calls["cloudwatch:DescribeAlarms"] > 1
    assert snapshot.calls["logs:DescribeMetricFilters"] > 1
    assert {Status.PASS} == {each.status for key, each in judged(snapshot).items() if key != HUB}


def test_no_call_is_made_that_the_table_lacks(server: AwsServer) -> None:
    session = aws_session()
    made: set[str] = set()

    def note(model: Any, **_: Any) -> None:
        made.add(f"{model.service_model.endpoint_prefix}:{model.name}")

    session.register("before-call", note)
    read_from(server.url, session=session)

    table = {each.action for each in READ_CALLS}
    # CloudWatch's endpoint is still called monitoring.
    made = {each.replace("monitoring:", "cloudwatch:") for each in made}
    assert made <= table
    assert len(made) > 9


def test_every_call_of_the_table_only_reads() -> None:
    assert {"Get", "Describe", "List"} >= {
        next(verb for verb in ("Get", "Describe", "List", each.operation) if each.operation.startswith(verb))
        for each in READ_CALLS
    }


def test_a_call_that_is_not_in_the_table_is_not_made(server: AwsServer) -> None:
    with connected(server.url) as connection, pytest.raises(KeyError):
        connection.ask("sns:DeleteTopic", "us-east-1", TopicArn="arn:aws:sns:us-east-1:111122223333:t")


def test_the_policy_allows_all_that_is_asked_and_nothing_else() -> None:
    allowed = {action for each in iam_policy()["Statement"] for action in each["Action"]}

    assert {each.action for each in READ_CALLS if each.needs_permission} == allowed


CHAIN_CALLS = [
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetTrailStatus",
    "cloudtrail:GetEventSelectors",
    "logs:DescribeLogGroups",
    "logs:DescribeMetricFilters",
    "cloudwatch:DescribeAlarms",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:GetSubscriptionAttributes",
]


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("AccessDeniedException", 400, "was refused"),
        ("AuthorizationError", 403, "was refused"),
        ("ThrottlingException", 400, "was throttled"),
        ("InternalFailure", 500, "failed"),
    ],
)
@pytest.mark.parametrize("action", CHAIN_CALLS)
def test_a_call_that_fails_leads_to_unknown_and_is_named(
    server: AwsServer, action: str, code: str, status: int, words: str
) -> None:
    snapshot = read_from(server.url, session=failing(action, code, status), with_hub=False)

    found = [each for key, each in judged(snapshot).items() if key != HUB]
    assert {(Status.UNKNOWN, None)} == {(each.status, each.broken_link) for each in found}
    assert all(f"{action} {words}" in each.message for each in found)
    assert code in found[0].message


@pytest.mark.parametrize("action", ["logs:DescribeMetricFilters", "cloudwatch:DescribeAlarms"])
def test_what_was_read_before_a_listing_broke_off_still_counts(server: AwsServer, action: str) -> None:
    snapshot = read_from(server.url, session=failing(action, "ThrottlingException", 400, 1), with_hub=False)

    found = judged(snapshot)
    statuses = {each.status for key, each in found.items() if key != HUB}
    assert statuses <= {Status.UNKNOWN, Status.PASS}
    assert Status.UNKNOWN in statuses
    assert snapshot.alarms if action.endswith("Alarms") else snapshot.filters


def test_an_account_whose_id_is_refused_cannot_be_read(server: AwsServer) -> None:
    with pytest.raises(UnreadableAccountError, match="sts:GetCallerIdentity was refused"):
        read_from(server.url, session=failing("sts:GetCallerIdentity", "AccessDenied", 403))


def test_a_hub_that_cannot_be_asked_is_unknown(server: AwsServer) -> None:
    snapshot = read_from(server.url, session=failing("securityhub:DescribeHub", "AccessDeniedException", 403))

    [result] = judge_account(snapshot, Profile("7.0.0"), [control_of(HUB)])
    assert Status.UNKNOWN is result.status
    assert "securityhub:DescribeHub was refused" in result.message


def test_a_hub_that_is_off_says_so_by_an_error(server: AwsServer) -> None:
    snapshot = read_from(
        server.url, session=failing("securityhub:DescribeHub", "InvalidAccessException", 401)
    )

    [result] = judge_account(snapshot, Profile("7.0.0"), [control_of(HUB)])
    assert Status.FAIL is result.status
    assert () == snapshot.failures


def throttled_once() -> tuple[Any, list[int]]:
    """A session that is told to slow down at its first call for filters, as AWS tells it."""
    session = aws_session()
    sent: list[int] = []

    def answer(**_: Any) -> Any:
        sent.append(1)
        if len(sent) > 1:
            return None
        body = b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'
        return AWSResponse("http://x", 400, {"content-type": "application/x-amz-json-1.1"}, _Raw(body))

    session.register("before-send.cloudwatch-logs.DescribeMetricFilters", answer)
    return session, sent


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._body


def test_a_call_that_is_throttled_once_is_made_again(server: AwsServer) -> None:
    from datetime import UTC, datetime

    from trailbell.account import read_account

    session, sent = throttled_once()
    with connected(server.url, session, attempts=3) as connection:
        snapshot = read_account(connection, (), datetime(2026, 11, 28, tzinfo=UTC), with_hub=False)

    assert () == snapshot.failures
    assert len(sent) == 1 + snapshot.calls["logs:DescribeMetricFilters"]
