"""Alarms on metric math and on percentiles, judged from what is stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from support.clock import START_MS, ManualClock
from support.scenario import Scenario
from trailbell.alarms import Alarm, ComparisonOperator, LowSampleCount, TreatMissingData
from trailbell.chain import MetricsPut
from trailbell.metrics import MetricDataQuery, MetricDatum, MetricKey, MetricStat, Statistic
from trailbell.settings import Evaluation

PERCENTILE = Alarm(
    name="a",
    metric=MetricKey("App", "m"),
    statistic=None,
    extended_statistic="p90",
    period_seconds=60,
    evaluation_periods=1,
    threshold=50.0,
    comparison_operator=ComparisonOperator.GREATER_THAN_THRESHOLD,
    treat_missing_data=TreatMissingData.NOT_BREACHING,
)
RATIO = replace(
    PERCENTILE,
    extended_statistic=None,
    metrics=(
        MetricDataQuery("m1", MetricStat("App", "m", (), 60, "Sum"), is_returned=False),
        MetricDataQuery("m2", MetricStat("App", "n", (), 60, "p50"), is_returned=False),
        MetricDataQuery("e1", expression="m1 / m2"),
    ),
)


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path, ManualClock(START_MS + 5_000), source=(), notify=(), evaluation=Evaluation.AWS)
    yield made
    made.close()


def judged(scenario: Scenario, alarm: Alarm, data: dict[str, list[float]]) -> str:
    with scenario.store.write() as transaction:
        transaction.alarms.put(alarm, START_MS)
    sent = [MetricDatum(name, values=tuple(values)) for name, values in data.items()]
    scenario.chain.metrics.put(MetricsPut("App", sent))
    scenario.tick()
    return scenario.state("a")


@pytest.mark.parametrize(
    ("values", "state"),
    [([*range(1, 101)], "ALARM"), ([*range(1, 51)], "OK"), ([60.0] * 3, "ALARM"), ([-1.0, 99.0], "OK")],
)
def test_a_percentile_is_judged_from_the_histograms_that_are_stored(
    scenario: Scenario, values: list[float], state: str
) -> None:
    assert state == judged(scenario, PERCENTILE, {"m": values})


@pytest.mark.parametrize(("samples", "state"), [(99, "INSUFFICIENT_DATA"), (100, "ALARM")])
def test_a_percentile_of_few_samples_leaves_the_state_where_the_alarm_says_so(
    scenario: Scenario, samples: int, state: str
) -> None:
    alarm = replace(PERCENTILE, evaluate_low_sample_count_percentile=LowSampleCount.IGNORE)

    assert state == judged(scenario, alarm, {"m": [60.0] * samples})


@pytest.mark.parametrize(("numerator", "state"), [(30.0, "OK"), (300.0, "ALARM")])
def test_metric_math_is_judged_from_all_metrics_it_watches(
    scenario: Scenario, numerator: float, state: str
) -> None:
    assert state == judged(scenario, RATIO, {"m": [numerator], "n": [1.0, 5.0, 9.0]})


def test_late_data_of_any_metric_of_metric_math_is_told(scenario: Scenario) -> None:
    judged(scenario, replace(RATIO, treat_missing_data=TreatMissingData.IGNORE), {"m": [300.0]})
    late = MetricDatum("n", value=5.0, at_ms=scenario.clock.now_ms() - 60_000)
    scenario.chain.metrics.put(MetricsPut("App", [late]))
    scenario.tick()

    assert scenario.state("a") == "ALARM"
    assert scenario.alarm("a").history[0].data["Trailbell"]["lateData"]["stateWithIt"] == "ALARM"


def test_an_alarm_on_a_plain_statistic_is_not_touched_by_other_metrics(scenario: Scenario) -> None:
    alarm = replace(PERCENTILE, extended_statistic=None, statistic=Statistic.SUM)

    assert "OK" == judged(scenario, alarm, {"m": [1.0], "n": [100.0]})
