"""The plain evaluator: decode everything, walk the tree; the fast one must agree with it on any input."""

from trailbell.patterns._events import decode_event
from trailbell.patterns._nodes import condition_predicate
from trailbell.patterns._tree import EveryEvent, Pattern

__all__ = ["matches"]


def matches(pattern: Pattern, message: bytes | str) -> bool:
    """Says whether the pattern matches the message of a log event."""
    if isinstance(pattern, EveryEvent):
        return True
    event = decode_event(message)
    return event is not None and condition_predicate(pattern.condition)(event)
