"""What is made to break the pattern language, or to keep it busy, is answered soon and in little memory."""

import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from fuzz.hostile_inputs import HOSTILE_INPUTS
from support.project import ROOT
from trailbell.patterns import (
    FilterPattern,
    PatternError,
    compile_patterns,
    format_pattern,
    matches,
    parse_pattern,
)

LONGEST_PATTERN = 1024
LARGEST_MESSAGE = 256 * 1024

# Work of less than a fifth of a second tells nothing about its growth on a busy machine.
NEGLIGIBLE_SECONDS = 0.2
# Doubled input takes twice the time where work is linear, four times where it is quadratic.
MOST_GROWTH = 3.5

DEEP = 10_000
MOST_MEGABYTES = 400


def cpu_seconds(work: Callable[[], object]) -> float:
    """The processor time of some work, which others on the machine do not add to."""
    before = time.process_time()
    work()
    return time.process_time() - before


def assert_linear(work: Callable[[int], Callable[[], object]], largest: int) -> None:
    """Doubles the size up to the largest, and sees that no doubling multiplies the time."""
    shorter = cpu_seconds(work(largest // 8))
    for size in (largest // 4, largest // 2, largest):
        attempts = (cpu_seconds(work(size)) for _ in range(3))
        longer = next(
            (each for each in attempts if each < max(MOST_GROWTH * shorter, NEGLIGIBLE_SECONDS)), None
        )

        assert longer is not None, (
            f"{size} takes more than {MOST_GROWTH} times the {shorter:.3f} s of its half"
        )
        shorter = longer


def answers(pattern: str, message: str | bytes) -> bool:
    """What the evaluators agree on, alone and beside another pattern, and for text in both its types."""
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
    """The error of a pattern, whose place lies inside the pattern."""
    with pytest.raises(PatternError) as caught:
        parse_pattern(pattern)

    assert 0 <= caught.value.start <= caught.value.end <= len(pattern)
    assert "^" in caught.value.explain()
    return caught.value


def filled(head: str, unit: str, joint: str, tail: str) -> str:
    """As many units as a pattern can hold, between head and tail."""
    count = (LONGEST_PATTERN - len(head) - len(tail) + len(joint)) // len(unit + joint)
    return head + joint.join([unit] * count) + tail


# Messages without end -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE_INPUTS)
def test_the_time_grows_with_the_length_of_the_message(name: str) -> None:
    hostile = HOSTILE_INPUTS[name]
    pattern = FilterPattern(hostile.pattern)

    def work(size: int) -> Callable[[], object]:
        message = hostile.message(size)
        encoded = message.encode()
        return lambda: (pattern.matches(encoded), pattern.extract(message))

    assert_linear(work, LARGEST_MESSAGE)


@pytest.mark.parametrize("name", HOSTILE_INPUTS)
def test_a_hostile_message_gets_the_right_answer(name: str) -> None:
    hostile = HOSTILE_INPUTS[name]

    assert hostile.matches == answers(hostile.pattern, hostile.message(LARGEST_MESSAGE // 16))


@pytest.mark.parametrize(
    "expression",
    [
        "[a-z]{1000}" * 92,
        "a{0,1000}" * 100 + "b",
        "a{,1000}.{1000}" * 60,
        "x.{0,1000}y.{0,1000}z",
        "a{500}{2}b",
    ],
)
def test_an_expression_of_enormous_counts_is_refused_or_takes_linear_time(expression: str) -> None:
    try:
        pattern = FilterPattern(f"%{expression}%")
    except PatternError as error:
        assert error.message == "Failed to compile regular expression."  # noqa: PT017 - it may also compile
        return

    assert_linear(lambda size: lambda: pattern.matches(b"a" * size), 4096)


def test_all_hostile_inputs_are_answered_in_little_memory() -> None:
    script = (
        "import resource, sys\n"
        "from fuzz.hostile_inputs import HOSTILE_INPUTS\n"
        "from trailbell.patterns import FilterPattern\n"
        "for each in HOSTILE_INPUTS.values():\n"
        "    FilterPattern(each.pattern).extract(each.message(int(sys.argv[1])))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(LARGEST_MESSAGE // 4)],
        capture_output=True,
        check=True,
        cwd=ROOT / "tests",
        text=True,
        timeout=300,
    )

    # Kilobytes, but bytes on a Mac.
    unit = 1 if sys.platform == "darwin" else 1024
    assert MOST_MEGABYTES * 1024 * 1024 > int(done.stdout) * unit


# Patterns as long as they may be --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    [
        filled("", "?a", "", ""),
        filled("", "a", "-", ""),
        filled('"', "\\*", "", '"'),
        filled('"', '\\"', "", '"'),
        filled('"', "\\\\", "", '"'),
        filled('"', "\N{GRINNING FACE}", "", '"'),
        filled("%", "a|", "", "a%"),
        filled("%", "\\x41", "", "%"),
        filled("{", "$.a=1", "||", "}"),
        filled("{", "$.a\\.b=1", "&&", "}"),
        filled("{", "$.['a.b']=1", "&&", "}"),
        filled("{", "$.a[0]IS NULL", "&&", "}"),
        filled("{", "$.a[0]NOT EXISTS", "||", "}"),
        filled("{", "($.a=1||$.b=1)", "&&", "}"),
        filled("{$.a", ".a", "", "=1}"),
        filled("{$.a", "[0]", "", " IS NULL}"),
        filled("{$.a[", "9", "", "]=1}"),
        filled("{$.a=", "9", "", "}"),
        filled("{$.a=1.", "9", "", "}"),
        filled('{$.a="', "*", "", '"}'),
        filled('{$.a="', "\\*", "", '"}'),
        filled("{$.", "\N{MATHEMATICAL BOLD CAPITAL A}", "", "=1}"),
        filled("[", "", ",", "]"),
        filled("[", "a=1", "||", "]"),
        filled("[", "a<1", "&&", "]"),
        filled("[a=", "9", "", "]"),
        filled('[a="', "\N{GRINNING FACE}", "", '"]'),
        filled("[..., ", "\N{MATHEMATICAL BOLD CAPITAL A}", "", "]"),
    ],
    ids=lambda pattern: pattern[:20] + pattern[-4:],
)
def test_a_pattern_as_long_as_may_be_prints_and_matches(pattern: str) -> None:
    tree = parse_pattern(pattern)

    assert LONGEST_PATTERN - 20 <= len(pattern) <= LONGEST_PATTERN
    assert tree == parse_pattern(format_pattern(tree))
    for message in ("a", "{}", '{"a":1}', '{"a":[' + "9" * 1000 + "]}", "\N{GRINNING FACE} *"):
        answers(pattern, message)


@pytest.mark.parametrize("unit", ["a", "\N{MATHEMATICAL BOLD CAPITAL A}", "\ud83d"])
@pytest.mark.parametrize(("head", "tail"), [('"', '"'), ('{$.a="', '"}'), ('[a="', '"]')])
def test_the_longest_pattern_has_1024_characters_whatever_they_are(head: str, tail: str, unit: str) -> None:
    longest = filled(head, unit, "", tail)

    assert len(longest) == LONGEST_PATTERN
    parse_pattern(longest)
    assert "less than or equal to 1024" in refusal(head + unit + longest[len(head) :]).message


def test_blanks_count_to_the_length_of_a_pattern() -> None:
    parse_pattern(" " * LONGEST_PATTERN)

    assert "less than or equal to 1024" in refusal(" " * (LONGEST_PATTERN + 1)).message
    assert "less than or equal to 1024" in refusal("a" * 1_000_000).message


# Patterns that nest ---------------------------------------------------------------------------------------


def test_a_condition_may_stand_in_five_hundred_parentheses() -> None:
    pattern = "{" + "(" * 508 + "$.a=1" + ")" * 508 + "}"

    assert parse_pattern("{ $.a = 1 }") == parse_pattern(pattern)
    assert answers(pattern, '{"a":1}')


@pytest.mark.parametrize(
    "pattern", ["{" + "(" * 1022 + "}", "{" + "(" * 1000 + "$.a=1}", "{$.a=1" + ")" * 1000 + "}"]
)
def test_parentheses_without_their_other_halves_are_refused(pattern: str) -> None:
    assert "Invalid metric filter pattern" == refusal(pattern).message


def nested(selector: str, *, inwards: bool) -> tuple[str, int]:
    """Alternating as deep as fits: ``= 1`` at the bottom, then ``|| = 2``, ``&& = 2`` and so on."""
    condition, depth = f"{selector}=1", 0
    while True:
        joint = ("||", "&&")[depth % 2]
        parts = (f"({condition})", f"{selector}=2")
        outer = joint.join(parts[::-1] if inwards else parts)
        if len(outer) > LONGEST_PATTERN - 2:
            return f"{{{condition}}}", depth
        condition, depth = outer, depth + 1


@pytest.mark.parametrize("inwards", [False, True])
@pytest.mark.parametrize(
    "selector", ["$.a", "$.eventName", "$.errorCode", "$.a.a.a.a.a.a.a.a", "$.a[0]", "$.*"]
)
def test_alternating_conditions_nest_as_deep_as_a_pattern_is_long(selector: str, inwards: bool) -> None:
    if selector == "$.*":
        # Three wildcards are allowed, which nest twice.
        pattern, depth = ("{$.*=2&&($.*=2||($.*=1))}" if inwards else "{(($.*=1)||$.*=2)&&$.*=2}"), 2
    else:
        pattern, depth = nested(selector, inwards=inwards)
    names = selector.removeprefix("$.").replace("[0]", "").split(".")
    opening = "".join(f'{{"{name}":' for name in names).replace('"*"', '"any"')
    brackets = ("[", "]") if selector.endswith("]") else ("", "")
    got = [
        answers(pattern, f"{opening}{brackets[0]}{number}{brackets[1]}{'}' * len(names)}")
        for number in (1, 2, 3)
    ]

    # One holds at the bottom, and each && above it asks for two.
    assert [depth < 2, True, False] == got
    assert parse_pattern(pattern) == parse_pattern(format_pattern(parse_pattern(pattern)))


def test_a_path_of_five_hundred_names_is_walked() -> None:
    pattern = filled("{$.a", ".a", "", "=1}")
    depth = pattern.count("a")

    assert answers(pattern, '{"a":' * depth + "1" + "}" * depth)
    assert not answers(pattern, '{"a":' * (depth - 1) + "1" + "}" * (depth - 1))


def test_a_path_of_three_hundred_indexes_is_walked() -> None:
    pattern = filled("{$.a", "[0]", "", "=1}")
    depth = pattern.count("[0]")

    assert answers(pattern, '{"a":' + "[" * depth + "1" + "]" * depth + "}")
    assert not answers(pattern, '{"a":' + "[" * depth + "[1]" + "]" * depth + "}")


def test_more_wildcards_than_allowed_are_refused_however_many() -> None:
    assert "wildcard" in refusal(filled("{$.a", "[*]", "", "=1}")).message
    assert "wildcard" in refusal(filled("{", "$.*=1", "||", "}")).expected
    assert "wildcard" in refusal(filled("{$", ".*", "", "=1}")).message
