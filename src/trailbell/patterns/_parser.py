"""Parses filter patterns: what the first character says of the syntax (filter-patterns section 1)."""

from trailbell.patterns._delimited_parser import parse_delimited_pattern
from trailbell.patterns._errors import INVALID_PATTERN, PatternError, must_end_with
from trailbell.patterns._json_parser import parse_json_pattern
from trailbell.patterns._lexer import WHITE_SPACE, tokenize
from trailbell.patterns._terms_parser import parse_regex_pattern, parse_terms
from trailbell.patterns._tree import EveryEvent, Pattern, Selector

__all__ = ["MAXIMUM_LENGTH", "parse_pattern", "parse_selector"]

MAXIMUM_LENGTH = 1024

_CLOSERS = {"{": "}", "[": "]", "%": "%"}


def parse_pattern(text: str) -> Pattern:
    """Parses a filter pattern; a blank one matches every event.

    Raises:
        PatternError: The pattern is not valid.
    """
    _check_length(text)
    body = text.strip(WHITE_SPACE)
    if not body:
        return EveryEvent()
    start = text.index(body[0])
    end = start + len(body)
    closer = _CLOSERS.get(body[0])
    if closer is None:
        return parse_terms(text, start, end)
    if len(body) == 1 or body[-1] != closer:
        message = must_end_with(body[0], closer)
        raise PatternError(text, end - 1, end, message=message, expected=f"{closer!r} at the end")
    if closer == "%":
        return parse_regex_pattern(text, start, end)
    parse = parse_json_pattern if closer == "}" else parse_delimited_pattern
    return parse(text, start + 1, end - 1)


def parse_selector(text: str) -> Selector:
    """Parses a lone selector such as ``$.requestParameters.items[0]``.

    Raises:
        PatternError: the text is not exactly one selector, or longer than a pattern may be.
    """
    _check_length(text)
    tokens = tokenize(text, 0, len(text))
    selector = tokens[0].meaning
    if not isinstance(selector, Selector) or tokens[0].text != text:
        expected = "one selector such as $.eventName and nothing else"
        raise PatternError(text, 0, len(text), message=INVALID_PATTERN, expected=expected)
    return selector


def _check_length(text: str) -> None:
    if len(text) > MAXIMUM_LENGTH:
        message = (
            f"1 validation error detected: Value '{text}' at 'filterPattern' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MAXIMUM_LENGTH}"
        )
        expected = f"at most {MAXIMUM_LENGTH} characters, not {len(text)}"
        raise PatternError(text, MAXIMUM_LENGTH, len(text), message=message, expected=expected)
