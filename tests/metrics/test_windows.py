"""Windows, and statistics over them against a twin that keeps every sample."""

from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.clock import at
from trailbell.metrics import (
    Datapoint,
    Statistic,
    StatisticSet,
    Windows,
    floor_to,
    is_period,
    is_period_kept,
    statistic_of,
    windowed,
    windows_between,
)

NOW_MS = at("2026-09-14T05:40:00Z")
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
PERIODS = (1, 5, 10, 20, 30, 60, 120, 300, 3600)
UNITS = ("Count", "None", "Seconds")


class Sample(NamedTuple):
    at_ms: int
    value: int
    unit: str


SAMPLES = st.lists(
    st.builds(
        Sample,
        st.integers(0, 4 * 3600).map(lambda second: NOW_MS + second * 1000),
        st.integers(-1000, 1000),
        st.sampled_from(UNITS),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("start", "end", "period", "expected"),
    [
        ("01:09:01", "01:10:00", 60, ("01:09:00", "01:10:00", 1)),
        ("01:08:00", "01:09:01", 60, ("01:08:00", "01:09:00", 1)),
        ("01:05:23", "01:05:29", 10, ("01:05:20", "01:05:20", 0)),
        ("15:02:17", "15:07:17", 5, ("15:02:15", "15:07:15", 60)),
        ("01:05:23", "01:06:03", 1, ("01:05:00", "01:06:03", 63)),
        ("01:09:00", "01:21:00", 300, ("01:05:00", "01:20:00", 3)),
        ("01:05:00", "01:07:00", 300, ("01:05:00", "01:05:00", 0)),
    ],
)
def test_the_start_is_rounded_down_and_a_partial_last_window_left_out(
    start: str, end: str, period: int, expected: tuple[str, str, int]
) -> None:
    windows = windows_between(at(f"2026-09-14T{start}Z"), at(f"2026-09-14T{end}Z"), period)
    first, last, count = expected

    assert (Windows(at(f"2026-09-14T{first}Z"), at(f"2026-09-14T{last}Z"), period), count) == (
        windows,
        windows.count,
    )


@pytest.mark.parametrize("period", [1, 5, 10, 20, 30, 60, 120, 300, 420, 86_400])
def test_a_period_is_short_or_whole_minutes_up_to_a_day(period: int) -> None:
    assert is_period(period)


@pytest.mark.parametrize("period", [-60, 0, 2, 7, 15, 45, 59, 61, 90, 86_460])
def test_any_other_period_is_none(period: int) -> None:
    assert not is_period(period)


@pytest.mark.parametrize(
    ("age_ms", "kept"),
    [
        (-HOUR_MS, PERIODS),
        (3 * HOUR_MS, PERIODS),
        (3 * HOUR_MS + 1, (60, 120, 300, 3600)),
        (15 * DAY_MS, (60, 120, 300, 3600)),
        (15 * DAY_MS + 1, (300, 3600)),
        (63 * DAY_MS, (300, 3600)),
        (63 * DAY_MS + 1, (3600,)),
    ],
)
def test_the_older_the_data_the_longer_the_periods(age_ms: int, kept: tuple[int, ...]) -> None:
    actual = tuple(period for period in PERIODS if is_period_kept(period, NOW_MS - age_ms, NOW_MS))

    assert kept == actual


def datapoints(samples: list[Sample], resolution: int) -> list[Datapoint]:
    return [
        Datapoint(each.at_ms - each.at_ms % (resolution * 1000), StatisticSet.of(each.value), each.unit)
        for each in sorted(samples, key=lambda each: (each.unit, each.at_ms))
    ]


def twin(
    samples: list[Sample], windows: Windows, unit: str | None
) -> list[tuple[int, str, dict[str, float]]]:
    """The same by walking over every window and looking at every sample."""
    found = []
    for start_ms in range(windows.start_ms, windows.end_ms, windows.period_seconds * 1000):
        for name in UNITS if unit is None else (unit,):
            values = [
                each.value
                for each in samples
                if start_ms <= each.at_ms < start_ms + windows.period_seconds * 1000 and each.unit == name
            ]
            if values:
                told = {
                    "SampleCount": len(values),
                    "Sum": sum(values),
                    "Average": sum(values) / len(values),
                    "Minimum": min(values),
                    "Maximum": max(values),
                }
                found.append((start_ms, name, told))
    return found


@settings(max_examples=60)
@given(
    SAMPLES,
    st.integers(-60, 3 * 3600),
    st.integers(1, 3600),
    st.sampled_from(PERIODS),
    st.sampled_from((None, *UNITS)),
)
def test_statistics_are_those_of_all_samples_in_the_window(
    samples: list[Sample], start: int, length: int, period: int, unit: str | None
) -> None:
    start_ms = NOW_MS + start * 1000
    windows = windows_between(start_ms, start_ms + length * 1000, period)
    merged = windowed(datapoints(samples, 1 if period < 60 else 60), windows, unit)
    actual = [
        (
            each.start_ms,
            each.unit,
            {each_of.value: statistic_of(each.statistics, each_of) for each_of in Statistic},
        )
        for each in merged
    ]

    assert sorted(twin(samples, windows, unit), key=lambda each: (each[1], each[0])) == actual


@settings(max_examples=40)
@given(SAMPLES, st.randoms(use_true_random=False), st.sampled_from(PERIODS))
def test_neither_order_inside_of_windows_nor_merging_beforehand_changes_statistics(
    samples: list[Sample], chance: Random, period: int
) -> None:
    windows = windows_between(NOW_MS, NOW_MS + 4 * HOUR_MS, period)
    given_order = datapoints(samples, 1)
    other_order = list(given_order)
    chance.shuffle(other_order)
    other_order.sort(key=lambda each: (each.unit, floor_to(each.start_ms, period)))

    assert list(windowed(given_order, windows)) == list(windowed(windowed(other_order, windows), windows))
