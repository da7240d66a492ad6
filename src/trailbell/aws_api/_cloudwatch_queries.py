"""CloudWatch: one query of GetMetricData, or one element of an alarm's Metrics, as it goes over the wire."""

from trailbell.aws_api._operation import PascalStruct
from trailbell.metrics import MetricDataQuery, MetricStat

__all__ = ["QueryShape", "query_of", "shape_of_query"]


class _Dimension(PascalStruct, frozen=True):
    """A dimension of a metric."""

    name: str
    value: str


class _Metric(PascalStruct, frozen=True):
    """A metric; of a described one the dimensions are there also where there are none."""

    namespace: str = ""
    metric_name: str = ""
    dimensions: tuple[_Dimension, ...] | None = None


class _MetricStat(PascalStruct, frozen=True):
    """A statistic of a metric."""

    metric: _Metric
    period: int
    stat: str
    unit: str | None = None


class QueryShape(PascalStruct, frozen=True):
    """MetricDataQuery of the CloudWatch API."""

    id: str
    metric_stat: _MetricStat | None = None
    expression: str | None = None
    label: str | None = None
    return_data: bool | None = None
    period: int | None = None
    account_id: str | None = None


def query_of(shape: QueryShape) -> MetricDataQuery:
    """Reads a query."""
    stat = shape.metric_stat
    return MetricDataQuery(
        id=shape.id,
        metric_stat=None
        if stat is None
        else MetricStat(
            namespace=stat.metric.namespace,
            name=stat.metric.metric_name,
            dimensions=tuple((each.name, each.value) for each in stat.metric.dimensions or ()),
            period_seconds=stat.period,
            stat=stat.stat,
            unit=stat.unit,
        ),
        expression=shape.expression,
        label=shape.label,
        is_returned=shape.return_data is not False,
        period_seconds=shape.period,
        account_id=shape.account_id,
    )


def shape_of_query(query: MetricDataQuery) -> QueryShape:
    """Writes a query."""
    stat = query.metric_stat
    return QueryShape(
        id=query.id,
        metric_stat=None
        if stat is None
        else _MetricStat(
            metric=_Metric(
                stat.namespace, stat.name, tuple(_Dimension(name, value) for name, value in stat.dimensions)
            ),
            period=stat.period_seconds,
            stat=stat.stat,
            unit=stat.unit,
        ),
        expression=query.expression,
        label=query.label,
        return_data=query.is_returned,
        period=query.period_seconds,
        account_id=query.account_id,
    )
