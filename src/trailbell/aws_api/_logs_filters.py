"""CloudWatch Logs: metric filters."""

from collections.abc import Mapping

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.aws_api._operation import CamelStruct, Context, Operation
from trailbell.filters import MetricFilter as Definition
from trailbell.filters import MetricTransformation as Published
from trailbell.metrics import MetricKey
from trailbell.store import FilterQuery, StoredFilter

__all__ = ["OPERATIONS"]


class _MetricTransformation(CamelStruct, frozen=True):
    """What a match publishes."""

    metric_name: str
    metric_namespace: str
    metric_value: str
    default_value: float | None = None
    unit: str | None = None
    dimensions: Mapping[str, str] | None = None


class _PutMetricFilterRequest(CamelStruct, frozen=True):
    """A metric filter to put on a log group."""

    log_group_name: str
    filter_name: str
    filter_pattern: str
    metric_transformations: tuple[_MetricTransformation, ...]
    apply_on_transformed_logs: bool = False
    field_selection_criteria: str = ""
    emit_system_field_dimensions: tuple[str, ...] = ()


class _DescribeMetricFiltersRequest(CamelStruct, frozen=True):
    """Which metric filters are asked for."""

    log_group_name: str = ""
    filter_name_prefix: str = ""
    metric_name: str | None = None
    metric_namespace: str | None = None
    limit: int = 50
    next_token: str | None = None


class _MetricFilter(CamelStruct, frozen=True):
    """A metric filter as it is described: the members that were given, the pattern letter by letter."""

    filter_name: str
    filter_pattern: str
    metric_transformations: tuple[_MetricTransformation, ...]
    creation_time: int
    log_group_name: str
    apply_on_transformed_logs: bool
    emit_system_field_dimensions: tuple[str, ...] | None = None


class _DescribeMetricFiltersResult(CamelStruct, frozen=True):
    """A page of metric filters."""

    metric_filters: tuple[_MetricFilter, ...]
    next_token: str | None = None


class _DeleteMetricFilterRequest(CamelStruct, frozen=True):
    """A metric filter by its name and its group's."""

    log_group_name: str
    filter_name: str


class _TestMetricFilterRequest(CamelStruct, frozen=True):
    """A pattern, and messages to test it with."""

    filter_pattern: str
    log_event_messages: tuple[str, ...]


class _MetricFilterMatchRecord(CamelStruct, frozen=True):
    """A message that matches; counted from 1. Only space-delimited patterns extract anything."""

    event_number: int
    event_message: str
    extracted_values: dict[str, str]


class _TestMetricFilterResult(CamelStruct, frozen=True):
    """The messages that match."""

    matches: tuple[_MetricFilterMatchRecord, ...]


def _put_metric_filter(request: _PutMetricFilterRequest, context: Context) -> None:
    """Puts a metric filter, or replaces the one of its name."""
    [given] = request.metric_transformations
    _check_supported(request)
    transformation = Published(
        metric=MetricKey(given.metric_namespace, given.metric_name),
        value=given.metric_value,
        default_value=given.default_value,
        unit=given.unit,
        dimensions=tuple((given.dimensions or {}).items()),
    )
    context.chain.metric_filters.put(
        Definition(
            log_group=request.log_group_name,
            name=request.filter_name,
            pattern=request.filter_pattern,
            transformation=transformation,
            system_dimensions=request.emit_system_field_dimensions,
        )
    )


def _describe_metric_filters(
    request: _DescribeMetricFiltersRequest, context: Context
) -> _DescribeMetricFiltersResult:
    """Lists metric filters by name."""
    page = context.chain.metric_filters.page(
        FilterQuery(
            group=request.log_group_name,
            prefix=request.filter_name_prefix,
            metric=_metric(request),
            limit=request.limit,
        ),
        request.next_token,
    )
    return _DescribeMetricFiltersResult(tuple(map(_described, page.filters)), page.next_token)


def _delete_metric_filter(request: _DeleteMetricFilterRequest, context: Context) -> None:
    """Deletes a metric filter; what it has counted stays."""
    context.chain.metric_filters.delete(request.log_group_name, request.filter_name)


def _test_metric_filter(request: _TestMetricFilterRequest, context: Context) -> _TestMetricFilterResult:
    """Says which of some messages a pattern matches."""
    messages = request.log_event_messages
    matching = context.chain.metric_filters.test(request.filter_pattern, messages)
    return _TestMetricFilterResult(
        tuple(
            _MetricFilterMatchRecord(index + 1, messages[index], extracted)
            for index, extracted in matching.items()
        )
    )


def _check_supported(request: _PutMetricFilterRequest) -> None:
    unsupported = {
        "fieldSelectionCriteria": bool(request.field_selection_criteria),
        "applyOnTransformedLogs": request.apply_on_transformed_logs,
    }
    for member, is_given in unsupported.items():
        if is_given:
            raise RequestRefusedError(
                RefusalKind.UNSUPPORTED,
                f"Trailbell does not support {member} of metric filters yet: leave it out.",
            )


def _metric(request: _DescribeMetricFiltersRequest) -> MetricKey | None:
    name, namespace = request.metric_name, request.metric_namespace
    if name is None and namespace is None:
        return None
    if name is None or namespace is None:
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER,
            "Describe Metric Filters request must contain both MetricName and MetricNamespace",
        )
    if request.log_group_name:
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER,
            "Describe Metric Filters request must contain either logGroupName or metricName and "
            "metricNamespace",
        )
    return MetricKey(namespace, name)


def _described(stored: StoredFilter) -> _MetricFilter:
    definition = stored.definition
    published = definition.transformation
    return _MetricFilter(
        filter_name=definition.name,
        filter_pattern=definition.pattern,
        metric_transformations=(
            _MetricTransformation(
                metric_name=published.metric.name,
                metric_namespace=published.metric.namespace,
                metric_value=published.value,
                default_value=published.default_value,
                unit=published.unit,
                dimensions=dict(published.dimensions) or None,
            ),
        ),
        creation_time=stored.created_ms,
        log_group_name=definition.log_group,
        apply_on_transformed_logs=False,
        emit_system_field_dimensions=definition.system_dimensions or None,
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation("logs", "PutMetricFilter", _put_metric_filter, "Puts a metric filter on a log group."),
    Operation("logs", "DescribeMetricFilters", _describe_metric_filters, "Lists metric filters by name."),
    Operation("logs", "DeleteMetricFilter", _delete_metric_filter, "Deletes a metric filter."),
    Operation("logs", "TestMetricFilter", _test_metric_filter, "Says which messages a pattern matches."),
)
