"""Runs the records of cases/alarm-cases.jsonl against the alarms room, with injected times.

The record format is metrics-and-alarms section 13.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from trailbell.alarms import (
    Alarm,
    AlarmState,
    ComparisonOperator,
    TreatMissingData,
    Verdict,
    evaluate,
    evaluation_range,
)
from trailbell.metrics import NO_UNIT, Datapoint, MetricKey, Statistic, StatisticSet, floor_to

__all__ = ["BASE_MS", "SEQUENCE_OPERATIONS", "alarm_of", "records_of", "run_sequence", "run_table"]

BASE_MS = 1_789_362_000_000
"""A whole UTC hour: 2026-09-14 05:00."""

SEQUENCE_OPERATIONS = frozenset({"DisableAlarmActions", "EnableAlarmActions", "SetAlarmState"})

_CASES = Path(__file__).parent.parent / "cases" / "alarm-cases.jsonl"


def records_of(kind: str) -> list[dict[str, Any]]:
    """Returns the records of one kind, in file order."""
    records = [json.loads(line) for line in _CASES.read_text().splitlines()]
    return [record for record in records if record.get("kind", "table") == kind]


def alarm_of(parameters: dict[str, Any]) -> Alarm:
    """Returns the alarm PutMetricAlarm parameters define."""
    given = dict(parameters)
    metric = MetricKey(given.pop("Namespace"), given.pop("MetricName"), _pairs(given.pop("Dimensions", [])))
    treatment = given.pop("TreatMissingData", None)
    alarm = Alarm(
        name=given.pop("AlarmName"),
        metric=metric,
        statistic=Statistic(given.pop("Statistic")),
        period_seconds=given.pop("Period"),
        evaluation_periods=given.pop("EvaluationPeriods"),
        threshold=float(given.pop("Threshold")),
        comparison_operator=ComparisonOperator(given.pop("ComparisonOperator")),
        datapoints_to_alarm=given.pop("DatapointsToAlarm", None),
        treat_missing_data=None if treatment is None else TreatMissingData(treatment),
        unit=given.pop("Unit", None),
        description=given.pop("AlarmDescription", None),
        actions_enabled=given.pop("ActionsEnabled", True),
        alarm_actions=tuple(given.pop("AlarmActions", ())),
        ok_actions=tuple(given.pop("OKActions", ())),
        insufficient_data_actions=tuple(given.pop("InsufficientDataActions", ())),
    )
    if given:
        raise ValueError(f"the runner does not know the parameters {sorted(given)}")
    return alarm


def run_table(record: dict[str, Any]) -> Verdict:
    """Evaluates a table or reason record; without a previous state the reason of any change is wanted."""
    alarm = alarm_of(record["alarm"])
    period_ms = alarm.period_seconds * 1000
    if "newest_slot" in record:
        newest_ms = int(datetime.fromisoformat(record["newest_slot"]).timestamp()) * 1000
        at_ms = newest_ms + period_ms + 3_210
    else:
        at_ms = BASE_MS + 7_000
        newest_ms = evaluation_range(alarm, at_ms)[1] - period_ms
    datapoints = [
        Datapoint(newest_ms - age * period_ms, _set_of(alarm, value))
        for age, value in enumerate(reversed(record["datapoints"]))
        if value is not None
    ]
    return evaluate(alarm, datapoints, _previous(record), at_ms)


def run_sequence(record: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
    """Yields (second, expected, actual) for each event of a sequence record."""
    run = _Run(alarm_of(record["alarm"]), AlarmState(record["previous_state"]), _arrivals(record["samples"]))
    events = [(event["at"], 0, event) for event in record.get("ops", [])]
    events += [(event["at"], 1, event) for event in record["evaluations"]]
    for at, _, event in sorted(events, key=lambda entry: entry[:2]):
        actions = run.apply(event) if "op" in event else run.evaluate(at)
        actual = {"expect_state": run.state, "expect_actions": list(actions)}
        expected = {name: event[name] for name in actual if name in event}
        yield at, expected, {name: actual[name] for name in expected}


@dataclass
class _Run:
    alarm: Alarm
    state: AlarmState
    arrivals: list[tuple[int, MetricKey, Datapoint]]
    operations: dict[str, Callable[[dict[str, Any]], tuple[str, ...]]] = field(init=False)

    def __post_init__(self) -> None:
        self.operations = {
            "SetAlarmState": lambda parameters: self._move(AlarmState(parameters["StateValue"])),
            "DisableAlarmActions": lambda _: self._enable(enabled=False),
            "EnableAlarmActions": lambda _: self._enable(enabled=True),
        }

    def evaluate(self, at: int) -> tuple[str, ...]:
        known = [
            datapoint
            for arrival, metric, datapoint in self.arrivals
            if arrival <= at and metric == self.alarm.metric
        ]
        return self._move(evaluate(self.alarm, known, self.state, BASE_MS + at * 1000).state)

    def apply(self, event: dict[str, Any]) -> tuple[str, ...]:
        return self.operations[event["op"]](event.get("params", {}))

    def _enable(self, *, enabled: bool) -> tuple[str, ...]:
        self.alarm = msgspec.structs.replace(self.alarm, actions_enabled=enabled)
        return ()

    def _move(self, state: AlarmState) -> tuple[str, ...]:
        if state == self.state:
            return ()
        self.state = state
        return self.alarm.actions_for(state)


def _arrivals(samples: list[list[Any]]) -> list[tuple[int, MetricKey, Datapoint]]:
    arrivals = []
    for at, value, *rest in samples:
        arrival = rest[0] if rest and rest[0] is not None else at
        attributes = rest[1] if len(rest) > 1 else {}
        minute_ms = floor_to(BASE_MS + int(at * 1000), 60)
        datapoint = Datapoint(minute_ms, StatisticSet.of(value), attributes.get("Unit", NO_UNIT))
        arrivals.append((arrival, MetricKey("App", "m", _pairs(attributes.get("Dimensions", []))), datapoint))
    return arrivals


def _pairs(dimensions: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((dimension["Name"], dimension["Value"]) for dimension in dimensions)


def _set_of(alarm: Alarm, value: float) -> StatisticSet:
    if alarm.statistic == Statistic.SAMPLE_COUNT:
        return StatisticSet.of(1, value)
    return StatisticSet.of(value)


def _previous(record: dict[str, Any]) -> AlarmState:
    if "previous_state" in record:
        return AlarmState(record["previous_state"])
    return next(state for state in AlarmState if state != record["expect_state"])
