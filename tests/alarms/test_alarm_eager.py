"""Eager mode is AWS's ticks plus a check on every arrival and after every tick."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from support.alarm_runner import BASE_MS
from trailbell.alarms import (
    Alarm,
    AlarmState,
    ComparisonOperator,
    TreatMissingData,
    Verdict,
    coming_tick,
    evaluate,
    evaluate_eagerly,
    evaluation_range,
    slots_at,
    tick_interval_seconds,
)
from trailbell.metrics import Datapoint, MetricKey, Statistic, StatisticSet, floor_to

MINUTE_MS = 60_000
WATCHED_MINUTES = 30
RISING = [Statistic.SUM, Statistic.SAMPLE_COUNT, Statistic.MAXIMUM]
UPWARD = [
    ComparisonOperator.GREATER_THAN_THRESHOLD,
    ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
]

ONE_MATCH = Alarm(
    name="RootUsage",
    metric=MetricKey("CISBenchmark", "RootUsage"),
    statistic=Statistic.SUM,
    period_seconds=300,
    evaluation_periods=1,
    threshold=1.0,
    comparison_operator=ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treat_missing_data=TreatMissingData.NOT_BREACHING,
)


class Arrival(NamedTuple):
    arrives_ms: int
    stamped_ms: int
    value: float

    def datapoint(self) -> Datapoint:
        return Datapoint(floor_to(self.stamped_ms, 60), StatisticSet.of(self.value))


class Entry(NamedTuple):
    at_ms: int
    state: AlarmState
    is_tick: bool


@st.composite
def alarms(draw: st.DrawFn, *, only_eager: bool = False, lowest_threshold: int = 0) -> Alarm:
    evaluation_periods = draw(st.integers(1, 4))
    return msgspec.structs.replace(
        ONE_MATCH,
        statistic=draw(st.sampled_from(RISING if only_eager else list(Statistic))),
        period_seconds=draw(st.sampled_from([60, 120, 300])),
        evaluation_periods=evaluation_periods,
        threshold=float(draw(st.integers(lowest_threshold, 3))),
        comparison_operator=draw(st.sampled_from(UPWARD if only_eager else list(ComparisonOperator))),
        datapoints_to_alarm=draw(st.none() | st.integers(1, evaluation_periods)),
        treat_missing_data=draw(st.none() | st.sampled_from(TreatMissingData)),
    )


@st.composite
def arrivals(draw: st.DrawFn) -> Arrival:
    arrives_ms = BASE_MS + draw(st.integers(0, 20 * 60)) * 1000
    late_seconds = draw(st.sampled_from([0, 0, 0, 20, 90, 200, 600]))
    # Few samples of high value, so that breaches, good points and gaps all occur.
    return Arrival(arrives_ms, arrives_ms - late_seconds * 1000, draw(st.sampled_from([0, 0, 1, 2, 4])))


def states_of(
    alarm: Alarm, all_arrivals: Iterable[Arrival], start: AlarmState, offset_seconds: int, *, eager: bool
) -> list[Entry]:
    """Runs half an hour and returns the state after every tick and every eager change, in order."""
    waiting = sorted(all_arrivals, reverse=True)
    known: list[Datapoint] = []
    entries = [Entry(BASE_MS, start, is_tick=True)]

    def judge(now_ms: int) -> None:
        verdict = evaluate_eagerly(alarm, known, entries[-1].state, now_ms, offset_seconds) if eager else None
        if verdict is not None:
            entries.append(Entry(now_ms, verdict.state, is_tick=False))

    for minute in range(1, WATCHED_MINUTES):
        tick_ms = BASE_MS + minute * MINUTE_MS + offset_seconds * 1000
        while waiting and waiting[-1].arrives_ms < tick_ms:
            arrival = waiting.pop()
            known.append(arrival.datapoint())
            judge(arrival.arrives_ms)
        while waiting and waiting[-1].arrives_ms == tick_ms:
            known.append(waiting.pop().datapoint())
        entries.append(Entry(tick_ms, evaluate(alarm, known, entries[-1].state, tick_ms).state, is_tick=True))
        judge(tick_ms)
    return entries


def transitions(entries: list[Entry]) -> list[Entry]:
    return [after for before, after in pairwise(entries) if before.state != after.state]


@settings(max_examples=150)
@given(
    alarms() | alarms(only_eager=True),
    st.lists(arrivals(), max_size=14),
    st.sampled_from(AlarmState),
    st.integers(0, 10),
)
def test_eager_mode_brings_alarm_earlier_and_changes_nothing_else(
    alarm: Alarm, all_arrivals: list[Arrival], start: AlarmState, offset_seconds: int
) -> None:
    plain = states_of(alarm, all_arrivals, start, offset_seconds, eager=False)
    eager = states_of(alarm, all_arrivals, start, offset_seconds, eager=True)
    plain_changes, eager_changes = transitions(plain), transitions(eager)
    event(f"early alarms: {sum(not entry.is_tick for entry in eager)}")

    assert plain == [entry for entry in eager if entry.is_tick]
    assert [entry.state for entry in plain_changes] == [entry.state for entry in eager_changes]
    for number, (expected, actual) in enumerate(zip(plain_changes, eager_changes, strict=True)):
        if actual.state == AlarmState.ALARM:
            assert actual.at_ms <= expected.at_ms
            assert number == 0 or eager_changes[number - 1].at_ms <= actual.at_ms
        else:
            assert expected == actual


@settings(max_examples=150)
@given(
    alarms(only_eager=True, lowest_threshold=1),
    st.lists(arrivals(), min_size=1, max_size=14),
    st.integers(0, 20 * 60),
)
def test_eager_mode_waits_only_where_later_data_could_undo_the_alarm_or_the_newest_slot_is_good(
    alarm: Alarm, all_arrivals: list[Arrival], second: int
) -> None:
    now_ms = BASE_MS + second * 1000
    tick_ms = coming_tick(alarm, now_ms)
    known = [arrival.datapoint() for arrival in all_arrivals if arrival.arrives_ms <= now_ms]
    early = evaluate_eagerly(alarm, known, AlarmState.OK, now_ms)
    _, end_ms = evaluation_range(alarm, tick_ms)
    zeros = [
        Datapoint(slot.start_ms, StatisticSet.of(0, 0.001))
        for slot in slots_at(alarm, known, tick_ms)
        if slot.statistics is None
    ]
    undone = evaluate(alarm, known + zeros, AlarmState.OK, tick_ms).state != AlarmState.ALARM
    newest_only = msgspec.structs.replace(alarm, evaluation_periods=1, datapoints_to_alarm=1)
    newest = [point for point in known if end_ms - alarm.period_seconds * 1000 <= point.start_ms < end_ms]
    newest_breaches = bool(newest) and evaluate(newest_only, newest, AlarmState.OK, tick_ms).state == "ALARM"

    assert (early is not None) == (newest_breaches and not undone)


def early_verdict(alarm: Alarm, values: dict[int, float], now_second: int = 30) -> Verdict | None:
    """Judges an alarm in OK, `now_second` seconds into a minute; values are by minutes before that one."""
    datapoints = [
        Datapoint(BASE_MS - minutes * MINUTE_MS, StatisticSet.of(value)) for minutes, value in values.items()
    ]
    return evaluate_eagerly(alarm, datapoints, AlarmState.OK, BASE_MS + now_second * 1000)


def test_one_match_raises_a_one_period_alarm_within_its_own_minute() -> None:
    verdict = early_verdict(ONE_MATCH, {0: 1})

    assert verdict is not None
    assert (verdict.state, verdict.changed) == (AlarmState.ALARM, True)
    assert verdict.deciding == ((BASE_MS - 4 * MINUTE_MS, BASE_MS + MINUTE_MS),)


def test_an_early_verdict_says_when_it_was_asked_not_when_the_tick_comes() -> None:
    verdict = early_verdict(ONE_MATCH, {0: 1})

    assert verdict is not None
    assert '"queryDate":"2026-09-14T05:00:30.000+0000"' in verdict.reason_data


def test_data_of_an_older_slot_waits_for_the_tick() -> None:
    every_minute = msgspec.structs.replace(ONE_MATCH, period_seconds=60)

    assert early_verdict(every_minute, {1: 1}) is None
    assert early_verdict(every_minute, {0: 1}) is not None


def test_a_gap_that_late_good_data_could_fill_makes_the_alarm_wait() -> None:
    two_in_a_row = msgspec.structs.replace(
        ONE_MATCH, period_seconds=60, evaluation_periods=2, treat_missing_data=TreatMissingData.BREACHING
    )

    assert evaluate(
        two_in_a_row,
        [Datapoint(BASE_MS, StatisticSet.of(1))],
        AlarmState.OK,
        BASE_MS + MINUTE_MS,
    ).changed
    assert early_verdict(two_in_a_row, {0: 1}) is None
    assert early_verdict(two_in_a_row, {0: 1, 1: 1}) is not None


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        (Statistic.SUM, True),
        (Statistic.SAMPLE_COUNT, True),
        (Statistic.MAXIMUM, True),
        (Statistic.AVERAGE, False),
        (Statistic.MINIMUM, False),
    ],
)
def test_only_statistics_that_more_samples_cannot_lower_are_judged_early(
    statistic: Statistic, expected: bool
) -> None:
    verdict = early_verdict(msgspec.structs.replace(ONE_MATCH, statistic=statistic), {0: 1})

    assert (verdict is not None) == expected


@pytest.mark.parametrize(
    "comparison", [operator for operator in ComparisonOperator if operator not in UPWARD]
)
def test_a_threshold_from_below_is_never_judged_early(comparison: ComparisonOperator) -> None:
    alarm = msgspec.structs.replace(ONE_MATCH, comparison_operator=comparison, threshold=5.0)

    assert early_verdict(alarm, {0: 1}) is None


def test_a_sum_with_a_negative_sample_in_the_range_waits() -> None:
    assert early_verdict(ONE_MATCH, {0: 5, 8: -1}) is None


def test_a_maximum_with_a_negative_sample_in_the_range_does_not_wait() -> None:
    alarm = msgspec.structs.replace(ONE_MATCH, statistic=Statistic.MAXIMUM)

    assert early_verdict(alarm, {0: 5, 8: -1}) is not None


def test_a_period_below_a_minute_is_never_judged_early() -> None:
    alarm = msgspec.structs.replace(ONE_MATCH, period_seconds=10)
    datapoint = Datapoint(BASE_MS, StatisticSet.of(1))

    for second in range(60):
        assert evaluate_eagerly(alarm, [datapoint], AlarmState.OK, BASE_MS + second * 1000) is None


def test_an_alarm_that_is_on_is_not_raised_again() -> None:
    datapoint = Datapoint(BASE_MS, StatisticSet.of(1))

    assert evaluate_eagerly(ONE_MATCH, [datapoint], AlarmState.ALARM, BASE_MS) is None


def test_an_hourly_evaluated_alarm_is_judged_as_of_the_coming_hour() -> None:
    daily = msgspec.structs.replace(
        ONE_MATCH, period_seconds=86_400, evaluation_periods=2, datapoints_to_alarm=1
    )
    verdict = early_verdict(daily, {0: 1})

    assert tick_interval_seconds(daily) == 3600
    assert verdict is not None
    assert verdict.deciding[0][1] == BASE_MS + 3_600_000


def test_a_tick_some_seconds_after_the_minute_is_still_to_come_until_then() -> None:
    ticks = [coming_tick(ONE_MATCH, BASE_MS + second * 1000, 7) - BASE_MS for second in (6, 7)]

    assert ticks == [0, MINUTE_MS]
