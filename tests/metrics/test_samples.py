"""Samples summed up: the histogram is beside the statistic set exactly where it says more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.metrics import (
    Histogram,
    StatisticSet,
    is_told_by,
    known_histogram,
    merge_samples,
    statistic_by_name,
    sum_up,
)

COUNTS = st.dictionaries(
    st.one_of(st.integers(-2, 20).map(float), st.floats(0, 1e9)),
    st.integers(0, 1000).map(float),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({2.0: 3.0}, (StatisticSet(3.0, 6.0, 2.0, 2.0), None)),
        ({0.0: 3.0}, (StatisticSet(3.0, 0.0, 0.0, 0.0), None)),
        ({-2.0: 1.0, 5.0: 1.0}, (StatisticSet(2.0, 3.0, -2.0, 5.0), None)),
        ({2.0: 1.0, 9.0: 0.0}, (StatisticSet(1.0, 2.0, 2.0, 9.0), Histogram.of(2))),
        (
            {0.0: 2.0, 9.0: 1.5},
            (StatisticSet(3.5, 13.5, 0.0, 9.0), Histogram.of(0, 2).merge(Histogram.of(9, 1.5))),
        ),
    ],
)
def test_values_are_summed_up_by_how_often_they_were_seen(
    counts: dict[float, float], expected: tuple[StatisticSet, Histogram | None]
) -> None:
    assert expected == sum_up(counts)


@given(st.lists(COUNTS, min_size=1, max_size=6))
def test_merging_says_the_same_as_summing_up_at_once(parts: list[dict[float, float]]) -> None:
    together: dict[float, float] = {}
    for counts in parts:
        for value, count in counts.items():
            together[value] = together.get(value, 0.0) + count
    statistics, histogram = sum_up(together)
    merged, merged_histogram = merge_samples([sum_up(counts) for counts in parts])

    assert pytest.approx(statistics.sum, rel=1e-9) == merged.sum
    assert (statistics.sample_count, statistics.minimum, statistics.maximum) == (
        merged.sample_count,
        merged.minimum,
        merged.maximum,
    )
    assert histogram == merged_histogram
    assert (histogram is None) == is_told_by(statistics)


def test_a_histogram_that_was_left_out_is_known_from_the_statistic_set() -> None:
    told, untold = StatisticSet.of(5, 3), StatisticSet(2.0, 6.0, 1.0, 5.0)

    assert Histogram.of(5, 3) == known_histogram(told, None)
    assert not known_histogram(untold, None).is_complete
    assert Histogram.of(1).merge(Histogram.of(5)) == known_histogram(
        untold, Histogram.of(1).merge(Histogram.of(5))
    )


def test_samples_nobody_knows_stay_unknown_whatever_is_added() -> None:
    untold = (StatisticSet(2.0, 6.0, 1.0, 5.0), None)
    statistics, histogram = merge_samples([sum_up({1.0: 1.0, 2.0: 1.0}), untold, sum_up({3.0: 1.0})])

    assert (StatisticSet(5.0, 12.0, 1.0, 5.0), None) == (statistics, histogram)
    assert statistic_by_name("p50", statistics, histogram) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Sum", 34.0), ("Average", 6.8), ("p0", 2.0), ("p100", 10.0), ("p50", 9.874619498547638), ("tc90", 4.5)],
)
def test_a_statistic_goes_by_its_name(name: str, expected: float) -> None:
    assert pytest.approx(expected, rel=1e-12) == statistic_by_name(name, *sum_up({2.0: 2.0, 10.0: 3.0}))


def test_what_is_no_statistic_has_no_value_but_an_error() -> None:
    with pytest.raises(ValueError, match="p101"):
        statistic_by_name("p101", StatisticSet.of(1), None)
