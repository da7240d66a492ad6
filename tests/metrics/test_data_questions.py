"""Which series and statistics may be asked for, how they are labelled, and which unit they come in."""

from typing import Any

import pytest
from msgspec.structs import replace

from support.clock import START_MS
from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.metrics import (
    Datapoint,
    MetricDataQuery,
    MetricKey,
    MetricStat,
    StatisticSet,
    StatisticsQuestion,
    read_queries,
    series_of,
    windows_between,
    windows_of_question,
)

STAT = MetricStat("App", "Weighted", (), 60, "Sum")
MEMBER = "MetricDataQueries.member.1"
QUESTION = StatisticsQuestion(MetricKey("App", "m"), START_MS, START_MS + 600_000, 60, ("Sum",))
VALIDATION, UNSUPPORTED = RefusalKind.VALIDATION, RefusalKind.UNSUPPORTED
COMBINATION, INVALID = RefusalKind.INVALID_COMBINATION, RefusalKind.INVALID_PARAMETER


def query(query_id: str = "a", **stat: Any) -> MetricDataQuery:
    return MetricDataQuery(query_id, replace(STAT, **stat))


@pytest.mark.parametrize(
    ("queries", "labels"),
    [
        ([query()], ["Weighted"]),
        ([query(), query("b", name="Other")], ["Weighted", "Other"]),
        ([query(stat="p100"), query("b")], ["Weighted p100", "Weighted Sum"]),
        ([query(), query("b", period_seconds=300)], ["Weighted 60", "Weighted 300"]),
        (
            [query(name="metric1"), query("b", stat="Average", period_seconds=300)],
            ["metric1 Sum 60", "Weighted Average 300"],
        ),
        ([replace(query(), label="mine"), query("b", stat="Average")], ["mine", "Weighted Average"]),
    ],
)
def test_a_label_says_what_tells_the_series_apart(queries: list[MetricDataQuery], labels: list[str]) -> None:
    assert labels == [each.label for each in read_queries(queries)]


@pytest.mark.parametrize(
    ("queries", "kind", "message"),
    [
        ([], VALIDATION, "The parameter MetricDataQueries must hold 1 to 500 queries."),
        (
            [query(f"q{number}") for number in range(501)],
            VALIDATION,
            "The parameter MetricDataQueries must hold 1 to 500 queries.",
        ),
        (
            [query(), query()],
            VALIDATION,
            "The values for parameter id in MetricDataQueries are not unique.",
        ),
        (
            [query("A")],
            VALIDATION,
            f"The value for parameter {MEMBER}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.",
        ),
        (
            [replace(query(), expression="m1")],
            VALIDATION,
            f"The parameters {MEMBER}.Expression and {MEMBER}.MetricStat are mutually exclusive and you have "
            "specified both.",
        ),
        (
            [MetricDataQuery("a", expression="SUM(m1)")],
            UNSUPPORTED,
            f"Trailbell does not evaluate metric math: leave out {MEMBER}.Expression, and ask "
            "for MetricStat.",
        ),
        (
            [MetricDataQuery("a")],
            VALIDATION,
            f"Either {MEMBER}.Expression or {MEMBER}.MetricStat must be specified.",
        ),
        (
            [query(stat="p101")],
            VALIDATION,
            f"The value for parameter {MEMBER}.MetricStat.Stat is not a valid statistic.",
        ),
        (
            [query(stat="p90")],
            UNSUPPORTED,
            "Trailbell keeps no percentiles of metrics, so that p90 cannot be told: ask for SampleCount, "
            "Average, Sum, Minimum, Maximum, p0 or p100.",
        ),
        (
            [query(period_seconds=7)],
            VALIDATION,
            f"The value for parameter {MEMBER}.MetricStat.Period must be 1, 5, 10, 20, 30 or a multiple of "
            "60, and at most 86400.",
        ),
        (
            [replace(query(), period_seconds=300)],
            VALIDATION,
            f"The parameters {MEMBER}.Period and {MEMBER}.MetricStat.Period differ.",
        ),
        (
            [query(namespace="")],
            VALIDATION,
            f"The parameter {MEMBER}.MetricStat.Metric.Namespace is required.",
        ),
        (
            [replace(query(), label="max ${MAX}")],
            UNSUPPORTED,
            f"Trailbell does not evaluate dynamic labels: leave ${{...}} out of {MEMBER}.Label.",
        ),
    ],
)
def test_a_query_that_cannot_be_answered_is_refused(
    queries: list[MetricDataQuery], kind: RefusalKind, message: str
) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        read_queries(queries)

    assert (kind, message) == (caught.value.kind, caught.value.message)


def test_of_several_units_a_series_has_the_first_and_names_all() -> None:
    [asked] = read_queries([query()])
    found = [
        Datapoint(START_MS, StatisticSet.of(5), "Seconds"),
        Datapoint(START_MS, StatisticSet.of(1), "Milliseconds"),
        Datapoint(START_MS + 60_000, StatisticSet.of(7), "Seconds"),
        Datapoint(START_MS + 600_000, StatisticSet.of(7), "Bytes"),
    ]
    series = series_of(asked, windows_between(START_MS, START_MS + 600_000, 60), found)

    assert (((START_MS, 1.0),), ("Milliseconds", "Seconds")) == (series.points, series.units)


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        (
            {"start_ms": QUESTION.end_ms},
            INVALID,
            "The parameter StartTime must be less than the parameter EndTime.",
        ),
        (
            {"period_seconds": 7},
            INVALID,
            "The parameter Period must be a value in the set [1, 5, 10, 20, 30].",
        ),
        (
            {"period_seconds": 90},
            INVALID,
            "The parameter Period must be a multiple of 60, and at most 86400.",
        ),
        ({"statistics": ()}, COMBINATION, "Must specify either Statistics or ExtendedStatistics"),
        (
            {"statistics": ("Sum", "sum")},
            INVALID,
            "The parameter Statistics.member.2.<list element> must be a value in the set [SampleCount, "
            "Average, Sum, Minimum, Maximum].",
        ),
        (
            {"extended_statistics": ("p90", "p101")},
            INVALID,
            "The value p101 for parameter ExtendedStatistics.member.2.<list element> is not supported.",
        ),
        (
            {"extended_statistics": ("p0", "p90")},
            UNSUPPORTED,
            "Trailbell keeps no percentiles of metrics, so that p90 cannot be told: ask for p0 or p100, or "
            "for Statistics.",
        ),
        (
            {"end_ms": START_MS + 1445 * 60_000},
            COMBINATION,
            "You have requested up to 1445 datapoints, which exceeds the limit of 1440. You may reduce the "
            "datapoints requested by increasing Period, or decreasing the time range.",
        ),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(
    given: dict[str, Any], kind: RefusalKind, message: str
) -> None:
    with pytest.raises(RequestRefusedError) as caught:
        windows_of_question(replace(QUESTION, **given))

    assert (kind, message) == (caught.value.kind, caught.value.message)


def test_1440_windows_may_be_asked_for() -> None:
    windows = windows_of_question(replace(QUESTION, end_ms=START_MS + 1440 * 60_000))

    assert windows.count == 1440
