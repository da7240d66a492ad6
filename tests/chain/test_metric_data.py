"""Series of metrics in a running chain: which are given, and that their pages make up the whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.clock import MINUTE_MS, START_MS
from support.scenario import Scenario
from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain import MetricDataQuestion, MetricsPut
from trailbell.metrics import MetricDataQuery, MetricDatum, MetricKey, MetricStat, StatisticsQuestion

HOUR_MS = 60 * MINUTE_MS


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path)
    yield made
    made.close()


def put(scenario: Scenario, *data: MetricDatum) -> None:
    scenario.chain.metrics.put(MetricsPut("App", data))


def datum(value: float = 1.0, name: str = "m", **given: Any) -> MetricDatum:
    return MetricDatum(name, value=value, **given)


def refused(call: Any, *arguments: Any) -> tuple[RefusalKind, str]:
    with pytest.raises(RequestRefusedError) as caught:
        call(*arguments)
    return caught.value.kind, caught.value.message


def series_question(*queries: MetricDataQuery, **given: Any) -> MetricDataQuestion:
    span = {"start_ms": START_MS - HOUR_MS, "end_ms": START_MS + HOUR_MS} | given
    return MetricDataQuestion(queries, **span)


def series_query(query_id: str, name: str = "m", **given: Any) -> MetricDataQuery:
    return MetricDataQuery(query_id, MetricStat("App", name, (), 60, "Sum"), **given)


@pytest.mark.parametrize("is_ascending", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 10, 11])
def test_the_pages_of_series_make_up_the_whole(scenario: Scenario, size: int, *, is_ascending: bool) -> None:
    for name, minutes in (("m", 7), ("n", 3)):
        put(
            scenario, *(datum(minute, name, at_ms=START_MS - minute * MINUTE_MS) for minute in range(minutes))
        )
    queries = (series_query("a"), series_query("empty", "none"), series_query("b", "n"))
    asked = series_question(*queries, is_ascending=is_ascending, most_points=size)
    pages = [scenario.chain.metrics.data(asked)]
    while pages[-1].next_token is not None:
        pages.append(scenario.chain.metrics.data(asked, pages[-1].next_token))
    whole = scenario.chain.metrics.data(series_question(*queries, is_ascending=is_ascending))
    pasted = [
        tuple(point for page in pages for point in page.parts[number].points)
        for number in range(len(queries))
    ]

    assert [part.points for part in whole.parts] == pasted
    assert [7, 0, 3] == [len(points) for points in pasted]
    assert -(-10 // size) == len(pages)
    assert all(sum(len(part.points) for part in page.parts) <= size for page in pages)
    assert {"Complete"} == {part.status for part in pages[-1].parts}
    assert all("PartialData" in {part.status for part in page.parts} for page in pages[:-1])


def test_a_page_token_belongs_to_its_question(scenario: Scenario) -> None:
    put(scenario, datum(), datum(at_ms=START_MS - MINUTE_MS))
    asked = series_question(series_query("a"), most_points=1)
    token = scenario.chain.metrics.data(asked).next_token

    assert token is not None
    for wrong, wrong_token in (
        (series_question(series_query("b"), most_points=1), token),
        (asked, "x"),
        (asked, token[:-2]),
    ):
        assert (RefusalKind.INVALID_TOKEN, "") == refused(scenario.chain.metrics.data, wrong, wrong_token)


def test_series_of_another_account_are_forbidden_and_those_not_to_be_returned_left_out(
    scenario: Scenario,
) -> None:
    put(scenario, datum())
    page = scenario.chain.metrics.data(
        series_question(
            series_query("own", account_id=scenario.settings.account_id),
            series_query("other", account_id="999999999999"),
            series_query("hidden", is_returned=False),
        )
    )

    assert [("own", "Complete", 1), ("other", "Forbidden", 0)] == [
        (each.id, each.status, len(each.points)) for each in page.parts
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"end_ms": START_MS - HOUR_MS}, "The parameter StartTime must not equal parameter EndTime."),
        ({"end_ms": START_MS - 2 * HOUR_MS}, "The parameter EndTime must be greater than StartTime."),
        ({"most_points": 0}, "The parameter MaxDatapoints must be between 1 and 100800."),
        ({"most_points": 100_801}, "The parameter MaxDatapoints must be between 1 and 100800."),
    ],
)
def test_a_span_that_is_none_is_refused(scenario: Scenario, given: dict[str, Any], message: str) -> None:
    asked = series_question(series_query("a"), **given)

    assert (RefusalKind.VALIDATION, message) == refused(scenario.chain.metrics.data, asked)


def test_a_period_that_is_not_kept_so_long_answers_with_nothing(scenario: Scenario) -> None:
    put(scenario, datum())
    start_ms = START_MS - 4 * HOUR_MS
    question = StatisticsQuestion(MetricKey("App", "m"), start_ms, START_MS + MINUTE_MS, 30, ("Sum",))
    by_half_minutes = MetricDataQuery("a", MetricStat("App", "m", (), 30, "Sum"))
    page = scenario.chain.metrics.data(series_question(by_half_minutes, start_ms=start_ms))

    assert [] == scenario.chain.metrics.statistics(question)
    assert [()] == [each.points for each in page.parts]
