"""`trailbell pattern compare`: what a pattern misses of another, and what it adds."""

import doctest
import json
import re
import shlex

import pytest
from click.testing import CliRunner, Result

from support.project import page_text
from trailbell.cli import ExitCode, main
from trailbell.patterns import matches, parse_pattern

REFERENCE = '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'
EXACT = '{ ($.errorCode = "UnauthorizedOperation") || ($.errorCode = "AccessDenied") }'


def compare(*words: str) -> Result:
    return CliRunner().invoke(main, ["pattern", "compare", *words])


def test_an_event_that_is_missed_is_shown() -> None:
    done = compare(REFERENCE, EXACT)
    title, event = done.stdout.split("\n\n")[1].splitlines()

    assert ExitCode.PATTERN_MISSES == done.exit_code
    assert "stricter: some events of REFERENCE are missed, and none are added" == done.stdout.splitlines()[0]
    assert "Only REFERENCE matches:" == title
    assert matches(parse_pattern(REFERENCE), event)
    assert not matches(parse_pattern(EXACT), event)


def test_json_has_one_object_with_the_events_as_objects() -> None:
    done = compare(
        REFERENCE, '{ $.errorCode = "AccessDenied*" || $.eventName = ConsoleLogin }', "--format", "json"
    )
    told = json.loads(done.stdout)

    assert ["relation", "only_reference", "only_candidate", "plausible", "reason"] == list(told)
    assert ("incomparable", True, "") == (told["relation"], told["plausible"], told["reason"])
    assert "Client.UnauthorizedOperation" == told["only_reference"]["errorCode"]
    assert "ConsoleLogin" == told["only_candidate"]["eventName"]


def test_json_of_equivalent_patterns_has_no_events() -> None:
    done = compare("{ $.a = x && $.b = y }", "{ $.b = y && $.a = x }", "--format", "json")

    assert ExitCode.DONE == done.exit_code
    assert {
        "relation": "equivalent",
        "only_reference": None,
        "only_candidate": None,
        "plausible": None,
        "reason": "",
    } == json.loads(done.stdout)


def test_a_message_that_is_no_json_object_is_a_string() -> None:
    done = compare("ERROR", "ERROR WARN", "--format", "json")

    assert "ERROR" == json.loads(done.stdout)["only_reference"]


def test_several_candidates_count_together() -> None:
    words = ["{ $.eventName = A || $.eventName = B }", "{ $.eventName = A }"]

    assert ExitCode.PATTERN_MISSES == compare(*words).exit_code
    assert ExitCode.DONE == compare(*words, "--union", "{ $.eventName = B }").exit_code


@pytest.mark.parametrize(
    ("candidate", "code", "word"),
    [
        ("{ $.a = x }", ExitCode.DONE, "equivalent"),
        ("{ $.a = * }", ExitCode.DONE, "looser"),
        ("{ $.a = x && $.b = y }", ExitCode.PATTERN_MISSES, "stricter"),
        ("{ $.a = y }", ExitCode.PATTERN_MISSES, "incomparable"),
        ("{ $.a = x || $.a = %[[:digit:]]x% }", ExitCode.PATTERN_UNDECIDED, "unknown"),
    ],
)
def test_the_exit_code_says_whether_the_reference_is_covered(
    candidate: str, code: ExitCode, word: str
) -> None:
    done = compare("{ $.a = x }", candidate)

    assert code == done.exit_code
    assert done.stdout.startswith(f"{word}: ")


def test_what_is_missed_is_known_even_where_what_is_added_is_not() -> None:
    done = compare('{ $.a = "1" || $.b = "2" }', "{ $.a = %[[:digit:]]x% }")

    assert ExitCode.PATTERN_MISSES == done.exit_code
    assert done.stdout.startswith("unknown: ")
    assert "Only REFERENCE matches:" in done.stdout
    assert "Not decided: a class such as [:alpha:]" in done.stdout


def test_it_is_said_why_cloudtrail_would_hardly_write_an_event() -> None:
    done = compare("{ $.colour = red }", "{ $.colour = blue }")

    assert (
        "CloudTrail would hardly write this: only_reference: CloudTrail writes no field $.colour"
        in done.stdout
    )


def test_it_is_said_why_nothing_is_known() -> None:
    done = compare("{ $.a = 1 }", "[a, b = 2]")

    assert "patterns of different kinds" in done.stdout


def test_a_pattern_that_is_not_valid_is_refused() -> None:
    for words in (["{ $.a = }", "{ $.a = 1 }"], ["{ $.a = 1 }", "{ $.a = }"]):
        done = compare(*words)

        assert ExitCode.INVALID_PATTERN == done.exit_code
        assert "^" in done.stderr


def test_what_stands_in_a_pattern_does_nothing_to_a_terminal() -> None:
    done = compare('{ $.a = "\x1b[31mred" }', "{ $.a = blue }")

    assert "\x1b" not in done.stdout


def test_the_page_shows_what_the_command_says() -> None:
    block = re.search(
        r"```console\n\$ trailbell pattern compare ([^\n]+)\n(.*?)```", page_text("compare.md"), re.DOTALL
    )

    assert block is not None
    assert block[2] == compare(*shlex.split(block[1])).stdout


def test_the_examples_in_python_work() -> None:
    examples = "\n".join(re.findall(r"```pycon\n(.*?)```", page_text("compare.md"), re.DOTALL))
    test = doctest.DocTestParser().get_doctest(examples, {}, "compare.md", None, 0)
    outcome = doctest.DocTestRunner(verbose=False).run(test)

    assert (0, True) == (outcome.failed, outcome.attempted > 3)


@pytest.mark.parametrize(
    ("relation", "code"),
    [("equivalent", 0), ("looser", 0), ("stricter", 9), ("incomparable", 9), ("unknown", 10)],
)
def test_the_page_lists_the_exit_code_of_each_relation(relation: str, code: int) -> None:
    row = re.search(rf"^\| `{relation}` \|.*\| (\d+) \|$", page_text("compare.md"), re.MULTILINE)

    assert row is not None
    assert code == int(row[1])
