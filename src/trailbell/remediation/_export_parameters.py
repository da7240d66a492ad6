"""The parameters of each kind of change, as the exports to templates read them."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from trailbell._errors import TrailbellError, visible
from trailbell.remediation._plan import Change

__all__ = [
    "AlarmParameters",
    "Dimension",
    "ExportError",
    "MetricDataQuery",
    "MetricFilterParameters",
    "SubscriptionParameters",
    "Tag",
    "TopicParameters",
    "TopicPolicyParameters",
    "parameters",
    "refusal",
]


class ExportError(TrailbellError):
    """A plan that a format cannot express; the message names the change and says what to do."""


class _Parameters(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    rename="pascal",
):
    pass


class Tag(_Parameters, frozen=True, kw_only=True):
    """A tag."""

    key: str
    value: str


class TopicParameters(_Parameters, frozen=True, kw_only=True):
    """What CreateTopic is told."""

    name: str
    tags: tuple[Tag, ...] = ()


class TopicPolicyParameters(_Parameters, frozen=True, kw_only=True):
    """What SetTopicAttributes is told."""

    policy: str


class SubscriptionParameters(_Parameters, frozen=True, kw_only=True):
    """What Subscribe is told, but for the topic."""

    protocol: str
    endpoint: str


class _MetricTransformation(_Parameters, frozen=True, kw_only=True, rename="camel"):
    metric_name: str
    metric_namespace: str
    metric_value: str
    default_value: float | None = None
    dimensions: Mapping[str, str] = {}
    unit: str | None = None


class MetricFilterParameters(_Parameters, frozen=True, kw_only=True, rename="camel"):
    """What PutMetricFilter is told."""

    log_group_name: str
    filter_name: str
    filter_pattern: str
    metric_transformations: tuple[_MetricTransformation, ...]
    apply_on_transformed_logs: bool = False
    field_selection_criteria: str | None = None
    emit_system_field_dimensions: tuple[str, ...] = ()


class Dimension(_Parameters, frozen=True, kw_only=True):
    """A dimension of a metric."""

    name: str
    value: str


class _Metric(_Parameters, frozen=True, kw_only=True):
    namespace: str | None = None
    metric_name: str
    dimensions: tuple[Dimension, ...] = ()


class _MetricStat(_Parameters, frozen=True, kw_only=True):
    metric: _Metric
    period: int
    stat: str
    unit: str | None = None


class MetricDataQuery(_Parameters, frozen=True, kw_only=True):
    """One of the metrics of an alarm by metric math."""

    id: str
    metric_stat: _MetricStat | None = None
    expression: str | None = None
    label: str | None = None
    return_data: bool | None = None
    period: int | None = None
    account_id: str | None = None


class AlarmParameters(_Parameters, frozen=True, kw_only=True):
    """What PutMetricAlarm is told."""

    alarm_name: str
    alarm_description: str | None = None
    actions_enabled: bool = True
    alarm_actions: tuple[str, ...] = ()
    ok_actions: tuple[str, ...] = msgspec.field(name="OKActions", default=())
    insufficient_data_actions: tuple[str, ...] = ()
    metric_name: str | None = None
    namespace: str | None = None
    statistic: str | None = None
    extended_statistic: str | None = None
    dimensions: tuple[Dimension, ...] = ()
    period: int | None = None
    unit: str | None = None
    evaluation_periods: int
    datapoints_to_alarm: int | None = None
    threshold: float | None = None
    comparison_operator: str
    treat_missing_data: str | None = None
    evaluate_low_sample_count_percentile: str | None = None
    metrics: tuple[MetricDataQuery, ...] = ()
    threshold_metric_id: str | None = None
    tags: tuple[Tag, ...] = ()


_AnyParameters = TypeVar("_AnyParameters", bound=_Parameters)


def parameters(change: Change, kind: type[_AnyParameters]) -> _AnyParameters:
    """Reads the parameters of a change.

    Raises:
        ExportError: One is missing, of another type, or not known here.
    """
    try:
        return msgspec.convert(change.after, kind)
    except msgspec.ValidationError as error:
        raise refusal(change, f"its parameters cannot be exported: {error}") from error


def refusal(change: Change, why: str) -> ExportError:
    """Makes the error of a change that cannot be exported."""
    return ExportError(
        visible(f"{change.words} ({change.region}): {why}; carry it out with trailbell remediate apply")
    )
