"""Functions of metric math that choose what stands in a slot: ``FILL`` in a gap, ``IF`` by a condition."""

from collections.abc import Sequence
from itertools import pairwise

from trailbell.metrics._math_signature import (
    SERIES_OR_ARRAY,
    Argument,
    MathType,
    Parameter,
    SeriesFunction,
    like_first,
)
from trailbell.metrics._math_values import (
    ArrayValue,
    MathGrid,
    MathValue,
    Numbers,
    ScalarValue,
    SeriesValue,
    numbers_over,
    over_each_series,
)

__all__ = ["CHOOSING_FUNCTIONS"]

_SINGLE = (MathType.SCALAR, MathType.SERIES)


def _fill(arguments: Sequence[Argument], grid: MathGrid) -> MathValue:
    filled, filler = arguments
    if not isinstance(filled, SeriesValue | ArrayValue):
        raise TypeError(f"FILL was given {filled!r}")
    if filler == "REPEAT":
        return over_each_series(filled, _repeated)
    if filler == "LINEAR":
        return over_each_series(filled, lambda numbers: _interpolated(numbers, grid.starts_ms))
    fillers = numbers_over(grid, _single(filler))
    return over_each_series(
        filled,
        lambda numbers: tuple(
            other if each is None else each for each, other in zip(numbers, fillers, strict=True)
        ),
    )


def _repeated(numbers: Numbers) -> Numbers:
    """Returns the values with gaps filled by the last one before; before the first there is none."""
    last: float | None = None
    filled: list[float | None] = []
    for number in numbers:
        last = last if number is None else number
        filled.append(last)
    return tuple(filled)


def _interpolated(numbers: Numbers, starts_ms: Sequence[int]) -> Numbers:
    """Returns the values with gaps bridged by a straight line; a gap at either end stays."""
    filled = list(numbers)
    places = [place for place, number in enumerate(numbers) if number is not None]
    for before, after in pairwise(places):
        first, last = numbers[before], numbers[after]
        if first is None or last is None:
            continue
        length_ms = starts_ms[after] - starts_ms[before]
        for place in range(before + 1, after):
            share = (starts_ms[place] - starts_ms[before]) / length_ms
            # Weighted like this, even the line between the largest numbers stays finite.
            filled[place] = first * (1 - share) + last * share
    return tuple(filled)


def _if(arguments: Sequence[Argument], grid: MathGrid) -> MathValue:
    condition, true = _single(arguments[0]), _single(arguments[1])
    false = _single(arguments[2]) if len(arguments) > 2 else None
    if isinstance(condition, ScalarValue):
        return _chosen_by_scalar(condition, true, false, grid)
    trues = numbers_over(grid, true)
    if isinstance(true, SeriesValue):
        # Where the condition is true and this time series has a gap, the guide's tables give 0.
        trues = tuple(0.0 if each is None else each for each in trues)
    falses = numbers_over(grid, ScalarValue(None) if false is None else false)
    return SeriesValue(tuple(map(_chosen, condition.numbers, trues, falses)))


def _chosen(condition: float | None, true: float | None, false: float | None) -> float | None:
    if condition is None:
        return None
    return true if condition else false


def _chosen_by_scalar(
    condition: ScalarValue,
    true: ScalarValue | SeriesValue,
    false: ScalarValue | SeriesValue | None,
    grid: MathGrid,
) -> MathValue:
    is_scalar = isinstance(true, ScalarValue) and isinstance(false, ScalarValue)
    chosen = false if condition.number == 0 else true
    if condition.number is None or chosen is None:
        chosen = ScalarValue(None)
    return chosen if is_scalar else SeriesValue(numbers_over(grid, chosen))


def _if_result(types: Sequence[MathType]) -> MathType:
    # The guide lists no IF over scalars alone; with all three parts it can only be a scalar.
    is_scalar = len(types) == 3 and set(types) == {MathType.SCALAR}
    return MathType.SCALAR if is_scalar else MathType.SERIES


def _single(argument: Argument) -> ScalarValue | SeriesValue:
    if not isinstance(argument, ScalarValue | SeriesValue):
        raise TypeError(f"the check let {argument!r} pass as a scalar or a time series")
    return argument


CHOOSING_FUNCTIONS = (
    SeriesFunction("FILL", (SERIES_OR_ARRAY, Parameter(_SINGLE, ("REPEAT", "LINEAR"))), like_first, _fill),
    SeriesFunction(
        "IF", (Parameter(_SINGLE), Parameter(_SINGLE), Parameter(_SINGLE, (), True)), _if_result, _if
    ),
)
"""Those functions."""
