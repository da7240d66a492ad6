"""Expressions over metrics in a running chain: as GetMetricData answers them, and as alarms watch them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.clock import MINUTE_MS, START_MS
from support.scenario import Scenario
from trailbell._errors import RequestRefusedError
from trailbell.alarms import AlarmParameters
from trailbell.chain import MetricDataQuestion, MetricsPut, SeriesPart
from trailbell.metrics import MetricDataQuery, MetricDatum, MetricStat

HOUR_MS = 60 * MINUTE_MS


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path)
    yield made
    made.close()


def put(scenario: Scenario, name: str, *values: float, minutes_ago: int = 1) -> None:
    """Puts one value a minute, the last of them so many minutes ago."""
    first = minutes_ago + len(values) - 1
    data = [
        MetricDatum(name, value=value, at_ms=scenario.clock.now_ms() - (first - at) * MINUTE_MS)
        for at, value in enumerate(values)
    ]
    scenario.chain.metrics.put(MetricsPut("App", data))


def metric(query_id: str, name: str, period: int = 60, **given: Any) -> MetricDataQuery:
    return MetricDataQuery(query_id, MetricStat("App", name, (), period, "Sum"), is_returned=False, **given)


def ask(scenario: Scenario, *queries: MetricDataQuery, **given: Any) -> list[SeriesPart]:
    """All pages of a question, oldest points first."""
    span = {"start_ms": START_MS - HOUR_MS, "end_ms": START_MS + HOUR_MS, "is_ascending": True} | given
    question = MetricDataQuestion(queries, **span)
    page = scenario.chain.metrics.data(question)
    parts = list(page.parts)
    while page.next_token is not None:
        page = scenario.chain.metrics.data(question, page.next_token)
        parts += page.parts
    return parts


def test_an_expression_is_calculated_minute_by_minute(scenario: Scenario) -> None:
    put(scenario, "errors", 1, 2, 3)
    put(scenario, "calls", 10, 10, 12)
    [part] = ask(
        scenario, metric("m1", "errors"), metric("m2", "calls"), MetricDataQuery("e1", expression="100*m1/m2")
    )

    assert ("e1", "e1", "Complete") == (part.id, part.label, part.status.value)
    assert [(START_MS - at * MINUTE_MS, value) for at, value in ((3, 10.0), (2, 20.0), (1, 25.0))] == list(
        part.points
    )


def test_metrics_are_read_by_the_longest_of_their_periods(scenario: Scenario) -> None:
    put(scenario, "errors", *[1] * 10)
    put(scenario, "calls", *[10] * 10)
    queries = (
        metric("m1", "errors"),
        metric("m2", "calls", 300),
        MetricDataQuery("e1", expression="m1 / m2"),
    )
    [part] = ask(scenario, *queries)

    assert [(START_MS - 600_000, 0.1), (START_MS - 300_000, 0.1)] == list(part.points)


def test_an_array_gives_a_series_for_each_metric_over_any_number_of_pages(scenario: Scenario) -> None:
    put(scenario, "errors", 1, 2, 3)
    put(scenario, "calls", 4, 5)
    queries = (
        metric("m1", "errors"),
        metric("m2", "calls"),
        MetricDataQuery("e1", expression="METRICS() * 10"),
    )
    whole = ask(scenario, *queries)
    for size in range(1, 6):
        joined: dict[str, list[float]] = {}
        for part in ask(scenario, *queries, most_points=size):
            joined.setdefault(part.label, []).extend(value for _, value in part.points)

        assert {"e1 errors": [10.0, 20.0, 30.0], "e1 calls": [40.0, 50.0]} == joined
    assert ["e1 errors", "e1 calls"] == [part.label for part in whole]


def test_a_metric_of_another_account_makes_the_expression_forbidden(scenario: Scenario) -> None:
    queries = (metric("m1", "errors", account_id="999999999999"), MetricDataQuery("e1", expression="m1 + 1"))

    assert ["Forbidden"] == [part.status.value for part in ask(scenario, *queries)]


def test_an_expression_over_too_long_a_time_is_refused(scenario: Scenario) -> None:
    queries = (metric("m1", "errors", 3600), MetricDataQuery("e1", expression="FILL(m1, 0)"))

    with pytest.raises(RequestRefusedError, match="periods are more than 100800"):
        ask(scenario, *queries, start_ms=0, end_ms=START_MS)


def test_an_alarm_on_an_expression_rings_with_the_evidence_of_its_metrics(scenario: Scenario) -> None:
    scenario.chain.alarms.put(
        AlarmParameters(
            name="share",
            metrics=(
                metric("m1", "errors"),
                metric("m2", "calls"),
                MetricDataQuery("e1", expression="m1 / m2", label="share"),
            ),
            evaluation_periods=1,
            threshold=0.5,
            comparison_operator="GreaterThanThreshold",
        ),
        {},
    )
    put(scenario, "errors", 6)
    put(scenario, "calls", 10)
    scenario.clock.turn(seconds=5)
    scenario.chain.tick()
    [share] = [each for each in scenario.chain.report.alarms() if each.name == "share"]

    assert "ALARM" == share.state
    assert "[0.6 (" in share.reason
