"""Which series and statistics may be asked for, how they are labelled, and which unit they come in."""

from typing import Any

import pytest
from msgspec.structs import replace

from support.clock import START_MS
from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.metrics import (
    Datapoint,
    Histogram,
    MetricDataQuery,
    MetricKey,
    MetricStat,
    StatisticSet,
    StatisticsQuestion,
    points_of,
    read_queries,
    series_of,
    sum_up,
    windows_between,
    windows_of_question,
)

STAT = MetricStat("App", "Weighted", (), 60, "Sum")
MEMBER = "MetricDataQueries.member.1"
QUESTION = StatisticsQuestion(MetricKey("App", "m"), START_MS, START_MS + 600_000, 60, ("Sum",))
VALIDATION, UNSUPPORTED = RefusalKind.VALIDATION, RefusalKind.UNSUPPORTED
COMBINATION, INVALID = RefusalKind.INVALID_COMBINATION, RefusalKind.INVALID_PARAMETER


def summed_up(counts: dict[float, float]) -> tuple[StatisticSet, str, Histogram | None]:
    """What a datapoint holds behind its start."""
    statistics, histogram = sum_up(counts)
    return statistics, "None", histogram


def query(query_id: str = "a", **stat: Any) -> MetricDataQuery:
    return MetricDataQuery(query_id, replace(STAT, **stat))


@pytest.mark.parametrize(
    ("queries", "labels"),
    [
        ([query()], ["Weighted"]),
        ([query(), query("b", name="Other")], ["Weighted", "Other"]),
        ([query(stat="p100"), query("b")], ["Weighted p100", "Weighted Sum"]),
        ([query(stat="p90"), query("b", stat="TM(2%:98%)")], ["Weighted p90", "Weighted TM(2%:98%)"]),
        ([query(), query("b", period_seconds=300)], ["Weighted 60", "Weighted 300"]),
        (
            [query(name="metric1"), query("b", stat="Average", period_seconds=300)],
            ["metric1 Sum 60", "Weighted Average 300"],
        ),
        ([replace(query(), label="mine"), query("b", stat="Average")], ["mine", "Weighted Average"]),
    ],
)
def test_a_label_says_what_tells_the_series_apart(queries: list[MetricDataQuery], labels: list[str]) -> None:
    assert labels == [each.label for each in read_queries(queries).metrics.values()]


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
            [MetricDataQuery("bad", expression="NOT_A_FUNCTION(m1)")],
            VALIDATION,
            "Error in expression 'bad': Function 'NOT_A_FUNCTION' not found",
        ),
        (
            [query("m1"), MetricDataQuery("a", expression="SUM(m1)")],
            VALIDATION,
            "Error in expression 'a': it must give a time series to be returned",
        ),
        (
            [MetricDataQuery("a", expression="TIME_SERIES(1)")],
            VALIDATION,
            "Error in expression 'a': Period must be given where no metric is used",
        ),
        (
            [MetricDataQuery("a", expression="TIME_SERIES(1)", period_seconds=7)],
            VALIDATION,
            f"The value for parameter {MEMBER}.Period must be 1, 5, 10, 20, 30 or a multiple of 60, "
            "and at most 86400.",
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
    [asked] = read_queries([query()]).metrics.values()
    found = [
        Datapoint(START_MS + 600_000, StatisticSet.of(7), "Bytes"),
        Datapoint(START_MS, StatisticSet.of(1), "Milliseconds"),
        Datapoint(START_MS, StatisticSet.of(5), "Seconds"),
        Datapoint(START_MS + 60_000, StatisticSet.of(7), "Seconds"),
    ]
    series = series_of(asked, windows_between(START_MS, START_MS + 600_000, 60), found)

    assert (((START_MS, 1.0),), ("Milliseconds", "Seconds")) == (series.points, series.units)


def test_a_window_in_which_a_statistic_has_no_value_has_no_point() -> None:
    [asked] = read_queries([query(stat="p90")]).metrics.values()
    found = [
        Datapoint(START_MS, StatisticSet.of(5)),
        Datapoint(START_MS + 60_000, StatisticSet.of(-5)),
        Datapoint(START_MS + 120_000, StatisticSet(2.0, 12.0, 5.0, 7.0)),
        Datapoint(START_MS + 180_000, *summed_up({5.0: 1.0, 5.01: 0.0})),
    ]
    series = series_of(asked, windows_between(START_MS, START_MS + 600_000, 60), found)

    assert [START_MS, START_MS + 180_000] == [start_ms for start_ms, _ in series.points]


def test_what_has_no_value_is_left_out_of_a_point() -> None:
    question = replace(QUESTION, extended_statistics=("p0", "p50", "tc90", "p100"))
    found = [Datapoint(START_MS, StatisticSet.of(-5)), Datapoint(START_MS + 60_000, StatisticSet.of(5, 2))]
    points = points_of(question, windows_of_question(question), found)

    assert [
        {"p0": -5.0, "p100": -5.0},
        {"p0": 5.0, "p50": 5.0, "tc90": pytest.approx(1.8), "p100": 5.0},
    ] == [each.extended_statistics for each in points]


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
