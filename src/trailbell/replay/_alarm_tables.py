"""Alarms in a file of rules, by AWS's parameter names in snake_case.

They are those of PutMetricAlarm and PutCompositeAlarm (CloudWatch API reference).
"""

from typing import Any

import msgspec

from trailbell._errors import RequestRefusedError
from trailbell.alarms import (
    Alarm,
    AlarmDefinitionError,
    AlarmParameters,
    CompositeAlarm,
    alarm_of,
    check_composite,
)
from trailbell.metrics import MetricDataQuery, MetricStat, Statistic
from trailbell.replay._errors import RulesError
from trailbell.replay._toml_tables import converted

__all__ = ["alarm_in", "composite_in"]


class _Dimension(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    value: str


class _Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    namespace: str
    metric_name: str
    dimensions: list[_Dimension] | dict[str, str] = []


class _MetricStat(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    metric: _Metric
    period: int
    stat: str
    unit: str | None = None


class _MetricDataQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    metric_stat: _MetricStat | None = None
    expression: str | None = None
    label: str | None = None
    return_data: bool = True
    period: int | None = None


class _Alarm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    alarm_name: str
    evaluation_periods: int
    threshold: float
    comparison_operator: str
    metric_name: str | None = None
    namespace: str | None = None
    period: int | None = None
    statistic: Statistic | None = None
    extended_statistic: str | None = None
    dimensions: list[_Dimension] | dict[str, str] = []
    unit: str | None = None
    metrics: list[dict[str, Any]] = []
    datapoints_to_alarm: int | None = None
    treat_missing_data: str | None = None
    evaluate_low_sample_count_percentile: str | None = None
    alarm_description: str | None = None
    actions_enabled: bool = True
    alarm_actions: list[str] = []
    ok_actions: list[str] = []
    insufficient_data_actions: list[str] = []


class _CompositeAlarm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    alarm_name: str
    alarm_rule: str
    alarm_description: str | None = None
    actions_enabled: bool = True
    alarm_actions: list[str] = []
    ok_actions: list[str] = []
    insufficient_data_actions: list[str] = []
    actions_suppressor: str | None = None
    actions_suppressor_wait_period: int | None = None
    actions_suppressor_extension_period: int | None = None


def alarm_in(table: dict[str, Any], place: str) -> Alarm:
    """Returns the alarm of a table, on a statistic or on metric math.

    Raises:
        RulesError: A key is unknown or missing, or AWS would refuse the alarm.
    """
    given = converted(table, _Alarm, place)
    parameters = AlarmParameters(
        name=given.alarm_name,
        metric_name=given.metric_name,
        namespace=given.namespace,
        dimensions=_pairs(given.dimensions),
        statistic=given.statistic,
        extended_statistic=given.extended_statistic,
        period_seconds=given.period,
        unit=given.unit,
        metrics=tuple(
            _query(each, f"{place}, metrics[{number}]") for number, each in enumerate(given.metrics)
        ),
        evaluation_periods=given.evaluation_periods,
        datapoints_to_alarm=given.datapoints_to_alarm,
        threshold=given.threshold,
        comparison_operator=given.comparison_operator,
        treat_missing_data=given.treat_missing_data,
        evaluate_low_sample_count_percentile=given.evaluate_low_sample_count_percentile,
        description=given.alarm_description,
        actions_enabled=given.actions_enabled,
        alarm_actions=tuple(given.alarm_actions),
        ok_actions=tuple(given.ok_actions),
        insufficient_data_actions=tuple(given.insufficient_data_actions),
    )
    try:
        return alarm_of(parameters)
    except (AlarmDefinitionError, RequestRefusedError) as error:
        raise RulesError(place, str(error)) from error


def composite_in(table: dict[str, Any], place: str) -> CompositeAlarm:
    """Returns the composite alarm of a table.

    Raises:
        RulesError: A key is unknown or missing, or AWS would refuse the alarm whatever others there are.
    """
    given = converted(table, _CompositeAlarm, place)
    composite = CompositeAlarm(
        name=given.alarm_name,
        rule=given.alarm_rule,
        description=given.alarm_description,
        actions_enabled=given.actions_enabled,
        alarm_actions=tuple(given.alarm_actions),
        ok_actions=tuple(given.ok_actions),
        insufficient_data_actions=tuple(given.insufficient_data_actions),
        suppressor=given.actions_suppressor,
        suppressor_wait_seconds=given.actions_suppressor_wait_period,
        suppressor_extension_seconds=given.actions_suppressor_extension_period,
    )
    try:
        check_composite(composite)
    except AlarmDefinitionError as error:
        raise RulesError(place, str(error)) from error
    return composite


def _query(table: dict[str, Any], place: str) -> MetricDataQuery:
    given = converted(table, _MetricDataQuery, place)
    stat = given.metric_stat
    return MetricDataQuery(
        id=given.id,
        metric_stat=None
        if stat is None
        else MetricStat(
            namespace=stat.metric.namespace,
            name=stat.metric.metric_name,
            dimensions=_pairs(stat.metric.dimensions),
            period_seconds=stat.period,
            stat=stat.stat,
            unit=stat.unit,
        ),
        expression=given.expression,
        label=given.label,
        is_returned=given.return_data,
        period_seconds=given.period,
    )


def _pairs(dimensions: list[_Dimension] | dict[str, str]) -> tuple[tuple[str, str], ...]:
    if isinstance(dimensions, dict):
        return tuple(dimensions.items())
    return tuple((each.name, each.value) for each in dimensions)
