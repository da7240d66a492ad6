"""CloudWatch: alarms, put, described, set, silenced and deleted."""

import msgspec

from trailbell.alarms import (
    AlarmParameters,
    AlarmState,
    ComparisonOperator,
    LowSampleCount,
    TreatMissingData,
)
from trailbell.aws_api._cloudwatch_composites import CompositeAlarmShape, composite_kin, described_composite
from trailbell.aws_api._cloudwatch_queries import QueryShape, query_of, shape_of_query
from trailbell.aws_api._cloudwatch_tags import Tag, tag_map
from trailbell.aws_api._operation import Context, Operation, PascalStruct
from trailbell.chain import AlarmSearch, MetricQuestion
from trailbell.metrics import MetricKey, Statistic
from trailbell.store import AlarmQuery, StoredAlarm

__all__ = ["OPERATIONS"]


class _Dimension(PascalStruct, frozen=True):
    """One dimension of a metric."""

    name: str
    value: str


class _PutMetricAlarmRequest(PascalStruct, frozen=True):
    """An alarm as it is to be."""

    alarm_name: str
    alarm_description: str | None = None
    actions_enabled: bool = True
    ok_actions: tuple[str, ...] = msgspec.field(name="OKActions", default=())
    alarm_actions: tuple[str, ...] = ()
    insufficient_data_actions: tuple[str, ...] = ()
    metric_name: str | None = None
    namespace: str | None = None
    statistic: Statistic | None = None
    extended_statistic: str | None = None
    dimensions: tuple[_Dimension, ...] = ()
    period: int | None = None
    unit: str | None = None
    evaluation_periods: int | None = None
    datapoints_to_alarm: int | None = None
    threshold: float | None = None
    comparison_operator: str | None = None
    treat_missing_data: str | None = None
    evaluate_low_sample_count_percentile: str | None = None
    metrics: tuple[QueryShape, ...] = ()
    tags: tuple[Tag, ...] = ()


class _DescribeAlarmsRequest(PascalStruct, frozen=True):
    """Which alarms are asked for."""

    alarm_names: tuple[str, ...] = ()
    alarm_name_prefix: str = ""
    alarm_types: tuple[str, ...] = ()
    children_of_alarm_name: str = ""
    parents_of_alarm_name: str = ""
    state_value: AlarmState | None = None
    action_prefix: str = ""
    max_records: int = 50
    next_token: str | None = None


class _MetricAlarm(PascalStruct, frozen=True):
    """An alarm as it is described; of one that is told as kin of another, most is left out."""

    alarm_name: str
    alarm_arn: str
    alarm_configuration_updated_timestamp: int | None = None
    actions_enabled: bool | None = None
    ok_actions: tuple[str, ...] | None = msgspec.field(name="OKActions", default=None)
    alarm_actions: tuple[str, ...] | None = None
    insufficient_data_actions: tuple[str, ...] | None = None
    state_value: AlarmState | None = None
    state_reason: str | None = None
    state_updated_timestamp: int | None = None
    dimensions: tuple[_Dimension, ...] | None = None
    evaluation_periods: int | None = None
    threshold: float | None = None
    comparison_operator: ComparisonOperator | None = None
    state_transitioned_timestamp: int | None = None
    alarm_description: str | None = None
    state_reason_data: str | None = None
    unit: str | None = None
    datapoints_to_alarm: int | None = None
    treat_missing_data: TreatMissingData | None = None
    metric_name: str | None = None
    namespace: str | None = None
    statistic: Statistic | None = None
    extended_statistic: str | None = None
    period: int | None = None
    evaluate_low_sample_count_percentile: LowSampleCount | None = None
    metrics: tuple[QueryShape, ...] | None = None


class _DescribeAlarmsResult(PascalStruct, frozen=True):
    """A page of alarms; the list of the kind there are none of is sent as AWS sends it."""

    composite_alarms: tuple[CompositeAlarmShape, ...]
    metric_alarms: tuple[_MetricAlarm, ...]
    log_alarms: tuple[()]
    next_token: str | None = None


class _DescribeAlarmsForMetricRequest(PascalStruct, frozen=True):
    """One metric, and how alarms are to look at it."""

    metric_name: str
    namespace: str
    statistic: Statistic | None = None
    extended_statistic: str | None = None
    dimensions: tuple[_Dimension, ...] = ()
    period: int | None = None
    unit: str | None = None


class _DescribeAlarmsForMetricResult(PascalStruct, frozen=True):
    """The alarms on a metric."""

    metric_alarms: tuple[_MetricAlarm, ...]


class _SetAlarmStateRequest(PascalStruct, frozen=True):
    """A state, and why."""

    alarm_name: str
    state_value: AlarmState
    state_reason: str
    state_reason_data: str = ""


class _AlarmNames(PascalStruct, frozen=True):
    """Alarms by their names."""

    alarm_names: tuple[str, ...]


def _put_metric_alarm(request: _PutMetricAlarmRequest, context: Context) -> None:
    """Puts an alarm on one metric, or on metric math."""
    parameters = AlarmParameters(
        name=request.alarm_name,
        metric_name=request.metric_name,
        namespace=request.namespace,
        dimensions=_pairs(request.dimensions),
        statistic=request.statistic,
        extended_statistic=request.extended_statistic,
        period_seconds=request.period,
        unit=request.unit,
        evaluation_periods=request.evaluation_periods,
        datapoints_to_alarm=request.datapoints_to_alarm,
        threshold=request.threshold,
        comparison_operator=request.comparison_operator,
        treat_missing_data=request.treat_missing_data,
        evaluate_low_sample_count_percentile=request.evaluate_low_sample_count_percentile,
        metrics=tuple(map(query_of, request.metrics)),
        description=request.alarm_description,
        actions_enabled=request.actions_enabled,
        alarm_actions=request.alarm_actions,
        ok_actions=request.ok_actions,
        insufficient_data_actions=request.insufficient_data_actions,
    )
    context.chain.alarms.put(parameters, tag_map(request.tags))


def _describe_alarms(request: _DescribeAlarmsRequest, context: Context) -> _DescribeAlarmsResult:
    """Lists alarms by name."""
    page = context.chain.alarms.page(
        AlarmSearch(
            AlarmQuery(
                names=request.alarm_names,
                prefix=request.alarm_name_prefix,
                state=request.state_value,
                action_prefix=request.action_prefix,
                limit=request.max_records,
            ),
            types=request.alarm_types,
            children_of=request.children_of_alarm_name,
            parents_of=request.parents_of_alarm_name,
            token=request.next_token,
        )
    )
    if request.children_of_alarm_name or request.parents_of_alarm_name:
        has_state = bool(request.children_of_alarm_name)
        return _DescribeAlarmsResult(
            tuple(composite_kin(each, context, has_state=has_state) for each in page.composites),
            tuple(_kin(each, context, has_state=has_state) for each in page.alarms),
            (),
            page.next_token,
        )
    return _DescribeAlarmsResult(
        tuple(described_composite(each, context) for each in page.composites),
        tuple(_described(each, context) for each in page.alarms),
        (),
        page.next_token,
    )


def _describe_alarms_for_metric(
    request: _DescribeAlarmsForMetricRequest, context: Context
) -> _DescribeAlarmsForMetricResult:
    """Lists the alarms on one metric."""
    found = context.chain.alarms.of_metric(
        MetricQuestion(
            MetricKey(request.namespace, request.metric_name, _pairs(request.dimensions)),
            request.statistic,
            request.extended_statistic,
            request.period,
            request.unit,
        )
    )
    return _DescribeAlarmsForMetricResult(tuple(_described(each, context) for each in found))


def _set_alarm_state(request: _SetAlarmStateRequest, context: Context) -> None:
    """Sets an alarm's state until its next evaluation."""
    context.chain.alarms.set_state(
        request.alarm_name, request.state_value, request.state_reason, request.state_reason_data
    )


def _enable_alarm_actions(request: _AlarmNames, context: Context) -> None:
    """Lets changes of alarms run their actions."""
    context.chain.alarms.set_actions_enabled(request.alarm_names, are_enabled=True)


def _disable_alarm_actions(request: _AlarmNames, context: Context) -> None:
    """Keeps changes of alarms from running their actions."""
    context.chain.alarms.set_actions_enabled(request.alarm_names, are_enabled=False)


def _delete_alarms(request: _AlarmNames, context: Context) -> None:
    """Deletes alarms."""
    context.chain.alarms.delete(request.alarm_names)


def _pairs(dimensions: tuple[_Dimension, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((each.name, each.value) for each in dimensions)


def _kin(stored: StoredAlarm, context: Context, *, has_state: bool) -> _MetricAlarm:
    name = stored.definition.name
    return _MetricAlarm(
        alarm_name=name,
        alarm_arn=context.chain.alarms.arn(name),
        state_value=stored.state if has_state else None,
        state_updated_timestamp=stored.state_updated_ms if has_state else None,
    )


def _described(stored: StoredAlarm, context: Context) -> _MetricAlarm:
    alarm = stored.definition
    is_math = bool(alarm.metrics)
    return _MetricAlarm(
        alarm_name=alarm.name,
        alarm_arn=context.chain.alarms.arn(alarm.name),
        alarm_configuration_updated_timestamp=stored.configuration_updated_ms,
        actions_enabled=alarm.actions_enabled,
        ok_actions=alarm.ok_actions,
        alarm_actions=alarm.alarm_actions,
        insufficient_data_actions=alarm.insufficient_data_actions,
        state_value=stored.state,
        state_reason=stored.reason,
        state_updated_timestamp=stored.state_updated_ms,
        metric_name=None if is_math else alarm.metric.name,
        namespace=None if is_math else alarm.metric.namespace,
        statistic=alarm.statistic,
        extended_statistic=alarm.extended_statistic,
        dimensions=()
        if is_math
        else tuple(_Dimension(name, value) for name, value in alarm.metric.dimensions),
        period=None if is_math else alarm.period_seconds,
        evaluate_low_sample_count_percentile=alarm.evaluate_low_sample_count_percentile,
        metrics=tuple(map(shape_of_query, alarm.metrics)) or None,
        evaluation_periods=alarm.evaluation_periods,
        threshold=alarm.threshold,
        comparison_operator=alarm.comparison_operator,
        # Alarms here have no evaluation state, whose changes alone would part the two times.
        state_transitioned_timestamp=stored.state_updated_ms,
        alarm_description=alarm.description,
        state_reason_data=stored.reason_data or None,
        unit=alarm.unit,
        datapoints_to_alarm=alarm.datapoints_to_alarm,
        treat_missing_data=alarm.treat_missing_data,
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation("cloudwatch", "PutMetricAlarm", _put_metric_alarm, "Makes or replaces an alarm on a metric."),
    Operation("cloudwatch", "DescribeAlarms", _describe_alarms, "Lists alarms with their states."),
    Operation(
        "cloudwatch",
        "DescribeAlarmsForMetric",
        _describe_alarms_for_metric,
        "Lists the alarms on one metric.",
    ),
    Operation(
        "cloudwatch", "SetAlarmState", _set_alarm_state, "Sets an alarm's state until its next evaluation."
    ),
    Operation(
        "cloudwatch", "EnableAlarmActions", _enable_alarm_actions, "Lets changes of alarms run their actions."
    ),
    Operation(
        "cloudwatch",
        "DisableAlarmActions",
        _disable_alarm_actions,
        "Keeps changes of alarms from running their actions.",
    ),
    Operation("cloudwatch", "DeleteAlarms", _delete_alarms, "Deletes alarms; their history stays."),
)
