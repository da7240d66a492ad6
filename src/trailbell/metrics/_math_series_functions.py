"""Functions of metric math that turn a time series into another, slot by slot or along the time.

Over an array they turn each of its time series.
"""

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from trailbell.metrics._math_signature import (
    SCALAR,
    SERIES,
    SERIES_OR_ARRAY,
    Argument,
    MathType,
    SeriesFunction,
    always,
    like_first,
    narrowed,
)
from trailbell.metrics._math_values import (
    ArrayValue,
    MathGrid,
    MathValue,
    Numbers,
    ScalarValue,
    SeriesValue,
    finite,
    numbers_over,
    over_each_series,
)

__all__ = ["CLOCK_FUNCTIONS", "SERIES_FUNCTIONS"]

_EARLIEST_MS = round(datetime(1, 1, 1, tzinfo=UTC).timestamp() * 1000)
_LATEST_MS = round(datetime(9999, 12, 31, 23, 59, tzinfo=UTC).timestamp() * 1000)

_Change = Callable[[Numbers, MathGrid], Numbers]
_Pair = Callable[[float, float], float | None]


def _turning(name: str, change: _Change) -> SeriesFunction:
    def apply(arguments: Sequence[Argument], grid: MathGrid) -> MathValue:
        value = arguments[0]
        if not isinstance(value, SeriesValue | ArrayValue):
            raise TypeError(f"{name} was given {value!r}")
        return over_each_series(value, lambda numbers: change(numbers, grid))

    return SeriesFunction(name, (SERIES_OR_ARRAY,), like_first, apply)


def _number_by_number(name: str, of: Callable[[float], float | None]) -> SeriesFunction:
    def change(numbers: Numbers, grid: MathGrid) -> Numbers:
        return tuple(None if each is None else of(each) for each in numbers)

    return _turning(name, change)


def _since_previous(name: str, of: _Pair) -> SeriesFunction:
    # "Previous" is the datapoint before, however long ago: DIFF_TIME would say nothing otherwise.
    # The first datapoint has none before it, and gives none.
    def change(numbers: Numbers, grid: MathGrid) -> Numbers:
        changed: list[float | None] = []
        previous: tuple[int, float] | None = None
        for start_ms, number in zip(grid.starts_ms, numbers, strict=True):
            if number is None or previous is None:
                changed.append(None)
            else:
                changed.append(of(number - previous[1], (start_ms - previous[0]) / 1000))
            previous = previous if number is None else (start_ms, number)
        return tuple(changed)

    return _turning(name, change)


def _running_sum(numbers: Numbers, grid: MathGrid) -> Numbers:
    total = 0.0
    sums: list[float | None] = []
    for number in numbers:
        total += number or 0.0
        sums.append(None if number is None else finite(total))
    return tuple(sums)


def _by_clock(name: str, of: Callable[[datetime], float]) -> SeriesFunction:
    def apply(arguments: Sequence[Argument], grid: MathGrid) -> MathValue:
        return SeriesValue(tuple(float(of(_instant(start_ms))) for start_ms in grid.starts_ms))

    return SeriesFunction(name, (SERIES,), always(MathType.SERIES), apply)


def _instant(at_ms: int) -> datetime:
    # Around a record of the year 1 or 9999 there are slots that no date can hold.
    return datetime.fromtimestamp(min(max(at_ms, _EARLIEST_MS), _LATEST_MS) / 1000, UTC)


def _time_series(arguments: Sequence[Argument], grid: MathGrid) -> MathValue:
    return SeriesValue(numbers_over(grid, narrowed(arguments[0], ScalarValue)))


_CLOCK_SERIES = (
    _by_clock("MINUTE", lambda at: at.minute),
    _by_clock("HOUR", lambda at: at.hour),
    # Monday is 1 and Sunday 7, so that the guide's ``IF(DAY(m1)<6, m1)`` keeps the working days.
    _by_clock("DAY", lambda at: at.isoweekday()),
    _by_clock("DATE", lambda at: at.day),
    _by_clock("MONTH", lambda at: at.month),
    _by_clock("YEAR", lambda at: at.year),
    _by_clock("EPOCH", lambda at: at.timestamp()),
)

CLOCK_FUNCTIONS = frozenset(function.name for function in _CLOCK_SERIES)
"""The functions that give the time of a slot: what they give changes though no data comes."""

SERIES_FUNCTIONS = (
    _number_by_number("ABS", abs),
    _number_by_number("CEIL", lambda number: float(math.ceil(number))),
    _number_by_number("FLOOR", lambda number: float(math.floor(number))),
    _number_by_number("LOG", lambda number: math.log(number) if number > 0 else None),
    _number_by_number("LOG10", lambda number: math.log10(number) if number > 0 else None),
    _since_previous("DIFF", lambda difference, seconds: finite(difference)),
    _since_previous("DIFF_TIME", lambda difference, seconds: seconds),
    _since_previous("RATE", lambda difference, seconds: finite(difference / seconds)),
    _turning("RUNNING_SUM", _running_sum),
    *_CLOCK_SERIES,
    SeriesFunction("TIME_SERIES", (SCALAR,), always(MathType.SERIES), _time_series),
)
"""Those functions; the clock is that of UTC, and its functions give a value in every slot."""
