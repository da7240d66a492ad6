"""The automata take exactly the texts that the matcher takes."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.patterns import RegexLiteral, TextLiteral, Value
from trailbell.patterns._automata import Automaton, texts_in
from trailbell.patterns._automata_text import language_of
from trailbell.patterns._budget import Budget, OutOfBudgetError, UndecidedError
from trailbell.patterns._regex import compile_regex
from trailbell.patterns._values import text_test

_TOKENS = [*"abA1 .^$|-,", "[ab]", "[^a]", "[a-c]", "[]a]", "[^]a]", "[a-]", "[\\d-]", "\\d", "\\D", "\\s"]
_TOKENS += [
    "\\S",
    "\\w",
    "\\W",
    "\\x41",
    "\\.",
    "\\x0a",
    "\\^",
    "*",
    "+",
    "?",
    "{2}",
    "{1,}",
    "{,2}",
    "{0,2}",
]
_TOKENS += ["*?", "{0}", "[$^.]", "[\\]b]", "[\\x41-\\x43]", "[b-d\\w]", "[,-/]"]
_expressions = st.lists(st.sampled_from(_TOKENS), max_size=6).map("".join)
_texts = st.text("abcABC1 .\n-,]$^\t_é", max_size=5)


def value_of(text: str) -> Value:
    """Reads a value: an expression between percent signs, or a text with wildcards."""
    return RegexLiteral(text.strip("%")) if text[0] == "%" else TextLiteral(text, quoted=True)


@given(_expressions, st.lists(_texts, min_size=1, max_size=8))
def test_an_expression_fits_the_texts_that_its_search_finds(expression: str, texts: list[str]) -> None:
    try:
        search = compile_regex(expression)
    except ValueError:
        return
    automaton = Automaton(language_of(RegexLiteral(expression)))

    assert [search(text) for text in texts] == [automaton.fits(text) for text in texts]


@given(st.text("ab*", max_size=6), st.text("ab*", max_size=7))
def test_a_text_with_wildcards_fits_what_it_matches(literal: str, text: str) -> None:
    value = TextLiteral(literal, quoted=True)

    assert text_test(value)(text) == Automaton(language_of(value)).fits(text)


def test_random_expressions_agree_with_their_search_on_random_texts() -> None:
    random = Random(8)
    compared = 0
    for _ in range(4000):
        expression = "".join(random.choice(_TOKENS) for _ in range(random.randint(1, 6)))
        try:
            search = compile_regex(expression)
        except ValueError:
            continue
        automaton = Automaton(language_of(RegexLiteral(expression)))
        for _ in range(5):
            text = "".join(random.choice("abcABC1 .\n-,]$^\t_é") for _ in range(random.randint(0, 5)))
            compared += 1

            assert search(text) == automaton.fits(text), (expression, text)

    assert compared > 10_000


@pytest.mark.parametrize(
    ("inside", "outside", "found"),
    [
        (["a*", "*b"], [], "ab"),
        (["a*", "*b"], ["ab"], "axb"),
        (["ab"], ["a*"], None),
        (["*a*"], ["a*", "*a", "*a?*"], "xax"),
        (["**"], ["*"], None),
        (["%^[0-9]{3}$%"], ["%[1-9]%"], "000"),
        (["%a$%"], ["*a"], None),
        (["*a"], ["%a$%"], None),
        (["%x^%"], [], None),
    ],
)
def test_the_shortest_text_in_some_languages_and_outside_others_is_found(
    inside: list[str], outside: list[str], found: str | None
) -> None:
    wanted, unwanted = (list(map(language_of, map(value_of, texts))) for texts in (inside, outside))

    assert found == next(texts_in(wanted, unwanted, Budget(1000)), None)


def test_a_search_that_takes_too_many_steps_is_given_up() -> None:
    inside = [language_of(TextLiteral(f"*{letter}*", quoted=True)) for letter in "abcdefghijkl"]
    outside = [language_of(RegexLiteral("^.*$"))]

    with pytest.raises(OutOfBudgetError, match="given up after 100 steps"):
        list(texts_in(inside, outside, Budget(100)))


def test_a_named_class_is_beyond_the_automata() -> None:
    compile_regex("[[:alpha:]]")

    with pytest.raises(UndecidedError, match=r"\[:alpha:\]"):
        language_of(RegexLiteral("[[:alpha:]]"))
