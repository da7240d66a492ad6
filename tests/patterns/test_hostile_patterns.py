"""Patterns made to break the parser or the evaluators are refused, or answer like all others."""

import pytest

from fuzz.hostile_checks import LONGEST_PATTERN, answers, cpu_seconds, filled, refusal
from trailbell.patterns import FilterPattern, PatternError, format_pattern, parse_pattern

# A pattern is parsed whenever a filter is put or tried, so that one must not occupy the server.
MOST_SECONDS = 5

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


# Regular expressions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    [
        filled("", "a{0,1000}", "", ""),
        filled("", "[a-z]{,999}", "", ""),
        filled("", "a{1000}", "", "b"),
        filled("", "a{,1000}.{1000}", "", ""),
        "x.{0,1000}y.{0,1000}z",
        filled("", "a?", "", "b"),
        filled("", "a*", "", "b"),
        filled("", "ab|", "", "b$"),
        filled("", "[", "", ""),
        filled("", "[^]", "", "]"),
    ],
    ids=lambda expression: expression[:15],
)
def test_an_expression_is_refused_or_compiled_and_searched_soon(expression: str) -> None:
    pattern = f"%{expression[: LONGEST_PATTERN - 2]}%"

    def work() -> None:
        try:
            FilterPattern(pattern).matches(b"a" * 2048)
        except PatternError as error:
            assert "Failed to compile regular expression." == error.message  # noqa: PT017 - it may also compile

    assert MOST_SECONDS > cpu_seconds(work)


@pytest.mark.parametrize(
    "expression", ["(a+)+", "(a|a)*b", "a++", "(?:a*)*", "a{1001}", "a{1000}{1000}", "a**" * 9]
)
def test_an_expression_that_other_engines_choke_on_is_refused(expression: str) -> None:
    is_forbidden = expression.startswith("(")

    expected = (
        "Invalid character(s) in term '%('" if is_forbidden else "Failed to compile regular expression."
    )
    assert expected == refusal(f"%{expression}%").message
    assert expected == refusal(f"{{ $.a = %{expression}% }}").message
    assert expected == refusal(f"[a = %{expression}%]").message


# Odd characters -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    [
        "\ud800",
        "\0",
        "\ufeff",
        "\x1b[31m",
        "\u202e",
        "{ $.\ud800 = 1 }",
        "{ $.a = \0 }",
        "%\ud800%",
        "[\0]",
        "[a = \udfff]",
    ],
)
def test_a_pattern_of_odd_characters_outside_of_quotes_is_refused(pattern: str) -> None:
    assert "Invalid character(s) in term" in refusal(pattern).message
