"""Functions of metric math that pick from an array of time series, or count it."""

from collections.abc import Sequence

import msgspec

from trailbell.metrics._math_signature import (
    ARRAY,
    SCALAR,
    Argument,
    MathType,
    Parameter,
    SeriesFunction,
    always,
    narrowed,
)
from trailbell.metrics._math_summaries import SORTING_SUMMARIES, summary_of
from trailbell.metrics._math_values import ArrayValue, MathGrid, MathValue, ScalarValue, SeriesValue

__all__ = ["ARRAY_FUNCTIONS"]

_OPTIONAL_SCALAR = msgspec.structs.replace(SCALAR, is_optional=True)


def _first(arguments: Sequence[Argument], grid: MathGrid) -> MathValue:
    return next(iter(_members(arguments)), _empty(grid))


def _last(arguments: Sequence[Argument], grid: MathGrid) -> MathValue:
    return next(reversed(_members(arguments)), _empty(grid))


def _metric_count(arguments: Sequence[Argument], grid: MathGrid) -> MathValue:
    return ScalarValue(float(len(_members(arguments))))


def _remove_empty(arguments: Sequence[Argument], grid: MathGrid) -> MathValue:
    return ArrayValue(tuple(each for each in _members(arguments) if _has_datapoints(each)))


def _slice(arguments: Sequence[Argument], grid: MathGrid) -> MathValue:
    members = _members(arguments)
    start = _place(arguments[1], len(members))
    end = _place(arguments[2], len(members)) if len(arguments) > 2 else len(members)
    return ArrayValue(members[start:end])


def _sort(arguments: Sequence[Argument], grid: MathGrid) -> MathValue:
    summary, order = narrowed(arguments[1], str), narrowed(arguments[2], str)
    keyed = [(summary_of(summary, each.numbers), each) for each in _members(arguments)]
    # Without a datapoint there is nothing to sort by: those come last in either order.
    empty = [each for key, each in keyed if key is None]
    found = [(key, each) for key, each in keyed if key is not None]
    found.sort(key=lambda pair: pair[0], reverse=order == "DESC")
    limit = _place(arguments[3], len(keyed)) if len(arguments) > 3 else len(keyed)
    return ArrayValue(tuple([*(each for _, each in found), *empty][:limit]))


def _members(arguments: Sequence[Argument]) -> tuple[SeriesValue, ...]:
    return narrowed(arguments[0], ArrayValue).members


def _has_datapoints(series: SeriesValue) -> bool:
    return any(each is not None for each in series.numbers)


def _place(argument: Argument, most: int) -> int:
    """Returns a scalar as a place in an array: without its fraction, and inside the array."""
    number = narrowed(argument, ScalarValue).number
    return 0 if number is None else int(min(max(number, 0), most))


def _empty(grid: MathGrid) -> SeriesValue:
    return SeriesValue((None,) * len(grid.starts_ms))


ARRAY_FUNCTIONS = (
    SeriesFunction("FIRST", (ARRAY,), always(MathType.SERIES), _first),
    SeriesFunction("LAST", (ARRAY,), always(MathType.SERIES), _last),
    SeriesFunction("METRIC_COUNT", (ARRAY,), always(MathType.SCALAR), _metric_count),
    SeriesFunction("REMOVE_EMPTY", (ARRAY,), always(MathType.ARRAY), _remove_empty),
    SeriesFunction("SLICE", (ARRAY, SCALAR, _OPTIONAL_SCALAR), always(MathType.ARRAY), _slice),
    SeriesFunction(
        "SORT",
        (ARRAY, Parameter((), SORTING_SUMMARIES), Parameter((), ("ASC", "DESC")), _OPTIONAL_SCALAR),
        always(MathType.ARRAY),
        _sort,
    ),
)
"""Those functions."""
