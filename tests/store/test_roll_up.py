"""The roll-up of datapoints: what is merged into which period, batch by batch, and that nothing is lost."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from support.clock import MINUTE_MS, START_MS
from support.ready_store import ready_store
from trailbell.filters import Contribution, SeriesMinute
from trailbell.metrics import Datapoint, MetricKey, StatisticSet, Windows, floor_to, sum_up
from trailbell.store import Store

METRIC = MetricKey("App", "latency")
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
HOUR_START_MS = START_MS - START_MS % HOUR_MS
NOW_MS = HOUR_START_MS + 40 * MINUTE_MS


class Done(NamedTuple):
    """What a pass has done."""

    batches: int
    merged: int
    deleted: int


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = ready_store(tmp_path)
    yield opened
    opened.close()


def add(store: Store, *starts_ms: int, metric: MetricKey = METRIC, unit: str = "None") -> None:
    """Adds two samples to each place, one of them of a value of its own."""
    with store.write() as transaction:
        transaction.datapoints.add(
            {
                SeriesMinute(metric, unit, start_ms): contribution(float(1 + number % 50))
                for number, start_ms in enumerate(starts_ms)
            }
        )


def contribution(value: float) -> Contribution:
    statistics, histogram = sum_up({value: 1.0, 7.0: 1.0})
    return Contribution(statistics, None, histogram)


def roll_up(store: Store, now_ms: int, since_ms: int | None = None) -> Done:
    metric: int | None = 0
    batches = merged = deleted = 0
    while metric is not None:
        with store.write() as transaction:
            done = transaction.datapoints.roll_up(now_ms, since_ms, metric)
        metric = done.metric
        batches, merged, deleted = batches + 1, merged + done.merged, deleted + done.deleted
    return Done(batches, merged, deleted)


def starts(store: Store, metric: MetricKey = METRIC) -> list[int]:
    with store.read() as transaction:
        return [each.start_ms for each in transaction.datapoints.within(metric, 0, 2 * NOW_MS)]


def by_the_hour(store: Store, metric: MetricKey = METRIC) -> list[Datapoint]:
    with store.read() as transaction:
        first_ms = HOUR_START_MS - 500 * DAY_MS
        return list(transaction.datapoints.windowed(metric, Windows(first_ms, HOUR_START_MS + HOUR_MS, 3600)))


@pytest.mark.parametrize(
    ("age_ms", "period_seconds"),
    [
        (HOUR_MS, 1),
        (2 * HOUR_MS, 1),
        (4 * HOUR_MS, 60),
        (15 * DAY_MS, 60),
        (17 * DAY_MS, 300),
        (63 * DAY_MS, 300),
        (65 * DAY_MS, 3600),
        (454 * DAY_MS, 3600),
    ],
)
def test_data_is_kept_by_the_period_of_its_age(store: Store, age_ms: int, period_seconds: int) -> None:
    first_ms = HOUR_START_MS - age_ms
    seconds = range(first_ms, first_ms + HOUR_MS, 7_000)
    add(store, *seconds)
    before = by_the_hour(store)
    roll_up(store, NOW_MS)

    assert sorted({floor_to(each, period_seconds) for each in seconds}) == starts(store)
    assert before == by_the_hour(store)


def test_what_is_too_old_is_deleted(store: Store) -> None:
    borders = [NOW_MS - 455 * DAY_MS - 1000, NOW_MS - 455 * DAY_MS + HOUR_MS]
    add(store, *borders)
    done = roll_up(store, NOW_MS)

    assert 1 == done.deleted
    assert [borders[1] - borders[1] % HOUR_MS] == starts(store)


def test_a_second_pass_finds_nothing_to_do(store: Store) -> None:
    add(store, *range(NOW_MS - 20 * DAY_MS, NOW_MS - 20 * DAY_MS + HOUR_MS, MINUTE_MS))
    first = roll_up(store, NOW_MS)
    second = roll_up(store, NOW_MS)

    assert 48 == first.merged
    assert Done(1, 0, 0) == second


def test_a_batch_that_is_cut_short_has_done_nothing(store: Store) -> None:
    add(store, *range(NOW_MS - 20 * DAY_MS, NOW_MS - 20 * DAY_MS + HOUR_MS, MINUTE_MS))
    before = starts(store), by_the_hour(store)
    with contextlib.suppress(KeyboardInterrupt), store.write() as transaction:
        assert transaction.datapoints.roll_up(NOW_MS).merged
        raise KeyboardInterrupt

    assert before == (starts(store), by_the_hour(store))
    assert 48 == roll_up(store, NOW_MS).merged
    assert before[1] == by_the_hour(store)


def test_a_long_backlog_is_merged_in_bounded_batches(store: Store) -> None:
    minutes = range(HOUR_START_MS - 30 * DAY_MS, HOUR_START_MS - 20 * DAY_MS, MINUTE_MS)
    add(store, *minutes)
    before = by_the_hour(store)
    done = roll_up(store, NOW_MS)

    assert len(minutes) * 4 / 5 == done.merged
    assert done.batches >= done.merged / 1000
    assert len(minutes) / 5 == len(starts(store))
    assert before == by_the_hour(store)


def test_every_metric_and_unit_is_rolled_up_for_itself(store: Store) -> None:
    metrics = [MetricKey("App", f"m{number}") for number in range(60)]
    old = [NOW_MS - 20 * DAY_MS + minute * MINUTE_MS for minute in range(1, 5)]
    for metric in metrics:
        add(store, *old, metric=metric)
        add(store, *old, metric=metric, unit="Seconds")
    before = [by_the_hour(store, metric) for metric in metrics]
    done = roll_up(store, NOW_MS)

    assert (60 * 2 * 4, 3) == (done.merged, done.batches)
    assert {1 * 2} == {len(starts(store, metric)) for metric in metrics}
    assert before == [by_the_hour(store, metric) for metric in metrics]


def test_a_pass_that_follows_another_looks_only_for_what_has_aged_since(store: Store) -> None:
    late_ms, aged_ms = NOW_MS - 20 * DAY_MS + MINUTE_MS, NOW_MS - 16 * DAY_MS + MINUTE_MS
    add(store, late_ms, aged_ms)
    narrow = roll_up(store, NOW_MS + HOUR_MS, NOW_MS)
    whole = roll_up(store, NOW_MS + HOUR_MS)

    assert (1, 1) == (narrow.merged, whole.merged)


def test_data_that_comes_late_is_added_to_the_longer_period(store: Store) -> None:
    old_ms = NOW_MS - 20 * DAY_MS
    add(store, old_ms, old_ms + MINUTE_MS)
    roll_up(store, NOW_MS)
    add(store, old_ms + 2 * MINUTE_MS)
    before = by_the_hour(store)
    roll_up(store, NOW_MS)

    assert [old_ms] == starts(store)
    assert before == by_the_hour(store)
    assert 6.0 == before[0].statistics.sample_count


def test_a_period_in_which_one_minute_has_no_percentiles_has_none(store: Store) -> None:
    old_ms = NOW_MS - 20 * DAY_MS
    add(store, old_ms, old_ms + MINUTE_MS)
    with store.write() as transaction:
        hidden = Contribution(StatisticSet(2.0, 6.0, 1.0, 5.0), None)
        transaction.datapoints.add({SeriesMinute(METRIC, "None", old_ms + 2 * MINUTE_MS): hidden})
    roll_up(store, NOW_MS)
    [found] = by_the_hour(store)

    assert found.histogram is None
    assert StatisticSet(6.0, 23.0, 1.0, 7.0) == found.statistics


def test_nothing_but_datapoints_is_touched(store: Store) -> None:
    add(store, NOW_MS - 20 * DAY_MS + MINUTE_MS)
    roll_up(store, NOW_MS)
    with contextlib.closing(sqlite3.connect(store.path)) as connection:
        [metrics] = connection.execute("SELECT count(*) FROM metric").fetchone()

    assert 1 == metrics
