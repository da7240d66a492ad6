"""CloudWatch: storing data of metrics, and listing the metrics there are."""

from collections.abc import Mapping, Sequence

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.aws_api._operation import Context, Operation, PascalStruct
from trailbell.chain import MetricSearch, MetricsPut
from trailbell.metrics import NO_UNIT, MetricDatum, StatisticSet

__all__ = ["OPERATIONS"]


class _Dimension(PascalStruct, frozen=True):
    """A dimension of a metric."""

    name: str
    value: str


class _StatisticValues(PascalStruct, frozen=True):
    """Samples summed up by the client."""

    sample_count: float
    sum: float
    minimum: float
    maximum: float


class _MetricDatum(PascalStruct, frozen=True):
    """Data of one metric."""

    metric_name: str
    dimensions: tuple[_Dimension, ...] = ()
    timestamp: int | None = None
    value: float | None = None
    statistic_values: _StatisticValues | None = None
    values: tuple[float, ...] = ()
    counts: tuple[float, ...] = ()
    unit: str = NO_UNIT
    storage_resolution: int = 60


class _Entity(PascalStruct, frozen=True):
    """What the data is about; read, and not kept."""

    key_attributes: Mapping[str, str] = {}
    attributes: Mapping[str, str] = {}


class _EntityMetricData(PascalStruct, frozen=True):
    """Data of metrics about one entity."""

    entity: _Entity | None = None
    metric_data: tuple[_MetricDatum, ...] = ()


class _PutMetricDataRequest(PascalStruct, frozen=True):
    """Data to store."""

    namespace: str
    metric_data: tuple[_MetricDatum, ...] = ()
    entity_metric_data: tuple[_EntityMetricData, ...] = ()
    strict_entity_validation: bool | None = None


class _DimensionFilter(PascalStruct, frozen=True):
    """A dimension to have, of any value where none is given."""

    name: str
    value: str | None = None


class _ListMetricsRequest(PascalStruct, frozen=True):
    """Which metrics are asked for."""

    namespace: str | None = None
    metric_name: str | None = None
    dimensions: tuple[_DimensionFilter, ...] = ()
    next_token: str | None = None
    recently_active: str = ""
    include_linked_accounts: bool = False


class _Metric(PascalStruct, frozen=True):
    """A metric as it is listed."""

    namespace: str
    metric_name: str
    dimensions: tuple[_Dimension, ...]


class _ListMetricsResult(PascalStruct, frozen=True):
    """A page of metrics."""

    metrics: tuple[_Metric, ...]
    next_token: str | None = None


def _put_metric_data(request: _PutMetricDataRequest, context: Context) -> None:
    """Stores data of metrics."""
    context.chain.metrics.put(
        MetricsPut(
            namespace=request.namespace,
            data=_data(request.metric_data),
            entities=[_data(each.metric_data) for each in request.entity_metric_data],
            is_strict=request.strict_entity_validation,
        )
    )


def _list_metrics(request: _ListMetricsRequest, context: Context) -> _ListMetricsResult:
    """Lists metrics, 500 at a time."""
    if request.include_linked_accounts:
        raise RequestRefusedError(
            RefusalKind.UNSUPPORTED,
            "Trailbell has one account and no linked ones: leave IncludeLinkedAccounts out.",
        )
    search = MetricSearch(
        namespace=request.namespace,
        name=request.metric_name,
        dimensions=tuple((each.name, each.value) for each in request.dimensions),
        recently_active=request.recently_active,
    )
    page = context.chain.metrics.page(search, request.next_token)
    metrics = tuple(
        _Metric(each.namespace, each.name, tuple(_Dimension(*pair) for pair in each.dimensions))
        for each in page.metrics
    )
    return _ListMetricsResult(metrics, page.next_token)


def _data(given: Sequence[_MetricDatum]) -> list[MetricDatum]:
    return [
        MetricDatum(
            name=each.metric_name,
            dimensions=tuple((pair.name, pair.value) for pair in each.dimensions),
            at_ms=each.timestamp,
            value=each.value,
            values=each.values,
            counts=each.counts,
            statistics=_statistic_set(each.statistic_values),
            unit=each.unit,
            storage_resolution=each.storage_resolution,
        )
        for each in given
    ]


def _statistic_set(given: _StatisticValues | None) -> StatisticSet | None:
    if given is None:
        return None
    return StatisticSet(given.sample_count, given.sum, given.minimum, given.maximum)


_MOST_BYTES = 1_048_576

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "cloudwatch",
        "PutMetricData",
        _put_metric_data,
        "Stores data of metrics.",
        max_body_bytes=_MOST_BYTES,
    ),
    Operation("cloudwatch", "ListMetrics", _list_metrics, "Lists the metrics that have data."),
)
