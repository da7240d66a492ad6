"""`trailbell pattern lint`: what is wrong with a pattern, for people, for programs, and mended."""

import doctest
import json
import re
import shlex
from typing import Any

import pytest
from click.testing import CliRunner, Result

from support.project import page_text
from support.server import cli
from trailbell.cli import ExitCode, main

TRAP = (
    '{ $.errorCode = "*UnauthorizedOperation" || '
    '$.errorCode = "AccessDenied*" && $.eventName != "HeadBucket" }'
)


def lint(*words: str) -> Result:
    return CliRunner().invoke(main, ["pattern", "lint", *words])


def answer(*words: str) -> dict[str, Any]:
    done = lint(*words, "--format", "json")
    assert done.stderr == ""
    return dict(json.loads(done.stdout))


def test_a_finding_shows_the_place_the_rule_what_is_wrong_and_what_to_write() -> None:
    done = lint('{ $.userIdentity.type = "root" }')

    assert done.stdout.splitlines() == [
        '{ $.userIdentity.type = "root" }',
        "                        ^^^^^^",
        "error: letter-case",
        "CloudTrail writes Root, and values are compared with their letter case",
        'suggest { $.userIdentity.type = "Root" }',
        "",
    ]


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("{ $.a = 1 }", ExitCode.DONE),
        ("{ $.a = 1 || $.a = 1 }", ExitCode.DONE),
        ("?a b", ExitCode.PATTERN_WARNING),
        ("a -a ?b", ExitCode.PATTERN_FAULT),
        ("x" * 1025, ExitCode.PATTERN_FAULT),
        ("{ $.a = %x% || $.b = %x% || $.c = %x% }", ExitCode.PATTERN_FAULT),
        ("{ $.a[*].b[*] = 1 }", ExitCode.PATTERN_FAULT),
        ("{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.d[*] = 1 }", ExitCode.PATTERN_FAULT),
        ("{ $.a == 1 }", ExitCode.INVALID_PATTERN),
    ],
)
def test_the_exit_code_is_that_of_the_worst_finding(pattern: str, code: ExitCode) -> None:
    assert code == lint(pattern).exit_code
    assert code == lint(pattern, "--format", "json").exit_code


def test_a_pattern_without_findings_is_said_to_be() -> None:
    assert "nothing is wrong with it\n" == lint("{ $.a = 1 }").stdout
    assert {"pattern": "{ $.a = 1 }", "findings": []} == answer("{ $.a = 1 }")


def test_programs_get_all_of_a_finding() -> None:
    [finding] = answer(TRAP)["findings"]

    assert "precedence-trap" == finding["rule"]
    assert "warning" == finding["severity"]
    assert finding["suggestion"] == finding["readings"][0] != finding["readings"][1]
    assert finding["keeps_meaning"] is True
    assert TRAP[finding["start"] : finding["end"]].startswith('$.errorCode = "AccessDenied*" && ')
    [event] = finding["events"]
    assert json.loads(event)["errorCode"].endswith("UnauthorizedOperation")


def test_the_mended_pattern_stands_alone_on_standard_output() -> None:
    done = lint("--fix", "{ $.errorCode = accessdenied || $.a = 1 || $.a = 1 }")

    assert "{ $.errorCode = AccessDenied* || $.a = 1 }\n" == done.stdout
    assert done.stderr.splitlines() == [
        "mended letter-case (matches other events): "
        "CloudTrail writes AccessDenied, and values are compared with their letter case",
        "mended missing-wildcard (matches other events): "
        "many services write AccessDeniedException: without a * behind it their refusals do not match",
        "mended duplicate-value (means the same): $.a = 1 stands twice",
    ]
    assert ExitCode.DONE == done.exit_code


def test_what_cannot_be_mended_is_left_and_decides_the_exit_code() -> None:
    done = lint("--fix", "a a -a")

    assert "a -a\n" == done.stdout
    assert done.stderr.splitlines()[-1].startswith("left never-true: ")
    assert ExitCode.PATTERN_FAULT == done.exit_code


def test_programs_get_what_was_mended() -> None:
    told = answer("--fix", "{ $.a = 1 || $.a = 1 }")

    assert ("{ $.a = 1 }", []) == (told["pattern"], told["findings"])
    assert ["duplicate-value"] == [finding["rule"] for finding in told["mended"]]


def test_a_pattern_may_look_like_options() -> None:
    assert ExitCode.PATTERN_WARNING == lint("-a -ab").exit_code


def test_hostile_text_is_shown_and_does_nothing() -> None:
    done = lint('{ $.a = "\x1b[2J[bold]" || $.a = "\x1b[2J[bold]" }')

    assert all(line.isprintable() for line in done.stdout.splitlines())
    assert "[bold]" in done.stdout


def test_nothing_is_coloured_in_a_pipe() -> None:
    assert "\x1b" not in cli("pattern", "lint", TRAP).stdout


def test_the_page_shows_what_is_printed() -> None:
    page = page_text("lint.md")
    shown = re.findall(r"^```console\n\$ trailbell ([^\n]+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)

    assert 3 == len(shown)
    for command, output in shown:
        printed = CliRunner().invoke(main, shlex.split(command)).output

        assert without_events(output) == without_events(printed)


def without_events(output: str) -> list[str]:
    """The lines but for events, of which any that tells the readings apart will do."""
    return [line for line in output.splitlines() if not line.startswith("event ")]


def test_the_page_shows_what_a_program_gets() -> None:
    [example] = re.findall(r"^```pycon\n(.*?)^```$", page_text("lint.md"), re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest(example, {}, "lint.md", None, None)

    results = doctest.DocTestRunner().run(test)

    assert results.attempted > 2
    assert 0 == results.failed
