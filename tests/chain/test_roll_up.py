"""Data of metrics in a running chain as it ages: what is told of it stays the same, in less and less room."""

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from support.clock import MINUTE_MS, START_MS, ManualClock
from support.scenario import Scenario
from trailbell.chain import MetricDataQuestion, MetricsPut
from trailbell.metrics import (
    Datapoint,
    MetricDataQuery,
    MetricDatum,
    MetricKey,
    MetricStat,
    StatisticSet,
    statistic_by_name,
    sum_up,
    windowed,
    windows_between,
)

KEY = MetricKey("App", "latency")
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
STATISTICS = ("Sum", "SampleCount", "Maximum", "p50", "WM(10%:90%)")


class Aging:
    """A chain in which days pass, with a twin that keeps every sample."""

    def __init__(self, folder: Path) -> None:
        self.scenario = Scenario(folder, ManualClock(START_MS - START_MS % HOUR_MS + 50 * MINUTE_MS))
        self.chance = Random(7)
        self.samples: list[Datapoint] = []

    def pass_days(self, days: int) -> None:
        """Lets time pass; there is data in about every hour of it, and some of it is from the days before."""
        for _ in range(days):
            self.scenario.clock.turn(minutes=24 * 60)
            now_ms = self.scenario.clock.now_ms()
            data = [self._datum(now_ms, hour) for hour in range(24)] + [self._datum(now_ms, 300)]
            self.scenario.chain.metrics.put(MetricsPut("App", data))
            self.scenario.chain.enforce_retention()

    def _datum(self, now_ms: int, hours_ago: int) -> MetricDatum:
        at_ms = now_ms - hours_ago * HOUR_MS - self.chance.randrange(HOUR_MS)
        resolution = self.chance.choice((1, 60))
        values = tuple(round(self.chance.lognormvariate(3, 1), 3) for _ in range(self.chance.randint(1, 4)))
        statistics, histogram = sum_up(Counter(values))
        start_ms = at_ms - at_ms % (resolution * 1000)
        self.samples.append(Datapoint(start_ms, statistics, histogram=histogram))
        return MetricDatum("latency", at_ms=at_ms, values=values, storage_resolution=resolution)

    def told(self, period: int, days: int) -> dict[str, list[tuple[int, float]]]:
        """What the chain tells of the last days."""
        now_ms = self.scenario.clock.now_ms()
        queries = tuple(
            MetricDataQuery(f"q{number}", MetricStat("App", "latency", (), period, name))
            for number, name in enumerate(STATISTICS)
        )
        question = MetricDataQuestion(queries, now_ms - days * DAY_MS, now_ms, is_ascending=True)
        page = self.scenario.chain.metrics.data(question)

        assert page.next_token is None
        return {name: list(part.points) for name, part in zip(STATISTICS, page.parts, strict=True)}

    def known(self, period: int, days: int) -> dict[str, list[tuple[int, Any]]]:
        """What the twin says of them."""
        now_ms = self.scenario.clock.now_ms()
        windows = windows_between(now_ms - days * DAY_MS, now_ms, period)
        found = list(windowed(sorted(self.samples, key=lambda each: each.start_ms), windows))
        return {
            name: [
                (
                    each.start_ms,
                    pytest.approx(statistic_by_name(name, each.statistics, each.histogram), rel=1e-9),
                )
                for each in found
            ]
            for name in STATISTICS
        }

    def starts(self, older_than_days: int) -> list[int]:
        """Where the datapoints begin that are stored and older than so many days."""
        now_ms = self.scenario.clock.now_ms()
        with self.scenario.store.read() as transaction:
            found = transaction.datapoints.within(KEY, 0, now_ms - older_than_days * DAY_MS)
        return [each.start_ms for each in found]


@pytest.fixture
def aging(tmp_path: Path) -> Iterator[Aging]:
    made = Aging(tmp_path)
    yield made
    made.scenario.close()


def test_in_seventy_days_every_period_tells_the_same_of_the_data_it_is_kept_for(aging: Aging) -> None:
    for days_more in (20, 45, 5):
        aging.pass_days(days_more)
        for days, periods in ((15, (60, 3600)), (63, (300, 5400)), (70, (3600, 43_200))):
            for period in periods:
                assert aging.known(period, days) == aging.told(period, days)


@pytest.mark.slow
def test_after_five_hundred_days_a_year_and_a_quarter_is_left_by_the_hour(aging: Aging) -> None:
    aging.pass_days(500)
    now_ms = aging.scenario.clock.now_ms()
    old = aging.starts(65)

    assert now_ms - 455 * DAY_MS <= min(aging.starts(0)) < now_ms - 454 * DAY_MS
    assert {0} == {start_ms % HOUR_MS for start_ms in old}
    # About every hour has data.
    assert 0.6 * 24 < len(old) / (455 - 65) <= 24
    for period in (3600, 86_400):
        assert aging.known(period, 454) == aging.told(period, 454)


def test_a_chain_that_stops_leaves_the_rest_for_the_next_time(aging: Aging) -> None:
    def fine() -> int:
        return sum(start_ms % (5 * MINUTE_MS) != 0 for start_ms in aging.starts(17))

    for number in range(100):
        aging.scenario.chain.metrics.put(MetricsPut("App", [MetricDatum(f"m{number}", value=1.0)]))
    aging.pass_days(16)
    aging.scenario.clock.turn(minutes=30 * 24 * 60)
    before = fine()
    aging.scenario.chain.stop()
    aging.scenario.chain.enforce_retention()
    stopped = fine()
    aging.scenario.restart()
    aging.scenario.chain.enforce_retention()

    assert before == stopped > fine() == 0
    assert aging.known(3600, 60) == aging.told(3600, 60)


def test_others_write_while_data_is_rolled_up(aging: Aging) -> None:
    aging.pass_days(2)
    aging.scenario.clock.turn(minutes=30 * 24 * 60)
    thread = threading.Thread(target=aging.scenario.chain.enforce_retention)
    thread.start()
    for _ in range(20):
        aging.scenario.chain.metrics.put(MetricsPut("App", [MetricDatum("latency", value=5.0)]))
    thread.join()
    start_ms = aging.scenario.clock.now_ms() // MINUTE_MS * MINUTE_MS
    aging.samples.append(Datapoint(start_ms, StatisticSet.of(5, 20)))

    assert aging.known(3600, 40) == aging.told(3600, 40)
