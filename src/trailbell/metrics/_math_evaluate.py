"""Evaluates expressions of metric math over a grid of slots (metrics-and-alarms 2.14 to 2.16 and 7.1)."""

from collections.abc import Collection, Mapping
from typing import TypeAlias

import msgspec

from trailbell.metrics._math_check import metrics_named
from trailbell.metrics._math_errors import MathError
from trailbell.metrics._math_functions import FUNCTIONS, METRICS, PERIOD
from trailbell.metrics._math_operations import negated, operated
from trailbell.metrics._math_parser import referenced_ids
from trailbell.metrics._math_plan import MathPlan, MathQuery, MathStep
from trailbell.metrics._math_signature import Argument, narrowed
from trailbell.metrics._math_tree import (
    POWER_LEVEL,
    Call,
    Negation,
    Node,
    Number,
    Operation,
    Reference,
    SeriesArray,
    Word,
)
from trailbell.metrics._math_values import (
    ArrayValue,
    MathGrid,
    MathValue,
    ScalarValue,
    SeriesValue,
    finite,
    numbers_over,
)

__all__ = ["MAXIMUM_WORK", "MathSeries", "SlotValues", "evaluate_math"]

MAXIMUM_WORK = 5_000_000
"""How many values one evaluation may calculate: our own bound, fifty for each datapoint AWS would return."""

SlotValues: TypeAlias = Mapping[int, float]
"""The values of one metric by the start of their slot in milliseconds; a slot without one is left out."""


class MathSeries(msgspec.Struct, frozen=True):
    """One resulting time series: values by the start of their slot, oldest first, and its label."""

    label: str
    points: tuple[tuple[int, float], ...]


def evaluate_math(
    plan: MathPlan,
    series: Mapping[str, SlotValues],
    grid: MathGrid,
    wanted: Collection[str] | None = None,
) -> dict[str, tuple[MathSeries, ...]]:
    """Returns the time series of the wanted queries by Id: one, or several where a query gives an array.

    Only what they need is evaluated, each query once. A scalar is given as a time series with its value in
    every slot. Where a result would be no finite number, by a division by zero or otherwise, there is no
    datapoint.

    Args:
        plan: The queries.
        series: The values of the metrics by Id; a metric that is left out has none.
            Values outside the grid are not looked at.
        grid: The slots. All metrics are read by its period, and ``PERIOD`` gives a metric's own.
        wanted: The Ids of the queries to answer; all of them if None.

    Raises:
        MathError: It would be too much work.
    """
    ids = [step.query.id for step in plan.steps] if wanted is None else list(dict.fromkeys(wanted))
    needed = plan.needed_ids(ids)
    steps = [step for step in plan.steps if step.query.id in needed]
    _check_work(steps, len(grid.starts_ms))
    evaluation = _Evaluation(plan, series, grid)
    for step in steps:
        evaluation.take(step)
    queries = {step.query.id: step.query for step in steps}
    return {id_: _labelled(queries[id_], evaluation.values[id_], grid) for id_ in ids}


def _check_work(steps: Collection[MathStep], slots: int) -> None:
    work = slots * sum(step.cost for step in steps)
    if work > MAXIMUM_WORK:
        message = f"The queries need {work} values to be calculated, more than {MAXIMUM_WORK}"
        expected = "a shorter time, a longer period, or fewer and smaller expressions"
        raise MathError("", 0, 0, message=f"{message}: ask for {expected}", expected=expected)


class _Evaluation:
    def __init__(self, plan: MathPlan, series: Mapping[str, SlotValues], grid: MathGrid) -> None:
        self._metric_ids = plan.metric_ids
        self._periods = {query.id: query.period_seconds or grid.period_seconds for query in plan.queries}
        self._series = series
        self._grid = grid
        self.values: dict[str, MathValue] = {}

    def take(self, step: MathStep) -> None:
        """Evaluates one query, of which all that it uses is evaluated already."""
        value = self._metric(step.query.id) if step.tree is None else self._value(step.tree)
        if isinstance(value, SeriesValue):
            value = SeriesValue(value.numbers, _label(step.query))
        self.values[step.query.id] = value

    def _metric(self, query_id: str) -> SeriesValue:
        slots = self._series.get(query_id, {})
        found = (slots.get(start_ms) for start_ms in self._grid.starts_ms)
        return SeriesValue(tuple(None if each is None else finite(float(each)) for each in found))

    def _value(self, node: Node) -> MathValue:
        if isinstance(node, Number):
            return ScalarValue(node.value)
        if isinstance(node, Reference):
            return self.values[node.id]
        if isinstance(node, Negation):
            return negated(self._value(node.operand))
        if isinstance(node, Operation):
            return self._operation(node)
        if isinstance(node, SeriesArray):
            return self._array(node)
        if isinstance(node, Call):
            return self._call(node)
        raise TypeError(f"the check let {node!r} pass as a value")

    def _operation(self, node: Operation) -> MathValue:
        values = [self._value(operand) for operand in node.operands]
        if node.operators[0].level == POWER_LEVEL:
            result = values[-1]
            for operator, value in zip(reversed(node.operators), reversed(values[:-1]), strict=True):
                result = operated(operator, value, result)
            return result
        result = values[0]
        for operator, value in zip(node.operators, values[1:], strict=True):
            result = operated(operator, result, value)
        return result

    def _array(self, node: SeriesArray) -> ArrayValue:
        members: list[SeriesValue] = []
        for member in node.members:
            value = self._value(member)
            members += value.members if isinstance(value, ArrayValue) else [narrowed(value, SeriesValue)]
        return ArrayValue(tuple(members))

    def _call(self, node: Call) -> MathValue:
        if node.name == METRICS:
            ids = metrics_named(node, self._metric_ids)
            return ArrayValue(tuple(narrowed(self.values[each], SeriesValue) for each in ids))
        if node.name == PERIOD:
            return ScalarValue(float(next(self._periods[each] for each in referenced_ids(node))))
        arguments: list[Argument] = [
            each.name if isinstance(each, Word) else self._value(each) for each in node.arguments
        ]
        return FUNCTIONS[node.name].apply(arguments, self._grid)


def _label(query: MathQuery) -> str:
    return query.id if query.label is None else query.label


def _labelled(query: MathQuery, value: MathValue, grid: MathGrid) -> tuple[MathSeries, ...]:
    label = _label(query)
    if not isinstance(value, ArrayValue):
        return (_series(label, SeriesValue(numbers_over(grid, value)), grid),)
    # The guide: label of the expression, blank, label of the metric; an empty one leaves the metric's alone.
    # That an expression without a label puts its Id there is taken from 2.16, not captured for arrays.
    return tuple(
        _series(" ".join(part for part in (label, each.label) if part), each, grid) for each in value.members
    )


def _series(label: str, value: SeriesValue, grid: MathGrid) -> MathSeries:
    pairs = zip(grid.starts_ms, value.numbers, strict=True)
    return MathSeries(label, tuple((at, number) for at, number in pairs if number is not None))
