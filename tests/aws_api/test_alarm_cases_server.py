"""Every case about alarms on metrics, through a running server and a real AWS client."""

import datetime
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore import xform_name  # type: ignore[import-untyped]

from support.alarm_runner import BASE_MS, records_of
from support.aws_server import AwsServer, aws_server
from support.clock import MINUTE_MS, ManualClock, at
from trailbell.alarms import AlarmState
from trailbell.settings import Evaluation

pytestmark = pytest.mark.client

_HOUR_MS = 60 * MINUTE_MS
_TICK_MS = 7_000

# How far the newest slot of an evaluation lies back, by the whole minute, where the period is 10 seconds.
_LAG_MS = 10_000


class Hours:
    """A server whose clock goes on by whole hours: each case has one to itself."""

    def __init__(self, server: AwsServer, clock: ManualClock) -> None:
        self.clock = clock
        self.chain = server.chain
        self.cloudwatch = server.client("cloudwatch")

    def next_hour(self) -> int:
        """Goes on to a whole hour that no case has seen, and returns it."""
        now_ms = self.clock.now_ms()
        return self.turn_to(now_ms - now_ms % _HOUR_MS + _HOUR_MS)

    def turn_to(self, at_ms: int) -> int:
        return self.clock.turn(seconds=(at_ms - self.clock.now_ms()) / 1000)

    def put_alarm(self, record: dict[str, Any], previous: str) -> dict[str, Any]:
        """Puts the alarm of a record on a metric of its own, in the state before."""
        alarm = record["alarm"] | {"AlarmName": record["id"], "MetricName": record["id"]}
        self.cloudwatch.put_metric_alarm(**alarm)
        if previous != AlarmState.INSUFFICIENT_DATA:
            self.cloudwatch.set_alarm_state(AlarmName=record["id"], StateValue=previous, StateReason="before")
        return dict(alarm)

    def put_values(self, alarm: dict[str, Any], data: list[dict[str, Any]]) -> None:
        """Puts data of an alarm's metric."""
        if data:
            data = [each | {"MetricName": alarm["MetricName"]} for each in data]
            self.cloudwatch.put_metric_data(Namespace=alarm["Namespace"], MetricData=data)

    def evaluated(self, name: str) -> dict[str, Any]:
        """Judges the alarms, and returns one as it is then."""
        self.chain.tick()
        [alarm] = self.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return dict(alarm)

    def actions_run(self, name: str) -> list[str]:
        """Lists the actions that an alarm has run at the present moment."""
        found = self.cloudwatch.describe_alarm_history(AlarmName=name, HistoryItemType="Action")
        data = [json.loads(each["HistoryData"]) for each in found["AlarmHistoryItems"]]
        now = [each for each in data if each["stateUpdateTimestamp"] == self.clock.now_ms()]
        assert all(each["actionState"] == "Succeeded" for each in now)
        return [each["notificationResource"] for each in now]


@pytest.fixture(scope="module")
def hours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hours]:
    clock = ManualClock(BASE_MS)
    folder = tmp_path_factory.mktemp("hours")
    with aws_server(folder, clock, evaluation=Evaluation.AWS, account_id="123456789012") as server:
        sns = server.client("sns")
        for name in ("t1-alarm", "t1-ok", "t1-ins"):
            sns.create_topic(Name=name)
        yield Hours(server, clock)


def named(kind: str) -> list[Any]:
    return [pytest.param(record, id=record["id"]) for record in records_of(kind)]


def instant(at_ms: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC)


def slot_values(record: dict[str, Any], newest_ms: int) -> list[dict[str, Any]]:
    """The data of a table or reason record: one value at the start of each slot that has one."""
    period = record["alarm"]["Period"]
    return [
        {
            "Timestamp": instant(newest_ms - age * period * 1000),
            "Value": value,
            "StorageResolution": 60 if period >= 60 else 1,
        }
        for age, value in enumerate(reversed(record["datapoints"]))
        if value is not None
    ]


def newest_slot(record: dict[str, Any], hour_ms: int) -> int:
    period = int(record["alarm"]["Period"])
    return hour_ms - period * 1000 - (_LAG_MS if period < 60 else 0)


@pytest.mark.parametrize("record", named("table"))
def test_an_evaluation_leads_to_the_state_of_the_table(hours: Hours, record: dict[str, Any]) -> None:
    hour_ms = hours.next_hour()
    alarm = hours.put_alarm(record, record["previous_state"])
    hours.put_values(alarm, slot_values(record, newest_slot(record, hour_ms)))
    hours.turn_to(hour_ms + _TICK_MS)

    assert record["expect_state"] == hours.evaluated(record["id"])["StateValue"]


@pytest.mark.parametrize("record", named("reason"))
def test_a_decision_is_worded_as_aws_words_it(hours: Hours, record: dict[str, Any]) -> None:
    hour_ms = hours.next_hour()
    # The hour of the case has its own date, which the words of the case are moved to.
    at_ms = hour_ms + at(record["newest_slot"]) % _HOUR_MS
    other = next(each for each in AlarmState if each != record["expect_state"])
    alarm = hours.put_alarm(record, record.get("previous_state", other))
    hours.turn_to(at_ms + record["alarm"]["Period"] * 1000 + _TICK_MS)
    hours.put_values(alarm, slot_values(record, at_ms))
    found = hours.evaluated(record["id"])
    today, then = (f"{instant(each):%d/%m/%y %H:}" for each in (at_ms, at(record["newest_slot"])))

    assert (record["expect_state"], record["expect_reason"].replace(then, today)) == (
        found["StateValue"],
        found["StateReason"],
    )


@pytest.mark.parametrize("record", named("sequence"))
def test_a_sequence_of_events_leads_to_its_states_and_actions(hours: Hours, record: dict[str, Any]) -> None:
    hour_ms = hours.next_hour()
    alarm = hours.put_alarm(record, record["previous_state"])
    events: list[tuple[float, int, Any]] = list(_samples(record))
    events += [(each["at"], 1, each) for each in record.get("ops", ())]
    events += [(each["at"], 2, each) for each in record["evaluations"]]
    expected, found = [], []
    for second, kind, event in sorted(events, key=lambda each: each[:2]):
        hours.turn_to(hour_ms + round(second * 1000))
        if kind == 0:
            hours.put_values(alarm, [_datum(event, hour_ms)])
            continue
        if kind == 1:
            _call(hours.cloudwatch, record["id"], event)
        else:
            hours.chain.tick()
        [now] = hours.cloudwatch.describe_alarms(AlarmNames=[record["id"]])["MetricAlarms"]
        actual = {"expect_state": now["StateValue"], "expect_actions": hours.actions_run(record["id"])}
        expected.append((second, {name: event[name] for name in actual if name in event}))
        found.append((second, {name: actual[name] for name in actual if name in event}))

    assert expected == found


def _samples(record: dict[str, Any]) -> Iterator[tuple[float, int, list[Any]]]:
    """The samples of a sequence by the second of their arrival."""
    for sample in record["samples"]:
        arrives_late = len(sample) > 2 and sample[2] is not None
        yield sample[2] if arrives_late else sample[0], 0, sample


def _datum(sample: list[Any], hour_ms: int) -> dict[str, Any]:
    second, value, *rest = sample
    attributes = rest[1] if len(rest) > 1 else {}
    return {"Timestamp": instant(hour_ms + round(second * 1000)), "Value": value, **attributes}


def _call(cloudwatch: Any, name: str, event: dict[str, Any]) -> None:
    of_one = event["op"] in {"SetAlarmState", "PutMetricAlarm"}
    which = {"AlarmName": name} if of_one else {"AlarmNames": [name]}
    getattr(cloudwatch, xform_name(event["op"]))(**which, **event.get("params", {}))


def test_every_record_about_alarms_on_metrics_is_run() -> None:
    counts = {kind: len(records_of(kind)) for kind in ("table", "reason", "sequence")}

    assert {"table": 115, "reason": 8, "sequence": 8} == counts
