"""A found metric alarm as one that can be evaluated, with the metrics it watches."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from trailbell._errors import RequestRefusedError
from trailbell.account._names import read_arn
from trailbell.account._snapshot import FoundAlarm
from trailbell.alarms import Alarm, AlarmDefinitionError, AlarmParameters, alarm_of
from trailbell.metrics import MetricDataQuery, MetricKey, MetricStat, Statistic

__all__ = ["WatchedMetric", "Watcher", "alarm_words", "watcher_of"]


class WatchedMetric(msgspec.Struct, frozen=True):
    """A metric that an alarm looks at, in the account that has it; ``unit`` None reads any."""

    account: str
    metric: MetricKey
    unit: str | None


class Watcher(msgspec.Struct, frozen=True):
    """A metric alarm made ready; ``alarm`` is None where it cannot be evaluated, and ``reason`` says why."""

    found: FoundAlarm
    account: str
    region: str
    name: str
    watched: tuple[WatchedMetric, ...]
    alarm: Alarm | None
    reason: str = ""


def watcher_of(found: FoundAlarm) -> Watcher:
    """Returns an alarm with what it watches; what is malformed in its definition leaves it unevaluated."""
    place = read_arn(found.arn)
    account, region = (place.account, place.region) if place else ("", "")
    name = place.resource.partition(":")[2] if place else found.arn
    watched = _watched(found.definition, account)
    try:
        alarm = alarm_of(_parameters(name, found.definition))
    except (RequestRefusedError, AlarmDefinitionError, ValueError, TypeError, KeyError) as error:
        return Watcher(found, account, region, name, watched, None, str(error))
    return Watcher(found, account, region, name, watched, alarm)


def alarm_words(definition: Mapping[str, Any]) -> str:
    """Puts what an alarm waits for into words, as a table would show it."""
    metrics = definition.get("Metrics") or ()
    expressions = [str(each["Expression"]) for each in metrics if each.get("Expression")]
    what = definition.get("Statistic") or definition.get("ExtendedStatistic") or "; ".join(expressions)
    needed = definition.get("DatapointsToAlarm") or definition.get("EvaluationPeriods")
    period = definition.get("Period") or _period(metrics)
    return (
        f"{what} {definition.get('ComparisonOperator')} {definition.get('Threshold')}, "
        f"{needed} of {definition.get('EvaluationPeriods')} periods of {period} seconds"
    )


def _period(metrics: Sequence[Mapping[str, Any]]) -> object:
    return next((each["MetricStat"].get("Period") for each in metrics if each.get("MetricStat")), None)


def _watched(definition: Mapping[str, Any], account: str) -> tuple[WatchedMetric, ...]:
    metrics = definition.get("Metrics") or ()
    if not metrics:
        key = _key(definition)
        return () if key is None else (WatchedMetric(account, key, definition.get("Unit")),)
    found = []
    for each in metrics:
        stat = each.get("MetricStat") or {}
        key = _key(stat.get("Metric") or {})
        if key is not None:
            found.append(WatchedMetric(each.get("AccountId") or account, key, stat.get("Unit")))
    return tuple(dict.fromkeys(found))


def _key(metric: Mapping[str, Any]) -> MetricKey | None:
    namespace, name = metric.get("Namespace"), metric.get("MetricName")
    if not namespace or not name:
        return None
    return MetricKey(str(namespace), str(name), _dimensions(metric))


def _dimensions(metric: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(each.get("Name")), str(each.get("Value"))) for each in metric.get("Dimensions") or ())


def _parameters(name: str, definition: Mapping[str, Any]) -> AlarmParameters:
    statistic = definition.get("Statistic")
    metrics = tuple(_query(each) for each in definition.get("Metrics") or ())
    return AlarmParameters(
        name=name,
        metric_name=None if metrics else definition.get("MetricName"),
        namespace=None if metrics else definition.get("Namespace"),
        dimensions=() if metrics else _dimensions(definition),
        statistic=None if statistic is None or metrics else Statistic(statistic),
        extended_statistic=definition.get("ExtendedStatistic"),
        period_seconds=None if metrics else definition.get("Period"),
        unit=definition.get("Unit"),
        evaluation_periods=definition.get("EvaluationPeriods"),
        datapoints_to_alarm=definition.get("DatapointsToAlarm"),
        threshold=definition.get("Threshold"),
        comparison_operator=definition.get("ComparisonOperator"),
        treat_missing_data=definition.get("TreatMissingData"),
        evaluate_low_sample_count_percentile=definition.get("EvaluateLowSampleCountPercentile") or None,
        metrics=metrics,
    )


def _query(entry: Mapping[str, Any]) -> MetricDataQuery:
    stat = entry.get("MetricStat")
    return MetricDataQuery(
        id=str(entry["Id"]),
        metric_stat=None if stat is None else _stat(stat),
        expression=entry.get("Expression"),
        label=None,
        is_returned=bool(entry.get("ReturnData", True)),
        period_seconds=None if stat is not None else entry.get("Period"),
    )


def _stat(stat: Mapping[str, Any]) -> MetricStat:
    metric = stat["Metric"]
    return MetricStat(
        namespace=str(metric.get("Namespace") or ""),
        name=str(metric.get("MetricName") or ""),
        dimensions=_dimensions(metric),
        period_seconds=int(stat["Period"]),
        stat=str(stat["Stat"]),
        unit=stat.get("Unit"),
    )
