"""Reading many metrics at once gives what reading them one by one gives."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from support.clock import MINUTE_MS, START_MS
from support.ready_store import ready_store
from trailbell.filters import Contribution, SeriesMinute
from trailbell.metrics import Datapoint, MetricKey, Windows, merge_samples, sum_up
from trailbell.store import Store, Transaction

METRICS = [
    MetricKey("App", "m"),
    MetricKey("App", "m", (("a", "1"),)),
    MetricKey("App", 'quoted "name" \\', (("a", "é"), ("b", '"'))),
    MetricKey("App", "never put"),
]
PLACES = st.tuples(st.sampled_from(METRICS[:-1]), st.sampled_from(["None", "Count"]), st.integers(-5, 5))
ASKED = st.tuples(st.sampled_from(METRICS), st.sampled_from([10, 60, 120, 300]), st.integers(1, 3))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = ready_store(tmp_path_factory.mktemp("store"))
    yield opened
    opened.close()


class UndoneError(Exception):
    """Ends a transaction so that nothing of it stays."""


@contextlib.contextmanager
def undone(store: Store) -> Iterator[Transaction]:
    """A write transaction of which nothing stays."""
    with contextlib.suppress(UndoneError), store.write() as transaction:
        yield transaction
        raise UndoneError


def put(transaction: Transaction, data: dict[tuple[MetricKey, str, int], dict[float, float]]) -> None:
    added = {}
    for (metric, unit, minute), counts in data.items():
        statistics, histogram = sum_up(counts)
        place = SeriesMinute(metric, unit, START_MS + minute * MINUTE_MS)
        added[place] = Contribution(statistics, None, histogram)
    transaction.datapoints.add(added)


def slot_by_slot(transaction: Transaction, metric: MetricKey, windows: Windows) -> set[Datapoint]:
    """What ``windowed`` should give, worked out from the datapoints as they are stored."""
    period_ms = windows.period_seconds * 1000
    found = set()
    for start_ms in range(windows.start_ms, windows.end_ms, period_ms):
        held = transaction.datapoints.within(metric, start_ms, start_ms + period_ms)
        for unit in {each.unit for each in held}:
            parts = [(each.statistics, each.histogram) for each in held if each.unit == unit]
            found.add(Datapoint(start_ms, merge_samples(parts)[0], unit))
    return found


@settings(max_examples=60)
@given(
    st.dictionaries(
        PLACES, st.dictionaries(st.integers(0, 9).map(float), st.integers(1, 3).map(float), min_size=1)
    ),
    st.lists(ASKED, max_size=6),
    st.integers(-3, 6),
)
def test_many_metrics_are_read_as_one_is(
    store: Store,
    data: dict[tuple[MetricKey, str, int], dict[float, float]],
    wanted: list[tuple[MetricKey, int, int]],
    end: int,
) -> None:
    end_ms = START_MS + end * MINUTE_MS
    asked = [
        (metric, Windows(end_ms - count * period * 1000, end_ms, period)) for metric, period, count in wanted
    ]
    with undone(store) as transaction:
        put(transaction, data)
        merged = transaction.recent_datapoints.windowed(asked)
        stored = transaction.recent_datapoints.within(asked)
        expected = [slot_by_slot(transaction, *each) for each in asked]
        one_by_one = [
            set(transaction.datapoints.within(metric, windows.start_ms, windows.end_ms))
            for metric, windows in asked
        ]

    assert expected == [set(each) for each in merged]
    assert one_by_one == [set(each) for each in stored]
    assert [len(set(each)) for each in merged] == [len(each) for each in merged]


def test_more_metrics_than_one_query_takes_come_in_the_order_asked_for(store: Store) -> None:
    keys = [MetricKey("App", f"many{number}") for number in range(2500)]
    windows = Windows(START_MS, START_MS + MINUTE_MS, 60)
    with undone(store) as transaction:
        put(transaction, {(key, "None", 0): {float(number): 1.0} for number, key in enumerate(keys)})
        found = transaction.recent_datapoints.windowed([(key, windows) for key in reversed(keys)])

    assert [[float(number)] for number in reversed(range(2500))] == [
        [each.statistics.sum for each in series] for series in found
    ]


def test_the_primary_key_leads_to_the_span_whatever_else_the_metric_holds(store: Store) -> None:
    asked = [(METRICS[0], Windows(START_MS, START_MS + MINUTE_MS, 60))]
    executed: list[tuple[str, Any]] = []

    def remember(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        executed.append((statement, parameters))

    with store.read() as transaction:
        connection = transaction.recent_datapoints._connection
        event.listen(connection, "before_cursor_execute", remember)
        transaction.recent_datapoints.windowed(asked)
        event.remove(connection, "before_cursor_execute", remember)
        [(statement, parameters)] = executed
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()

    assert "SEARCH datapoint USING PRIMARY KEY (metric_id=? AND unit=? AND start_ms>? AND start_ms<?)" in {
        each.detail for each in plan
    }
