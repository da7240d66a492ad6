"""Checks the tree of an expression of metric math: that its names are known, and that its types fit."""

from collections.abc import Mapping, Sequence

import msgspec

from trailbell.metrics._math_errors import MathError, UnsupportedMathError
from trailbell.metrics._math_functions import FUNCTIONS, METRICS, PERIOD, UNSUPPORTED_FUNCTIONS
from trailbell.metrics._math_signature import MathType, Parameter, SeriesFunction
from trailbell.metrics._math_tree import (
    Call,
    Negation,
    Node,
    Number,
    Operation,
    Operator,
    Place,
    Reference,
    SeriesArray,
    Text,
    Word,
)

__all__ = ["MAXIMUM_SERIES", "CheckedShape", "Shape", "check_tree", "metrics_named"]

MAXIMUM_SERIES = 500
"""How many time series an array may hold: AWS's bound on the queries of a request and of a graph."""

_GIVES = "an expression that gives a time series or a scalar"


class Shape(msgspec.Struct, frozen=True):
    """What an expression gives: its type, and at most how many time series."""

    type: MathType
    series: int = 0


class CheckedShape(msgspec.Struct, frozen=True):
    """What a whole expression gives, and what one slot of it costs: a unit for each value calculated."""

    shape: Shape
    cost: int


def check_tree(
    tree: Node, expression: str, shapes: Mapping[str, Shape], metric_ids: Sequence[str]
) -> CheckedShape:
    """Checks one expression.

    Args:
        tree: The expression.
        expression: Its text, for errors.
        shapes: What the other queries give, by Id: at least those it names.
        metric_ids: The queries that are metrics, in the order of the request.

    Raises:
        MathError: A name is unknown, or an operand or argument is of the wrong type.
        UnsupportedMathError: A function is one this version does not have.
    """
    checker = _Checker(expression, shapes, metric_ids)
    shape = checker.value(tree, f"Expected {_GIVES}")
    return CheckedShape(shape, checker.cost)


def metrics_named(call: Call, metric_ids: Sequence[str]) -> tuple[str, ...]:
    """Returns the metrics that a call of ``METRICS`` stands for: all, or those whose Id contains its text."""
    text = call.arguments[0] if call.arguments else Text("")
    return tuple(each for each in metric_ids if isinstance(text, Text) and text.value in each)


class _Checker:
    def __init__(self, expression: str, shapes: Mapping[str, Shape], metric_ids: Sequence[str]) -> None:
        self._expression = expression
        self._shapes = shapes
        self._metric_ids = metric_ids
        self.cost = 0

    def value(self, node: Node, refusal: str) -> Shape:
        """Returns what a node gives; ``refusal`` is said of a word or text, which gives nothing."""
        shape = self._shape(node)
        if shape.type in {MathType.WORD, MathType.TEXT}:
            raise self._error(node.place, f"{refusal}, not {shape.type.phrase}", _GIVES)
        return shape

    def _shape(self, node: Node) -> Shape:
        if isinstance(node, Number):
            return Shape(MathType.SCALAR)
        if isinstance(node, Text):
            return Shape(MathType.TEXT)
        if isinstance(node, Word):
            return Shape(MathType.WORD)
        if isinstance(node, Reference):
            shape = self._reference(node)
        elif isinstance(node, Negation):
            shape = self.value(node.operand, "The operand of '-' must be a scalar or time series")
        elif isinstance(node, Operation):
            shape = self._operation(node)
        elif isinstance(node, SeriesArray):
            shape = self._array(node)
        else:
            shape = self._call(node)
        self.cost += shape.series
        return shape

    def _reference(self, node: Reference) -> Shape:
        if node.id not in self._shapes:
            raise self._error(
                node.place, f"'{node.id}' is not the Id of a query", "the Id of a metric or expression"
            )
        return self._shapes[node.id]

    def _operation(self, node: Operation) -> Shape:
        first = node.operators[0]
        shape = self._operand(node.operands[0], first)
        for operator, operand in zip(node.operators, node.operands[1:], strict=True):
            other = self._operand(operand, operator)
            if shape.type == other.type == MathType.ARRAY:
                raise self._error(
                    operand.place,
                    f"'{operator}' cannot stand between two arrays of time series (TS[])",
                    "a scalar or a time series",
                )
            shape = max(shape, other, key=lambda each: _WIDTHS[each.type])
            self.cost += shape.series
        return shape

    def _operand(self, node: Node, operator: Operator) -> Shape:
        shape = self.value(node, f"An operand of '{operator}' must be a scalar or time series")
        # The guide has arrays for arithmetic only.
        if shape.type == MathType.ARRAY and not operator.is_arithmetic:
            raise self._error(
                node.place,
                f"'{operator}' compares scalars and time series, not an array of time series (TS[])",
                "a scalar or a time series",
            )
        return shape

    def _array(self, node: SeriesArray) -> Shape:
        series = 0
        for member in node.members:
            shape = self.value(member, "A member of an array must be a time series")
            if shape.type == MathType.SCALAR:
                raise self._error(
                    member.place,
                    "A member of an array must be a time series (TS), not a scalar (S)",
                    "a time series; TIME_SERIES makes one of a scalar",
                )
            series += shape.series
        return self._bounded(series, node.place)

    def _bounded(self, series: int, place: Place) -> Shape:
        if series > MAXIMUM_SERIES:
            raise self._error(
                place,
                f"The array has {series} time series, more than {MAXIMUM_SERIES}",
                f"at most {MAXIMUM_SERIES} time series",
            )
        return Shape(MathType.ARRAY, series)

    def _call(self, node: Call) -> Shape:
        if node.name == METRICS:
            return self._metrics(node)
        if node.name == PERIOD:
            return self._period(node)
        if node.name in UNSUPPORTED_FUNCTIONS:
            raise UnsupportedMathError(
                self._expression,
                node.place.start,
                node.place.end,
                message=f"Function '{node.name}' is not supported",
                expected="a function over the metrics of this request",
            )
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise self._error(
                node.place, f"Function '{node.name}' not found", "a function of metric math, in capitals"
            )
        return self._called(node, function)

    def _called(self, node: Call, function: SeriesFunction) -> Shape:
        least = sum(not each.is_optional for each in function.parameters)
        self._check_count(node, least, len(function.parameters))
        shapes = []
        for place, (argument, parameter) in enumerate(
            zip(node.arguments, function.parameters, strict=False), 1
        ):
            shape = self._shape(argument)
            if not _fits(argument, shape, parameter):
                given = f"'{argument.name}'" if isinstance(argument, Word) else shape.type.phrase
                raise self._error(
                    argument.place,
                    f"Argument {place} of function '{node.name}' must be {parameter.phrase}, not {given}",
                    parameter.phrase,
                )
            shapes.append(shape)
        result = function.result([shape.type for shape in shapes])
        if result == MathType.ARRAY:
            return Shape(result, shapes[0].series)
        return Shape(result, 1 if result == MathType.SERIES else 0)

    def _metrics(self, node: Call) -> Shape:
        self._check_count(node, 0, 1)
        for argument in node.arguments:
            if not isinstance(argument, Text):
                phrase = "a text between quotes"
                raise self._error(argument.place, f"The argument of '{METRICS}' must be {phrase}", phrase)
        return self._bounded(len(metrics_named(node, self._metric_ids)), node.place)

    def _period(self, node: Call) -> Shape:
        self._check_count(node, 1, 1)
        argument = node.arguments[0]
        if not isinstance(argument, Reference):
            phrase = "the Id of a metric"
            raise self._error(argument.place, f"The argument of '{PERIOD}' must be {phrase}", phrase)
        self._reference(argument)
        if argument.id not in self._metric_ids:
            raise self._error(
                argument.place,
                f"The argument of '{PERIOD}' must be a metric, and '{argument.id}' is an expression",
                "the Id of a metric",
            )
        return Shape(MathType.SCALAR)

    def _check_count(self, node: Call, least: int, most: int) -> None:
        given = len(node.arguments)
        if not least <= given <= most:
            phrase = f"{least}" if least == most else f"{least} to {most}"
            phrase += " argument" if phrase == "1" else " arguments"
            raise self._error(
                node.place, f"Function '{node.name}' takes {phrase}, not {given}", f"{phrase} in parentheses"
            )

    def _error(self, place: Place, message: str, expected: str) -> MathError:
        return MathError(self._expression, place.start, place.end, message=message, expected=expected)


_WIDTHS = {MathType.SCALAR: 0, MathType.SERIES: 1, MathType.ARRAY: 2}


def _fits(argument: Node, shape: Shape, parameter: Parameter) -> bool:
    return argument.name in parameter.words if isinstance(argument, Word) else shape.type in parameter.types
