"""What holds of filter patterns whatever the input: the function that fuzzing calls."""

import json
import math
import pickle
from collections.abc import Sequence

from fuzz.inputs import input_parts
from trailbell.patterns import (
    FilterPattern,
    JsonPattern,
    Pattern,
    PatternError,
    compile_patterns,
    format_pattern,
    matches,
    parse_pattern,
    parse_selector,
    selectors,
)
from trailbell.patterns._literals import required_literals

__all__ = ["check_input"]

# Near the recursion limit a decoder's answer depends on its caller's own depth, so that two may differ.
_DEEPEST_COMPARED = 300


def check_input(data: bytes) -> None:
    """Checks everything that must hold of one input.

    Raises:
        AssertionError: Something does not; its text shows the pattern and the message.
    """
    written, message = input_parts(data)
    patterns = []
    for text in map(_text, written):
        _check_selector(text)
        tree = _parsed(text)
        if tree is not None:
            _check_printing(text, tree)
            patterns.append(FilterPattern(text))
    comparable = [each for each in patterns if _can_compare(each, message)]
    _check_set(comparable, message)
    for pattern in patterns:
        _check_answers(pattern, message, is_comparable=pattern in comparable)


def _text(data: bytes) -> str:
    """Decodes any bytes to text that encodes to them again, with halves of surrogate pairs where needed."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape")


def _can_compare(pattern: FilterPattern, message: bytes) -> bool:
    return not isinstance(pattern.pattern, JsonPattern) or _depth(message) <= _DEEPEST_COMPARED


def _depth(message: bytes) -> int:
    """Counts how deep brackets and braces nest, those inside of strings included."""
    depth = deepest = 0
    for byte in message:
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _parsed(text: str) -> Pattern | None:
    try:
        return parse_pattern(text)
    except PatternError as error:
        _check_error(error, text)
        return None


def _check_error(error: PatternError, text: str) -> None:
    assert error.pattern == text, (error.pattern, text)
    assert 0 <= error.start <= error.end <= len(text), (text, error.start, error.end)
    assert error.message, text
    assert error.expected, text
    shown, carets, *rest = error.explain().split("\n")
    assert len(text) == len(shown), (text, shown)
    assert carets.lstrip(" ").strip("^") == "", (text, carets)
    assert carets.endswith("^"), (text, carets)
    assert rest, text
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - written a moment ago
    assert error.explain() == copy.explain(), text


def _check_selector(text: str) -> None:
    try:
        selector = parse_selector(text)
    except PatternError as error:
        _check_error(error, text)
    else:
        assert selector == parse_selector(str(selector)), (text, str(selector))


def _check_printing(text: str, tree: Pattern) -> None:
    printed = format_pattern(tree)
    try:
        again = parse_pattern(printed)
    except PatternError as error:
        raise AssertionError(f"{text!r} prints as {printed!r}, which is not valid: {error}") from error
    assert tree == again, (text, printed)
    assert printed == format_pattern(again), (text, printed)
    for selector in selectors(tree):
        assert selector == parse_selector(str(selector)), (text, str(selector))


def _check_set(patterns: Sequence[FilterPattern], message: bytes) -> None:
    together = compile_patterns([each.pattern for each in patterns])
    expected = tuple(number for number, each in enumerate(patterns) if matches(each.pattern, message))
    shown = [*map(str, patterns), message]

    assert expected == together.matching(message), shown
    assert expected == together.match(together.decode(message), message), shown
    for number in expected:
        _check_literals(patterns[number], message)


def _check_literals(pattern: FilterPattern, message: bytes) -> None:
    """A message that matches holds one of the literals, so that a search for them passes over none."""
    literals = required_literals(pattern.pattern)
    may_hide = isinstance(pattern.pattern, JsonPattern) and b"\\u" in message
    if literals is not None and not may_hide:
        assert any(literal in message for literal in literals), (str(pattern), message, literals)


def _check_answers(pattern: FilterPattern, message: bytes, *, is_comparable: bool) -> None:
    copy: FilterPattern = pickle.loads(pickle.dumps(pattern))  # noqa: S301 - written a moment ago
    assert pattern == copy, (str(pattern), str(copy))
    _check_one_answer(pattern, copy, message, is_comparable=is_comparable)
    _check_one_answer(pattern, copy, _text(message), is_comparable=is_comparable)
    if is_comparable:
        _check_across_types(pattern, message)


def _check_one_answer(
    pattern: FilterPattern, copy: FilterPattern, message: bytes | str, *, is_comparable: bool
) -> None:
    answer = pattern.matches(message)
    extracted = pattern.extract(message)
    slow = matches(pattern.pattern, message)
    shown = (str(pattern), message, answer, slow, extracted)
    assert answer == copy.matches(message), shown
    assert extracted == copy.extract(message), shown
    if is_comparable:
        assert answer == slow, shown
        assert answer == (extracted is not None), shown
    for name, word in (extracted or {}).items():
        assert name.startswith("$"), shown
        # Cutting takes a word as it stands; bytes that are no text may show otherwise.
        assert isinstance(message, bytes) or word in message, shown


def _check_across_types(pattern: FilterPattern, message: bytes) -> None:
    """The same text answers the same as bytes, as a string, and as the mapping it decodes to."""
    try:
        text = message.decode()
    except UnicodeDecodeError:
        return
    shown = (str(pattern), message)
    assert pattern.matches(message) == pattern.matches(text), shown
    assert pattern.extract(message) == pattern.extract(text), shown
    event = _event(text)
    if event is not None and isinstance(pattern.pattern, JsonPattern):
        assert pattern.matches(message) == pattern.matches(event), shown


def _event(text: str) -> dict[str, object] | None:
    """Decodes a message the way a user of the library would; None where that loses something."""
    try:
        event = json.loads(text, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} cannot be written as JSON again")
    return number
