"""GetMetricStatistics: what may be asked, and the points that answer it (metrics-and-alarms 2.8 to 2.13)."""

from collections.abc import Iterable

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.metrics._datapoint import Datapoint
from trailbell.metrics._key import MetricKey
from trailbell.metrics._samples import statistic_by_name
from trailbell.metrics._statistic_name import is_extended_statistic
from trailbell.metrics._statistics import Statistic, statistic_of
from trailbell.metrics._windows import SHORT_PERIODS, Windows, is_period, windowed, windows_between

__all__ = ["StatisticsPoint", "StatisticsQuestion", "points_of", "windows_of_question"]

_MOST_POINTS = 1440


class StatisticsQuestion(msgspec.Struct, frozen=True):
    """Statistics of one metric from ``start_ms`` to ``end_ms``, by the names of AWS."""

    metric: MetricKey
    start_ms: int
    end_ms: int
    period_seconds: int
    statistics: tuple[str, ...] = ()
    extended_statistics: tuple[str, ...] = ()
    unit: str | None = None


class StatisticsPoint(msgspec.Struct, frozen=True):
    """The statistics of one window and unit that were asked for; extended ones where they have a value."""

    start_ms: int
    unit: str
    statistics: dict[Statistic, float]
    extended_statistics: dict[str, float]


def windows_of_question(question: StatisticsQuestion) -> Windows:
    """Returns the windows that a question is about.

    Raises:
        RequestRefusedError: It cannot be asked like that.
    """
    if question.start_ms >= question.end_ms:
        raise _invalid("The parameter StartTime must be less than the parameter EndTime.")
    _check_period(question.period_seconds)
    _check_statistics(question)
    windows = windows_between(question.start_ms, question.end_ms, question.period_seconds)
    if windows.count > _MOST_POINTS:
        raise RequestRefusedError(
            RefusalKind.INVALID_COMBINATION,
            f"You have requested up to {windows.count} datapoints, which exceeds the limit of "
            f"{_MOST_POINTS}. You may reduce the datapoints requested by increasing Period, or "
            "decreasing the time range.",
        )
    return windows


def points_of(
    question: StatisticsQuestion, windows: Windows, datapoints: Iterable[Datapoint]
) -> list[StatisticsPoint]:
    """Returns one point for every window and unit with data, oldest first.

    Datapoints come in the order of their units, and of their starts in each.
    """
    plain = [Statistic(name) for name in question.statistics]
    points = [
        StatisticsPoint(
            each.start_ms,
            each.unit,
            {statistic: statistic_of(each.statistics, statistic) for statistic in plain},
            _extended(question.extended_statistics, each),
        )
        for each in windowed(datapoints, windows, question.unit)
    ]
    return sorted(points, key=lambda each: (each.start_ms, each.unit))


def _extended(names: Iterable[str], datapoint: Datapoint) -> dict[str, float]:
    told = {name: statistic_by_name(name, datapoint.statistics, datapoint.histogram) for name in names}
    return {name: value for name, value in told.items() if value is not None}


def _check_period(period_seconds: int) -> None:
    if is_period(period_seconds):
        return
    if period_seconds < 60:
        allowed = ", ".join(map(str, SHORT_PERIODS))
        raise _invalid(f"The parameter Period must be a value in the set [{allowed}].")
    raise _invalid("The parameter Period must be a multiple of 60, and at most 86400.")


def _check_statistics(question: StatisticsQuestion) -> None:
    if not question.statistics and not question.extended_statistics:
        raise RequestRefusedError(
            RefusalKind.INVALID_COMBINATION, "Must specify either Statistics or ExtendedStatistics"
        )
    known = [each.value for each in _IN_TEXTS]
    for index, name in enumerate(question.statistics, 1):
        if name not in known:
            raise _invalid(
                f"The parameter Statistics.member.{index}.<list element> must be a value in the set "
                f"[{', '.join(known)}]."
            )
    for index, name in enumerate(question.extended_statistics, 1):
        if not is_extended_statistic(name):
            raise _invalid(
                f"The value {name} for parameter ExtendedStatistics.member.{index}.<list element> is not "
                "supported."
            )


_IN_TEXTS = (
    Statistic.SAMPLE_COUNT,
    Statistic.AVERAGE,
    Statistic.SUM,
    Statistic.MINIMUM,
    Statistic.MAXIMUM,
)


def _invalid(message: str) -> RequestRefusedError:
    return RequestRefusedError(RefusalKind.INVALID_PARAMETER, message)
