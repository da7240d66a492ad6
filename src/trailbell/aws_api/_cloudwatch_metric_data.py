"""CloudWatch: reading statistics of one metric (GetMetricStatistics) and of several (GetMetricData)."""

import re

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.aws_api._cloudwatch_queries import QueryShape, query_of
from trailbell.aws_api._operation import Context, Operation, PascalStruct
from trailbell.chain import MetricDataQuestion, SeriesPart, SeriesStatus
from trailbell.metrics import (
    MetricKey,
    Statistic,
    StatisticsPoint,
    StatisticsQuestion,
)

__all__ = ["OPERATIONS"]

_TIME_ZONE = re.compile(r"[+-][0-9]{4}")


class _Dimension(PascalStruct, frozen=True):
    """A dimension of a metric."""

    name: str
    value: str


class _GetMetricStatisticsRequest(PascalStruct, frozen=True):
    """Which statistics of which metric are asked for."""

    namespace: str
    metric_name: str
    start_time: int
    end_time: int
    period: int
    dimensions: tuple[_Dimension, ...] = ()
    statistics: tuple[str, ...] = ()
    extended_statistics: tuple[str, ...] = ()
    unit: str | None = None


class _Datapoint(PascalStruct, frozen=True):
    """The statistics of one window."""

    timestamp: int
    unit: str
    sample_count: float | None = None
    average: float | None = None
    sum: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    extended_statistics: dict[str, float] | None = None


class _GetMetricStatisticsResult(PascalStruct, frozen=True):
    """Statistics of one metric."""

    label: str
    datapoints: tuple[_Datapoint, ...]


class _LabelOptions(PascalStruct, frozen=True):
    """The time zone of times in labels; there are none without dynamic labels."""

    timezone: str = "+0000"


class _GetMetricDataRequest(PascalStruct, frozen=True):
    """Which series are asked for."""

    metric_data_queries: tuple[QueryShape, ...]
    start_time: int
    end_time: int
    next_token: str | None = None
    scan_by: str = "TimestampDescending"
    max_datapoints: int = 100_800
    label_options: _LabelOptions | None = None


class _Message(PascalStruct, frozen=True):
    """A remark on a result."""

    code: str
    value: str


class _MetricDataResult(PascalStruct, frozen=True):
    """A series, or the part of it that is on this page."""

    id: str
    label: str
    timestamps: tuple[int, ...]
    values: tuple[float, ...]
    status_code: str
    messages: tuple[_Message, ...] = ()


class _GetMetricDataResult(PascalStruct, frozen=True):
    """A page of series."""

    metric_data_results: tuple[_MetricDataResult, ...]
    messages: tuple[_Message, ...]
    next_token: str | None = None


def _get_metric_statistics(
    request: _GetMetricStatisticsRequest, context: Context
) -> _GetMetricStatisticsResult:
    """Tells statistics of one metric."""
    question = StatisticsQuestion(
        metric=MetricKey(request.namespace, request.metric_name, _pairs(request.dimensions)),
        start_ms=request.start_time,
        end_ms=request.end_time,
        period_seconds=request.period,
        statistics=request.statistics,
        extended_statistics=request.extended_statistics,
        unit=request.unit,
    )
    points = context.chain.metrics.statistics(question)
    return _GetMetricStatisticsResult(request.metric_name, tuple(_datapoint(each) for each in points))


def _get_metric_data(request: _GetMetricDataRequest, context: Context) -> _GetMetricDataResult:
    """Tells series of several metrics."""
    options = request.label_options
    if options is not None and not _TIME_ZONE.fullmatch(options.timezone):
        raise RequestRefusedError(
            RefusalKind.VALIDATION, "The parameter LabelOptions.Timezone must be of the form +0130."
        )
    question = MetricDataQuestion(
        queries=tuple(map(query_of, request.metric_data_queries)),
        start_ms=request.start_time,
        end_ms=request.end_time,
        is_ascending=request.scan_by == "TimestampAscending",
        most_points=request.max_datapoints,
    )
    page = context.chain.metrics.data(question, request.next_token)
    return _GetMetricDataResult(tuple(_result(each) for each in page.parts), (), page.next_token)


def _pairs(dimensions: tuple[_Dimension, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((each.name, each.value) for each in dimensions)


def _datapoint(point: StatisticsPoint) -> _Datapoint:
    told = point.statistics
    return _Datapoint(
        timestamp=point.start_ms,
        unit=point.unit,
        sample_count=told.get(Statistic.SAMPLE_COUNT),
        average=told.get(Statistic.AVERAGE),
        sum=told.get(Statistic.SUM),
        minimum=told.get(Statistic.MINIMUM),
        maximum=told.get(Statistic.MAXIMUM),
        extended_statistics=point.extended_statistics or None,
    )


def _result(part: SeriesPart) -> _MetricDataResult:
    return _MetricDataResult(
        id=part.id,
        label=part.label,
        timestamps=tuple(start_ms for start_ms, _ in part.points),
        values=tuple(value for _, value in part.points),
        status_code=part.status.value,
        messages=_messages(part),
    )


def _messages(part: SeriesPart) -> tuple[_Message, ...]:
    if part.status is SeriesStatus.FORBIDDEN:
        return (
            _Message("Forbidden", "The metrics of this account cannot be read: Trailbell has one account."),
        )
    if part.units:
        return (_Message("MultipleUnits", f"Multiple units returned: '[{', '.join(part.units)}]'"),)
    return ()


OPERATIONS: tuple[Operation, ...] = (
    Operation("cloudwatch", "GetMetricStatistics", _get_metric_statistics, "Tells statistics of one metric."),
    Operation("cloudwatch", "GetMetricData", _get_metric_data, "Tells series of several metrics."),
)
