import math

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trailbell.metrics import DamagedHistogramError, Histogram, StatisticSet

LOWEST, HIGHEST = -7000, 2618
LARGEST = 2.0**360

VALUES = st.one_of(
    st.just(0.0),
    st.floats(min_value=0, max_value=LARGEST),
    st.integers(LOWEST, HIGHEST).map(lambda index: 1.1**index),
    st.floats(min_value=0.01, max_value=1000),
)
COUNTS = st.one_of(st.integers(0, 1000), st.sampled_from([0.25, 0.5, 1.75]))
SAMPLES = st.lists(st.tuples(VALUES, COUNTS), max_size=12)


def of_all(samples: list[tuple[float, float]]) -> Histogram:
    return Histogram().merge(*(Histogram.of(value, count) for value, count in samples))


@given(st.floats(min_value=1.1**LOWEST, max_value=LARGEST))
@example(1.1)
@example(1.21)
@example(1.2100000000000002)
@example(1.1**-3)
@example(math.nextafter(1.1**-3, 0))
@example(1.1**7)
@example(math.nextafter(1.1**7, 0))
@example(LARGEST)
def test_a_value_is_in_its_bin(value: float) -> None:
    ((index, count),) = Histogram.of(value).bins

    assert count == 1.0
    assert 1.1**index <= value < 1.1 ** (index + 1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((0.9999999999999999, -1), (1.0, 0), (1.1, 1), (1.21, 1), (1.2100000000000002, 2)),
        *((1.3310000000000002, 2), (1.3310000000000004, 3), (1.9487171000000003, 6), (1.9487171000000012, 7)),
        *((2.5937424601000005, 9), (2.5937424601000023, 10), (0.9090909090909091, -1)),
        *((0.7513148009015777, -3), (1e-290, LOWEST), (5e-324, LOWEST), (LARGEST, HIGHEST)),
    ],
)
def test_a_value_at_an_edge_is_in_the_bin_that_aws_was_seen_to_put_it_in(value: float, expected: int) -> None:
    histogram = Histogram.of(value)

    assert ((expected, 1.0),) == histogram.bins


def test_zeros_are_counted_beside_the_bins() -> None:
    histogram = Histogram.merge(Histogram.of(0, 2), Histogram.of(-0.0), Histogram.of(5))

    assert histogram.zeros == 3.0
    assert histogram.sample_count == 4.0
    assert len(histogram.bins) == 1


def test_a_value_counted_zero_times_adds_nothing() -> None:
    assert Histogram() == Histogram.of(5, 0)
    assert Histogram() == Histogram.of(0, 0)


@pytest.mark.parametrize("negative", [-1, -5e-324, -1e300])
def test_one_negative_sample_makes_a_histogram_incomplete_whatever_else_it_holds(negative: float) -> None:
    alone, merged = Histogram.of(negative), Histogram.merge(Histogram.of(7, 1000), Histogram.of(negative))

    assert alone == merged
    assert not merged.is_complete
    assert merged.sample_count == 0.0


@pytest.mark.parametrize(
    ("value", "count"), [(math.nan, 1), (1, math.nan), (1, math.inf), (1, -1), (0, -1), (-math.inf, 1)]
)
def test_what_is_no_sample_is_never_counted(value: float, count: float) -> None:
    assert not Histogram.of(value, count).is_complete


def test_a_value_beyond_all_bounds_stays_in_the_highest_bin() -> None:
    assert Histogram.of(LARGEST) == Histogram.of(1e308) == Histogram.of(math.inf)


@pytest.mark.parametrize("statistics", [StatisticSet(3, 21, 7, 7), StatisticSet(2.5, 17.5, 7, 7)])
def test_a_statistic_set_of_one_value_is_like_its_samples(statistics: StatisticSet) -> None:
    assert Histogram.of(7, statistics.sample_count) == Histogram.of_statistics(statistics)


def test_a_sum_that_was_added_up_in_steps_is_still_that_of_one_value() -> None:
    added = sum([0.1] * 10)
    histogram = Histogram.of_statistics(StatisticSet(10, added, 0.1, 0.1))

    assert added != 0.1 * 10
    assert Histogram.of(0.1, 10) == histogram


@pytest.mark.parametrize(
    "statistics", [StatisticSet(3, 15, 1, 9), StatisticSet(3, 22, 7, 7), StatisticSet(2, -2, -1, -1)]
)
def test_a_statistic_set_that_hides_its_samples_makes_a_histogram_incomplete(
    statistics: StatisticSet,
) -> None:
    assert not Histogram.of_statistics(statistics).is_complete


@given(SAMPLES.flatmap(lambda samples: st.tuples(st.just(samples), st.permutations(samples))), st.data())
def test_neither_order_nor_grouping_changes_what_is_merged(
    orders: tuple[list[tuple[float, float]], list[tuple[float, float]]], data: st.DataObject
) -> None:
    given_order, other_order = orders
    cut = data.draw(st.integers(0, len(other_order)))
    grouped = Histogram.merge(of_all(other_order[:cut]), of_all(other_order[cut:]))

    # Quarters and whole numbers add up without rounding.
    assert of_all(given_order) == grouped
    assert math.fsum(count for _, count in given_order) == grouped.sample_count


@given(SAMPLES)
def test_the_bins_ascend_and_none_of_them_is_empty(samples: list[tuple[float, float]]) -> None:
    bins = of_all(samples).bins

    assert sorted({index for index, _ in bins}) == [index for index, _ in bins]
    assert all(count > 0 for _, count in bins)


@given(SAMPLES)
def test_a_histogram_reads_back_from_its_bytes(samples: list[tuple[float, float]]) -> None:
    histogram = of_all(samples)

    assert histogram == Histogram.from_bytes(histogram.to_bytes())
    assert histogram.to_bytes() == of_all(samples[::-1]).to_bytes()


def test_an_incomplete_histogram_reads_back_as_one() -> None:
    data = Histogram.of(-1).to_bytes()

    assert Histogram.of(-1) == Histogram.from_bytes(data)
    assert len(data) == 2


@pytest.mark.parametrize(("value", "count", "expected"), [(1, 1, 5), (1, 100_000, 9), (250, 3, 5), (0, 9, 3)])
def test_a_histogram_of_one_value_takes_a_few_bytes(value: float, count: float, expected: int) -> None:
    assert expected == len(Histogram.of(value, count).to_bytes())


def test_the_largest_histogram_takes_the_bytes_that_are_stated() -> None:
    largest = Histogram(tuple((index, 0.1) for index in range(LOWEST, HIGHEST + 1)), 0.1)
    data = largest.to_bytes()

    assert len(largest.bins) == 9619
    assert len(data) == 96_205
    assert largest == Histogram.from_bytes(data)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], "its version is missing, and only 1 is known"),
        ([2, 0], "its version is 2, and only 1 is known"),
        ([1, 0, 3], "a bin has no count"),
        ([1, -1], "the count of zeros is -1.0"),
        ([1, math.nan], "the count of zeros is nan"),
        ([1, 0, 0, 0], "the count of bin 0 is 0.0"),
        ([1, 0, 0, math.inf], "the count of bin 0 is inf"),
        ([1, 0, 0, math.nan], "the count of bin 0 is nan"),
        ([1, 0, 0.5, 1], "the step to a bin is 0.5"),
        ([1, 0, 4, 1, -2, 1], "the step to a bin is -2"),
        ([1, 0, 2619, 1], "there is no bin 2619"),
        ([1, 0, -7001, 1], "there is no bin -7001"),
        ([1, 0, 2618, 1, 2**62, 1], f"there is no bin {2619 + 2**62}"),
        ([1, 0, "x", 1], "they are no array of numbers"),
        ({"bins": []}, "they are no array of numbers"),
    ],
)
def test_bytes_of_something_else_are_refused_with_the_reason(numbers: object, expected: str) -> None:
    with pytest.raises(DamagedHistogramError) as caught:
        Histogram.from_bytes(msgspec.msgpack.encode(numbers))

    assert expected == caught.value.reason
    assert f"These bytes are no histogram of a metric: {expected}." == str(caught.value)


def test_more_bytes_than_a_histogram_can_take_are_not_read() -> None:
    with pytest.raises(DamagedHistogramError, match="200000 bytes are more than the 96210 it can take"):
        Histogram.from_bytes(b"\x00" * 200_000)


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=64), st.binary(max_size=40).map(lambda data: b"\x96\x01\x00" + data)))
@example(b"")
@example(b"\xdd\xff\xff\xff\xff")
@example(b"\x91" * 60)
def test_any_bytes_are_a_histogram_or_refused(data: bytes) -> None:
    try:
        histogram = Histogram.from_bytes(data)
    except DamagedHistogramError:
        return
    assert histogram == Histogram.from_bytes(histogram.to_bytes())
