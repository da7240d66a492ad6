"""GetMetricStatistics: what may be asked, and the points that answer it (metrics-and-alarms 2.8 to 2.13)."""

from collections.abc import Iterable

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.metrics._key import MetricKey
from trailbell.metrics._statistic_name import is_extended_statistic, told_statistic
from trailbell.metrics._statistics import Datapoint, Statistic, statistic_of
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
    """The statistics of one window and unit that were asked for."""

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
    """Returns one point for every window and unit with data, oldest first."""
    plain = [Statistic(name) for name in question.statistics]
    extended = {name: told_statistic(name) for name in question.extended_statistics}
    return [
        StatisticsPoint(
            each.start_ms,
            each.unit,
            {statistic: statistic_of(each.statistics, statistic) for statistic in plain},
            {
                name: statistic_of(each.statistics, statistic)
                for name, statistic in extended.items()
                if statistic is not None
            },
        )
        for each in windowed(datapoints, windows, question.unit)
    ]


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
    for name in question.extended_statistics:
        if told_statistic(name) is None:
            raise RequestRefusedError(
                RefusalKind.UNSUPPORTED,
                f"Trailbell keeps no percentiles of metrics, so that {name} cannot be told: ask for p0 or "
                "p100, or for Statistics.",
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
