"""Parses expressions of metric math.

From the loosest: ``||``, ``&&``, comparisons, ``+ -``, ``* /``, the unary minus, ``^``.
"""

import math

from trailbell.metrics._math_errors import MathError, UnsupportedMathError
from trailbell.metrics._math_tokens import Token, TokenKind, tokenize
from trailbell.metrics._math_tree import (
    POWER_LEVEL,
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
    deepest,
    walk,
)

__all__ = ["MAXIMUM_DEPTH", "MAXIMUM_LENGTH", "parse_expression", "referenced_ids"]

MAXIMUM_LENGTH = 2048
"""MetricExpression in the CloudWatch API model; older texts say 1024."""
MAXIMUM_DEPTH = 64
"""How deep an expression may nest: our own bound, so that no expression outgrows Python's stack."""

_OPERAND = "an Id, a number, a function, '-', '(' or '['"


def parse_expression(expression: str) -> Node:
    """Parses one expression; names of functions and Ids are not looked up.

    Raises:
        MathError: It is too long, too deep, or no expression.
        UnsupportedMathError: It is a Metrics Insights query.
    """
    if len(expression) > MAXIMUM_LENGTH:
        raise MathError(
            expression,
            MAXIMUM_LENGTH,
            len(expression),
            message=f"The expression has {len(expression)} characters, more than {MAXIMUM_LENGTH}",
            expected=f"at most {MAXIMUM_LENGTH} characters",
        )
    return _Parser(expression).parse()


def referenced_ids(expression: str | Node) -> tuple[str, ...]:
    """Returns the Ids an expression names, each once, in the order of their first use.

    What ``METRICS()`` stands for is not among them: that depends on the other queries (``MathPlan``).

    Raises:
        MathError: The text is no expression.
    """
    tree = parse_expression(expression) if isinstance(expression, str) else expression
    return tuple(dict.fromkeys(node.id for node in walk(tree) if isinstance(node, Reference)))


class _Parser:
    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = list(tokenize(expression))
        self._position = 0
        self._depth = 0

    def parse(self) -> Node:
        first = self._token
        if first.text.upper() == "SELECT" and self._tokens[1].kind == TokenKind.NAME:
            raise UnsupportedMathError(
                self._expression,
                first.place.start,
                first.place.end,
                message="Metrics Insights queries (SELECT) are not supported",
                expected="an expression of metric math",
            )
        tree = self._operations(0)
        if self._token.kind != TokenKind.END:
            raise self._unexpected("an operator or the end")
        depth, innermost = deepest(tree)
        if depth > MAXIMUM_DEPTH:
            raise self._too_deep(innermost.place)
        return tree

    @property
    def _token(self) -> Token:
        return self._tokens[self._position]

    def _take(self) -> Token:
        token = self._token
        self._position += 1
        return token

    def _operator_at(self, lowest: int, highest: int) -> Operator | None:
        operator = self._token.operator
        return operator if operator is not None and lowest <= operator.level <= highest else None

    def _operations(self, lowest: int) -> Node:
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise self._too_deep(self._token.place)
        tree = self._signed()
        while (operator := self._operator_at(lowest, POWER_LEVEL - 1)) is not None:
            tree = self._chain(tree, operator.level)
        self._depth -= 1
        return tree

    def _chain(self, first: Node, level: int) -> Node:
        operands, operators = [first], []
        while (operator := self._operator_at(level, level)) is not None:
            self._take()
            operators.append(operator)
            operands.append(self._operations(level + 1))
        return self._operation(operands, operators)

    def _signed(self) -> Node:
        if self._token.operator != Operator.MINUS:
            return self._power()
        minus = self._take()
        operand = self._operations(POWER_LEVEL)
        return Negation(operand, Place(minus.place.start, self._end))

    def _power(self) -> Node:
        operands, operators = [self._primary()], []
        while (operator := self._operator_at(POWER_LEVEL, POWER_LEVEL)) is not None:
            self._take()
            operators.append(operator)
            is_signed = self._token.operator == Operator.MINUS
            operands.append(self._signed() if is_signed else self._primary())
        return self._operation(operands, operators) if operators else operands[0]

    def _operation(self, operands: list[Node], operators: list[Operator]) -> Operation:
        place = Place(operands[0].place.start, self._end)
        return Operation(tuple(operands), tuple(operators), place)

    def _primary(self) -> Node:
        token = self._token
        if token.kind == TokenKind.NUMBER:
            return self._number(self._take())
        if token.kind == TokenKind.TEXT:
            return Text(token.text[1:-1], self._take().place)
        if token.kind == TokenKind.NAME:
            return self._named(self._take())
        if token.text == "(":
            self._take()
            inner = self._operations(0)
            self._close(")")
            return inner
        if token.text == "[":
            self._take()
            members = self._list("]")
            return SeriesArray(members, Place(token.place.start, self._end))
        raise self._unexpected(_OPERAND)

    def _named(self, name: Token) -> Node:
        if self._token.text == "(":
            self._take()
            if self._token.text == ")":
                self._take()
                return Call(name.text, (), name.place)
            return Call(name.text, self._list(")"), name.place)
        return Reference(name.text, name.place) if name.text[0].islower() else Word(name.text, name.place)

    def _number(self, token: Token) -> Number:
        value = float(token.text)
        if not math.isfinite(value):
            raise MathError(
                self._expression,
                token.place.start,
                token.place.end,
                message=f"The number at character {token.place.start + 1} is too large",
                expected="a number below 1.8e308",
            )
        return Number(value, token.place)

    def _list(self, closing: str) -> tuple[Node, ...]:
        members = [self._operations(0)]
        while self._token.text == ",":
            self._take()
            members.append(self._operations(0))
        self._close(closing, "an operator, ','")
        return tuple(members)

    def _close(self, closing: str, alternatives: str = "an operator") -> None:
        if self._token.text != closing:
            raise self._unexpected(f"{alternatives} or '{closing}'")
        self._take()

    @property
    def _end(self) -> int:
        return self._tokens[self._position - 1].place.end

    def _too_deep(self, place: Place) -> MathError:
        return MathError(
            self._expression,
            place.start,
            place.end,
            message=f"The expression is nested more than {MAXIMUM_DEPTH} deep",
            expected="fewer parentheses, calls, signs and operators inside one another",
        )

    def _unexpected(self, expected: str) -> MathError:
        token = self._token
        is_end = token.kind == TokenKind.END
        found = "end" if is_end else f"'{token.text}' at character {token.place.start + 1}"
        message = f"Unexpected {found}: expected {expected}"
        return MathError(
            self._expression, token.place.start, token.place.end, message=message, expected=expected
        )
