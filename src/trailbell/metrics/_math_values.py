"""What metric math calculates with: numbers, time series and arrays of them, over one grid of slots."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import TypeAlias

import msgspec

__all__ = [
    "ArrayValue",
    "MathGrid",
    "MathValue",
    "Numbers",
    "ScalarValue",
    "SeriesValue",
    "finite",
    "numbers_over",
    "over_each_series",
]

Numbers: TypeAlias = tuple[float | None, ...]
"""The values of one time series, one for each slot of the grid; None where there is none."""


class MathGrid(msgspec.Struct, frozen=True):
    """The slots an evaluation covers: their starts in milliseconds, ascending, and how long each is."""

    starts_ms: tuple[int, ...]
    period_seconds: int

    def __post_init__(self) -> None:
        if any(before >= after for before, after in pairwise(self.starts_ms)):
            raise ValueError("the starts of slots must ascend")


class ScalarValue(msgspec.Struct, frozen=True):
    """A number, or None where there is none: the average of no datapoints, a division by zero."""

    number: float | None


class SeriesValue(msgspec.Struct, frozen=True):
    """A time series; ``label`` is that of the one query it comes from, if it comes from one."""

    numbers: Numbers
    label: str | None = None


class ArrayValue(msgspec.Struct, frozen=True):
    """An array of time series."""

    members: tuple[SeriesValue, ...]


MathValue: TypeAlias = ScalarValue | SeriesValue | ArrayValue


def finite(number: float) -> float | None:
    """Returns the number, or None for an infinity or NaN: AWS drops such datapoints."""
    return number if math.isfinite(number) else None


def numbers_over(grid: MathGrid, value: ScalarValue | SeriesValue) -> Numbers:
    """Returns the values of a time series, or of a number in every slot."""
    if isinstance(value, SeriesValue):
        return value.numbers
    return (value.number,) * len(grid.starts_ms)


def over_each_series(
    value: SeriesValue | ArrayValue, change: Callable[[Numbers], Numbers]
) -> SeriesValue | ArrayValue:
    """Returns a time series changed, or each one of an array; the labels stay."""
    if isinstance(value, ArrayValue):
        return ArrayValue(tuple(SeriesValue(change(each.numbers), each.label) for each in value.members))
    return SeriesValue(change(value.numbers), value.label)
