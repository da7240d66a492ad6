"""A pattern in words: each operator by the one table, groups told apart, no text that breaks a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.message_strategies import text_patterns
from support.pattern_strategies import bare_json_patterns
from trailbell.patterns import Pattern, explain, parse_pattern


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{ $.a = x }", '$.a is "x"'),
        ("{ $.a = x* }", '$.a begins with "x"'),
        ("{ $.a = *x }", '$.a ends with "x"'),
        ("{ $.a = *x* }", '$.a contains "x"'),
        ("{ $.a = x*y }", '$.a is like "x*y"'),
        (r'{ $.a = "x\**y" }', r'$.a is like "x\**y"'),
        (r'{ $.a = "x\\*y" }', r'$.a is like "x\\*y"'),
        (r'{ $.a = "x\**" }', '$.a begins with "x*"'),
        ('{ $.a = "x\\*" }', '$.a is "x*"'),
        ('{ $.a = "" }', '$.a is ""'),
        ("{ $.a = * }", "$.a is any text or number"),
        ("{ $.a = ** }", "$.a is any text or number"),
        ("{ $.a = %^x% }", "$.a has a match of %^x%"),
        ("{ $.a = 5 }", "$.a equals 5"),
        ("{ $.a < 5 }", "$.a is less than 5"),
        ("{ $.a <= 5 }", "$.a is at most 5"),
        ("{ $.a > 5 }", "$.a is greater than 5"),
        ("{ $.a >= 5 }", "$.a is at least 5"),
        ("{ $.a != x }", '$.a is present and is not "x"'),
        ("{ $.a != x* }", '$.a is present and does not begin with "x"'),
        ("{ $.a != *x }", '$.a is present and does not end with "x"'),
        ("{ $.a != *x* }", '$.a is present and does not contain "x"'),
        ("{ $.a != x*y }", '$.a is present and is not like "x*y"'),
        ("{ $.a != * }", "$.a is present and differs from any text or number, which never holds"),
        ("{ $.a != %x% }", "$.a is present and has no match of %x%"),
        ("{ $.a != 5 }", "$.a is present and does not equal 5"),
        ("{ $.a IS NULL }", "$.a is null"),
        ("{ $.a IS TRUE }", "$.a is true"),
        ("{ $.a IS FALSE }", "$.a is false"),
        ("{ $.a NOT EXISTS }", "$.a is missing"),
        ("{ $.a[*].b = x }", 'some value at $.a[*].b is "x"'),
        ("{ $.a[*] != x* }", '$.a is present and no value at $.a[*] begins with "x"'),
        ("{ $.* != 1 }", "no value at $.* equals 1"),
        ("{ $.a.* IS NULL }", "some value at $.a.* is null"),
        ("{ $.a[*] NOT EXISTS }", "there is no value at $.a[*]"),
    ],
)
def test_each_test_has_its_words(pattern: str, words: str) -> None:
    assert f"Matches events that are a JSON object in which {words}." == explain(parse_pattern(pattern))


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("", "Matches every event."),
        ("ERROR", 'Matches events whose message contains "ERROR".'),
        ("-ERROR -warn", 'Matches events whose message does not contain "ERROR" or "warn".'),
        ("a b -c", 'Matches events whose message contains "a" and "b" and does not contain "c".'),
        ("?a ?b ?c", 'Matches events whose message contains "a", "b", or "c".'),
        (
            "a ?b ?c",
            'Matches events whose message contains "a". '
            '"b" and "c" are ignored, being optional beside other terms.',
        ),
        ("%4[0-9]%", "Matches events whose message has a match of %4[0-9]%."),
        ("[]", "Matches every event."),
        ("[...]", "Matches every event."),
        ("[a, b]", "Matches events whose message has 2 or more space-delimited words."),
        (
            "[a, b = 4* || b = 5*]",
            "Matches events whose message has 2 or more space-delimited words, where "
            'b, everything from word 2 on, begins with "4" or begins with "5".',
        ),
        (
            "[a = x, ..., b > 1 && b < 9, c]",
            "Matches events whose message has 3 or more space-delimited words, where "
            'a, word 1, is "x", and b, word 2 from the end, is greater than 1 and is less than 9.',
        ),
        ("[..., c = 1]", "Matches events whose message has 1 or more space-delimited words, "
         "where c, the last word, equals 1."),
    ],
)  # fmt: skip
def test_each_syntax_is_a_sentence(pattern: str, sentence: str) -> None:
    assert sentence == explain(parse_pattern(pattern))


def test_values_of_one_field_are_a_list() -> None:
    pattern = parse_pattern(
        "{ $.eventSource = kms.amazonaws.com && "
        "($.eventName = DisableKey || $.eventName = ScheduleKeyDeletion) && $.a != x && $.a != y }"
    )

    assert (
        "Matches events that are a JSON object in which all of these hold:\n"
        '- $.eventSource is "kms.amazonaws.com"\n'
        '- $.eventName is one of "DisableKey", "ScheduleKeyDeletion"\n'
        '- $.a is present and is none of "x", "y"'
    ) == explain(pattern)


def test_conditions_in_conditions_are_an_outline_of_what_binds_tighter() -> None:
    pattern = parse_pattern(
        '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") '
        '&& ($.sourceIPAddress != "delivery.logs.amazonaws.com") && ($.eventName != "HeadBucket") }'
    )

    assert (
        "Matches events that are a JSON object in which at least one of these holds:\n"
        '- $.errorCode ends with "UnauthorizedOperation"\n'
        "- all of these hold:\n"
        '  - $.errorCode begins with "AccessDenied"\n'
        '  - $.sourceIPAddress is present and is not "delivery.logs.amazonaws.com"\n'
        '  - $.eventName is present and is not "HeadBucket"'
    ) == explain(pattern)


@given(st.one_of(bare_json_patterns(), text_patterns()))
def test_nothing_in_a_pattern_moves_the_line_of_a_terminal(pattern: Pattern) -> None:
    lines = explain(pattern).split("\n")

    assert all(line.isprintable() for line in lines)
    assert all(line.lstrip(" ").startswith("- ") for line in lines[1:])


def test_conditions_nested_as_deep_as_a_pattern_has_room_are_explained() -> None:
    pattern = parse_pattern("{" + "$.a=1&&($.b=2||(" * 50 + "$.c=3" + "))" * 50 + "}")

    *_, last = explain(pattern).split("\n")
    assert "  " * 99 + "- $.c equals 3" == last
