"""What lint finds in each pattern of the case file, and that what it suggests is what it says."""

from pathlib import Path

import msgspec
import pytest

from trailbell.patterns import RULES, lint, mended, parse_pattern

_FILE = Path(__file__).parents[1] / "cases" / "lint-cases.jsonl"


class Expected(msgspec.Struct, frozen=True):
    """A finding: its rule, the text it is about, and the pattern suggested."""

    rule: str
    at: str
    suggestion: str | None


class Case(msgspec.Struct, frozen=True):
    """One line of the file."""

    id: str
    pattern: str
    findings: list[Expected]


CASES = msgspec.json.Decoder(Case).decode_lines(_FILE.read_bytes())
PARAMETERS = [pytest.param(case, id=case.id) for case in CASES]


@pytest.mark.parametrize("case", PARAMETERS)
def test_lint_finds_just_what_the_file_says(case: Case) -> None:
    found = [
        Expected(each.rule, case.pattern[each.start : each.end], each.suggestion)
        for each in lint(case.pattern)
    ]

    assert case.findings == found


@pytest.mark.parametrize("case", PARAMETERS)
def test_each_suggestion_mends_what_it_is_for(case: Case) -> None:
    for finding in lint(case.pattern):
        if finding.suggestion is not None:
            parse_pattern(finding.suggestion)

            left = [(each.rule, each.message) for each in lint(finding.suggestion)]
            assert (finding.rule, finding.message) not in left


@pytest.mark.parametrize("case", PARAMETERS)
def test_nothing_with_a_suggestion_is_left_once_all_are_followed(case: Case) -> None:
    text, followed = mended(case.pattern)

    assert [] == [each.rule for each in lint(text) if each.suggestion is not None]
    assert (text != case.pattern) == bool(followed)


def test_a_long_pattern_is_mended_to_the_end() -> None:
    text, followed = mended("{ " + " && ".join(f"$.a < {number}" for number in range(80)) + " }")

    assert ("{ $.a < 0 }", 79) == (text, len(followed))


@pytest.mark.parametrize(
    ("pattern", "rest"),
    [
        ("ERROR ERROR ERROR", "ERROR"),
        ("a ab abc -x -xy -x", "abc -x"),
        ("?ERROR ?WARN timeout", "timeout"),
        (" ".join(["a", *(f"?b{number}" for number in range(150)), "-c"]), "a -c"),
        (" ".join(["?a"] * 300), "?a"),
    ],
)
def test_terms_are_mended_to_the_end(pattern: str, rest: str) -> None:
    text, followed = mended(pattern)

    assert rest == text
    assert all(finding.keeps_meaning for finding in followed)


def test_every_rule_has_a_case() -> None:
    assert set(RULES) == {finding.rule for case in CASES for finding in case.findings}


def test_no_two_cases_have_one_name() -> None:
    assert len(CASES) == len({case.id for case in CASES})
