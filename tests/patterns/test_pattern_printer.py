"""A tree prints to one canonical pattern, which parses to the same tree."""

import pytest
from hypothesis import given

from support.pattern_strategies import patterns
from trailbell.patterns import (
    EveryEvent,
    JsonPattern,
    Pattern,
    TextLiteral,
    WildcardSpelling,
    format_pattern,
    parse_pattern,
)


@given(patterns())
def test_a_printed_tree_parses_to_the_same_tree(pattern: Pattern) -> None:
    assert pattern == parse_pattern(format_pattern(pattern))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        (" \n ", ""),
        ("{$.a=1}", "{ $.a = 1 }"),
        ("{ (($.a = 1)) }", "{ $.a = 1 }"),
        ("{ $.a = 1 || ($.b = 2 && $.c = 3) }", "{ $.a = 1 || $.b = 2 && $.c = 3 }"),
        ("{ ($.a = 1 || $.b = 2) && $.c = 3 }", "{ ($.a = 1 || $.b = 2) && $.c = 3 }"),
        ("{ $.a = 1 && ($.b = 2 && $.c = 3) }", "{ $.a = 1 && $.b = 2 && $.c = 3 }"),
        ("{ ($.a = 1 || $.b = 2) || $.c = 3 }", "{ $.a = 1 || $.b = 2 || $.c = 3 }"),
        ("{ $.a is null && $.b Not exists }", "{ $.a IS NULL && $.b NOT EXISTS }"),
        ("{ $.['a'].['b.c'][007].* = bare }", "{ $.a.['b.c'][7].* = bare }"),
        (r"{ $.aws\.x[*] = 1 }", "{ $.['aws.x'][*] = 1 }"),
        (r'{ $.a = "x\"\\\*\d\\" }', r'{ $.a = "x\"\\\*\d\\" }'),
        ("{ $.a = %b+% && $.c != +1.50 }", "{ $.a = %b+% && $.c != +1.50 }"),
    ],
)
def test_the_canonical_text_has_no_more_than_it_needs(text: str, canonical: str) -> None:
    assert canonical == format_pattern(parse_pattern(text))


def test_the_longest_pattern_still_prints_to_one_that_can_be_parsed() -> None:
    text = "{" + "||".join(["$.a=1"] * 146) + "}"
    pattern = parse_pattern(text)

    assert len(text) == 1022
    assert text == format_pattern(pattern)


def test_the_spelling_of_a_wildcard_step_is_kept() -> None:
    texts = [f"{{ $.a{spelling.value} = 1 }}" for spelling in WildcardSpelling]

    assert texts == [format_pattern(parse_pattern(text)) for text in texts]


def test_the_tree_knows_a_star_that_stands_for_itself() -> None:
    pattern = parse_pattern(r'{ $.a = "x\*y*" }')
    assert isinstance(pattern, JsonPattern)

    assert TextLiteral("x*y*", quoted=True, plain_stars=(1,)) == getattr(pattern.condition, "value", None)


def test_a_blank_pattern_is_the_pattern_of_every_event() -> None:
    assert EveryEvent() == parse_pattern(" \t\n")
