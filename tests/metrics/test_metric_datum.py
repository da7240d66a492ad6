"""What may be sent as data of a metric, and what is refused in AWS's words."""

import math
from typing import Any

import pytest
from msgspec.structs import replace

from support.clock import START_MS
from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.metrics import Histogram, MetricDatum, StatisticSet, datapoint_of

PATH = "MetricData.member.1"
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
COMBINATION = RefusalKind.INVALID_COMBINATION
INVALID = RefusalKind.INVALID_PARAMETER
SET = StatisticSet(2.0, 4.0, 1.0, 3.0)


def refused(**given: Any) -> tuple[RefusalKind, str]:
    datum = replace(MetricDatum("m"), **given)
    with pytest.raises(RequestRefusedError) as caught:
        datapoint_of(datum, PATH, START_MS)
    return caught.value.kind, caught.value.message


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"value": 2.0}, StatisticSet(1.0, 2.0, 2.0, 2.0)),
        ({"values": (1.0, 4.0)}, StatisticSet(2.0, 5.0, 1.0, 4.0)),
        ({"values": (1.0, 4.0), "counts": (0.5, 1.5)}, StatisticSet(2.0, 6.5, 1.0, 4.0)),
        ({"values": (1.0, 9.0), "counts": (1.0, 0.0)}, StatisticSet(1.0, 1.0, 1.0, 9.0)),
        ({"statistics": SET}, SET),
        ({"statistics": StatisticSet(1.0, 99.0, 1.0, 2.0)}, StatisticSet(1.0, 99.0, 1.0, 2.0)),
        ({"values": (7.0,), "statistics": SET}, SET),
        ({"value": 2.0**360}, StatisticSet.of(2.0**360)),
        ({"values": tuple(map(float, range(150)))}, StatisticSet(150.0, 11175.0, 0.0, 149.0)),
    ],
)
def test_a_datum_says_its_samples_in_one_of_three_ways(given: dict[str, Any], expected: StatisticSet) -> None:
    actual = datapoint_of(MetricDatum("m", **given), PATH, START_MS)

    assert (START_MS, expected, "None") == (actual.start_ms, actual.statistics, actual.unit)


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        ({"values": (1.0, 4.0)}, {1: 1, 4: 1}),
        ({"values": (1.0, 4.0, 1.0), "counts": (0.5, 1.5, 2.0)}, {1: 2.5, 4: 1.5}),
        ({"values": (0.0, 4.0)}, {0: 1, 4: 1}),
        ({"values": (1.0, 9.0), "counts": (1.0, 0.0)}, {1: 1}),
    ],
)
def test_values_come_with_a_histogram(given: dict[str, Any], counts: dict[float, float]) -> None:
    expected = Histogram.merge(*(Histogram.of(value, count) for value, count in counts.items()))
    actual = datapoint_of(MetricDatum("m", **given), PATH, START_MS)

    assert expected == actual.histogram


@pytest.mark.parametrize(
    "given",
    [
        {"value": 2.0},
        {"value": -2.0},
        {"values": (2.0, 2.0)},
        {"values": (-2.0, 2.0)},
        {"statistics": SET},
        {"statistics": StatisticSet(2.0, 4.0, 2.0, 2.0)},
        {"values": (1.0, 4.0), "statistics": SET},
    ],
)
def test_where_a_histogram_says_no_more_than_the_statistic_set_there_is_none(given: dict[str, Any]) -> None:
    actual = datapoint_of(MetricDatum("m", **given), PATH, START_MS)

    assert actual.histogram is None


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ({}, COMBINATION, "At least one of the parameters must be specified."),
        (
            {"value": 1.0, "values": (2.0,)},
            COMBINATION,
            "The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive "
            "and you have specified both.",
        ),
        (
            {"value": 1.0, "statistics": SET},
            COMBINATION,
            "The parameters MetricData.member.1.Value and MetricData.member.1.StatisticValues are mutually "
            "exclusive and you have specified both.",
        ),
        (
            {"value": 1.0, "counts": (1.0,)},
            COMBINATION,
            "The parameter values must appears when the counts parameter is specified.",
        ),
        (
            {"values": (1.0,), "counts": (1.0, 2.0)},
            INVALID,
            "The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same "
            "size.",
        ),
        (
            {"values": (1.0,), "counts": (-1.0,)},
            INVALID,
            "The parameter MetricData.member.1.Counts must contain only values greater than 0.",
        ),
        (
            {"values": (1.0,) * 151},
            INVALID,
            "The collection MetricData.member.1.Values must not have a size greater than 150.",
        ),
        (
            {"statistics": replace(SET, sample_count=0.0)},
            INVALID,
            "The parameter MetricData.member.1.StatisticValues.SampleCount must be greater than 0.",
        ),
        (
            {"statistics": replace(SET, minimum=5.0)},
            INVALID,
            "The parameter MetricData.member.1.StatisticValues.Maximum must be greater than "
            "MetricData.member.1.StatisticValues.Minimum.",
        ),
        (
            {"value": 2.0**361},
            INVALID,
            "The value 4.6970851655476665E108 for parameter MetricData.member.1.Value is invalid.",
        ),
        ({"value": math.nan}, INVALID, "The value NaN for parameter MetricData.member.1.Value is invalid."),
        (
            {"values": (1.0, -math.inf)},
            INVALID,
            "The value -Infinity for parameter MetricData.member.1.Values.member.2 is invalid.",
        ),
        (
            {"values": (1.0,), "counts": (math.nan,)},
            INVALID,
            "The value NaN for parameter MetricData.member.1.Counts.member.1 is invalid.",
        ),
        (
            {"statistics": replace(SET, sum=math.inf)},
            INVALID,
            "The value Infinity for parameter MetricData.member.1.StatisticValues.Sum is invalid.",
        ),
        (
            {"value": 1.0, "storage_resolution": 30},
            INVALID,
            "The parameter MetricData.member.1.StorageResolution must be a value in the set [ 1, 60 ].",
        ),
        (
            {"value": 1.0, "at_ms": START_MS - 14 * DAY_MS - 1},
            INVALID,
            "The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks.",
        ),
        (
            {"value": 1.0, "at_ms": START_MS + 2 * HOUR_MS + 1},
            INVALID,
            "The parameter MetricData.member.1.Timestamp must specify a time no more than two hours in the "
            "future.",
        ),
        (
            {"value": 1.0, "dimensions": (("a", "1"), ("a", "2"))},
            INVALID,
            "No metric may specify the same dimension name twice.",
        ),
        (
            {"value": 1.0, "dimensions": (("a", "é"),)},
            INVALID,
            "The parameter MetricData.member.1.Dimensions.member.1.Value must contain only ASCII characters.",
        ),
        (
            {"value": 1.0, "dimensions": ((" ", "1"),)},
            INVALID,
            "The parameter MetricData.member.1.Dimensions.member.1.Name must contain a character that is not "
            "blank.",
        ),
        (
            {"value": 1.0, "dimensions": ((":a", "1"),)},
            INVALID,
            "The parameter MetricData.member.1.Dimensions.member.1.Name must not begin with a colon.",
        ),
        (
            {"value": 1.0, "name": "a\x1bb"},
            INVALID,
            "The parameter MetricData.member.1.MetricName must not contain control characters.",
        ),
    ],
)
def test_what_is_not_allowed_is_refused_in_the_words_of_aws(
    given: dict[str, Any], kind: RefusalKind, message: str
) -> None:
    assert (kind, message) == refused(**given)


@pytest.mark.parametrize(
    ("at_ms", "resolution", "expected"),
    [
        (None, 60, START_MS),
        (START_MS + 59_999, 60, START_MS),
        (START_MS + 59_999, 1, START_MS + 59_000),
        (START_MS - 14 * DAY_MS, 60, START_MS - 14 * DAY_MS),
        (START_MS + 2 * HOUR_MS, 60, START_MS + 2 * HOUR_MS),
    ],
)
def test_a_sample_belongs_to_its_minute_or_in_high_resolution_to_its_second(
    at_ms: int | None, resolution: int, expected: int
) -> None:
    datum = MetricDatum("m", value=1.0, at_ms=at_ms, storage_resolution=resolution)

    assert expected == datapoint_of(datum, PATH, START_MS).start_ms
