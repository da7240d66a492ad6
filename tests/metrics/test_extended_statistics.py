import math
import statistics as exact
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.alarm_runner import records_of
from trailbell.metrics import (
    Histogram,
    Statistic,
    StatisticSet,
    extended_statistic,
    least_sample_count,
)

Weighted = list[tuple[float, float]]

# What AWS returned for samples that were put for the purpose: native captures of 2026-09-14, us-east-1.
ONE_TO_TEN: Weighted = [(value, 1) for value in range(1, 11)]
UNEVEN: Weighted = [(1, 1), (3, 2), (7, 4), (11, 2), (23, 1)]
TWO_AND_TEN: Weighted = [(2, 2), (10, 3)]
POWERS: Weighted = [(1, 1), (2, 2), (4, 3), (8, 4)]
ZERO_COUNTS: Weighted = [(1, 0), (2, 2), (10, 3), (20, 0)]
ALL_SIZES: Weighted = [(5e-324, 1), (1e-200, 2), (1, 3), (2.0**360, 4)]
WITH_ZERO: Weighted = [(0, 1), (1e-300, 2), (1, 3), (1e100, 4)]
RECORDED: list[tuple[Weighted, dict[str, float | None]]] = [
    (ONE_TO_TEN, {"p0": 1.0, "p1": 1.009576582776887, "p10": 1.1, "p25": 2.992374046230249}),
    (ONE_TO_TEN, {"p50": 5.054470284992944, "p75": 7.761447620208641, "p90": 9.849732675807628}),
    (ONE_TO_TEN, {"tc90": 9.0, "ts90": 44.93892108480814, "tm90": 4.993213453867572}),
    (ONE_TO_TEN, {"wm90": 5.478865376061577, "IQM": 5.403085690619041, "TC(25%:75%)": 5.0}),
    (ONE_TO_TEN, {"TS(25%:75%)": 27.015428453095204, "WM(25%:75%)": 5.389998261919243}),
    (ONE_TO_TEN, {"TM(:100%)": 5.485312148898441, "PR(:2)": 12.6316236461413, "PR(:5)": 48.81456789507425}),
    (ONE_TO_TEN, {"PR(2:10)": 87.36837635385871, "TC(2:10)": 8.73683763538587}),
    (ONE_TO_TEN, {"TS(2:10)": 53.285865842309796, "TM(2:10)": 6.098987764919862}),
    (ONE_TO_TEN, {"WM(1.1:2)": 1.9093252135385863, "TC(1.1:2.05)": 0.5197414237294822}),
    (UNEVEN, {"p25": 3.064531223605408, "p50": 7.055861472916946, "p90": 11.918176537727234}),
    (UNEVEN, {"tm90": 6.4456751628048785, "wm90": 6.992925300297114, "IQM": 7.051979596891094}),
    (UNEVEN, {"WM(25%:75%)": 7.290141027057606, "TS(2:10)": 34.24704486999857, "PR(:5)": 30.0}),
    (UNEVEN, {"TC(1.1:2.05)": 0.0, "TS(1.1:2.05)": 0.0, "TM(1.1:2.05)": None, "WM(1.1:2)": 1.91}),
    (TWO_AND_TEN, {"p1": 2.003469719155028, "p40": 2.143588810000001, "p50": 9.874619498547638}),
    (TWO_AND_TEN, {"tc90": 4.5, "ts90": 28.924448962219458, "tm90": 6.427655324937657}),
    (TWO_AND_TEN, {"IQM": 7.5604922241921155, "TM(25%:75%)": 7.5604922241921155, "wm90": 6.784889792443892}),
    (TWO_AND_TEN, {"WM(25%:75%)": 6.830246112096058, "PR(2:10)": 100.0, "PR(:2)": 0.0, "PR(:5)": 40.0}),
    ([(2, 3), (10, 2)], {"WM(25%:75%)": 5.2672842290098885, "wm90": 5.214901519713931}),
    ([(9.9, 1), (9.95, 1), (10, 1), (10.05, 1), (10.1, 1)], {"p75": 10.049624364808057, "PR(:10)": 50.0}),
    ([(1.99, 1), (2, 2), (2.01, 1)], {"WM(25%:75%)": 2.005, "wm90": 2.0001, "TM(2:10)": 2.005}),
    (POWERS, {"TM(0%:100%)": 4.788671292923469, "TM(10%:90%)": 4.864540515260183, "TM(0%:10%)": 1.05}),
    (POWERS, {"WM(10%:90%)": 4.801632412208146, "TS(30%:60%)": 11.962119757872102, "WM(0:1)": 1.0}),
    ([(2.0**359, 1), (2.348542582773833e108, 2), (2.0**360, 3)], {"WM(10%:90%)": 2.1478547654438378e108}),
    (ALL_SIZES, {"p10": 1.9615373299275253e-290, "p50": 1.0656022367666107, "PR(0:1)": 30.0}),
    (ALL_SIZES, {"TM(10%:90%)": 8.747175956947292e107, "WM(10%:90%)": 9.346283348331667e107}),
    (ALL_SIZES, {"TS(0:1)": 2.0547765947889352e-200, "WM(0:1)": 0.7, "TS(30%:60%)": 3.15}),
    (WITH_ZERO, {"p10": 0.0, "p50": 1.0656022367666107, "p90": 9.79114910467265e99, "PR(0:1)": 20.0}),
    (WITH_ZERO, {"TM(0%:100%)": 3.838081029403283e99, "WM(10%:90%)": 3.8482009650655786e99, "WM(0:1)": 0.7}),
    (WITH_ZERO, {"TM(0:1)": 1.872376542203568e-290}),
    ([(0, 1), (2, 2), (20, 3)], {"TC(:10)": 3.0, "TC(0:10)": 2.0, "WM(:10)": 5.682050985}),
    (ZERO_COUNTS, {"p100": 20.0, "p90": 10.663956088557203, "TM(:100%)": 7.023792767758806}),
    (ZERO_COUNTS, {"WM(25%:75%)": 7.108587033934887, "PR(2:10)": 38.62709338405757}),
    ([(1, 0), (5, 1), (20, 0)], {"wm90": 4.822224582169679, "WM(25%:75%)": 4.880089908301915}),
    ([(1.21, 8), (1.936, 1)], {"TC(:1.2100)": 0.0, "TS(1.2100:)": 11.5337805, "WM(:1.2100)": 1.21}),
    ([(0.726, 1), (1.21, 8)], {"TS(1.2099:1.2101)": 0.008799636363635404, "WM(1.2100:)": 1.21}),
    ([(0.66, 1), (1.1, 8), (1.76, 1)], {"TS(10%:90%)": 9.24, "WM(10%:90%)": 1.1176}),
    ([(2, 0.5), (10, 1.5)], {"p25": 2.143588810000001, "wm90": 7.962600136839143}),
    ([(2, 0.5), (10, 1.5)], {"WM(25%:75%)": 7.999910891935875, "TM(:100%)": 7.961598354677861}),
    ([(2, 0.2), (10, 0.3)], {"p50": None, "tc90": None, "IQM": None, "p100": 10.0, "p0": 2.0}),
    ([(2, 0.2), (10, 0.3)], {"PR(:5)": 40.0, "TC(2:10)": 0.5, "TM(2:10)": 6.783637564742289}),
]

VALUES = st.one_of(
    st.just(0.0),
    st.floats(min_value=1e-9, max_value=1e9),
    st.integers(1, 40).map(float),
    st.integers(-40, 40).map(lambda index: 1.1**index),
)
POSITIVE = st.one_of(st.floats(min_value=1e-9, max_value=1e9), st.integers(1, 40).map(float))
SAMPLES = st.lists(st.tuples(VALUES, st.integers(1, 30)), min_size=1, max_size=15)
PERCENTS = st.integers(0, 1000).map(lambda tenths: tenths / 10)
BOUNDS = st.tuples(st.integers(0, 40), st.integers(1, 40)).map(lambda pair: (pair[0], pair[0] + pair[1]))
NAMES = st.one_of(
    PERCENTS.map("p{}".format),
    st.tuples(st.sampled_from(["tm", "wm", "tc", "ts"]), PERCENTS).map(lambda pair: f"{pair[0]}{pair[1]}"),
    st.just("IQM"),
    st.tuples(st.sampled_from(["TM", "WM", "TC", "TS"]), BOUNDS).map(
        lambda pair: f"{pair[0]}({pair[1][0]}%:{pair[1][1]}%)"
    ),
    st.tuples(st.sampled_from(["TM", "WM", "TC", "TS", "PR"]), BOUNDS).map(
        lambda pair: f"{pair[0]}({pair[1][0]}:{pair[1][1]})"
    ),
)


def merged(samples: Weighted) -> tuple[StatisticSet, Histogram]:
    return (
        StatisticSet.merge(*(StatisticSet.of(value, count) for value, count in samples)),
        Histogram.merge(*(Histogram.of(value, count) for value, count in samples)),
    )


def told(name: str, samples: Weighted) -> float | None:
    return extended_statistic(name, *merged(samples))


def number(name: str, samples: Weighted) -> float:
    value = told(name, samples)

    assert value is not None
    return value


@pytest.mark.parametrize("record", [pytest.param(record, id=record["id"]) for record in records_of("stat")])
def test_a_statistic_of_weighted_values_is_what_aws_gave(record: dict[str, Any]) -> None:
    actual = told(record["stat"], record["values"])

    assert (None if record["expect"] is None else pytest.approx(record["expect"], rel=1e-9)) == actual


@pytest.mark.parametrize(
    ("samples", "name", "expected"),
    [(samples, name, expected) for samples, values in RECORDED for name, expected in values.items()],
)
def test_a_statistic_is_what_aws_was_recorded_to_return(
    samples: Weighted, name: str, expected: float | None
) -> None:
    actual = told(name, samples)

    assert (None if expected is None else pytest.approx(expected, rel=1e-11, abs=0)) == actual


@pytest.mark.parametrize("name", ["p0.1", "p50", "p99.99", "tm90", "wm90", "IQM", "TM(5%:95%)", "WM(10%:)"])
def test_all_percentiles_and_means_of_one_value_are_that_value(name: str) -> None:
    assert told(name, [(1, 12345)]) == 1.0


def test_the_statistic_set_alone_tells_the_percentiles_of_one_value() -> None:
    of_one_value, with_another_sum = StatisticSet.of(7, 3), StatisticSet(3, 22, 7, 7)
    unknown = Histogram.of_statistics(with_another_sum)

    assert extended_statistic("p90", of_one_value, unknown) == 7
    assert extended_statistic("tc50", of_one_value, unknown) == 1.5
    assert extended_statistic("p90", with_another_sum, unknown) == 7
    assert extended_statistic("tm90", with_another_sum, unknown) is None


@pytest.mark.parametrize("name", ["p50", "tm90", "IQM", "PR(:5)", "TC(1:5)", "WM(:50%)", "TS(:5)"])
@pytest.mark.parametrize(
    "hidden",
    [StatisticSet(3, 15, 1, 9), StatisticSet.of(-1), StatisticSet.of(-5e-324), StatisticSet.of(-1, 0)],
)
def test_a_negative_or_hidden_sample_leaves_only_the_extremes(hidden: StatisticSet, name: str) -> None:
    statistics, histogram = merged(TWO_AND_TEN)
    statistics = statistics.merge(hidden)
    histogram = histogram.merge(Histogram.of_statistics(hidden))

    assert extended_statistic(name, statistics, histogram) is None
    assert min(hidden.minimum, 2) == extended_statistic("p0", statistics, histogram)
    assert extended_statistic("p100", statistics, histogram) == 10


def test_a_histogram_that_holds_less_samples_than_the_statistic_set_tells_nothing() -> None:
    statistics, histogram = merged(TWO_AND_TEN)

    assert extended_statistic("p50", statistics.merge(StatisticSet.of(3)), histogram) is None
    assert extended_statistic("p50", statistics, Histogram()) is None


@pytest.mark.parametrize("name", ["p50", "tm90", "tc90", "IQM", "PR(:5)", "WM(1:5)"])
def test_no_samples_have_no_statistics(name: str) -> None:
    assert told(name, [(5, 0), (9, 0)]) is None


@pytest.mark.parametrize("name", ["p101", "tm", "SUM", "", "PR(5:1)", "TM(1%:2)"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a statistic"):
        told(name, TWO_AND_TEN)


@pytest.mark.parametrize("name", list(Statistic))
def test_a_plain_statistic_is_told_too(name: str) -> None:
    plain = {"SampleCount": 5, "Average": 6.8, "Sum": 34, "Minimum": 2, "Maximum": 10}

    assert plain[name] == told(name, TWO_AND_TEN)


@given(SAMPLES, PERCENTS, PERCENTS)
def test_percentiles_rise_between_the_extremes(samples: Weighted, one: float, other: float) -> None:
    low, high = sorted((one, other))
    percentiles = [number(f"p{percent}", samples) for percent in (0, low, high, 100)]

    assert sorted(percentiles) == percentiles


@given(st.lists(POSITIVE, min_size=1, max_size=60))
def test_the_median_is_within_a_tenth_of_the_exact_one(values: list[float]) -> None:
    median = number("p50", [(value, 1) for value in values])

    assert 1 / 1.1000001 <= median / exact.median_low(values) <= 1.1000001


@given(SAMPLES, NAMES, st.randoms(use_true_random=False), st.integers(0, 15))
def test_neither_order_nor_grouping_of_samples_changes_a_statistic(
    samples: Weighted, name: str, random: Any, cut: int
) -> None:
    shuffled = random.sample(samples, len(samples))
    parts = [merged(part) for part in (shuffled[:cut], shuffled[cut:]) if part]
    grouped = extended_statistic(
        name,
        StatisticSet.merge(*(statistics for statistics, _ in parts)),
        Histogram.merge(*(histogram for _, histogram in parts)),
    )

    assert told(name, samples) == grouped


@given(SAMPLES, PERCENTS, st.sampled_from([2, 3, 7, 10, 1.5, 1000]))
def test_more_of_the_same_samples_have_the_same_percentiles(
    samples: Weighted, percent: float, factor: float
) -> None:
    name = f"p{percent}"
    scaled = [(value, count * factor) for value, count in samples]

    assert pytest.approx(number(name, samples), rel=1e-9) == number(name, scaled)


@given(SAMPLES, BOUNDS, st.sampled_from(["", "%"]))
def test_what_is_kept_and_what_is_cut_off_make_all_samples(
    samples: Weighted, bounds: tuple[int, int], sign: str
) -> None:
    low, high = (f"{bound}{sign}" for bound in bounds)
    names = [f"TC(:{low})", f"TC({low}:{high})", f"TC({high}:)"]
    total = math.fsum(count for _, count in samples)

    assert pytest.approx(total, rel=1e-9) == math.fsum(number(name, samples) for name in names)


@given(SAMPLES, BOUNDS, st.sampled_from(["", "%"]))
def test_a_mean_is_the_sum_by_the_count_and_lies_between_the_extremes(
    samples: Weighted, bounds: tuple[int, int], sign: str
) -> None:
    between = f"({bounds[0]}{sign}:{bounds[1]}{sign})"
    count, total = number(f"TC{between}", samples), number(f"TS{between}", samples)
    smallest, largest = min(samples)[0], max(samples)[0]
    mean = told(f"TM{between}", samples)

    assert (total / count if count else None) == mean
    assert mean is None or smallest * (1 - 1e-9) <= mean <= largest * (1 + 1e-9)


@given(SAMPLES, BOUNDS, st.sampled_from(["", "%"]))
def test_a_winsorized_mean_lies_between_the_extremes(
    samples: Weighted, bounds: tuple[int, int], sign: str
) -> None:
    smallest, largest = min(samples)[0], max(samples)[0]
    mean = number(f"WM({bounds[0]}{sign}:{bounds[1]}{sign})", samples)

    assert smallest * (1 - 1e-9) <= mean <= largest * (1 + 1e-9)


@pytest.mark.parametrize(
    ("percentile", "expected"),
    [(90, 100), (99, 1000), (99.9, 10_000), (50, 20), (10, 100), (1, 1000), (0.1, 10_000), (95, 200)],
)
def test_the_least_sample_count_is_exact(percentile: float, expected: float) -> None:
    assert expected == least_sample_count(percentile)


def test_no_count_is_enough_for_the_extreme_percentiles() -> None:
    assert (math.inf, math.inf) == (least_sample_count(0), least_sample_count(100))
