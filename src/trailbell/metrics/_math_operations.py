"""What the operators of metric math calculate, number by number and series by series.

Gaps are those of metrics-and-alarms 7.1: between two time series a missing value counts as 0 where the other
side has one, and where both are missing so is the result.
"""

import math
import operator
from collections.abc import Callable

from trailbell.metrics._math_tree import Operator
from trailbell.metrics._math_values import (
    ArrayValue,
    MathValue,
    Numbers,
    ScalarValue,
    SeriesValue,
    finite,
    over_each_series,
)

__all__ = ["negated", "operated"]

_Calculation = Callable[[float, float], float | None]


def operated(sign: Operator, left: MathValue, right: MathValue) -> MathValue:
    """Returns what an operator makes of two operands, of which at most one is an array."""
    calculate = _CALCULATIONS[sign]
    if isinstance(left, ArrayValue):
        return ArrayValue(tuple(_kept(operated(sign, each, right), each) for each in left.members))
    if isinstance(right, ArrayValue):
        return ArrayValue(tuple(_kept(operated(sign, left, each), each) for each in right.members))
    if isinstance(left, SeriesValue):
        if isinstance(right, SeriesValue):
            return SeriesValue(_between_series(calculate, left.numbers, right.numbers))
        return SeriesValue(_with_right(calculate, left.numbers, right.number), left.label)
    if isinstance(right, SeriesValue):
        return SeriesValue(_with_left(calculate, left.number, right.numbers), right.label)
    if left.number is None or right.number is None:
        return ScalarValue(None)
    return ScalarValue(calculate(left.number, right.number))


def negated(value: MathValue) -> MathValue:
    """Returns a value with its sign turned."""
    if isinstance(value, ScalarValue):
        return ScalarValue(None if value.number is None else -value.number)
    return over_each_series(value, lambda numbers: tuple(None if each is None else -each for each in numbers))


def _kept(value: MathValue, member: SeriesValue) -> SeriesValue:
    if not isinstance(value, SeriesValue):
        raise TypeError("an operation on a time series makes a time series")
    return SeriesValue(value.numbers, member.label)


def _between_series(calculate: _Calculation, left: Numbers, right: Numbers) -> Numbers:
    # U15: few captures show a gap on one side; the guide's table of comparisons agrees with them.
    return tuple(
        None if a is None and b is None else calculate(0.0 if a is None else a, 0.0 if b is None else b)
        for a, b in zip(left, right, strict=True)
    )


def _with_right(calculate: _Calculation, left: Numbers, right: float | None) -> Numbers:
    if right is None:
        return (None,) * len(left)
    return tuple(None if each is None else calculate(each, right) for each in left)


def _with_left(calculate: _Calculation, left: float | None, right: Numbers) -> Numbers:
    if left is None:
        return (None,) * len(right)
    return tuple(None if each is None else calculate(left, each) for each in right)


def _arithmetic(calculate: Callable[[float, float], float]) -> _Calculation:
    def calculated(left: float, right: float) -> float | None:
        return finite(calculate(left, right))

    return calculated


def _divided(left: float, right: float) -> float | None:
    return finite(left / right) if right else None


def _raised(left: float, right: float) -> float | None:
    try:
        return finite(math.pow(left, right))
    except (ValueError, OverflowError):
        # 0^-1, a root of a negative number, or a result too large: like a division by zero.
        return None


def _answering(holds: Callable[[float, float], bool]) -> _Calculation:
    return lambda left, right: 1.0 if holds(left, right) else 0.0


_CALCULATIONS: dict[Operator, _Calculation] = {
    Operator.OR: _answering(lambda left, right: bool(left or right)),
    Operator.AND: _answering(lambda left, right: bool(left and right)),
    Operator.EQUAL: _answering(operator.eq),
    Operator.NOT_EQUAL: _answering(operator.ne),
    Operator.LESS: _answering(operator.lt),
    Operator.LESS_OR_EQUAL: _answering(operator.le),
    Operator.GREATER: _answering(operator.gt),
    Operator.GREATER_OR_EQUAL: _answering(operator.ge),
    Operator.PLUS: _arithmetic(operator.add),
    Operator.MINUS: _arithmetic(operator.sub),
    Operator.TIMES: _arithmetic(operator.mul),
    Operator.DIVIDE: _divided,
    Operator.POWER: _raised,
}
