"""What is wrong with the rule of a composite alarm, where, and what was expected there."""

from typing import Any

from trailbell._errors import marked_line, visible
from trailbell.alarms._alarm import AlarmDefinitionError

__all__ = ["AlarmRuleError"]


class AlarmRuleError(AlarmDefinitionError):
    """An AlarmRule is not valid; the text is AWS's (metrics-and-alarms 11.1) where it is known.

    `what` is the part of the text inside the brackets; `start` and `end` are character offsets into `rule`.
    """

    def __init__(self, rule: str, start: int, end: int, what: str) -> None:
        super().__init__("AlarmRule", f"Error in AlarmRule [{what}]")
        self.rule = rule
        self.start = start
        self.end = end
        self.what = what

    def explain(self) -> str:
        """Shows the rule on one line, carets under the error, and the text."""
        return f"{marked_line(self.rule, self.start, self.end)}\n{visible(str(self))}"

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors cross process boundaries; the default rebuild would pass field and message.
        return type(self), (self.rule, self.start, self.end, self.what)
