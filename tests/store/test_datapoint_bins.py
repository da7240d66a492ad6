"""Bins of datapoints: percentiles do not depend on how samples came, and bins are kept only where needed."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from support.clock import MINUTE_MS, START_MS
from support.ready_store import ready_store
from trailbell.filters import Contribution, SeriesMinute
from trailbell.metrics import (
    Datapoint,
    Histogram,
    MetricKey,
    StatisticSet,
    Windows,
    statistic_by_name,
    sum_up,
)
from trailbell.store import Store

METRIC = MetricKey("App", "latency")
HOUR_MS = 60 * MINUTE_MS
WHOLE_HOUR = Windows(START_MS - START_MS % HOUR_MS, START_MS - START_MS % HOUR_MS + HOUR_MS, 3600)
STATISTICS = ("p0", "p10", "p50", "p99.9", "tm90", "WM(10%:90%)", "tc75", "PR(1:10)", "p100")

Weighted = tuple[float, float]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = ready_store(tmp_path)
    yield opened
    opened.close()


def place(minute: int = 0, unit: str = "None") -> SeriesMinute:
    return SeriesMinute(METRIC, unit, WHOLE_HOUR.start_ms + minute * MINUTE_MS)


def contribution(*samples: Weighted) -> Contribution:
    counts: dict[float, float] = {}
    for value, count in samples:
        counts[value] = counts.get(value, 0.0) + count
    statistics, histogram = sum_up(counts)
    return Contribution(statistics, None, histogram)


def add(store: Store, *samples: Weighted, minute: int = 0) -> None:
    with store.write() as transaction:
        transaction.datapoints.add({place(minute): contribution(*samples)})


def hour(store: Store) -> Datapoint:
    with store.read() as transaction:
        [found] = transaction.datapoints.windowed(METRIC, WHOLE_HOUR)
    return found


def told(datapoint: Datapoint) -> list[float | None]:
    return [statistic_by_name(name, datapoint.statistics, datapoint.histogram) for name in STATISTICS]


def bins(store: Store) -> list[bytes | None]:
    with contextlib.closing(sqlite3.connect(store.path)) as connection:
        return [row[0] for row in connection.execute("SELECT bins FROM datapoint ORDER BY start_ms")]


VALUES = st.one_of(
    st.sampled_from((0.0, 1.0, 1.1, 5.0)), st.floats(0, 1e6), st.floats(0.01, 100), st.just(2.0**360)
)
COUNTS = st.sampled_from((0.0, 0.5, 1.0, 3.0, 250.0))
MINUTES = st.integers(0, 3)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(MINUTES, st.tuples(VALUES, COUNTS)), min_size=1, max_size=30),
    st.randoms(use_true_random=False),
)
def test_percentiles_are_the_same_however_samples_are_split_over_minutes_and_batches(
    tmp_path_factory: pytest.TempPathFactory,
    samples: list[tuple[int, Weighted]],
    chance: Random,
) -> None:
    at_once = contribution(*(sample for _, sample in samples))
    expected = told(Datapoint(0, at_once.statistics, histogram=at_once.histogram))
    store = ready_store(tmp_path_factory.mktemp("bins"))
    chance.shuffle(samples)
    while samples:
        size = chance.randint(1, len(samples))
        batch: dict[SeriesMinute, list[Weighted]] = {}
        for minute, sample in samples[:size]:
            batch.setdefault(place(minute), []).append(sample)
        with store.write() as transaction:
            transaction.datapoints.add({at: contribution(*parts) for at, parts in batch.items()})
        samples = samples[size:]
    actual = told(hour(store))
    store.close()

    assert [None if each is None else pytest.approx(each, rel=1e-9) for each in expected] == actual


def test_a_metric_that_always_has_the_same_value_keeps_no_bins_and_has_its_percentiles(store: Store) -> None:
    for _ in range(3):
        add(store, (0.1, 7))
    add(store, (0.1, 1), minute=1)

    assert [None, None] == bins(store)
    assert [0.1] * 4 == told(hour(store))[:4]


def test_bins_come_with_the_second_value(store: Store) -> None:
    add(store, (1, 7))
    add(store, (5, 2))
    found = hour(store)

    assert [1.0, 5.0] == [found.statistics.minimum, found.statistics.maximum]
    assert Histogram.of(1, 7).merge(Histogram.of(5, 2)) == found.histogram


def test_a_value_counted_zero_times_moves_the_extremes_and_no_bin(store: Store) -> None:
    add(store, (5, 2))
    add(store, (9, 0))
    found = hour(store)

    assert StatisticSet(2.0, 10.0, 5.0, 9.0) == found.statistics
    assert Histogram.of(5, 2) == found.histogram


UNTOLD = {
    "a negative sample": contribution((-1, 1)),
    "a negative sample among others": contribution((-1, 1), (3, 1), (4, 1)),
    "a statistic set of different values": Contribution(StatisticSet(2.0, 4.0, 1.0, 3.0), None),
    "a statistic set whose sum does not fit": Contribution(StatisticSet(2.0, 5.0, 1.0, 1.0), None),
}


@pytest.mark.parametrize("untold", UNTOLD.values(), ids=UNTOLD)
@pytest.mark.parametrize("others", [[(2.0, 1.0)], [(2.0, 1.0), (7.0, 3.0)]], ids=["value", "values"])
@pytest.mark.parametrize("is_first", [True, False])
def test_percentiles_are_gone_for_the_window_but_not_the_extremes(
    store: Store, untold: Contribution, others: list[Weighted], *, is_first: bool
) -> None:
    steps = [untold, contribution(*others), contribution(*others)]
    for each in steps if is_first else reversed(steps):
        with store.write() as transaction:
            transaction.datapoints.add({place(): each})
    found = hour(store)
    merged = StatisticSet.merge(*(each.statistics for each in steps))

    assert merged == found.statistics
    assert [merged.minimum, *[None] * 7, merged.maximum] == told(found)
    assert [None] == bins(store)


def test_one_minute_without_percentiles_takes_them_from_the_hour(store: Store) -> None:
    add(store, (1, 1), (2, 1))
    add(store, (-1, 1), minute=1)
    with store.read() as transaction:
        minutes = transaction.datapoints.within(METRIC, WHOLE_HOUR.start_ms, WHOLE_HOUR.end_ms)

    assert [True, False] == [told(each)[1] is not None for each in minutes]
    assert told(hour(store))[1] is None


def test_units_have_bins_of_their_own(store: Store) -> None:
    given = {"Count": contribution((1, 1), (2, 1)), "Seconds": contribution((3, 1), (4, 1))}
    for _ in range(2):
        with store.write() as transaction:
            transaction.datapoints.add({place(unit=unit): each for unit, each in given.items()})
    with store.read() as transaction:
        found = list(transaction.datapoints.windowed(METRIC, WHOLE_HOUR))

    assert [
        ("Count", Histogram.of(1, 2).merge(Histogram.of(2, 2))),
        ("Seconds", Histogram.of(3, 2).merge(Histogram.of(4, 2))),
    ] == [(each.unit, each.histogram) for each in found]


def test_a_batch_of_many_places_merges_each(store: Store) -> None:
    batch = {place(minute): contribution((minute, 1), (minute + 1, 1)) for minute in range(1200)}
    for _ in range(2):
        with store.write() as transaction:
            transaction.datapoints.add(batch)
    with store.read() as transaction:
        found = transaction.datapoints.within(METRIC, 0, START_MS * 2)

    assert [Histogram.of(minute, 2).merge(Histogram.of(minute + 1, 2)) for minute in range(1200)] == [
        each.histogram for each in found
    ]


@contextlib.contextmanager
def statements_read() -> Iterator[list[str]]:
    """Gathers what is asked of the table of datapoints meanwhile."""
    found: list[str] = []

    def listen(*arguments: object) -> None:
        statement = str(arguments[2])
        if "FROM" in statement and "datapoint" in statement:
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def test_samples_of_the_same_value_are_added_without_reading_what_is_there(store: Store) -> None:
    with statements_read() as same:
        for _ in range(3):
            add(store, (1, 5))
    with statements_read() as untold:
        add(store, (-1, 1), minute=1)
        add(store, (-2, 1), minute=1)
    with statements_read() as another:
        add(store, (2, 1))

    assert ([], []) == (same, untold)
    assert another


def test_without_histograms_the_statistic_sets_are_the_same(store: Store) -> None:
    add(store, (1, 1), (2, 1))
    add(store, (8, 1), minute=1)
    with store.read() as transaction:
        span = (WHOLE_HOUR.start_ms, WHOLE_HOUR.end_ms)
        minutes = transaction.datapoints.within(METRIC, *span, with_histograms=False)
        [whole] = transaction.datapoints.windowed(METRIC, WHOLE_HOUR, with_histograms=False)

    assert [StatisticSet(2.0, 3.0, 1.0, 2.0), StatisticSet.of(8)] == [each.statistics for each in minutes]
    assert StatisticSet(3.0, 11.0, 1.0, 8.0) == whole.statistics
    assert [None] * 3 == [each.histogram for each in (*minutes, whole)]
