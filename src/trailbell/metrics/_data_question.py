"""GetMetricData: what may be asked, and the series that answer it (metrics-and-alarms 2.14 to 2.19)."""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.metrics._datapoint import Datapoint
from trailbell.metrics._key import MetricKey
from trailbell.metrics._math_errors import MathError, UnsupportedMathError
from trailbell.metrics._math_plan import MathPlan, MathQuery, plan_math
from trailbell.metrics._math_signature import MathType
from trailbell.metrics._samples import statistic_by_name
from trailbell.metrics._statistic_name import is_statistic
from trailbell.metrics._windows import Windows, is_period, windowed

__all__ = ["DataPlan", "MetricDataQuery", "MetricStat", "Series", "SeriesQuery", "read_queries", "series_of"]

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

    @property
    def metric(self) -> MetricKey:
        """The metric."""
        return MetricKey(self.namespace, self.name, self.dimensions)


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
    """One query for a metric that can be answered, for a statistic by the name AWS has for it.

    ``account_id`` is None for the caller's own.
    """

    id: str
    label: str
    metric: MetricKey
    statistic: str
    period_seconds: int
    unit: str | None
    account_id: str | None


class Series(msgspec.Struct, frozen=True):
    """Values by the start of their window, oldest first, in one unit; ``units`` are all that were found."""

    points: tuple[tuple[int, float], ...]
    units: tuple[str, ...]


class DataPlan(msgspec.Struct, frozen=True):
    """The queries of one request made ready: those for metrics by Id, and the expressions over them.

    ``returned`` lists the Ids of those whose series are asked for, in the order of the request.
    """

    metrics: dict[str, SeriesQuery]
    math: MathPlan
    returned: tuple[str, ...]

    def label(self, query_id: str) -> str:
        """Returns the label of a query: an expression without one goes by its Id."""
        if query_id in self.metrics:
            return self.metrics[query_id].label
        return next(each.label or each.id for each in self.math.queries if each.id == query_id)


def read_queries(queries: Sequence[MetricDataQuery]) -> DataPlan:
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
    stats: dict[str, MetricStat] = {}
    for index, query in enumerate(queries, 1):
        stat = _stat_of(query, f"MetricDataQueries.member.{index}")
        if stat is not None:
            stats[query.id] = stat
    labels = dict(zip(stats, _default_labels(list(stats.values())), strict=True))
    metrics = {
        query.id: SeriesQuery(
            id=query.id,
            label=query.label or labels[query.id],
            metric=stats[query.id].metric,
            statistic=stats[query.id].stat,
            period_seconds=stats[query.id].period_seconds,
            unit=stats[query.id].unit,
            account_id=query.account_id,
        )
        for query in queries
        if query.id in stats
    }
    math = _math_plan(queries, metrics)
    return DataPlan(metrics, math, tuple(query.id for query in queries if query.is_returned))


def series_of(query: SeriesQuery, windows: Windows, datapoints: Iterable[Datapoint]) -> Series:
    """Returns the series that answers a query: of several units it has the alphabetically first.

    Datapoints come in the order of their units, and of their starts in each. A window in which the statistic
    has no value (2.5) has no point.
    """
    units: list[str] = []
    points: list[tuple[int, float]] = []
    for each in windowed(datapoints, windows, query.unit):
        if each.unit not in units:
            units.append(each.unit)
        if len(units) == 1:
            value = statistic_by_name(query.statistic, each.statistics, each.histogram)
            if value is not None:
                points.append((each.start_ms, value))
    return Series(tuple(points), tuple(units))


def _math_plan(queries: Sequence[MetricDataQuery], metrics: Mapping[str, SeriesQuery]) -> MathPlan:
    try:
        plan = plan_math(
            [
                MathQuery(
                    id=query.id,
                    expression=query.expression,
                    label=metrics[query.id].label if query.id in metrics else query.label,
                    period_seconds=metrics[query.id].period_seconds
                    if query.id in metrics
                    else query.period_seconds,
                )
                for query in queries
            ]
        )
    except UnsupportedMathError as error:
        raise _unsupported(str(error)) from error
    except MathError as error:
        raise _invalid(str(error)) from error
    for query in queries:
        if query.is_returned and query.expression is not None:
            _check_returned(query, plan)
    return plan


def _check_returned(query: MetricDataQuery, plan: MathPlan) -> None:
    if plan.types[query.id] is MathType.SCALAR:
        # The guide: the result of a query is a time series or several; a number is for use in others.
        raise _invalid(f"Error in expression '{query.id}': it must give a time series to be returned")
    if plan.period_of(query.id) is None:
        raise _invalid(f"Error in expression '{query.id}': Period must be given where no metric is used")


def _stat_of(query: MetricDataQuery, path: str) -> MetricStat | None:
    stat = query.metric_stat
    if _DYNAMIC in (query.label or ""):
        raise _unsupported(
            f"Trailbell does not evaluate dynamic labels: leave {_DYNAMIC}...}} out of {path}.Label."
        )
    if query.expression is not None:
        if stat is not None:
            raise _invalid(
                f"The parameters {path}.Expression and {path}.MetricStat are mutually exclusive and you have "
                "specified both."
            )
        if query.period_seconds is not None and not is_period(query.period_seconds):
            raise _invalid(
                f"The value for parameter {path}.Period must be 1, 5, 10, 20, 30 or a multiple of 60, "
                "and at most 86400."
            )
        return None
    if stat is None:
        raise _invalid(f"Either {path}.Expression or {path}.MetricStat must be specified.")
    _check_stat(query, stat, path)
    return stat


def _check_stat(query: MetricDataQuery, stat: MetricStat, path: str) -> None:
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
