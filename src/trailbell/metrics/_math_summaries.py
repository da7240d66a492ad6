"""Functions of metric math that sum up: a time series to a scalar, an array slot by slot to a time series."""

import math
from collections.abc import Callable, Sequence

from trailbell.metrics._math_signature import (
    SERIES_OR_ARRAY,
    Argument,
    MathType,
    SeriesFunction,
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
)

__all__ = ["SORTING_SUMMARIES", "SUMMARY_FUNCTIONS", "summary_of"]

_Summary = Callable[[list[float]], float]


def summary_of(name: str, numbers: Numbers) -> float | None:
    """Returns a summary of the values there are; None where there are none, but a count of 0."""
    present = [each for each in numbers if each is not None]
    # No capture shows the sum of no datapoints: like their average it is taken as none.
    return finite(_SUMMARIES[name](present)) if present or name == "DATAPOINT_COUNT" else None


def _average(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def _deviation(numbers: list[float]) -> float:
    # AWS does not say whether it divides by n or by n - 1; n also fits a single value.
    mean = _average(numbers)
    return math.sqrt(sum((each - mean) * (each - mean) for each in numbers) / len(numbers))


def _count(numbers: list[float]) -> float:
    return float(len(numbers))


_SUMMARIES: dict[str, _Summary] = {
    "AVG": _average,
    "DATAPOINT_COUNT": _count,
    "MAX": max,
    "MIN": min,
    "STDDEV": _deviation,
    "SUM": sum,
}
SORTING_SUMMARIES = ("AVG", "MAX", "MIN", "SUM")
"""The summaries ``SORT`` can sort by."""


def _summarizing(name: str) -> SeriesFunction:
    def apply(arguments: Sequence[Argument], grid: MathGrid) -> MathValue:
        value = arguments[0]
        if isinstance(value, SeriesValue):
            return ScalarValue(summary_of(name, value.numbers))
        return _slot_by_slot(name, narrowed(value, ArrayValue), len(grid.starts_ms))

    return SeriesFunction(name, (SERIES_OR_ARRAY,), _reduced, apply)


def _reduced(types: Sequence[MathType]) -> MathType:
    return MathType.SERIES if types[0] == MathType.ARRAY else MathType.SCALAR


def _slot_by_slot(name: str, array: ArrayValue, slots: int) -> SeriesValue:
    if not array.members:
        return SeriesValue((None,) * slots)
    columns = zip(*(each.numbers for each in array.members), strict=True)
    return SeriesValue(tuple(_of_slot(name, column) for column in columns))


def _of_slot(name: str, column: Numbers) -> float | None:
    if all(each is None for each in column):
        # No time series has a datapoint here; so that a gap of all stays a gap, a count of 0 is none too.
        return None
    if name == "AVG":
        # The guide says of AVG, and of no other function, that missing values count as 0.
        return summary_of(name, tuple(0.0 if each is None else each for each in column))
    return summary_of(name, column)


SUMMARY_FUNCTIONS = tuple(_summarizing(name) for name in _SUMMARIES)
"""Those functions."""
