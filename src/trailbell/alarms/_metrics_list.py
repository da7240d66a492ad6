"""The list `Metrics` of PutMetricAlarm: metrics and expressions, of which one returns data (section 3)."""

from collections.abc import Sequence

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.alarms._limits import Violations, length, one_of, size
from trailbell.metrics import (
    STANDARD_UNITS,
    MathError,
    MathQuery,
    MathType,
    MetricDataQuery,
    MetricStat,
    UnsupportedMathError,
    is_statistic,
    plan_math,
)

__all__ = ["check_metrics", "metrics_violations", "period_of_metrics"]

_MOST_ENTRIES = 10
_MOST_DIMENSIONS = 30


def check_metrics(metrics: Sequence[MetricDataQuery]) -> None:
    """Checks the list by itself.

    Raises:
        RequestRefusedError: It has too many entries or not one that returns data, an entry is no metric and
            no expression, an expression cannot be evaluated, or periods differ.
    """
    if sum(each.is_returned for each in metrics) != 1:
        raise _invalid("Exactly one element of the metrics list should return data.")
    if len(metrics) > _MOST_ENTRIES:
        raise _invalid(
            f"The list of Metrics has {len(metrics)} elements; it must have at most {_MOST_ENTRIES}."
        )
    for each in metrics:
        _check_entry(each)
    [returned] = [each for each in metrics if each.is_returned]
    try:
        plan = plan_math([MathQuery(each.id, each.expression) for each in metrics])
    except UnsupportedMathError as error:
        raise RequestRefusedError(RefusalKind.UNSUPPORTED, str(error)) from error
    except MathError as error:
        raise _invalid(str(error)) from error
    if plan.types[returned.id] is not MathType.SERIES:
        raise _invalid(f"The element {returned.id} of the metrics list must give one time series.")
    stats = [each.metric_stat for each in metrics if each.metric_stat is not None]
    if not stats:
        raise RequestRefusedError(
            RefusalKind.UNSUPPORTED, "Trailbell evaluates expressions over metrics: add one with MetricStat."
        )
    if len({each.period_seconds for each in stats}) > 1:
        raise _invalid("The metrics of the metrics list must have the same period.")


def metrics_violations(metrics: Sequence[MetricDataQuery]) -> Violations:
    """Yields what is wrong with lengths, sizes and choices of metrics; planning checks expressions."""
    for number, each in enumerate(metrics, 1):
        place = f"Metrics.{number}.member"
        stat = each.metric_stat
        if stat is None:
            continue
        yield from length(f"{place}.metricStat.metric.namespace", stat.namespace, 1, 255)
        yield from length(f"{place}.metricStat.metric.metricName", stat.name, 1, 255)
        names = [name for name, _ in stat.dimensions]
        yield from size(f"{place}.metricStat.metric.dimensions", names, _MOST_DIMENSIONS)
        if stat.unit is not None:
            yield from one_of(f"{place}.metricStat.unit", stat.unit, STANDARD_UNITS)


def period_of_metrics(metrics: Sequence[MetricDataQuery]) -> int:
    """Returns the period, in seconds, of a list that was checked."""
    return next(each.metric_stat.period_seconds for each in metrics if each.metric_stat is not None)


def _check_entry(entry: MetricDataQuery) -> None:
    stat = entry.metric_stat
    if (stat is None) == (entry.expression is None):
        raise _invalid(
            f"The element {entry.id} of the metrics list must have either MetricStat or Expression."
        )
    if stat is None:
        return
    _check_stat(entry.id, stat)
    if entry.period_seconds not in {None, stat.period_seconds}:
        raise _invalid(f"The element {entry.id} of the metrics list has two periods.")


def _check_stat(entry_id: str, stat: MetricStat) -> None:
    if not is_statistic(stat.stat):
        raise RequestRefusedError(
            RefusalKind.INVALID_PARAMETER,
            f"The value {stat.stat} for parameter Stat of the element {entry_id} is not supported.",
        )
    if not stat.name or not stat.namespace:
        raise _invalid(f"The element {entry_id} of the metrics list must name a metric and its namespace.")


def _invalid(message: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.VALIDATION, message)
