"""Every case of the pattern language, through the plain evaluator and the compiled one."""

from collections import Counter
from pathlib import Path

import msgspec
import pytest

from trailbell.patterns import (
    FilterPattern,
    PatternError,
    UnsupportedSyntaxError,
    compile_patterns,
    format_pattern,
    matches,
    parse_pattern,
)


class Case(msgspec.Struct, frozen=True):
    """One line of the case file; ``match`` is "invalid" where the pattern itself is refused."""

    id: str
    pattern: str
    message: str
    match: bool | str
    why: str

    @property
    def syntax(self) -> str:
        first = self.pattern.strip()[:1]
        return {"": "empty", "{": "json", "[": "delimited", "%": "regex"}.get(first, "terms")

    @property
    def is_read(self) -> bool:
        return self.syntax in ("empty", "json")


_FILE = Path(__file__).parents[1] / "cases" / "filter-pattern-cases.jsonl"
CASES = msgspec.json.Decoder(Case).decode_lines(_FILE.read_bytes())


def _by_id(cases: list[Case]) -> list[object]:
    return [pytest.param(case, id=case.id) for case in cases]


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


@pytest.mark.parametrize("case", _by_id([case for case in CASES if case.is_read and case.match != "invalid"]))
def test_both_evaluators_answer_as_the_case_says(case: Case) -> None:
    pattern = parse_pattern(case.pattern)
    compiled = compile_patterns([pattern])
    message = case.message.encode()

    assert case.match == matches(pattern, message), case.why
    assert case.match == matches(pattern, case.message), case.why
    assert case.match == (compiled.match(compiled.decode(message)) == (0,)), case.why
    assert case.match == FilterPattern(case.pattern).matches(case.message), case.why


def test_one_set_of_all_patterns_answers_each_case_as_it_says() -> None:
    cases = [case for case in CASES if case.is_read and case.match != "invalid"]
    compiled = compile_patterns([parse_pattern(case.pattern) for case in cases])
    wrong = [
        case.id
        for number, case in enumerate(cases)
        if case.match != (number in compiled.match(compiled.decode(case.message.encode())))
    ]

    assert wrong == []


@pytest.mark.parametrize("case", _by_id([case for case in CASES if case.is_read and case.match != "invalid"]))
def test_the_pattern_of_a_case_prints_and_parses_to_the_same_tree(case: Case) -> None:
    pattern = parse_pattern(case.pattern)

    assert pattern == parse_pattern(format_pattern(pattern))


@pytest.mark.parametrize("case", _by_id([case for case in CASES if case.match == "invalid"]))
def test_an_invalid_pattern_is_refused(case: Case) -> None:
    with pytest.raises(PatternError) as caught:
        parse_pattern(case.pattern)

    assert not case.is_read or not isinstance(caught.value, UnsupportedSyntaxError)


@pytest.mark.parametrize(
    "case", _by_id([case for case in CASES if not case.is_read and case.match != "invalid"])
)
def test_a_syntax_that_is_not_read_yet_is_refused_as_such(case: Case) -> None:
    with pytest.raises(UnsupportedSyntaxError, match="Not supported yet"):
        parse_pattern(case.pattern)
