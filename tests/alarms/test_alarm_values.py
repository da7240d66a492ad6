"""What an alarm compares with its threshold: plain and extended statistics, and metric math over slots."""

import msgspec
import pytest
from msgspec.structs import replace

from support.alarm_samples import CHANGE, UNAUTHORIZED_CALLS
from support.clock import MINUTE_MS, START_MS
from trailbell.alarms import (
    Alarm,
    AlarmState,
    ComparisonOperator,
    LowSampleCount,
    TreatMissingData,
    Verdict,
    VerdictCause,
    evaluate,
    message_body,
)
from trailbell.metrics import (
    Datapoint,
    MetricDataQuery,
    MetricKey,
    MetricStat,
    StatisticSet,
    sum_up,
)

CALLS, ERRORS = MetricKey("App", "calls"), MetricKey("App", "errors")


def datapoint(minute: int, *values: float, unit: str = "None") -> Datapoint:
    """A datapoint that began so many minutes before the newest slot."""
    statistics, histogram = sum_up({value: float(values.count(value)) for value in values})
    return Datapoint(START_MS - (minute + 1) * MINUTE_MS, statistics, unit, histogram)


def percentile_alarm(name: str, threshold: float, **changes: object) -> Alarm:
    alarm = replace(
        UNAUTHORIZED_CALLS,
        metric=CALLS,
        statistic=None,
        extended_statistic=name,
        period_seconds=60,
        threshold=threshold,
        treat_missing_data=TreatMissingData.MISSING,
    )
    return msgspec.structs.replace(alarm, **changes)


def math_alarm(expression: str, threshold: float, **changes: object) -> Alarm:
    stats = [
        MetricDataQuery(name, MetricStat(key.namespace, key.name, (), 60, "Sum"), is_returned=False)
        for name, key in (("m1", ERRORS), ("m2", CALLS))
    ]
    alarm = replace(
        UNAUTHORIZED_CALLS,
        metric=ERRORS,
        statistic=None,
        metrics=(*stats, MetricDataQuery("e1", expression=expression, label="share")),
        period_seconds=60,
        threshold=threshold,
        treat_missing_data=None,
    )
    return msgspec.structs.replace(alarm, **changes)


def judge(alarm: Alarm, *datapoints: Datapoint, previous: AlarmState = AlarmState.OK) -> Verdict:
    return evaluate(alarm, datapoints, previous, START_MS + 5000)


def test_a_percentile_is_told_from_the_distribution() -> None:
    verdict = judge(percentile_alarm("p90", 9.9), datapoint(0, 2, 2, 10, 10, 10))

    assert AlarmState.ALARM is verdict.state
    assert "[9.9747971830776" in verdict.reason
    assert "p90" == msgspec.json.decode(verdict.reason_data)["statistic"]


def test_a_slot_with_a_negative_sample_has_no_percentile_and_counts_as_missing() -> None:
    verdict = judge(percentile_alarm("p90", 1), datapoint(0, -1, 50))

    assert (AlarmState.INSUFFICIENT_DATA, VerdictCause.NO_DATA) == (verdict.state, verdict.cause)


@pytest.mark.parametrize(
    ("samples", "option", "state"),
    [
        (99, LowSampleCount.IGNORE, AlarmState.OK),
        (100, LowSampleCount.IGNORE, AlarmState.ALARM),
        (99, LowSampleCount.EVALUATE, AlarmState.ALARM),
        (99, None, AlarmState.ALARM),
    ],
)
def test_too_few_samples_leave_the_state_where_that_is_asked_for(
    samples: int, option: LowSampleCount | None, state: AlarmState
) -> None:
    alarm = percentile_alarm("p90", 1, evaluate_low_sample_count_percentile=option)
    verdict = judge(alarm, datapoint(0, *[5.0] * samples))

    assert state is verdict.state
    assert (state is AlarmState.OK) == (verdict.cause is VerdictCause.LOW_SAMPLES)


def test_metric_math_is_calculated_slot_by_slot_over_all_its_metrics() -> None:
    alarm = math_alarm("100 * m1 / m2", 20)
    verdict = evaluate(
        alarm,
        {ERRORS: [datapoint(0, 1, 2), datapoint(1, 1)], CALLS: [datapoint(0, 10), datapoint(1, 100)]},
        AlarmState.OK,
        START_MS + 5000,
    )
    data = msgspec.json.decode(verdict.reason_data)

    assert AlarmState.ALARM is verdict.state
    assert "1 datapoint [30.0 (" in verdict.reason
    assert "statistic" not in data
    assert [{"timestamp", "value"}] == [set(each) for each in data["evaluatedDatapoints"]]


def test_a_gap_on_one_side_counts_as_nothing_and_on_both_as_a_gap() -> None:
    alarm = math_alarm("m1 + m2", 3, evaluation_periods=2, datapoints_to_alarm=1)
    data = {ERRORS: [datapoint(0, 4)], CALLS: []}
    verdict = evaluate(alarm, data, AlarmState.OK, START_MS + 5000)

    assert AlarmState.ALARM is verdict.state
    assert [4.0] == msgspec.json.decode(verdict.reason_data)["recentDatapoints"]


def test_an_expression_that_fills_gaps_is_never_without_data() -> None:
    alarm = math_alarm("FILL(m1, 0)", 1, treat_missing_data=TreatMissingData.BREACHING)
    verdict = evaluate(alarm, {}, AlarmState.ALARM, START_MS + 5000)

    assert (AlarmState.OK, VerdictCause.ENOUGH_DATA) == (verdict.state, verdict.cause)


def test_the_message_of_metric_math_lists_its_metrics_in_awss_order() -> None:
    alarm = math_alarm("m1 / m2", 0.5, comparison_operator=ComparisonOperator.GREATER_THAN_THRESHOLD)
    trigger = msgspec.json.decode(message_body(replace(CHANGE, alarm=alarm), None, "http://x.example/"))[
        "Trigger"
    ]

    assert [
        "Period",
        "EvaluationPeriods",
        "ComparisonOperator",
        "Threshold",
        "TreatMissingData",
        "EvaluateLowSampleCountPercentile",
        "Metrics",
    ] == list(trigger)
    assert {
        "Expression": "m1 / m2",
        "Id": "e1",
        "Label": "share",
        "ReturnData": True,
        "Period": 60,
    } == trigger["Metrics"][2]
    assert {"Metric", "Period", "Stat", "Unit"} == set(trigger["Metrics"][0]["MetricStat"])


def test_the_message_of_a_percentile_names_it_as_given() -> None:
    change = replace(CHANGE, alarm=percentile_alarm("p99.9", 1))
    trigger = msgspec.json.decode(message_body(change, None, "http://x.example/"))["Trigger"]

    assert ("ExtendedStatistic", "p99.9") == (trigger["StatisticType"], trigger["ExtendedStatistic"])
    assert "Statistic" not in trigger


def test_a_unit_is_chosen_for_each_metric_by_itself() -> None:
    alarm = math_alarm("m1 + m2", 10)
    data = {
        ERRORS: [datapoint(0, 1, unit="Bytes"), datapoint(0, 100, unit="Count")],
        CALLS: [Datapoint(START_MS - MINUTE_MS, StatisticSet.of(20), "Seconds")],
    }
    verdict = evaluate(alarm, data, AlarmState.OK, START_MS + 5000)

    assert "[21.0 (" in verdict.reason
