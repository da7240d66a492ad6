"""The metric filter and the alarm that a control asks for, with the benchmark's values."""

import msgspec

from trailbell.alarms import Alarm, ComparisonOperator, TreatMissingData
from trailbell.controls._control import Control
from trailbell.filters import MetricFilter, MetricTransformation
from trailbell.metrics import MetricKey, Statistic

__all__ = ["METRIC_NAMESPACE", "Provision", "provision"]

METRIC_NAMESPACE = "CISBenchmark"


class Provision(msgspec.Struct, frozen=True):
    """What one control puts in place."""

    metric_filter: MetricFilter
    alarm: Alarm


def provision(control: Control, log_group: str, alarm_actions: tuple[str, ...] = ()) -> Provision:
    """Builds a control's filter on a log group and its alarm on the filter's metric.

    Missing data is treated as not breaching: the benchmark leaves it open, and without it the
    alarms would rest in INSUFFICIENT_DATA (cis-controls section 4).

    Raises:
        ValueError: The control is no metric filter.
    """
    if control.pattern is None or control.metric_name is None or control.alarm_name is None:
        raise ValueError(f"control {control.key} is not watched by a metric filter")
    metric = MetricKey(METRIC_NAMESPACE, control.metric_name)
    metric_filter = MetricFilter(
        log_group=log_group,
        name=control.filter_name,
        pattern=control.pattern,
        transformation=MetricTransformation(metric),
    )
    alarm = Alarm(
        name=control.alarm_name,
        metric=metric,
        statistic=Statistic.SUM,
        period_seconds=300,
        evaluation_periods=1,
        threshold=1.0,
        comparison_operator=ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=TreatMissingData.NOT_BREACHING,
        description=control.title,
        alarm_actions=alarm_actions,
    )
    return Provision(metric_filter, alarm)
