"""The pattern and the set of patterns as users of the library hold them."""

import pickle
import subprocess
import sys
from collections.abc import Mapping
from types import MappingProxyType

import pytest

from trailbell.patterns import FilterPattern, PatternError, compile_patterns, parse_pattern

DENIED = '{ ($.errorCode = "*UnauthorizedOperation") || $.errorCode = "AccessDenied*" && $.a.b NOT EXISTS }'


@pytest.mark.parametrize(
    "message",
    [
        '{"errorCode":"AccessDenied"}',
        b'{"errorCode":"AccessDenied"}',
        {"errorCode": "AccessDenied"},
        MappingProxyType({"errorCode": "AccessDenied"}),
        '{"errorCode":"AccessDenied\ud800"}',
        {"errorCode": "AccessDenied\ud800", "a": {"c": [1, None]}},
    ],
)
def test_a_pattern_matches_text_bytes_and_mappings(message: str | bytes | Mapping[str, object]) -> None:
    assert FilterPattern(DENIED).matches(message)


@pytest.mark.parametrize(
    "message", ["", "AccessDenied", b"\xff", {}, {"errorCode": None}, {"a": float("nan")}]
)
def test_a_pattern_does_not_match_what_lacks_its_fields(message: str | bytes | Mapping[str, object]) -> None:
    assert not FilterPattern(DENIED).matches(message)


@pytest.mark.parametrize("message", ["", b"\xff", "text", {}])
def test_the_empty_pattern_matches_every_event(message: str | bytes | Mapping[str, object]) -> None:
    assert FilterPattern("").matches(message)


def test_a_pattern_keeps_its_text_and_knows_its_fields() -> None:
    pattern = FilterPattern(DENIED)

    assert str(pattern) == DENIED
    assert pattern.fields == ("$.errorCode", "$.a.b")
    assert pattern.pattern == parse_pattern(DENIED)
    assert repr(pattern) == f"FilterPattern({DENIED!r})"


def test_patterns_are_equal_by_text_and_can_be_pickled() -> None:
    pattern = FilterPattern(DENIED)
    copy = pickle.loads(pickle.dumps(pattern))  # noqa: S301 - our own bytes

    assert len({pattern, copy}) == 1
    assert pattern != FilterPattern("")
    assert copy.matches({"errorCode": "AccessDenied"})


def test_an_invalid_pattern_cannot_be_held() -> None:
    with pytest.raises(PatternError, match="Invalid metric filter pattern"):
        FilterPattern("{ $.a = }")


def test_a_set_names_the_patterns_that_match_in_ascending_order() -> None:
    texts = [
        "{ $.errorCode = * }",
        "{ $.eventName = ConsoleLogin }",
        "",
        "{ $.x = 1 }",
        "{ $.eventName = ConsoleLogin && $.x NOT EXISTS }",
        "{ $.y NOT EXISTS }",
    ]
    patterns = compile_patterns([parse_pattern(text) for text in texts])
    login = b'{"eventName":"ConsoleLogin","errorCode":"AccessDenied"}'

    assert patterns.matching(login) == (0, 1, 2, 4, 5)
    assert patterns.match(patterns.decode(login), login) == (0, 1, 2, 4, 5)
    assert patterns.matching(b'{"eventName":"Other"}') == (2, 5)
    assert patterns.matching(b"not JSON") == (2,)
    assert patterns.match(None, b"not JSON") == (2,)
    assert len(patterns.patterns) == len(texts)


def test_a_set_of_no_patterns_matches_nothing() -> None:
    patterns = compile_patterns([])

    assert patterns.matching(b"{}") == ()
    assert patterns.decode(b"[]") is None


def test_a_set_says_why_it_cannot_be_pickled() -> None:
    with pytest.raises(TypeError, match="ship the patterns' text"):
        pickle.dumps(compile_patterns([]))


@pytest.mark.parametrize(
    "name",
    ["__class__", "import os", "f0", "record", "MISSING", "c1", "'); raise SystemExit(", "{0}", "%s", "None"],
)
def test_hostile_names_and_texts_are_data_to_the_generated_code(name: str) -> None:
    text = f"{{ $.['{name}'].['{name}'] = \"{name}\" && $.eventName = \"{name}\" }}"
    pattern = FilterPattern(text)

    assert pattern.matches({name: {name: name}, "eventName": name})
    assert not pattern.matches({name: {name: "x"}, "eventName": name})


def test_importing_the_language_leaves_the_expression_engine_alone() -> None:
    program = "import sys, trailbell.patterns; print('re2' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout == "False\n"
