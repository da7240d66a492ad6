"""Many alarms at once: few queries, transactions of bounded size, and the rest goes on where one fails."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, event

from support.clock import START_MS, ManualClock
from support.power_cut import Fuse
from support.scenario import Scenario
from trailbell.alarms import Alarm, AlarmState, ComparisonOperator, TreatMissingData
from trailbell.chain import MetricsPut
from trailbell.metrics import MetricDatum, MetricKey, Statistic
from trailbell.settings import Evaluation
from trailbell.store import HistoryQuery

MANY = 450
ONE = Alarm(
    name="a",
    metric=MetricKey("App", "m"),
    statistic=Statistic.SUM,
    period_seconds=60,
    evaluation_periods=1,
    threshold=1.0,
    comparison_operator=ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treat_missing_data=TreatMissingData.NOT_BREACHING,
)


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path, ManualClock(START_MS + 5_000), source=(), notify=(), evaluation=Evaluation.AWS)
    with made.store.write() as transaction:
        for number in range(MANY):
            metric = MetricKey("App", f"m{number:03}")
            transaction.alarms.put(replace(ONE, name=f"a{number:03}", metric=metric), START_MS)
    yield made
    made.close()


def states(scenario: Scenario) -> dict[str, str]:
    return {each.name: each.state for each in scenario.chain.report.alarms()}


def put_values(scenario: Scenario, numbers: range) -> None:
    scenario.chain.metrics.put(MetricsPut("App", [MetricDatum(f"m{each:03}", value=1) for each in numbers]))


def test_each_of_many_alarms_gets_the_state_of_its_own_metric(scenario: Scenario) -> None:
    scenario.chain.tick()
    ringing = range(100, 350)
    put_values(scenario, ringing)
    scenario.tick()

    assert {f"a{each:03}": "ALARM" if each in ringing else "OK" for each in range(MANY)} == states(scenario)


def test_a_tick_of_many_alarms_takes_few_statements(scenario: Scenario) -> None:
    scenario.chain.tick()
    scenario.clock.turn(minutes=1)
    with Fuse() as fuse:
        scenario.chain.tick()

    assert fuse.passed < 30


def test_moves_of_many_alarms_are_written_in_several_transactions(scenario: Scenario) -> None:
    written: list[int] = []

    def count(_: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: Any) -> None:
        if statement.startswith("UPDATE alarm "):
            written.append(len(parameters))

    event.listen(Engine, "before_cursor_execute", count)
    scenario.chain.tick()
    event.remove(Engine, "before_cursor_execute", count)

    assert sum(written) == MANY
    assert max(written) <= 100


def test_history_has_one_item_for_each_move(scenario: Scenario) -> None:
    scenario.chain.tick()
    found = scenario.chain.alarms.history(HistoryQuery(item_type="StateUpdate", limit=2 * MANY)).items

    assert sorted(f"a{number:03}" for number in range(MANY)) == sorted(each.alarm_name for each in found)


def test_an_alarm_that_cannot_be_judged_keeps_no_other_from_it(scenario: Scenario) -> None:
    percentile = replace(ONE, statistic=None, extended_statistic="p90", metric=MetricKey("App", "broken"))
    with scenario.store.write() as transaction:
        transaction.alarms.put(percentile, START_MS)
    data = [MetricDatum("broken", value=value) for value in (1.0, 2.0, 3.0)]
    scenario.chain.metrics.put(MetricsPut("App", data))
    with scenario.store.write() as transaction:
        connection = transaction.alarms._connection
        connection.exec_driver_sql("UPDATE datapoint SET bins = x'00ff' WHERE bins IS NOT NULL")
    put_values(scenario, range(MANY))
    scenario.tick()
    found = states(scenario)

    assert found.pop("a") == AlarmState.INSUFFICIENT_DATA
    assert set(found.values()) == {"ALARM"}
