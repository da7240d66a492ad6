"""The datapoints that evaluations look at, read for many alarms at once."""

from collections.abc import Sequence

import structlog

from trailbell.alarms import Alarm, evaluation_range
from trailbell.chain._seen import AlarmDatapoints
from trailbell.metrics import (
    DamagedHistogramError,
    Datapoint,
    MetricKey,
    Windows,
    is_told_by,
    told_statistic,
)
from trailbell.store import Transaction

__all__ = ["read_data"]

_log = structlog.get_logger(__name__)

_Series = dict[MetricKey, tuple[Datapoint, ...]]


def read_data(transaction: Transaction, asked: Sequence[tuple[Alarm, int]]) -> list[AlarmDatapoints | None]:
    """Reads what evaluations look at, each of an alarm at an instant, in the order asked for.

    It is None for an alarm of which a datapoint cannot be read: the others must not wait for it.
    """
    questions = [
        (metric, Windows(*evaluation_range(alarm, at_ms), alarm.period_seconds))
        for alarm, at_ms in asked
        for metric in alarm.watched
    ]
    merged = iter(zip(questions, transaction.recent_datapoints.windowed(questions), strict=True))
    found: list[AlarmDatapoints | None] = []
    for alarm, _ in asked:
        windows: dict[MetricKey, Windows] = {}
        series: _Series = {}
        for _ in alarm.watched:
            (metric, windows[metric]), series[metric] = next(merged)
        if _needs_histograms(alarm, series):
            found.append(_with_histograms(transaction, alarm, windows))
        else:
            found.append(series)
    return found


def _needs_histograms(alarm: Alarm, series: _Series) -> bool:
    if alarm.statistic is not None:
        return False
    stats = (each.metric_stat for each in alarm.metrics)
    names = [each.stat for each in stats if each is not None] or [alarm.statistic_name]
    # Of metrics that always have the same value, which are many, no row is read one by one.
    return any(told_statistic(each) is None for each in names) and not all(
        is_told_by(each.statistics) for datapoints in series.values() for each in datapoints
    )


def _with_histograms(
    transaction: Transaction, alarm: Alarm, windows: dict[MetricKey, Windows]
) -> _Series | None:
    try:
        found = transaction.recent_datapoints.within(list(windows.items()))
    except DamagedHistogramError as error:
        _log.error("alarm not judged", alarm=alarm.name, reason=str(error))
        return None
    return dict(zip(windows, found, strict=True))
