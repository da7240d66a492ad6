"""What is wrong with an expression of metric math, in which query and where, and what was expected there.

MathError                 an expression, or a set of queries, that is not valid
  UnsupportedMathError    AWS has it, this version does not
"""

from typing import Any

from trailbell._errors import TrailbellError, marked_line, visible

__all__ = ["MathError", "UnsupportedMathError"]


class MathError(TrailbellError, ValueError):
    """An expression of metric math is not valid.

    ``message`` says what is wrong; ``start`` and ``end`` are character offsets into ``expression``;
    ``expected`` says what may stand there instead; ``query_id`` is the Id of its query, or empty.
    """

    def __init__(self, expression: str, start: int, end: int, *, message: str, expected: str) -> None:
        super().__init__(message)
        self.expression = expression
        self.start = start
        self.end = end
        self.message = message
        self.expected = expected
        self.query_id = ""

    def __str__(self) -> str:
        # AWS's text, as captured for an unknown function (metrics-and-alarms 2.18).
        return f"Error in expression '{self.query_id}': {self.message}" if self.query_id else self.message

    def explain(self) -> str:
        """Shows the expression on one line, carets under the error, and what was expected there."""
        marked = marked_line(self.expression, self.start, self.end)
        return f"{marked}\n{visible(str(self))}\nexpected {visible(self.expected)}"

    def of_query(self, query_id: str) -> "MathError":
        """Returns the same error, with the Id of the query it is in."""
        found = type(self)(
            self.expression, self.start, self.end, message=self.message, expected=self.expected
        )
        found.query_id = query_id
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors cross process boundaries; the default rebuild would pass the message alone.
        place = (self.expression, self.start, self.end)
        return _rebuild, (type(self), *place, self.message, self.expected, self.query_id)


class UnsupportedMathError(MathError):
    """An expression uses what AWS has and this version does not."""


def _rebuild(kind: type[MathError], *parts: Any) -> MathError:
    expression, start, end, message, expected, query_id = parts
    return kind(expression, start, end, message=message, expected=expected).of_query(query_id)
