"""How tests of hostile patterns and messages measure and ask."""

import time
from collections.abc import Callable

import pytest

from trailbell.patterns import FilterPattern, PatternError, compile_patterns, matches, parse_pattern

__all__ = ["LONGEST_PATTERN", "answers", "assert_linear", "cpu_seconds", "filled", "refusal"]

LONGEST_PATTERN = 1024

# Work of less than a fifth of a second tells nothing about its growth on a busy machine.
_NEGLIGIBLE_SECONDS = 0.2
# Doubled input takes twice the time where work is linear, four times where it is quadratic.
_MOST_GROWTH = 3.5


def cpu_seconds(work: Callable[[], object]) -> float:
    """Measures the processor time of some work, which others on the machine do not add to."""
    before = time.process_time()
    work()
    return time.process_time() - before


def assert_linear(work: Callable[[int], Callable[[], object]], largest: int) -> None:
    """Doubles the size up to the largest, and sees that no doubling multiplies the time."""
    shorter = cpu_seconds(work(largest // 8))
    for size in (largest // 4, largest // 2, largest):
        enough = max(_MOST_GROWTH * shorter, _NEGLIGIBLE_SECONDS)
        longer = cpu_seconds(work(size))
        if longer >= enough:
            longer = cpu_seconds(work(size))

        assert enough > longer, f"{size} takes more than {_MOST_GROWTH} times the {shorter:.3f} s of its half"
        shorter = longer


def answers(pattern: str, message: str | bytes) -> bool:
    """Says whether a pattern matches; the evaluators agree, alone and among others, for bytes and text."""
    held = FilterPattern(pattern)
    if isinstance(message, bytes):
        together = compile_patterns([parse_pattern("{ $.unread = 1 }"), held.pattern])
        assert held.matches(message) == (1 in together.matching(message))
    elif not any("\ud800" <= character <= "\udfff" for character in message):
        assert held.matches(message) == answers(pattern, message.encode())
    answer = held.matches(message)
    assert answer == matches(held.pattern, message)
    assert answer == (held.extract(message) is not None)
    return answer


def refusal(pattern: str) -> PatternError:
    """Gives the error of a pattern that is not valid; its place lies inside the pattern."""
    with pytest.raises(PatternError) as caught:
        parse_pattern(pattern)

    assert 0 <= caught.value.start <= caught.value.end <= len(pattern)
    assert "^" in caught.value.explain()
    return caught.value


def filled(head: str, unit: str, joint: str, tail: str) -> str:
    """Writes a pattern of as many units as it can hold, between head and tail."""
    count = (LONGEST_PATTERN - len(head) - len(tail) + len(joint)) // len(unit + joint)
    return head + joint.join([unit] * count) + tail
