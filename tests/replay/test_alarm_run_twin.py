"""Evaluations that are left out would have said the same: a run equals one that makes them all."""

import sqlite3
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.clock import MINUTE_MS, START_MS
from support.math_alarms import made_metrics
from support.replay_minutes import filled, one_by_one
from support.replay_runs import alarm
from trailbell.alarms import Alarm, alarm_of
from trailbell.metrics import MetricDataQuery, MetricKey, MetricStat, Statistic
from trailbell.replay import ReplayError, instant_text
from trailbell.replay._alarm_run import moves_of
from trailbell.replay._work_database import open_work_database

METRIC, OTHER = MetricKey("App", "denials"), MetricKey("App", "logins")
OPERATORS = ["GreaterThanThreshold", "LessThanThreshold", "GreaterThanOrEqualToThreshold"]


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    connection = open_work_database()
    yield connection
    connection.close()


def made_alarm(chance: Random) -> Alarm:
    period = chance.choice([10, 20, 30, 60, 60, 120, 300, 900, 3600])
    periods = chance.choice([1, 1, 2, 3, 5, 30])
    kind = chance.choice([*Statistic, "p90", "p10", "tm90"])
    is_plain = isinstance(kind, Statistic)
    low = chance.choice([None, "ignore"]) if kind in {"p90", "p10"} else None
    return alarm_of(
        alarm(
            "denials",
            **({"statistic": kind} if is_plain else {"extended_statistic": kind}),
            period_seconds=period,
            evaluation_periods=min(periods, 86_400 // period),
            datapoints_to_alarm=chance.choice([None, 1, min(periods, 86_400 // period)]),
            treat_missing_data=chance.choice([None, "missing", "ignore", "breaching", "notBreaching"]),
            threshold=chance.choice([0.0, 0.5, 1.0, 1.3, 3.0]),
            comparison_operator=chance.choice(OPERATORS),
            evaluate_low_sample_count_percentile=low,
            unit=chance.choice([None, None, "None", "Count"]),
        )
    )


def made_values(chance: Random) -> dict[int, list[float]]:
    length = chance.choice([3, 20, 120])
    density = chance.choice([0.05, 0.4, 1.0])
    pool = chance.choice([[1.0], [0.0, 1.0, 2.0], [0.1, 0.2, 0.7, 3.0], [-1.0, 1.0, 5.0]])
    minutes = [minute for minute in range(length) if chance.random() < density] or [1]
    if chance.random() < 0.3:
        # A long time without anything.
        minutes.append(length + chance.randrange(50, 700))
    return {minute: [chance.choice(pool) for _ in range(chance.randint(1, 4))] for minute in minutes}


@given(st.integers(0, 1 << 32))
@settings(deadline=None, max_examples=80)
def test_a_run_equals_one_that_makes_every_evaluation(seed: int) -> None:
    chance = Random(seed)
    definition, values = made_alarm(chance), made_values(chance)
    units = chance.choice([("None",), ("None",), ("Count", "None")])
    end_ms = START_MS + (max(values) + chance.choice([1, 30, 200])) * MINUTE_MS
    connection = open_work_database()
    try:
        minutes = filled(connection, {METRIC: values}, units)

        assert one_by_one(definition, minutes, START_MS, end_ms) == [
            *moves_of(definition, minutes, START_MS, end_ms)
        ]
    finally:
        connection.close()


def made_math(chance: Random) -> Alarm:
    period = chance.choice([10, 30, 60, 60, 120, 300, 3600])
    periods = min(chance.choice([1, 2, 3, 5]), 86_400 // period)
    return alarm_of(
        alarm(
            "denials",
            **made_metrics(chance, [METRIC, OTHER], period),
            evaluation_periods=periods,
            datapoints_to_alarm=chance.choice([None, 1]),
            treat_missing_data=chance.choice([None, "missing", "ignore", "breaching", "notBreaching"]),
            threshold=chance.choice([0.0, 0.5, 1.0, 3.0]),
            comparison_operator=chance.choice(OPERATORS),
        )
    )


@given(st.integers(0, 1 << 32))
@settings(deadline=None, max_examples=40)
def test_so_does_one_of_an_expression(seed: int) -> None:
    chance = Random(seed)
    definition = made_math(chance)
    values = {METRIC: made_values(chance), OTHER: made_values(chance)}
    units = chance.choice([("None",), ("None",), ("Count", "None")])
    end_ms = START_MS + (max(map(max, values.values())) + chance.choice([1, 30])) * MINUTE_MS
    connection = open_work_database()
    try:
        minutes = filled(connection, values, units)

        assert one_by_one(definition, minutes, START_MS, end_ms) == [
            *moves_of(definition, minutes, START_MS, end_ms)
        ]
    finally:
        connection.close()


@pytest.mark.parametrize(("period", "periods"), [(3600, 25), (5400, 20), (86_400, 2), (90_000, 1)])
def test_alarms_of_more_than_a_day_are_judged_each_hour(
    database: sqlite3.Connection, period: int, periods: int
) -> None:
    definition = alarm_of(
        alarm(
            "denials",
            period_seconds=period,
            evaluation_periods=periods,
            datapoints_to_alarm=1,
            treat_missing_data="missing",
            threshold=2.0,
        )
    )
    minutes = filled(database, {METRIC: {17: [1.0], 100: [1.0, 1.0], 3000: [1.0], 4000: [1.0, 1.0, 1.0]}})
    end_ms = START_MS + 12_000 * MINUTE_MS
    moves = one_by_one(definition, minutes, START_MS, end_ms)

    assert moves == [*moves_of(definition, minutes, START_MS, end_ms)]
    assert moves


def test_data_decades_apart_takes_no_longer_than_data_side_by_side(database: sqlite3.Connection) -> None:
    definition = alarm_of(alarm("denials"))
    minutes = filled(database, {METRIC: {0: [1.0], 30_000_000: [1.0]}})
    moves = [*moves_of(definition, minutes, START_MS, START_MS + 30_000_100 * MINUTE_MS)]

    assert ["OK", "ALARM", "OK", "ALARM", "OK"] == [each.verdict.state.value for each in moves]


def by_clock(expression: str) -> Alarm:
    stat = MetricStat("App", "denials", (), 60, "Sum")
    queries = (MetricDataQuery("a", stat, is_returned=False), MetricDataQuery("e", expression=expression))
    left_out = dict.fromkeys(["metric_name", "namespace", "statistic", "period_seconds"])
    return alarm_of(alarm("denials", **left_out, metrics=queries))


def test_an_expression_that_reads_the_clock_moves_without_data(database: sqlite3.Connection) -> None:
    definition = by_clock("IF(HOUR(a) == 6, 1, 0)")
    minutes = filled(database, {METRIC: {0: [1.0]}})
    moves = [*moves_of(definition, minutes, START_MS, START_MS + 180 * MINUTE_MS)]

    assert [
        ("OK", "05:40:05"),
        ("ALARM", "06:01:05"),
        ("OK", "07:01:05"),
    ] == [(each.verdict.state.value, instant_text(each.at_ms)[11:]) for each in moves]


def test_one_that_would_read_it_too_often_is_refused(database: sqlite3.Connection) -> None:
    minutes = filled(database, {METRIC: {0: [1.0], 3_000_000: [1.0]}})

    with pytest.raises(ReplayError, match=r"'denials' reads the clock, so that .* judged 3,000,009 times"):
        moves_of(by_clock("EPOCH(a)"), minutes, START_MS, START_MS + 3_000_010 * MINUTE_MS)
