"""Every case of the pattern language, plain, compiled and through the library's face."""

from collections import Counter

import pytest

from support.pattern_cases import CASES, Case, by_id
from trailbell.patterns import (
    FilterPattern,
    PatternError,
    compile_patterns,
    format_pattern,
    matches,
    parse_pattern,
)

VALID = [case for case in CASES if case.match != "invalid"]
INVALID = [case for case in CASES if case.match == "invalid"]


def test_no_case_is_left_out() -> None:
    counts = Counter((case.syntax, case.match == "invalid") for case in CASES)

    assert counts == {
        ("empty", False): 2,
        ("json", False): 212,
        ("json", True): 17,
        ("terms", False): 50,
        ("terms", True): 7,
        ("delimited", False): 47,
        ("delimited", True): 5,
        ("regex", False): 26,
        ("regex", True): 6,
    }


@pytest.mark.parametrize("case", by_id(VALID))
def test_both_evaluators_answer_as_the_case_says(case: Case) -> None:
    pattern = parse_pattern(case.pattern)
    compiled = compile_patterns([pattern])
    message = case.message.encode()

    assert case.match == matches(pattern, message), case.why
    assert case.match == matches(pattern, case.message), case.why
    assert case.match == (compiled.matching(message) == (0,)), case.why
    assert case.match == FilterPattern(case.pattern).matches(case.message), case.why


@pytest.mark.parametrize("case", by_id([case for case in VALID if case.extract is not None]))
def test_the_values_extracted_are_those_of_the_case(case: Case) -> None:
    assert case.extract == FilterPattern(case.pattern).extract(case.message), case.why


def test_one_set_of_all_patterns_answers_each_case_as_it_says() -> None:
    compiled = compile_patterns([parse_pattern(case.pattern) for case in VALID])
    wrong = [
        case.id
        for number, case in enumerate(VALID)
        if case.match != (number in compiled.matching(case.message.encode()))
    ]

    assert wrong == []


@pytest.mark.parametrize("case", by_id(VALID))
def test_the_pattern_of_a_case_prints_and_parses_to_the_same_tree(case: Case) -> None:
    pattern = parse_pattern(case.pattern)

    assert pattern == parse_pattern(format_pattern(pattern))


@pytest.mark.parametrize("case", by_id(INVALID))
def test_an_invalid_pattern_is_refused(case: Case) -> None:
    with pytest.raises(PatternError):
        parse_pattern(case.pattern)
