"""How values compare: the text of numbers, exact arithmetic, wildcards and regular expressions."""

import re
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.patterns import compile_patterns, matches, parse_pattern


def _answers(pattern: str, message: str) -> bool:
    tree = parse_pattern(pattern)
    compiled = compile_patterns([tree])
    plain = matches(tree, message)
    assert plain == (compiled.matching(message.encode()) == (0,))
    return plain


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-1", "-1"),
        ("12345678901234567890", "12345678901234567890"),
        ("1" + "0" * 5000, "1" + "0" * 5000),
        ("0.0", "0.0"),
        ("-0.0", "-0.0"),
        ("1.0", "1.0"),
        ("1e0", "1.0"),
        ("1e3", "1000.0"),
        ("0.001", "0.001"),
        ("0.0009", "9.0E-4"),
        ("5e-4", "5.0E-4"),
        ("9999999.0", "9999999.0"),
        ("1e7", "1.0E7"),
        ("10000000.0", "1.0E7"),
        ("12345678.9", "1.23456789E7"),
        ("-1.5e300", "-1.5E300"),
        ("1e16", "1.0E16"),
        ("5e-324", "4.9E-324"),
        ("2e-323", "2.0E-323"),
        ("1e23", "1.0E23"),
        ("1e309", "Infinity"),
        ("-1e309", "-Infinity"),
        ("1e-400", "0.0"),
    ],
)
def test_a_number_has_the_text_that_java_prints(number: str, text: str) -> None:
    if len(text) > 900:
        assert _answers(f'{{ $.a = "{text[:900]}*" }}', f'{{"a":{number}}}')
        return

    assert _answers(f'{{ $.a = "{text}" }}', f'{{"a":{number}}}')
    assert not _answers(f'{{ $.a != "{text}" }}', f'{{"a":{number}}}')


@pytest.mark.parametrize(
    ("test", "number"),
    [
        ("= 9007199254740993", "9007199254740993"),
        ("!= 9007199254740992", "9007199254740993"),
        ("> 9007199254740992", "9007199254740993"),
        ("= 0.1", "0.1"),
        ("= 0.1", "0.1000000000000000055511151231257827021181583404541015625"),
        ("= 1e-3", "0.001"),
        ("= 0", "-0.0"),
        ("= 1e3", "1000"),
        ("= 1000.00", "1e3"),
        ("= 0", "1e-400"),
        ("> 1e-400", "0.1"),
        ("< 1e400", "1.7976931348623157e308"),
        ("< 1e2147483647", "9" * 5000),
        ("> 1e-2147483648", "5e-324"),
        ("= +007", "7"),
    ],
)
def test_numbers_compare_exactly(test: str, number: str) -> None:
    assert _answers(f"{{ $.a {test} }}", f'{{"a":{number}}}')


@pytest.mark.parametrize("test", ["= 1", "!= 1", "< 1", "> 1", "<= 1", ">= 1"])
@pytest.mark.parametrize("number", ["1e309", "-1e309"])
def test_a_number_that_overflows_fails_every_numeric_test(test: str, number: str) -> None:
    assert not _answers(f"{{ $.a {test} }}", f'{{"a":{number}}}')


@pytest.mark.parametrize("test", ["= *", '= "*"', '!= "x"', "= %y$%"])
def test_a_number_that_overflows_still_has_a_text(test: str) -> None:
    assert _answers(f"{{ $.a {test} }}", '{"a":1e309}')


@pytest.mark.parametrize(
    ("literal", "matching", "failing"),
    [
        ("1", ["1"], ["01", "1.0", "+1"]),
        ("+1", ["+1"], ["1"]),
        ("1e3", ["1e3"], ["1000", "1E3"]),
    ],
)
def test_a_bare_number_equals_a_string_as_typed(
    literal: str, matching: list[str], failing: list[str]
) -> None:
    pattern = f"{{ $.a = {literal} }}"

    assert [True] * len(matching) == [_answers(pattern, f'{{"a":"{text}"}}') for text in matching]
    assert [False] * len(failing) == [_answers(pattern, f'{{"a":"{text}"}}') for text in failing]


@given(st.text("ab*", max_size=8), st.text("ab", max_size=12))
def test_wildcards_match_any_text(wildcards: str, text: str) -> None:
    expression = ".*".join(map(re.escape, wildcards.split("*")))
    expected = re.fullmatch(expression, text) is not None

    assert expected == _answers(f'{{ $.a = "{wildcards}" }}', f'{{"a":"{text}"}}')
    assert expected != _answers(f'{{ $.a != "{wildcards}" }}', f'{{"a":"{text}"}}')


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=3),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_decimals_compare_as_their_shortest_form(literal: Decimal, number: float) -> None:
    expected = Decimal(repr(number)) < literal

    assert expected == _answers(f"{{ $.a < {literal:f} }}", f'{{"a":{number!r}}}')


def test_a_star_behind_a_backslash_stands_for_itself() -> None:
    assert _answers(r'{ $.a = "x\*" }', '{"a":"x*"}')
    assert not _answers(r'{ $.a = "x\*" }', '{"a":"xy"}')


def test_many_wildcards_stay_fast_on_a_text_made_against_them() -> None:
    pattern = parse_pattern('{ $.a = "' + "*a" * 300 + '*b" }')
    message = '{"a":"' + "a" * 100_000 + '"}'
    before = time.perf_counter()
    answer = matches(pattern, message)

    assert not answer
    assert time.perf_counter() - before < 2


@pytest.mark.parametrize(
    ("expression", "text", "answer"),
    [
        ("a{,2}b", "b", True),
        ("^a{,2}b$", "aaab", False),
        ("^a{2,}$", "aaa", True),
        ("[{,2}]", ",", True),
        ("[]a]", "]", True),
        ("^[^]a]$", "b", True),
        (r"\{,2\}", "{,2}", True),
        (r"^\x41\x28$", "A(", True),
        (r"^[\x41-\x43]$", "B", True),
        (r"^\w+$", "é", False),
        ("a+?", "a", True),
        ("^a.c$", "a\\nc", False),
        ("c$", "c\\n", False),
        ("^a b$", "a b", True),
        ("A", "a", False),
        ("^.$", "\\ud800", True),
        ("^x.y$", "x\\ud83d\\ude00y", True),
    ],
)
def test_regular_expressions_search_the_text(expression: str, text: str, answer: bool) -> None:
    assert answer == _answers(f"{{ $.a = %{expression}% }}", f'{{"a":"{text}"}}')
    assert answer != _answers(f"{{ $.a != %{expression}% }}", f'{{"a":"{text}"}}')
