import msgspec
import pytest

from support.alarm_runner import BASE_MS
from support.alarm_samples import UNAUTHORIZED_CALLS
from trailbell.alarms import (
    Alarm,
    AlarmState,
    Slot,
    evaluate,
    evaluation_range,
    slots_at,
    tick_interval_seconds,
)
from trailbell.metrics import Datapoint, StatisticSet

SECOND_MS = 1000


def windowed(period_seconds: int, evaluation_periods: int) -> Alarm:
    return msgspec.structs.replace(
        UNAUTHORIZED_CALLS, period_seconds=period_seconds, evaluation_periods=evaluation_periods
    )


def point(second: float, value: float = 1, unit: str = "None") -> Datapoint:
    return Datapoint(BASE_MS + int(second * SECOND_MS), StatisticSet.of(value), unit)


@pytest.mark.parametrize(
    ("period_seconds", "evaluation_periods", "second", "expected_start", "expected_end"),
    [
        pytest.param(300, 1, 280, -660, 240, id="the newest slot ends at the last whole minute"),
        pytest.param(60, 3, 89.9, -240, 60, id="three periods look back over five"),
        pytest.param(60, 3, 60, -240, 60, id="a tick on the minute leaves the open minute out"),
        pytest.param(10, 3, 38.253, -70, 20, id="ten seconds: nine slots, ten seconds of lag"),
        pytest.param(20, 3, 38.253, -100, 20, id="twenty seconds: six slots, ten seconds of lag"),
        pytest.param(30, 1, 38.253, -70, 20, id="thirty seconds: three slots, ten seconds of lag"),
        pytest.param(3600, 24, 3000, 3000 - 26 * 3600, 3000, id="just a day is evaluated each minute"),
        pytest.param(3600, 25, 3000, -27 * 3600, 0, id="over a day is evaluated up to the whole hour"),
    ],
)
def test_the_evaluation_range_slides_with_the_tick(
    period_seconds: int, evaluation_periods: int, second: float, expected_start: int, expected_end: int
) -> None:
    start_ms, end_ms = evaluation_range(
        windowed(period_seconds, evaluation_periods), BASE_MS + int(second * SECOND_MS)
    )

    assert (expected_start, expected_end) == (
        (start_ms - BASE_MS) / SECOND_MS,
        (end_ms - BASE_MS) / SECOND_MS,
    )


@pytest.mark.parametrize(
    ("period_seconds", "evaluation_periods", "expected"),
    [(10, 1, 10), (30, 120, 10), (60, 1, 60), (86_400, 1, 60), (86_400, 2, 3600), (3600, 25, 3600)],
)
def test_the_tick_depends_on_the_period_and_the_range(
    period_seconds: int, evaluation_periods: int, expected: int
) -> None:
    interval = tick_interval_seconds(windowed(period_seconds, evaluation_periods))

    assert expected == interval


def test_slots_are_newest_first_and_merge_what_lies_in_them() -> None:
    alarm = windowed(120, 1)
    points = [point(-60), point(-120, 3), point(-360, 5), point(-361, 7), point(0, 9)]
    slots = slots_at(alarm, points, BASE_MS + 7_000)

    assert slots == (
        Slot(BASE_MS - 120_000, BASE_MS, StatisticSet(2.0, 4.0, 1.0, 3.0)),
        Slot(BASE_MS - 240_000, BASE_MS - 120_000, None),
        Slot(BASE_MS - 360_000, BASE_MS - 240_000, StatisticSet.of(5)),
    )
    assert (slots[-1].start_ms, slots[0].end_ms) == evaluation_range(alarm, BASE_MS + 7_000)


def test_the_order_of_datapoints_does_not_matter() -> None:
    alarm = windowed(60, 3)
    points = [point(-60 * minute, minute) for minute in range(1, 9)]

    assert slots_at(alarm, points, BASE_MS) == slots_at(alarm, reversed(points), BASE_MS)


def test_an_alarm_with_a_unit_reads_that_unit_only() -> None:
    alarm = msgspec.structs.replace(windowed(60, 1), unit="Count")
    slots = slots_at(alarm, [point(-60, 5, "Bytes"), point(-60, 7, "Count"), point(-60, 9)], BASE_MS)

    assert slots[0].statistics == StatisticSet.of(7)


def test_an_alarm_without_a_unit_reads_the_first_unit_that_has_data_in_the_range() -> None:
    alarm = windowed(60, 1)
    slots = slots_at(
        alarm, [point(-6000, 1, "Bytes"), point(-120, 5, "Seconds"), point(-60, 7, "Count")], BASE_MS
    )

    assert [slot.statistics for slot in slots] == [StatisticSet.of(7), None, None]


def test_a_slot_whose_samples_count_zero_times_is_empty() -> None:
    alarm = windowed(60, 1)
    none = Datapoint(BASE_MS - 60_000, StatisticSet.of(9, 0))

    assert slots_at(alarm, [none], BASE_MS)[0].statistics is None
    assert evaluate(alarm, [none], AlarmState.ALARM, BASE_MS).state == AlarmState.OK


def test_late_data_counts_while_it_is_in_the_range() -> None:
    alarm = windowed(60, 1)
    states = [
        evaluate(alarm, [point(-60)], AlarmState.OK, BASE_MS + minute * 60_000).state for minute in range(4)
    ]

    assert states == ["ALARM", "ALARM", "ALARM", "OK"]
