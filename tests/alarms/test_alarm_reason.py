import json
from typing import Any

import msgspec
import pytest

from support.alarm_runner import BASE_MS, alarm_of
from support.alarm_samples import UNAUTHORIZED_CALLS
from trailbell.alarms import (
    Alarm,
    AlarmState,
    ComparisonOperator,
    TreatMissingData,
    Verdict,
    VerdictCause,
    evaluate,
)
from trailbell.metrics import Datapoint, StatisticSet

MINUTE_MS = 60_000
QUERY_MS = BASE_MS + 7_551

EACH_MINUTE = msgspec.structs.replace(
    UNAUTHORIZED_CALLS, period_seconds=60, evaluation_periods=3, treat_missing_data=None
)


def altered(**changes: Any) -> Alarm:
    return msgspec.structs.replace(EACH_MINUTE, **changes)


def judged(alarm: Alarm, values: list[float | None], previous: AlarmState = AlarmState.OK) -> Verdict:
    """Evaluates one value a slot, oldest first, the last in the newest slot (04:59)."""
    datapoints = [
        Datapoint(BASE_MS - age * MINUTE_MS, StatisticSet.of(value))
        for age, value in enumerate(reversed(values), start=1)
        if value is not None
    ]
    return evaluate(alarm, datapoints, previous, QUERY_MS)


def test_reason_data_without_data_is_what_aws_wrote() -> None:
    parameters = {
        "AlarmName": "t",
        "Namespace": "App",
        "MetricName": "m",
        "Statistic": "Sum",
        "Period": 10,
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    verdict = evaluate(alarm_of(parameters), [], AlarmState.OK, 1_789_376_678_253)
    expected = (
        '{"version":"1.0","queryDate":"2026-09-14T09:04:38.253+0000","statistic":"Sum","period":10,'
        '"recentDatapoints":[],"threshold":0.0,'
        '"evaluatedDatapoints":[{"timestamp":"2026-09-14T09:04:10.000+0000"}]}'
    )

    assert expected == verdict.reason_data


def test_reason_data_lists_recent_values_oldest_first_and_the_deciding_points_newest_first() -> None:
    alarm = altered(datapoints_to_alarm=2, unit="None")
    verdict = judged(alarm, [1, None, 0, 2e7])
    expected = (
        '{"version":"1.0","queryDate":"2026-09-14T05:00:07.551+0000","startDate":"2026-09-14T04:56:00.000+0000",'
        '"unit":"None","statistic":"Sum","period":60,"recentDatapoints":[1.0,null,0.0,2.0E7],"threshold":1.0,'
        '"evaluatedDatapoints":[{"timestamp":"2026-09-14T04:59:00.000+0000","sampleCount":1.0,"value":2.0E7},'
        '{"timestamp":"2026-09-14T04:56:00.000+0000","sampleCount":1.0,"value":1.0}]}'
    )

    assert expected == verdict.reason_data
    assert json.loads(verdict.reason_data)


def test_the_deciding_set_is_filled_up_with_the_newest_empty_slots() -> None:
    verdict = judged(altered(treat_missing_data=TreatMissingData.BREACHING), [5, None, None])
    evaluated = json.loads(verdict.reason_data)["evaluatedDatapoints"]

    assert evaluated == [
        {"timestamp": "2026-09-14T04:59:00.000+0000"},
        {"timestamp": "2026-09-14T04:58:00.000+0000"},
        {"timestamp": "2026-09-14T04:57:00.000+0000", "sampleCount": 1.0, "value": 5.0},
    ]


def test_a_move_to_ok_is_decided_by_as_many_points_as_forbid_an_alarm() -> None:
    verdict = judged(altered(datapoints_to_alarm=2), [0, 0, 0], AlarmState.ALARM)
    evaluated = json.loads(verdict.reason_data)["evaluatedDatapoints"]

    assert [point["timestamp"][11:16] for point in evaluated] == ["04:59", "04:58"]


TIMES = {age: f"(14/09/26 04:{60 - age:02d}:00)" for age in range(1, 8)}
LATEST_FIVE = ", ".join(f"9.0 {TIMES[age]}" for age in range(1, 6))


@pytest.mark.parametrize(
    ("changes", "values", "expected"),
    [
        pytest.param(
            {},
            [9, 9, 9],
            f"Threshold Crossed: 3 datapoints [9.0 {TIMES[1]}, 9.0 {TIMES[2]}, 9.0 {TIMES[3]}] were greater "
            "than or equal to the threshold (1.0).",
            id="all listed",
        ),
        pytest.param(
            {"evaluation_periods": 6},
            [9, 9, 9, 9, 9, 9],
            "Threshold Crossed: 6 datapoints were greater than or equal to the threshold (1.0). The most "
            f"recent datapoints which crossed the threshold: [{LATEST_FIVE}].",
            id="five and more in the other form",
        ),
        pytest.param(
            {"evaluation_periods": 7, "datapoints_to_alarm": 5},
            [9, 0, 9, 9, 9, 9, 9],
            "Threshold Crossed: 6 out of the last 7 datapoints were greater than or equal to the threshold "
            f"(1.0). The most recent datapoints which crossed the threshold: [{LATEST_FIVE}] (minimum 5 "
            "datapoints for OK -> ALARM transition).",
            id="five and more of N",
        ),
        pytest.param(
            {
                "datapoints_to_alarm": 2,
                "comparison_operator": ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
            },
            [0, 9, 9],
            f"Threshold Crossed: 2 out of the last 3 datapoints [9.0 {TIMES[1]}, 9.0 {TIMES[2]}] were not "
            "less than or equal to the threshold (1.0) (minimum 2 datapoints for ALARM -> OK transition).",
            id="recovery of N",
        ),
        pytest.param(
            {"datapoints_to_alarm": 3},
            [9, None, None],
            f"Threshold Crossed: 1 out of the last 3 datapoints [9.0 {TIMES[3]}] was greater than or equal "
            "to the threshold (1.0) (minimum 3 datapoints for OK -> ALARM transition).",
            id="a premature alarm mentions no fill",
        ),
        pytest.param(
            {"datapoints_to_alarm": 2, "treat_missing_data": TreatMissingData.NOT_BREACHING},
            [9, None],
            "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were "
            "treated as [NonBreaching].",
            id="no real point supports the recovery",
        ),
        pytest.param({}, [], "Insufficient Data: 3 datapoints were unknown.", id="nothing known"),
    ],
)
def test_a_reason_is_worded_by_count_and_kind(
    changes: dict[str, Any], values: list[float | None], expected: str
) -> None:
    is_unknown = expected.startswith("Insufficient")
    verdict = judged(
        altered(**changes), values, AlarmState.OK if is_unknown else AlarmState.INSUFFICIENT_DATA
    )

    assert expected == verdict.reason


@pytest.mark.parametrize(
    ("values", "previous", "deciding"),
    [
        ([0, 0, 0], AlarmState.OK, 3),
        ([9, 9, 9], AlarmState.ALARM, 3),
        ([], AlarmState.INSUFFICIENT_DATA, 0),
    ],
)
def test_a_state_that_stays_is_put_into_no_words_but_names_its_slots(
    values: list[float | None], previous: AlarmState, deciding: int
) -> None:
    verdict = judged(EACH_MINUTE, values, previous)

    assert (previous, False) == (verdict.state, verdict.changed)
    assert ("", "", deciding) == (verdict.reason, verdict.reason_data, len(verdict.deciding))


def test_a_reason_is_never_longer_than_the_api_allows() -> None:
    alarm = altered(evaluation_periods=1440, datapoints_to_alarm=1440, threshold=-1.7976931348623157e308)
    verdict = judged(alarm, [-1.2345678901234567e-300] * 1440)

    assert verdict.state == AlarmState.ALARM
    assert len(verdict.reason) <= 1023


@pytest.mark.parametrize(
    ("treatment", "values", "cause", "state"),
    [
        (None, [0, 9, 9], VerdictCause.ENOUGH_DATA, "OK"),
        (None, [], VerdictCause.NO_DATA, "INSUFFICIENT_DATA"),
        (TreatMissingData.BREACHING, [], VerdictCause.NO_DATA, "ALARM"),
        (TreatMissingData.BREACHING, [9], VerdictCause.FILLED, "ALARM"),
        (TreatMissingData.NOT_BREACHING, [9, 9], VerdictCause.FILLED, "OK"),
        (None, [0, 9], VerdictCause.PARTIAL_DATA, "OK"),
        (None, [9, None, None], VerdictCause.PREMATURE, "ALARM"),
        (None, [9, None], VerdictCause.YOUNG, "OK"),
        (TreatMissingData.IGNORE, [9, None], VerdictCause.YOUNG, "OK"),
        (TreatMissingData.IGNORE, [9, None, None], VerdictCause.IGNORED, "OK"),
        (TreatMissingData.IGNORE, [], VerdictCause.IGNORED, "OK"),
    ],
)
def test_a_verdict_names_the_rule_that_decided(
    treatment: TreatMissingData | None, values: list[float | None], cause: VerdictCause, state: str
) -> None:
    verdict = judged(altered(treat_missing_data=treatment), values)

    assert (cause, state) == (verdict.cause, verdict.state)


@pytest.mark.parametrize("previous", AlarmState)
def test_a_kept_state_has_no_reason_of_its_own(previous: AlarmState) -> None:
    verdict = judged(altered(treat_missing_data=TreatMissingData.IGNORE), [], previous)

    assert verdict == Verdict(previous, "", "", changed=False, deciding=(), cause=VerdictCause.IGNORED)


def test_the_deciding_slots_are_the_real_points_that_support_the_state_newest_first() -> None:
    alarm = altered(datapoints_to_alarm=2)
    verdict = judged(alarm, [9, 9, 0, 9])

    assert verdict.deciding == (
        (BASE_MS - MINUTE_MS, BASE_MS),
        (BASE_MS - 3 * MINUTE_MS, BASE_MS - 2 * MINUTE_MS),
    )


def test_a_state_that_fills_alone_decide_has_no_deciding_slots() -> None:
    alarm = altered(datapoints_to_alarm=2, treat_missing_data=TreatMissingData.BREACHING)
    verdict = judged(alarm, [0, None])

    assert (verdict.state, verdict.deciding) == (AlarmState.ALARM, ())
