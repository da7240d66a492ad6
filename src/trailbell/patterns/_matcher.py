"""The plain evaluator: decode everything, walk the tree; the fast one must agree with it on any input."""

from trailbell.patterns._events import decode_event, message_bytes, message_text
from trailbell.patterns._messages import regex_test, terms_test, words_test
from trailbell.patterns._nodes import condition_predicate
from trailbell.patterns._tree import DelimitedPattern, EveryEvent, Pattern, RegexPattern, TermsPattern

__all__ = ["matches"]


def matches(pattern: Pattern, message: bytes | str) -> bool:
    """Says whether the pattern matches the message of a log event."""
    match pattern:
        case EveryEvent():
            return True
        case TermsPattern():
            return terms_test(pattern)(message_bytes(message))
        case RegexPattern():
            return regex_test(pattern)(message_text(message))
        case DelimitedPattern():
            return words_test(pattern)(message_text(message)) is not None
        case _:
            event = decode_event(message)
            return event is not None and condition_predicate(pattern.condition)(event)
