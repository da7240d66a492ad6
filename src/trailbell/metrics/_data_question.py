"""GetMetricData: what may be asked, and the series that answer it (metrics-and-alarms 2.14 to 2.19)."""

import re
from collections.abc import Iterable, Sequence

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.metrics._key import MetricKey
from trailbell.metrics._statistic_name import is_statistic, told_statistic
from trailbell.metrics._statistics import Datapoint, Statistic, statistic_of
from trailbell.metrics._windows import Windows, is_period, windowed

__all__ = ["MetricDataQuery", "MetricStat", "Series", "SeriesQuery", "read_queries", "series_of"]

_MOST_QUERIES = 500
_ID = re.compile(r"[a-z][a-zA-Z0-9_]*")
_DYNAMIC = "${"


class MetricStat(msgspec.Struct, frozen=True):
    """One statistic of one metric, as asked for."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    period_seconds: int
    stat: str
    unit: str | None = None


class MetricDataQuery(msgspec.Struct, frozen=True):
    """One query as a client sent it: a ``MetricStat``, or an expression over others."""

    id: str
    metric_stat: MetricStat | None = None
    expression: str | None = None
    label: str | None = None
    is_returned: bool = True
    period_seconds: int | None = None
    account_id: str | None = None


class SeriesQuery(msgspec.Struct, frozen=True):
    """One query that can be answered; ``account_id`` is None for the caller's own."""

    id: str
    label: str
    metric: MetricKey
    statistic: Statistic
    period_seconds: int
    unit: str | None
    is_returned: bool
    account_id: str | None


class Series(msgspec.Struct, frozen=True):
    """Values by the start of their window, oldest first, in one unit; ``units`` are all that were found."""

    points: tuple[tuple[int, float], ...]
    units: tuple[str, ...]


def read_queries(queries: Sequence[MetricDataQuery]) -> list[SeriesQuery]:
    """Returns the queries of one request, with their labels.

    Raises:
        RequestRefusedError: One of them cannot be asked like that.
    """
    if not 1 <= len(queries) <= _MOST_QUERIES:
        raise _invalid(f"The parameter MetricDataQueries must hold 1 to {_MOST_QUERIES} queries.")
    for index, query in enumerate(queries, 1):
        if not _ID.fullmatch(query.id):
            raise _invalid(
                f"The value for parameter MetricDataQueries.member.{index}.Id is not matching the expected "
                "pattern ^[a-z][a-zA-Z0-9_]*$."
            )
    if len({query.id for query in queries}) < len(queries):
        raise _invalid("The values for parameter id in MetricDataQueries are not unique.")
    stats = [_stat_of(query, f"MetricDataQueries.member.{index}") for index, query in enumerate(queries, 1)]
    labels = _default_labels(stats)
    return [
        SeriesQuery(
            id=query.id,
            label=query.label or label,
            metric=MetricKey(stat.namespace, stat.name, stat.dimensions),
            statistic=_told(stat.stat),
            period_seconds=stat.period_seconds,
            unit=stat.unit,
            is_returned=query.is_returned,
            account_id=query.account_id,
        )
        for query, stat, label in zip(queries, stats, labels, strict=True)
    ]


def series_of(query: SeriesQuery, windows: Windows, datapoints: Iterable[Datapoint]) -> Series:
    """Returns the series that answers a query: of several units it has the alphabetically first."""
    merged = windowed(datapoints, windows, query.unit)
    units = tuple(sorted({each.unit for each in merged}))
    points = tuple(
        (each.start_ms, statistic_of(each.statistics, query.statistic))
        for each in merged
        if each.unit == units[0]
    )
    return Series(points, units)


def _stat_of(query: MetricDataQuery, path: str) -> MetricStat:
    stat = query.metric_stat
    if query.expression is not None:
        if stat is not None:
            raise _invalid(
                f"The parameters {path}.Expression and {path}.MetricStat are mutually exclusive and you have "
                "specified both."
            )
        raise _unsupported(
            f"Trailbell does not evaluate metric math: leave out {path}.Expression, and ask for MetricStat."
        )
    if stat is None:
        raise _invalid(f"Either {path}.Expression or {path}.MetricStat must be specified.")
    for name, text in (("Namespace", stat.namespace), ("MetricName", stat.name)):
        if not text:
            raise _invalid(f"The parameter {path}.MetricStat.Metric.{name} is required.")
    if not is_statistic(stat.stat):
        raise _invalid(f"The value for parameter {path}.MetricStat.Stat is not a valid statistic.")
    if not is_period(stat.period_seconds):
        raise _invalid(
            f"The value for parameter {path}.MetricStat.Period must be 1, 5, 10, 20, 30 or a multiple of 60, "
            "and at most 86400."
        )
    if query.period_seconds not in {None, stat.period_seconds}:
        raise _invalid(f"The parameters {path}.Period and {path}.MetricStat.Period differ.")
    if _DYNAMIC in (query.label or ""):
        raise _unsupported(
            f"Trailbell does not evaluate dynamic labels: leave {_DYNAMIC}...}} out of {path}.Label."
        )
    return stat


def _told(name: str) -> Statistic:
    statistic = told_statistic(name)
    if statistic is None:
        raise _unsupported(
            f"Trailbell keeps no percentiles of metrics, so that {name} cannot be told: ask for SampleCount, "
            "Average, Sum, Minimum, Maximum, p0 or p100."
        )
    return statistic


def _default_labels(stats: Sequence[MetricStat]) -> list[str]:
    has_statistics = len({each.stat for each in stats}) > 1
    has_periods = len({each.period_seconds for each in stats}) > 1
    return [
        " ".join(
            [
                each.name,
                *([each.stat] if has_statistics else []),
                *([str(each.period_seconds)] if has_periods else []),
            ]
        )
        for each in stats
    ]


def _invalid(message: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.VALIDATION, message)


def _unsupported(message: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.UNSUPPORTED, message)
