"""What callers of PutMetricAlarm say, and the alarm it makes.

What is demanded, what excludes what, and what Trailbell does not evaluate is checked here.
The order of the checks and their texts are those of metrics-and-alarms section 3.
"""

from typing import TypeVar

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.alarms._alarm import Alarm, ComparisonOperator, LowSampleCount, TreatMissingData
from trailbell.alarms._check import check_alarm
from trailbell.alarms._metrics_list import check_metrics, period_of_metrics
from trailbell.metrics import MetricDataQuery, MetricKey, Statistic, is_extended_statistic, percent_of

__all__ = ["AlarmParameters", "alarm_of"]


_ValueT = TypeVar("_ValueT")


class AlarmParameters(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of PutMetricAlarm, by AWS's names; None for what was left out."""

    name: str
    metric_name: str | None = None
    namespace: str | None = None
    dimensions: tuple[tuple[str, str], ...] = ()
    statistic: Statistic | None = None
    extended_statistic: str | None = None
    period_seconds: int | None = None
    unit: str | None = None
    evaluation_periods: int | None = None
    datapoints_to_alarm: int | None = None
    threshold: float | None = None
    comparison_operator: str | None = None
    treat_missing_data: str | None = None
    evaluate_low_sample_count_percentile: str | None = None
    metrics: tuple[MetricDataQuery, ...] = ()
    description: str | None = None
    actions_enabled: bool = True
    alarm_actions: tuple[str, ...] = ()
    ok_actions: tuple[str, ...] = ()
    insufficient_data_actions: tuple[str, ...] = ()


def alarm_of(parameters: AlarmParameters) -> Alarm:
    """Returns the alarm that the parameters describe.

    Raises:
        RequestRefusedError: Parameters are missing or exclude each other, or ask for what Trailbell does not
            evaluate: AWS's own objections come first.
        AlarmDefinitionError: The alarm is beyond AWS's limits.
    """
    if parameters.metrics:
        _check_alone(parameters)
        check_metrics(parameters.metrics)
        stats = [each.metric_stat for each in parameters.metrics if each.metric_stat is not None]
        metric, period_seconds = stats[0].metric, period_of_metrics(parameters.metrics)
        statistic = None
    else:
        metric_name = _given("MetricName", parameters.metric_name)
        _check_statistic(parameters)
        metric = MetricKey(_given("Namespace", parameters.namespace), metric_name, parameters.dimensions)
        period_seconds = _given("Period", parameters.period_seconds)
        statistic = parameters.statistic
        if parameters.extended_statistic is None:
            statistic = _given("Statistic", statistic)
    treatment = _treatment(parameters.treat_missing_data)
    low_samples = _low_sample_option(parameters)
    evaluation_periods = _given("EvaluationPeriods", parameters.evaluation_periods)
    comparison = _given("ComparisonOperator", parameters.comparison_operator)
    if comparison not in frozenset[str](ComparisonOperator):
        raise _unsupported(
            f"Trailbell has no anomaly detection, so it cannot evaluate the operator {comparison}: give "
            f"Threshold and one of {', '.join(ComparisonOperator)}."
        )
    alarm = Alarm(
        name=parameters.name,
        metric=metric,
        statistic=statistic,
        period_seconds=period_seconds,
        evaluation_periods=evaluation_periods,
        threshold=_given("Threshold", parameters.threshold),
        comparison_operator=ComparisonOperator(comparison),
        datapoints_to_alarm=parameters.datapoints_to_alarm,
        treat_missing_data=treatment,
        unit=parameters.unit,
        description=parameters.description,
        actions_enabled=parameters.actions_enabled,
        alarm_actions=parameters.alarm_actions,
        ok_actions=parameters.ok_actions,
        insufficient_data_actions=parameters.insufficient_data_actions,
        extended_statistic=parameters.extended_statistic,
        evaluate_low_sample_count_percentile=low_samples,
        metrics=parameters.metrics,
    )
    check_alarm(alarm)
    return alarm


def _given(name: str, value: _ValueT | None) -> _ValueT:
    # AWS's text is known for MetricName alone; the others are worded after it.
    if value is None:
        raise _invalid(f"{name} must not be null")
    return value


def _check_statistic(parameters: AlarmParameters) -> None:
    extended = parameters.extended_statistic
    if extended is None:
        return
    if parameters.statistic is not None:
        raise _invalid(
            "PutMetricAlarm request can not be made with both Statistic and ExtendedStatistic parameters. "
            "Only one of them should be present"
        )
    if not is_extended_statistic(extended):
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER,
            f"The value {extended} for parameter ExtendedStatistic is not supported.",
        )


def _treatment(given: str | None) -> TreatMissingData | None:
    if given is None:
        return None
    if given not in frozenset[str](TreatMissingData):
        raise _invalid(
            f"The value {given} is not supported for TreatMissingData parameter. "
            f"Supported values are [{', '.join(TreatMissingData)}]."
        )
    return TreatMissingData(given)


def _low_sample_option(parameters: AlarmParameters) -> LowSampleCount | None:
    given = parameters.evaluate_low_sample_count_percentile
    if given is None:
        return None
    if given not in frozenset[str](LowSampleCount):
        raise _invalid(
            f"Option {given} is not supported. Supported options for parameter "
            "EvaluateLowSampleCountPercentile are evaluate and ignore."
        )
    if parameters.extended_statistic is None or percent_of(parameters.extended_statistic) is None:
        # AWS's text is not known.
        raise _invalid(
            "EvaluateLowSampleCountPercentile can be set only with a percentile as ExtendedStatistic."
        )
    return LowSampleCount(given)


def _check_alone(parameters: AlarmParameters) -> None:
    alone = {
        "MetricName": parameters.metric_name,
        "Namespace": parameters.namespace,
        "Dimensions": parameters.dimensions or None,
        "Period": parameters.period_seconds,
        "Unit": parameters.unit,
        "Statistic": parameters.statistic,
        "ExtendedStatistic": parameters.extended_statistic,
    }
    for name, value in alone.items():
        if value is not None:
            raise _invalid(f"{name} should not be set if list of Metrics is set.")


def _invalid(message: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.VALIDATION, message)


def _unsupported(message: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.UNSUPPORTED, message)
