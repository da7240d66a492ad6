"""Alarms and their history listed: pages, tokens, and all that can be asked for, through real AWS clients."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from support.aws_server import AwsServer, aws_server
from support.clock import START_MS, ManualClock

pytestmark = pytest.mark.client

PROTOCOLS = ["json", "query", "smithy-rpc-v2-cbor"]
START = datetime.datetime.fromtimestamp(START_MS / 1000, datetime.UTC)
TOPIC = "arn:aws:sns:us-east-1:000000000000:t"
LOUD: dict[str, Any] = {
    "AlarmName": "loud",
    "Namespace": "App",
    "MetricName": "m",
    "Statistic": "Sum",
    "Period": 300,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AwsServer]:
    with aws_server(tmp_path, ManualClock()) as running:
        yield running


@pytest.fixture(params=PROTOCOLS)
def cloudwatch(server: AwsServer, request: pytest.FixtureRequest) -> Any:
    return server.client("cloudwatch", request.param)


@pytest.fixture
def plain(server: AwsServer) -> Any:
    return server.client("cloudwatch")


def refused(call: Any, **parameters: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error, answer = caught.value.response["Error"], caught.value.response["ResponseMetadata"]
    return error["Code"], error.get("Message", ""), answer["HTTPStatusCode"]


def names(alarms: list[dict[str, Any]]) -> list[str]:
    return [each["AlarmName"] for each in alarms]


def put_all(client: Any, *alarm_names: str, **changes: Any) -> None:
    for each in alarm_names:
        client.put_metric_alarm(**{**LOUD, "AlarmName": each, **changes})


def test_a_bad_token_is_refused(cloudwatch: Any) -> None:
    expected = ("InvalidNextToken", "Invalid NextToken : invalid-token", 400)

    assert expected == refused(cloudwatch.describe_alarms, NextToken="invalid-token")
    assert expected == refused(cloudwatch.describe_alarm_history, NextToken="invalid-token")


def test_alarms_are_listed_by_name_page_by_page(cloudwatch: Any) -> None:
    put_all(cloudwatch, "b", "B", "a1", "_", "a/2")
    pages = cloudwatch.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 2})

    assert [["B", "_"], ["a/2", "a1"], ["b"]] == [names(each["MetricAlarms"]) for each in pages]


def test_a_page_holds_fifty_alarms_unless_said(plain: Any) -> None:
    put_all(plain, *(f"a{number:02}" for number in range(51)))
    first = plain.describe_alarms()
    second = plain.describe_alarms(NextToken=first["NextToken"])

    assert (50, ["a50"]) == (len(first["MetricAlarms"]), names(second["MetricAlarms"]))
    assert "NextToken" not in second


def test_history_is_listed_page_by_page(cloudwatch: Any) -> None:
    put_all(cloudwatch, "a", "b", "c")
    paginator = cloudwatch.get_paginator("describe_alarm_history")
    pages = list(paginator.paginate(ScanBy="TimestampAscending", PaginationConfig={"PageSize": 2}))

    assert [["a", "b"], ["c"]] == [names(each["AlarmHistoryItems"]) for each in pages]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["App-1", "app-2", "other"]),
        ({"AlarmNames": ["other", "nobody", "other", "app-2"]}, ["app-2", "other"]),
        ({"AlarmNamePrefix": "app"}, ["app-2"]),
        ({"AlarmNamePrefix": "%"}, []),
        ({"StateValue": "OK"}, ["other"]),
        ({"ActionPrefix": TOPIC}, ["app-2", "other"]),
        ({"ActionPrefix": f"{TOPIC}2"}, ["other"]),
        ({"ActionPrefix": "sns"}, []),
        ({"ActionPrefix": TOPIC, "AlarmNamePrefix": "o", "StateValue": "OK"}, ["other"]),
        ({"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}, ["App-1", "app-2", "other"]),
        ({"AlarmTypes": ["CompositeAlarm"]}, []),
        ({"ChildrenOfAlarmName": "app-2"}, []),
        ({"ParentsOfAlarmName": "app-2", "MaxRecords": 5}, []),
    ],
)
def test_alarms_are_found_by_what_is_asked(plain: Any, asked: dict[str, Any], found: list[str]) -> None:
    put_all(plain, "App-1")
    put_all(plain, "app-2", AlarmActions=[TOPIC])
    put_all(plain, "other", OKActions=[f"{TOPIC}2"])
    plain.set_alarm_state(AlarmName="other", StateValue="OK", StateReason="r")
    answer = plain.describe_alarms(**asked)

    assert found == names(answer["MetricAlarms"])
    assert answer["CompositeAlarms"] == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"AlarmNames": ["a"], "AlarmNamePrefix": "a"}, "InvalidParameterCombination"),
        ({"ChildrenOfAlarmName": "a", "ParentsOfAlarmName": "a"}, "ValidationError"),
        ({"ChildrenOfAlarmName": "a", "StateValue": "OK"}, "ValidationError"),
        ({"MaxRecords": 101}, "ValidationError"),
        ({"AlarmNames": ["a"] * 101}, "ValidationError"),
        ({"AlarmTypes": ["Bell"]}, "ValidationError"),
    ],
)
def test_questions_that_exclude_each_other_or_are_beyond_limits_are_refused(
    plain: Any, asked: dict[str, Any], code: str
) -> None:
    assert code == refused(plain.describe_alarms, **asked)[0]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"AlarmName": "a"}, ['Alarm "a" created']),
        ({"AlarmName": "never"}, []),
        ({"HistoryItemType": "StateUpdate"}, ["Alarm updated from INSUFFICIENT_DATA to OK"]),
        ({"HistoryItemType": "AlarmContributorAction"}, []),
        ({"AlarmTypes": ["CompositeAlarm"]}, []),
        ({"StartDate": START + datetime.timedelta(seconds=1)}, []),
        ({"EndDate": START - datetime.timedelta(seconds=1)}, []),
        ({"AlarmName": "a", "StartDate": START, "EndDate": START}, ['Alarm "a" created']),
    ],
)
def test_history_is_found_by_what_is_asked(plain: Any, asked: dict[str, Any], found: list[str]) -> None:
    put_all(plain, "a", "b")
    plain.set_alarm_state(AlarmName="b", StateValue="OK", StateReason="r")
    items = plain.describe_alarm_history(**asked)["AlarmHistoryItems"]

    assert found == [each["HistorySummary"] for each in items]


def test_the_waiter_sees_an_alarm_that_exists(plain: Any) -> None:
    plain.put_metric_alarm(**LOUD)
    plain.get_waiter("alarm_exists").wait(AlarmNames=["loud"], WaiterConfig={"Delay": 0, "MaxAttempts": 1})

    assert len(plain.describe_alarms()["MetricAlarms"]) == 1
