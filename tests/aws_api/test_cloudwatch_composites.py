"""Composite alarms through real AWS clients."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.alarm_runner import records_of
from support.aws_server import AwsServer, aws_server
from support.clock import START_MS, ManualClock
from support.composite_calls import (
    ARN,
    BOTH,
    COMPOSITES,
    LOUD,
    TOPIC,
    described,
    names,
    put_composite,
    put_metric_alarms,
    refused,
    set_state,
    waits,
)

pytestmark = pytest.mark.client

PROTOCOLS = ["json", "query", "smithy-rpc-v2-cbor"]
START = datetime.datetime.fromtimestamp(START_MS / 1000, datetime.UTC)
FULL: dict[str, Any] = {
    "AlarmName": 'full "<&> \u2603',
    "AlarmRule": 'ALARM("a b") OR\n\tALARM(c)',
    "AlarmDescription": "rings\nloudly",
    "ActionsEnabled": False,
    "OKActions": [TOPIC],
    "AlarmActions": [TOPIC, f"{TOPIC}2"],
    "InsufficientDataActions": [f"{TOPIC}3"],
    "ActionsSuppressor": f"{ARN}c",
    "ActionsSuppressorWaitPeriod": 60,
    "ActionsSuppressorExtensionPeriod": 0,
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


def summaries(client: Any, name: str) -> list[str]:
    answer = client.describe_alarm_history(AlarmName=name, AlarmTypes=COMPOSITES, ScanBy="TimestampAscending")
    return [each["HistorySummary"] for each in answer["AlarmHistoryItems"]]


def test_a_composite_alarm_with_everything_is_described_as_it_was_put(cloudwatch: Any) -> None:
    put_metric_alarms(cloudwatch, "a b", "c")
    cloudwatch.put_composite_alarm(**FULL)
    answer = cloudwatch.describe_alarms(AlarmTypes=COMPOSITES)

    assert ([], []) == (answer["MetricAlarms"], answer["LogAlarms"])
    assert answer["CompositeAlarms"] == [
        {
            **FULL,
            "AlarmArn": ARN + FULL["AlarmName"],
            "AlarmConfigurationUpdatedTimestamp": START,
            "StateValue": "OK",
            "StateReason": f"{ARN}{FULL['AlarmName']} was created and its alarm rule evaluates to OK",
            "StateReasonData": '{"triggeringAlarms":[]}',
            "StateUpdatedTimestamp": START,
            "StateTransitionedTimestamp": START,
            # Its first move starts the wait period, as any other does.
            "ActionsSuppressedBy": "WaitPeriod",
            "ActionsSuppressedReason": "Actions suppressed by WaitPeriod",
        }
    ]


def test_what_was_not_set_is_absent_and_lists_are_empty(cloudwatch: Any) -> None:
    put_composite(cloudwatch, "never", "FALSE")
    alarm = described(cloudwatch, "never")
    lists = ("OKActions", "AlarmActions", "InsufficientDataActions")

    assert {each: [] for each in lists}.items() <= alarm.items()
    assert {
        "AlarmDescription",
        "ActionsSuppressedBy",
        "ActionsSuppressedReason",
        "ActionsSuppressor",
        "ActionsSuppressorWaitPeriod",
        "ActionsSuppressorExtensionPeriod",
    }.isdisjoint(alarm)


@pytest.mark.parametrize("record", [pytest.param(each, id=each["id"]) for each in records_of("composite")])
def test_a_rule_leads_to_the_state_of_the_case(plain: Any, record: dict[str, Any]) -> None:
    put_metric_alarms(plain, *record["children"])
    for name, state in record["children"].items():
        set_state(plain, name, state)
    put_composite(plain, "it", record["rule"].replace("123456789012", "000000000000"))

    assert record["expect_state"] == described(plain, "it")["StateValue"]


def test_a_rule_follows_its_alarms_one_by_one(cloudwatch: Any) -> None:
    put_metric_alarms(cloudwatch, "a", "b")
    put_composite(cloudwatch, "both", "ALARM(a) AND ALARM(b)", AlarmActions=[TOPIC])
    states = [described(cloudwatch, "both")["StateValue"]]
    for name, state in (("a", "ALARM"), ("b", "ALARM"), ("a", "OK")):
        set_state(cloudwatch, name, state)
        states.append(described(cloudwatch, "both")["StateValue"])

    assert ["OK", "OK", "ALARM", "OK"] == states
    assert summaries(cloudwatch, "both") == [
        'Alarm "both" created',
        "Alarm updated from INSUFFICIENT_DATA to OK",
        "Alarm updated from OK to ALARM",
        f'Failed to execute action {TOPIC}. Received error: "the topic does not exist"',
        "Alarm updated from ALARM to OK",
    ]


def test_a_state_set_by_hand_stays_until_an_alarm_below_moves(cloudwatch: Any) -> None:
    put_metric_alarms(cloudwatch, "a", "b")
    put_composite(cloudwatch, "either", "ALARM(a) OR ALARM(b)")
    cloudwatch.set_alarm_state(
        AlarmName="either", StateValue="ALARM", StateReason="drill", StateReasonData='{"by": 1}'
    )
    by_hand = described(cloudwatch, "either")
    set_state(cloudwatch, "a", "OK")
    evaluated = described(cloudwatch, "either")

    assert ("ALARM", "drill", '{"by": 1}') == (
        by_hand["StateValue"],
        by_hand["StateReason"],
        by_hand["StateReasonData"],
    )
    assert evaluated["StateValue"] == "OK"
    assert f"{ARN}a transitioned to OK at Monday 14 September, 2026 05:40:00 UTC" == evaluated["StateReason"]


def test_the_state_of_no_alarm_cannot_be_set(plain: Any) -> None:
    assert ("ResourceNotFound", "", 404) == refused(
        plain.set_alarm_state, AlarmName="no", StateValue="OK", StateReason="r"
    )


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            "true",
            "Error in AlarmRule [Unsupported token 'true' at char 0, must be: '(', 'NOT', AT_LEAST, TRUE or "
            "FALSE, ALARM, OK, or INSUFFICIENT_DATA]",
        ),
        (
            "ALARM(a) OR ALARM(nobody)",
            f"Could not save the composite alarm as alarms [{ARN}nobody] in the alarm rule do not exist",
        ),
    ],
)
def test_a_rule_that_aws_refuses_is_refused_with_its_text(cloudwatch: Any, rule: str, message: str) -> None:
    put_metric_alarms(cloudwatch, "a")

    assert ("ValidationError", message, 400) == refused(
        cloudwatch.put_composite_alarm, AlarmName="it", AlarmRule=rule
    )
    assert cloudwatch.describe_alarms(AlarmTypes=COMPOSITES)["CompositeAlarms"] == []


def test_a_refused_update_changes_nothing(plain: Any) -> None:
    put_composite(plain, "it", "FALSE")
    before = described(plain, "it")
    refused(plain.put_composite_alarm, AlarmName="it", AlarmRule="ALARM(nobody)")

    assert before == described(plain, "it")
    assert len(summaries(plain, "it")) == 2


def test_a_parameter_that_is_not_supported_is_refused_by_its_name(plain: Any) -> None:
    code, message, _ = refused(
        plain.put_composite_alarm,
        AlarmName="it",
        AlarmRule="TRUE",
        ActionConfiguration={},
    )

    assert "ActionConfiguration" in message
    assert code == "ValidationError"


def test_a_name_is_of_one_kind_of_alarm(cloudwatch: Any) -> None:
    put_metric_alarms(cloudwatch, "metric")
    put_composite(cloudwatch, "composite", "FALSE")
    as_metric = refused(cloudwatch.put_metric_alarm, AlarmName="composite", **LOUD)
    as_composite = refused(cloudwatch.put_composite_alarm, AlarmName="metric", AlarmRule="TRUE")

    assert [
        ("ValidationError", f"AlarmName [{name}] is already used by another alarm of a different type", 400)
        for name in ("composite", "metric")
    ] == [as_metric, as_composite]
    assert (["metric"], ["composite"]) == names(cloudwatch.describe_alarms(AlarmTypes=BOTH))


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (["a"], "Cannot delete a as there are composite alarm(s) depending on it."),
        (["quiet"], "Cannot delete quiet as there are composite alarm(s) depending on it."),
        (["p"], "Cannot delete p as there are composite alarm(s) depending on it."),
        # Not even together with what depends on it.
        (["a", "p", "b"], "Cannot delete a,p as there are composite alarm(s) depending on them."),
        (
            ["top", "p"],
            "At most one composite alarm can be deleted at a time, and top, p are composite alarms.",
        ),
    ],
)
def test_an_alarm_that_others_depend_on_cannot_be_deleted(
    plain: Any, wanted: list[str], message: str
) -> None:
    put_metric_alarms(plain, "a", "b", "quiet")
    put_composite(plain, "p", "ALARM(a)")
    put_composite(plain, "top", "ALARM(p)", ActionsSuppressor=f"{ARN}quiet", **waits(1))
    answer = refused(plain.delete_alarms, AlarmNames=wanted)

    assert ("ValidationError", message, 400) == answer
    assert (["a", "b", "quiet"], ["p", "top"]) == names(plain.describe_alarms(AlarmTypes=BOTH))


def test_one_composite_alarm_is_deleted_with_its_tags_and_its_history_stays(cloudwatch: Any) -> None:
    put_metric_alarms(cloudwatch, "a", "b")
    put_composite(cloudwatch, "p", "ALARM(a)", Tags=[{"Key": "team", "Value": "red"}])
    cloudwatch.delete_alarms(AlarmNames=["nobody", "p", "b", "p"])
    left = names(cloudwatch.describe_alarms(AlarmTypes=BOTH))
    gone = refused(cloudwatch.list_tags_for_resource, ResourceARN=f"{ARN}p")
    cloudwatch.delete_alarms(AlarmNames=["a"])

    assert (["a"], []) == left
    assert ("ResourceNotFoundException", "", 404) == gone
    assert ([], []) == names(cloudwatch.describe_alarms(AlarmTypes=BOTH))
    assert summaries(cloudwatch, "p")[-1] == 'Alarm "p" deleted'


def test_alarms_in_a_cycle_are_not_evaluated_nor_deleted_until_it_is_broken(plain: Any) -> None:
    put_metric_alarms(plain, "a")
    put_composite(plain, "c", "ALARM(a)")
    put_composite(plain, "d", "ALARM(c)")
    put_composite(plain, "c", "ALARM(a) OR ALARM(d)")
    set_state(plain, "a", "ALARM")
    stuck = [described(plain, name)["StateValue"] for name in ("c", "d")]
    undeletable = [refused(plain.delete_alarms, AlarmNames=[name])[1] for name in ("c", "d")]
    put_composite(plain, "c", "ALARM(a)")
    free = [described(plain, name)["StateValue"] for name in ("c", "d")]
    plain.delete_alarms(AlarmNames=["d"])

    assert ["OK", "OK"] == stuck
    assert [
        f"Cannot delete {name} as there are composite alarm(s) depending on it." for name in ("c", "d")
    ] == undeletable
    assert ["ALARM", "ALARM"] == free
    assert (["a"], ["c"]) == names(plain.describe_alarms(AlarmTypes=BOTH))


def test_an_alarm_that_was_in_a_cycle_is_judged_even_if_the_one_that_broke_it_stays(plain: Any) -> None:
    put_metric_alarms(plain, "a")
    put_composite(plain, "c", "ALARM(a)")
    put_composite(plain, "d", "ALARM(c) OR ALARM(a)")
    put_composite(plain, "c", "ALARM(d)")
    set_state(plain, "a", "ALARM")
    put_composite(plain, "c", "FALSE")

    assert ["OK", "ALARM"] == [described(plain, name)["StateValue"] for name in ("c", "d")]


def test_actions_are_disabled_and_enabled(cloudwatch: Any) -> None:
    put_metric_alarms(cloudwatch, "a")
    put_composite(cloudwatch, "p", "ALARM(a)")
    cloudwatch.disable_alarm_actions(AlarmNames=["p", "nobody", "a"])
    disabled = described(cloudwatch, "p")
    cloudwatch.enable_alarm_actions(AlarmNames=["p"])
    enabled = described(cloudwatch, "p")

    assert (False, True) == (disabled["ActionsEnabled"], enabled["ActionsEnabled"])
    assert {**disabled, "ActionsEnabled": True} == enabled
    assert summaries(cloudwatch, "p")[2:] == ['Alarm "p" updated'] * 2


def test_tags_are_set_at_the_making_and_later(cloudwatch: Any) -> None:
    put_composite(cloudwatch, "p", "FALSE", Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    put_composite(cloudwatch, "p", "FALSE", Tags=[{"Key": "late", "Value": "1"}])
    cloudwatch.tag_resource(ResourceARN=f"{ARN}p", Tags=[{"Key": "c", "Value": "2"}])
    cloudwatch.untag_resource(ResourceARN=f"{ARN}p", TagKeys=["a"])

    assert [{"Key": "b", "Value": ""}, {"Key": "c", "Value": "2"}] == (
        cloudwatch.list_tags_for_resource(ResourceARN=f"{ARN}p")["Tags"]
    )


def test_an_update_is_told_with_what_changed_before_it_is_evaluated(plain: Any) -> None:
    put_metric_alarms(plain, "a")
    put_composite(plain, "p", "FALSE")
    put_composite(plain, "p", "NOT OK(a)")
    [state_update, update] = plain.describe_alarm_history(AlarmName="p", AlarmTypes=COMPOSITES, MaxRecords=2)[
        "AlarmHistoryItems"
    ]
    data = json.loads(update["HistoryData"])

    assert ("Alarm updated from OK to ALARM", 'Alarm "p" updated') == (
        state_update["HistorySummary"],
        update["HistorySummary"],
    )
    assert ("NOT OK(a)", "OK") == (data["updatedAlarm"]["alarmRule"], data["updatedAlarm"]["stateValue"])
    assert {"alarmRule": "FALSE", "childStates": []}.items() <= data["originalUpdatedFields"].items()
