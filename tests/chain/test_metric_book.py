"""Metrics in a running chain: what data adds up to, which metrics are listed, and how many there may be."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.clock import MINUTE_MS, START_MS
from support.scenario import UNAUTHORIZED, Scenario
from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain import MetricBook, MetricPage, MetricSearch, MetricsPut
from trailbell.metrics import (
    Datapoint,
    MetricDatum,
    MetricKey,
    StatisticSet,
    StatisticsQuestion,
    windowed,
    windows_between,
)

KEY = MetricKey("App", "m")
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path)
    yield made
    made.close()


def put(scenario: Scenario, *data: MetricDatum, namespace: str = "App") -> None:
    scenario.chain.metrics.put(MetricsPut(namespace, data))


def datum(value: float = 1.0, name: str = "m", **given: Any) -> MetricDatum:
    return MetricDatum(name, value=value, **given)


def stored(scenario: Scenario, key: MetricKey = KEY) -> list[tuple[int, str, StatisticSet]]:
    with scenario.store.read() as transaction:
        found: tuple[Datapoint, ...] = transaction.datapoints.within(key, 0, START_MS * 2)
    return [(each.start_ms - START_MS, each.unit, each.statistics) for each in found]


def listed(scenario: Scenario, **search: Any) -> list[str]:
    page: MetricPage = scenario.chain.metrics.page(MetricSearch(**search))

    assert page.next_token is None
    return [each.name for each in page.metrics]


def refused(call: Any, *arguments: Any) -> tuple[RefusalKind, str]:
    with pytest.raises(RequestRefusedError) as caught:
        call(*arguments)
    return caught.value.kind, caught.value.message


def test_data_of_a_minute_and_unit_is_added_up_and_the_same_again_is_added_again(scenario: Scenario) -> None:
    put(scenario, datum(1.0), datum(5.0), datum(2.0, unit="Count"))
    put(scenario, datum(1.0))

    assert [
        (0, "Count", StatisticSet(1.0, 2.0, 2.0, 2.0)),
        (0, "None", StatisticSet(3.0, 7.0, 1.0, 5.0)),
    ] == stored(scenario)


def test_high_resolution_data_keeps_its_second_and_is_read_by_second_or_minute(scenario: Scenario) -> None:
    put(
        scenario, *(datum(1.0, at_ms=START_MS + second * 1000, storage_resolution=1) for second in (0, 1, 59))
    )

    def told(period: int) -> list[tuple[int, float]]:
        question = StatisticsQuestion(KEY, START_MS, START_MS + MINUTE_MS, period, ("Sum",))
        points = scenario.chain.metrics.statistics(question)
        return [(each.start_ms - START_MS, each.statistics["Sum"]) for each in points]  # type: ignore[index]

    assert [(0, 1.0), (1000, 1.0), (59_000, 1.0)] == told(1)
    assert [(0, 2.0), (50_000, 1.0)] == told(10)
    assert [(0, 3.0)] == told(60)


def test_data_of_another_namespace_name_or_set_of_dimensions_is_of_another_metric(scenario: Scenario) -> None:
    put(scenario, datum(dimensions=(("b", "2"), ("a", "1"))))
    put(scenario, datum(dimensions=(("a", "1"), ("b", "2"))))
    put(scenario, datum(dimensions=(("a", "1"),)), datum(), datum(name="n"))
    put(scenario, datum(), namespace="Other")

    def number(key: MetricKey) -> float:
        return sum(statistics.sample_count for _, _, statistics in stored(scenario, key))

    assert 2 == number(MetricKey("App", "m", (("a", "1"), ("b", "2"))))
    assert 1 == number(MetricKey("App", "m", (("a", "1"),)))
    assert 0 == number(MetricKey("App", "m", (("b", "2"),)))
    assert 1 == number(KEY)


def test_one_bad_datum_keeps_all_out(scenario: Scenario) -> None:
    bad = MetricsPut("App", [datum(), datum(storage_resolution=5)])

    assert (
        RefusalKind.INVALID_PARAMETER,
        "The parameter MetricData.member.2.StorageResolution must be a value in the set [ 1, 60 ].",
    ) == refused(scenario.chain.metrics.put, bad)
    assert [] == stored(scenario)


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        (
            MetricsPut("App"),
            RefusalKind.MISSING_PARAMETER,
            "At least one MetricDatum object must be present in the request.",
        ),
        (
            MetricsPut("AWS/EC2", [datum()]),
            RefusalKind.INVALID_PARAMETER,
            "The value AWS/ for parameter Namespace is invalid.",
        ),
        (
            MetricsPut("App", [datum()] * 1001),
            RefusalKind.INVALID_PARAMETER,
            "The collection MetricData must not have a size greater than 1000.",
        ),
        (
            MetricsPut("App", [datum()], [[datum()]]),
            RefusalKind.INVALID_COMBINATION,
            "Field StrictEntityValidation is required when setting EntityMetricData",
        ),
        (
            MetricsPut("App", [], [[datum()]] * 3, is_strict=True),
            RefusalKind.INVALID_PARAMETER,
            "The collection EntityMetricData must not have a size greater than 2.",
        ),
        (
            MetricsPut("App", [], [[], [datum(storage_resolution=2)]], is_strict=True),
            RefusalKind.INVALID_PARAMETER,
            "The parameter EntityMetricData.member.2.MetricData.member.1.StorageResolution must be a value "
            "in the set [ 1, 60 ].",
        ),
    ],
)
def test_a_request_that_is_not_allowed_stores_nothing(
    scenario: Scenario, given: MetricsPut, kind: RefusalKind, message: str
) -> None:
    assert (kind, message) == refused(scenario.chain.metrics.put, given)
    assert [] == stored(scenario)


def test_a_namespace_that_begins_with_a_colon_is_taken(scenario: Scenario) -> None:
    put(scenario, datum(), namespace=":App")

    assert ["m"] == listed(scenario, namespace=":App")


def test_the_data_of_entities_is_stored_like_any(scenario: Scenario) -> None:
    scenario.chain.metrics.put(MetricsPut("App", [datum(1.0)], [[datum(2.0)], [datum(4.0)]], is_strict=False))

    assert [(0, "None", StatisticSet(3.0, 7.0, 1.0, 4.0))] == stored(scenario)


def test_data_rings_an_alarm_at_once(scenario: Scenario) -> None:
    alarm = scenario.chain.report.alarm(UNAUTHORIZED)
    namespace, name = _metric_of(scenario)
    scenario.tick()
    put(scenario, datum(100.0, name=name), namespace=namespace)

    assert ("INSUFFICIENT_DATA", "ALARM") == (alarm.state, scenario.state())


def test_an_alarm_adds_up_the_seconds_of_high_resolution_data(scenario: Scenario) -> None:
    namespace, name = _metric_of(scenario)
    scenario.tick()
    halves = [
        datum(0.5, name, at_ms=scenario.clock.now_ms() - second * 1000, storage_resolution=1)
        for second in (1, 5)
    ]
    put(scenario, halves[0], namespace=namespace)
    first = scenario.state()
    put(scenario, halves[1], namespace=namespace)

    assert ("OK", "ALARM") == (first, scenario.state())


def _metric_of(scenario: Scenario) -> tuple[str, str]:
    with scenario.store.read() as transaction:
        found = transaction.alarms.find(UNAUTHORIZED)

    assert found is not None
    metric = found.definition.metric
    return metric.namespace, metric.name


SAMPLES = st.lists(
    st.tuples(st.integers(0, 7200), st.integers(-50, 50), st.sampled_from(("Count", "None"))),
    min_size=1,
    max_size=25,
)


@settings(max_examples=25)
@given(SAMPLES, st.randoms(use_true_random=False), st.sampled_from((1, 10, 60, 300, 3600)))
def test_neither_order_nor_splitting_over_calls_changes_statistics(
    tmp_path_factory: pytest.TempPathFactory,
    samples: list[tuple[int, int, str]],
    chance: random.Random,
    period: int,
) -> None:
    scenario = Scenario(tmp_path_factory.mktemp("metrics"))
    start_ms = START_MS - 2 * HOUR_MS

    def data(name: str) -> list[MetricDatum]:
        return [
            datum(value, name, unit=unit, at_ms=start_ms + second * 1000, storage_resolution=1)
            for second, value, unit in samples
        ]

    put(scenario, *data("at_once"))
    shuffled = data("by_and_by")
    chance.shuffle(shuffled)
    while shuffled:
        size = chance.randint(1, len(shuffled))
        put(scenario, *shuffled[:size])
        shuffled = shuffled[size:]
    windows = windows_between(start_ms, START_MS + HOUR_MS, period)
    raw = [
        Datapoint(start_ms + second * 1000, StatisticSet.of(value), unit)
        for second, value, unit in sorted(samples, key=lambda each: (each[2], each[0]))
    ]
    with scenario.store.read() as transaction:
        found = [
            list(transaction.datapoints.windowed(MetricKey("App", name), windows, with_histograms=False))
            for name in ("at_once", "by_and_by")
        ]
    scenario.close()

    assert [
        [(each.start_ms, each.unit, each.statistics) for each in windowed(raw, windows)],
    ] * 2 == [[(each.start_ms, each.unit, each.statistics) for each in one] for one in found]


def test_metrics_are_listed_as_long_as_they_had_data_in_two_weeks(scenario: Scenario) -> None:
    now_ms = scenario.clock.now_ms()
    put(
        scenario,
        datum(name="old", at_ms=now_ms - 14 * DAY_MS),
        datum(name="recent", at_ms=now_ms - 4 * HOUR_MS),
    )
    put(scenario, datum(name="fresh"), datum(name="coming", at_ms=now_ms + HOUR_MS))

    # The old one's minute began a little more than two weeks ago.
    assert ["coming", "fresh", "recent"] == listed(scenario)
    assert ["coming", "fresh"] == listed(scenario, recently_active="PT3H")
    assert (
        RefusalKind.INVALID_PARAMETER,
        "Request parameter recentlyActive value is invalid",
    ) == refused(scenario.chain.metrics.page, MetricSearch(recently_active="PT4H"))


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ({}, ["a", "ab", "b", "plain", "quoted"]),
        ({"namespace": "App", "name": "ab"}, ["ab"]),
        ({"name": "b"}, ["b"]),
        ({"namespace": "app"}, []),
        ({"dimensions": (("a", None),)}, ["a", "ab"]),
        ({"dimensions": (("a", "1"),)}, ["a", "ab"]),
        ({"dimensions": (("b", "1"), ("a", None))}, ["ab"]),
        ({"dimensions": (("a", "2"),)}, []),
        ({"dimensions": (("A", None),)}, []),
        ({"dimensions": (('x["a","1"]', None),)}, []),
        ({"dimensions": (("q", '["a","1"]'),)}, ["quoted"]),
        ({"dimensions": (('"q"', None),)}, []),
    ],
)
def test_metrics_are_found_by_name_and_by_dimensions_they_have_at_least(
    scenario: Scenario, search: dict[str, Any], expected: list[str]
) -> None:
    put(scenario, datum(name="plain"), datum(name="a", dimensions=(("a", "1"),)))
    put(
        scenario,
        datum(name="ab", dimensions=(("b", "1"), ("a", "1"))),
        datum(name="b", dimensions=(("b", "1"),)),
    )
    put(scenario, datum(name="quoted", dimensions=(("q", '["a","1"]'), ("p", "\\"))))

    assert expected == listed(scenario, **search)


@pytest.mark.parametrize(
    "search", [{}, {"namespace": "App"}, {"namespace": "App", "name": "m"}, {"name": "m"}]
)
def test_metrics_are_listed_500_at_a_time(scenario: Scenario, search: dict[str, Any]) -> None:
    for first in (0, 600):
        data = (datum(dimensions=(("n", f"{number:04}"),)) for number in range(first, first + 600))
        put(scenario, *data)
    asked = MetricSearch(**search)
    pages: list[MetricPage] = [scenario.chain.metrics.page(asked)]
    while pages[-1].next_token is not None:
        pages.append(scenario.chain.metrics.page(asked, pages[-1].next_token))

    assert [500, 500, 200] == [len(page.metrics) for page in pages]
    assert [f"{number:04}" for number in range(1200)] == [
        each.dimensions[0][1] for page in pages for each in page.metrics
    ]
    for wrong, token in ((asked, "x"), (MetricSearch(name="other"), pages[0].next_token)):
        assert (RefusalKind.INVALID_PARAMETER, "Request parameter NextToken is invalid") == refused(
            scenario.chain.metrics.page, wrong, token
        )


def test_there_is_an_end_to_the_number_of_metrics_but_not_to_the_data_of_those_there_are(
    scenario: Scenario,
) -> None:
    with scenario.store.read() as transaction:
        there = transaction.metrics.newest_row()
    arrived: list[Any] = []
    book = MetricBook(scenario.store, scenario.clock, scenario.settings, arrived.append, there + 2)
    book.put(MetricsPut("App", [datum(name="a"), datum(name="b")]))
    kind, message = refused(book.put, MetricsPut("App", [datum(name="a"), datum(name="c")]))
    book.put(MetricsPut("App", [datum(name="b")]))

    assert RefusalKind.LIMIT_EXCEEDED is kind
    assert message.startswith(f"Trailbell keeps at most {there + 2} metrics, and these data would make more")
    assert "455 days" in message
    assert [[{"a", "b"}], [{"b"}]] == [[{each.name for each in metrics}] for metrics in arrived]
    assert ["a", "b"] == listed(scenario)


def test_a_metric_is_forgotten_once_it_has_no_data_and_nothing_refers_to_it(scenario: Scenario) -> None:
    put(scenario, datum(name="silent"), datum(name="lively"))
    _, watched = _metric_of(scenario)

    def forgotten() -> int:
        with scenario.store.write() as transaction:
            return transaction.metrics.forget_unused()

    before = forgotten()
    scenario.clock.turn(minutes=400 * 24 * 60)
    scenario.chain.enforce_retention()
    put(scenario, datum(name="lively"))
    before += forgotten()
    scenario.clock.turn(minutes=56 * 24 * 60)
    put(scenario, datum(name="lively"))
    scenario.chain.enforce_retention()
    # Whether or not retention has done it before.
    forgotten()
    with scenario.store.read() as transaction:
        names = [transaction.metrics.key_of(row + 1) for row in range(transaction.metrics.newest_row())]
    kept = {each.name for each in names if each is not None}

    assert before == 0
    assert {"lively", watched} <= kept
    assert "silent" not in kept
