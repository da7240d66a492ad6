from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.alarm_runner import records_of
from trailbell.metrics import Datapoint, MetricKey, Statistic, StatisticSet, floor_to, statistic_of

PLAIN = [record for record in records_of("stat") if record["stat"] in set(Statistic)]

SETS = st.builds(StatisticSet.of, st.integers(-1000, 1000), st.integers(0, 50))


@pytest.mark.parametrize("record", [pytest.param(record, id=record["id"]) for record in PLAIN])
def test_a_plain_statistic_of_weighted_values_is_what_aws_gave(record: dict[str, Any]) -> None:
    merged = StatisticSet.merge(*(StatisticSet.of(value, count) for value, count in record["values"]))
    actual = statistic_of(merged, Statistic(record["stat"]))

    assert pytest.approx(record["expect"], rel=1e-9) == actual


def test_each_statistic_reads_its_part_of_the_set() -> None:
    statistics = StatisticSet(4.0, 10.0, -1.0, 7.0)
    values = {statistic.value: statistic_of(statistics, statistic) for statistic in Statistic}

    assert values == {"SampleCount": 4.0, "Average": 2.5, "Sum": 10.0, "Minimum": -1.0, "Maximum": 7.0}


def test_a_value_counted_zero_times_moves_the_extremes_only() -> None:
    merged = StatisticSet.of(5).merge(StatisticSet.of(9, 0))

    assert StatisticSet(1.0, 5.0, 5.0, 9.0) == merged


def test_the_average_of_no_samples_is_a_number() -> None:
    average = statistic_of(StatisticSet.of(9, 0), Statistic.AVERAGE)

    assert average == 0.0


def test_fractional_counts_add_up() -> None:
    merged = StatisticSet.merge(StatisticSet.of(1, 0.5), StatisticSet.of(1, 1.5))

    assert merged.sample_count == 2.0


@settings(max_examples=50)
@given(
    st.lists(SETS, min_size=1, max_size=8).flatmap(
        lambda sets: st.tuples(st.just(sets), st.permutations(sets))
    )
)
def test_neither_order_nor_grouping_changes_what_is_merged(
    orders: tuple[list[StatisticSet], list[StatisticSet]],
) -> None:
    given_order, other_order = orders
    half = len(other_order) // 2
    grouped = [StatisticSet.merge(*part) for part in (other_order[:half], other_order[half:]) if part]

    assert StatisticSet.merge(*given_order) == StatisticSet.merge(*grouped)


def test_the_order_of_dimensions_is_no_part_of_a_metric() -> None:
    given_order = MetricKey("App", "m", (("b", "2"), ("a", "1")))
    other_order = MetricKey("App", "m", (("a", "1"), ("b", "2")))

    assert given_order == other_order
    assert hash(given_order) == hash(other_order)
    assert given_order.dimensions == (("a", "1"), ("b", "2"))


def test_more_or_fewer_dimensions_are_another_metric() -> None:
    keys = {
        MetricKey("App", "m"),
        MetricKey("App", "m", (("a", "1"),)),
        MetricKey("App", "m", (("a", "1"), ("b", "2"))),
        MetricKey("App", "m", (("a", "2"),)),
    }

    assert len(keys) == 4


def test_a_datapoint_without_a_unit_has_the_unit_none() -> None:
    datapoint = Datapoint(0, StatisticSet.of(1))

    assert datapoint.unit == "None"


@pytest.mark.parametrize(
    ("at_ms", "period_seconds", "expected"),
    [(61_999, 60, 60_000), (60_000, 60, 60_000), (59_999, 60, 0), (19_999, 10, 10_000), (-1, 60, -60_000)],
)
def test_an_instant_is_floored_to_the_grid_of_its_period(
    at_ms: int, period_seconds: int, expected: int
) -> None:
    floored = floor_to(at_ms, period_seconds)

    assert expected == floored
