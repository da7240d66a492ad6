"""What space-delimited patterns match over all messages: relations, and messages that show them."""

from itertools import product
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from support.message_strategies import delimited_patterns, lines
from trailbell.patterns import (
    Pattern,
    PatternError,
    Relation,
    compare,
    format_pattern,
    matches,
    parse_pattern,
)
from trailbell.patterns._coverage import SearchResult, find_event

_WORDS = ("x", "y", "4", "404", "404.0", "0404", "1", "-5", "1e3", "ERROR", '""', '"x y"', "[x", '"')
_GAPS = (("", " ", ""), (" ", "\t", " "), ("", "", ""), ("x ", " ", " 4"), ("", " ", ' "x" y'))
LINES = [
    opening + gap.join(words) + closing
    for words in ((), *((word,) for word in _WORDS), *product(_WORDS, repeat=2))
    for opening, gap, closing in _GAPS
]


@pytest.mark.parametrize(
    ("reference", "candidate", "relation"),
    [
        ("[a, b = 1]", "[a, b = 2]", "incomparable"),
        ("[a, b = 404]", "[c, d = 404.0]", "equivalent"),
        ("[a, b = 404, c]", '[a, b = "404", c]', "stricter"),
        ("[a, b = 4*, c]", "[a, b = 404, c]", "incomparable"),
        ("[a, b = 4*, c]", "[a, b >= 400 && b < 500, c]", "incomparable"),
        ("[a, b > 1, c]", "[a, b >= 2, c]", "stricter"),
        ("[a, b > 1 || b <= 1, c]", "[a, b = *, c]", "looser"),
        ("[a, b = %^[0-9]+$%, c]", "[a, b > 1 || b <= 1, c]", "looser"),
        ("[a, b != 1 && b != 2, c]", "[a, b != 2 && b != 1, c]", "equivalent"),
        ("[a != x || a != y]", "[a]", "equivalent"),
        ("[a = 1 && a = 2, b]", "[a = x && a != x]", "equivalent"),
        ("[a, b = 0 && b > 1e2000000000]", "[a = 1 && a = 2]", "equivalent"),
        ("[a, b > 1e999999999]", "[a, b > 1e999999999 || b > 1e999999998]", "looser"),
        ("[a, b]", "[a, b, ...]", "equivalent"),
        ("[a, b]", "[a, , c]", "stricter"),
        ("[..., status = 4*]", "[..., status = 4*, bytes]", "incomparable"),
        ("[ip, ..., status = 404]", "[ip, , ..., status = 404]", "stricter"),
        ("[a = x, ..., b = x]", "[a = x, ..., b = *]", "looser"),
        ("[a = 1, ..., b = 2]", "[a = 1, ..., b != 3]", "looser"),
        ('[a = "x y"]', '[a = "x y", ...]', "incomparable"),
        ('[a = "x y", b]', '[a = "x*y", b]', "looser"),
        ('[a = "*]*", b]', '[a = "*\\"*", b]', "incomparable"),
        ('[a = "* *" && a = "*]*" && a = "*\\"*", b]', "[a = 1 && a = 2]", "equivalent"),
        ("", "[a]", "stricter"),
        ("", "[]", "equivalent"),
        ("[...]", "[]", "equivalent"),
    ],
)
def test_patterns_are_compared_by_what_they_match(reference: str, candidate: str, relation: str) -> None:
    assert relation == compare(reference, candidate).relation
    turned = {"stricter": "looser", "looser": "stricter"}
    assert turned.get(relation, relation) == compare(candidate, reference).relation


def test_candidates_count_together() -> None:
    assert Relation.EQUIVALENT == compare("[a = x || a = y, b]", "[a = x, b]", "[a = y, b]").relation
    assert Relation.STRICTER == compare("[a = x || a = y, b]", "[a = x, b]", "[a = y, b, c]").relation


@pytest.mark.parametrize(
    ("reference", "candidate", "reason"),
    [
        ("[a, b = x*]", "[a, b = x*, ...]", "words that may not stand side by side in a message"),
        (
            "[a, b = %^1e1[0-9]{30}$%, c]",
            "[a, b = %^1e1[0-9]{30}$% && b != 1, c]",
            "a word asked for by its number and by its text",
        ),
        ("[a = %[[:alpha:]]%]", "[a = x]", "a class such as [:alpha:] in a regular expression"),
    ],
)
def test_what_cannot_be_decided_is_unknown_and_says_why(reference: str, candidate: str, reason: str) -> None:
    coverage = compare(reference, candidate)

    assert (Relation.UNKNOWN, reason) == (coverage.relation, coverage.reason)


@given(delimited_patterns(), delimited_patterns(), st.lists(lines(), max_size=20))
@settings(max_examples=100)
def test_any_two_patterns_relate_as_all_messages_say(
    first: Pattern, second: Pattern, messages: list[str]
) -> None:
    check(first, second, messages)


@given(delimited_patterns(), st.integers(0, 7), st.lists(lines(), max_size=20))
@example(parse_pattern("[a, b = x*]"), 3, ["x xy z", 'x "x y" z'])
@settings(max_examples=100)
def test_a_pattern_and_one_like_it_relate_as_all_messages_say(
    pattern: Pattern, change: int, messages: list[str]
) -> None:
    text = format_pattern(pattern)
    old, new = (
        ("!=", "="),
        (" = ", " != "),
        ("&&", "||"),
        ("]", ", ...]"),
        (">", "<"),
        ("*", ""),
        ("...", "rest"),
        (", ", ", , "),
    )[change]
    try:
        like_it = parse_pattern(text.replace(old, new, 1))
    except PatternError:
        return
    check(pattern, like_it, messages)
    check(like_it, pattern, messages)


def check(first: Pattern, second: Pattern, messages: list[str]) -> None:
    search = find_event([first], [second], budget=5_000)
    shown = [each for each in (*messages, *LINES) if matches(first, each) and not matches(second, each)]

    if search.message is not None:
        assert [True, False] == [matches(pattern, search.message) for pattern in (first, second)]
    if search.result is SearchResult.NONE:
        assert [] == shown


@pytest.mark.parametrize(
    "pattern",
    [
        "[" + "," * 1000 + "]",
        "[" + "," * 500 + "..." + "," * 500 + "]",
        "[" + ", ".join(f"a{number} = *{number}*" for number in range(60)) + "]",
        "[a = " + " || a = ".join(f"*{number}*" for number in range(70)) + "]",
        "[a > " + " || a > ".join(f"{number}e{number}" for number in range(70)) + "]",
        "[a = %^[ab]*a[ab]{300}$%]",
    ],
    ids=["many fields", "fields on both sides", "wildcards", "alternatives", "numbers", "expression"],
)
def test_a_pattern_that_means_ill_takes_seconds_at_most(pattern: str) -> None:
    begun = process_time()
    compare(pattern, "[..., x = 4* && x != 404, y != %^[bc]*b[bc]{200}%]")

    assert process_time() - begun < 30
