"""Alarms of both kinds and their history listed, and alarms told as kin of others, by real AWS clients."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.aws_server import AwsServer, aws_server
from support.clock import START_MS, ManualClock
from support.composite_calls import (
    ARN,
    BOTH,
    COMPOSITES,
    TOPIC,
    names,
    put_composite,
    put_metric_alarms,
    set_state,
    waits,
)

pytestmark = pytest.mark.client

PROTOCOLS = ["json", "query", "smithy-rpc-v2-cbor"]
START = datetime.datetime.fromtimestamp(START_MS / 1000, datetime.UTC)


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


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, (["a", "b"], [])),
        ({"AlarmNames": ["p", "a"]}, (["a"], [])),
        ({"AlarmTypes": BOTH}, (["a", "b"], ["p", "q", "top"])),
        ({"AlarmTypes": COMPOSITES, "AlarmNames": ["a", "q", "nobody"]}, ([], ["q"])),
        ({"AlarmTypes": BOTH, "AlarmNamePrefix": "t"}, ([], ["top"])),
        ({"AlarmTypes": BOTH, "StateValue": "ALARM"}, (["a"], ["p", "top"])),
        ({"AlarmTypes": BOTH, "ActionPrefix": f"{TOPIC}2"}, ([], ["q"])),
        ({"ChildrenOfAlarmName": "top"}, (["b"], ["p"])),
        ({"ChildrenOfAlarmName": "a"}, ([], [])),
        ({"ChildrenOfAlarmName": "nobody"}, ([], [])),
        ({"ParentsOfAlarmName": "a"}, ([], ["p", "q"])),
        ({"ParentsOfAlarmName": "p"}, ([], ["top"])),
        ({"ParentsOfAlarmName": "top"}, ([], [])),
    ],
)
def test_alarms_of_both_kinds_are_found_by_what_is_asked(
    plain: Any, asked: dict[str, Any], found: tuple[list[str], list[str]]
) -> None:
    put_metric_alarms(plain, "a", "b")
    set_state(plain, "a", "ALARM")
    put_composite(plain, "p", "ALARM(a)")
    put_composite(plain, "q", f"OK({ARN}a)", OKActions=[f"{TOPIC}2"], ActionsSuppressor="b", **waits(0))
    put_composite(plain, "top", 'ALARM("p") OR ALARM(b)')

    assert found == names(plain.describe_alarms(**asked))


def test_children_are_told_with_their_states_and_parents_by_name(cloudwatch: Any) -> None:
    put_metric_alarms(cloudwatch, "a")
    put_composite(cloudwatch, "p", "ALARM(a)")
    put_composite(cloudwatch, "top", "ALARM(a) OR ALARM(p)")
    children = cloudwatch.describe_alarms(ChildrenOfAlarmName="top")
    parents = cloudwatch.describe_alarms(ParentsOfAlarmName="p")

    assert [
        {
            "AlarmName": "a",
            "AlarmArn": f"{ARN}a",
            "StateValue": "INSUFFICIENT_DATA",
            "StateUpdatedTimestamp": START,
        }
    ] == children["MetricAlarms"]
    assert [
        {"AlarmName": "p", "AlarmArn": f"{ARN}p", "StateValue": "OK", "StateUpdatedTimestamp": START}
    ] == children["CompositeAlarms"]
    assert [{"AlarmName": "top", "AlarmArn": f"{ARN}top"}] == parents["CompositeAlarms"]


def test_alarms_of_both_kinds_are_listed_page_by_page(cloudwatch: Any) -> None:
    put_metric_alarms(cloudwatch, "b", "d", "e")
    for name in ("a", "c", "f"):
        put_composite(cloudwatch, name, "ALARM(b) OR ALARM(d) OR ALARM(e)")
    paginator = cloudwatch.get_paginator("describe_alarms")
    pages = paginator.paginate(AlarmTypes=BOTH, PaginationConfig={"PageSize": 2})
    children = paginator.paginate(ChildrenOfAlarmName="f", PaginationConfig={"PageSize": 2})

    assert [(["b"], ["a"]), (["d"], ["c"]), (["e"], ["f"])] == [names(each) for each in pages]
    assert [(["b", "d"], []), (["e"], [])] == [names(each) for each in children]


def test_history_tells_of_one_kind_or_of_both(cloudwatch: Any) -> None:
    put_metric_alarms(cloudwatch, "a")
    put_composite(cloudwatch, "p", "NOT OK(a)")

    def told(**asked: Any) -> list[tuple[str, str]]:
        answer = cloudwatch.describe_alarm_history(HistoryItemType="ConfigurationUpdate", **asked)
        return [(each["AlarmName"], each["AlarmType"]) for each in answer["AlarmHistoryItems"]]

    assert [("a", "MetricAlarm")] == told()
    assert [("p", "CompositeAlarm")] == told(AlarmTypes=COMPOSITES)
    assert [("p", "CompositeAlarm"), ("a", "MetricAlarm")] == told(AlarmTypes=BOTH)
    assert [] == told(AlarmName="p")
