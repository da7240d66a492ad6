"""`trailbell pattern check`: what a pattern means, or where it is wrong."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from support.server import cli
from trailbell.cli import ExitCode, main

FULL = Path("/dev/full")


def check(*words: str) -> Result:
    return CliRunner().invoke(main, ["pattern", "check", *words])


def answer(*words: str) -> dict[str, Any]:
    done = check(*words, "--format", "json")
    assert done.stderr == ""
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("pattern", "syntax", "canonical", "fields"),
    [
        ("", "empty", "", []),
        (" ", "empty", "", []),
        ("ERROR  -warn", "terms", "ERROR -warn", []),
        ("-ERROR", "terms", "-ERROR", []),
        ("%4[0-9]+%", "regular expression", "%4[0-9]+%", []),
        ("{$.a=1&&$.b.c IS TRUE}", "json", "{ $.a = 1 && $.b.c IS TRUE }", ["$.a", "$.b.c"]),
        ("[ip,...,status=5*]", "space-delimited", "[ip, ..., status = 5*]", ["$ip", "$status"]),
    ],
)
def test_a_valid_pattern_is_explained(pattern: str, syntax: str, canonical: str, fields: list[str]) -> None:
    told = answer(pattern)

    assert {"valid": True, "syntax": syntax, "canonical": canonical, "fields": fields} == told


def test_people_read_one_line_for_each_thing() -> None:
    done = check('{$.errorCode="AccessDenied*"}')

    assert done.stdout.splitlines() == [
        "valid      yes",
        "syntax     JSON",
        'canonical  { $.errorCode = "AccessDenied*" }',
        "fields     $.errorCode",
    ]
    assert ExitCode.DONE == done.exit_code


def test_a_caret_stands_under_the_first_error() -> None:
    done = check("{ $.a = 1 && $.b == 2 }")

    assert done.stderr.splitlines()[:3] == [
        "{ $.a = 1 && $.b == 2 }",
        "                  ^",
        "Invalid metric filter pattern",
    ]
    assert done.stderr.splitlines()[3].startswith("expected ")
    assert (ExitCode.INVALID_PATTERN, "") == (done.exit_code, done.stdout)


def test_the_caret_counts_wide_characters_as_two() -> None:
    pattern, caret, *_ = check('{ $.名 = "日本" && $.b == 2 }').stderr.splitlines()

    assert pattern == '{ $.名 = "日本" && $.b == 2 }'
    assert caret.index("^") == len('{ $.名 = "日本" && $.b =') + len("名日本")


def test_an_error_is_data_for_programs() -> None:
    done = check("a b:c", "--format", "json")

    told = json.loads(done.stdout)
    assert {"valid", "message", "start", "end", "expected"} == told.keys()
    assert (False, "Invalid character(s) in term ':'") == (told["valid"], told["message"])
    assert "a b:c"[told["start"] : told["end"]] == ":"
    assert (ExitCode.INVALID_PATTERN, "") == (done.exit_code, done.stderr)


@pytest.mark.parametrize("pattern", ["-ERROR", "-shutdown", "-format", "-h1", "-a -b", '-"x y"'])
@pytest.mark.parametrize(
    "words", [["{}", "--format", "json"], ["--format", "json", "{}"], ["--format=json", "--", "{}"]]
)
def test_a_pattern_may_begin_with_a_minus_sign(pattern: str, words: list[str]) -> None:
    done = check(*(pattern if word == "{}" else word for word in words))

    assert ExitCode.DONE == done.exit_code, done.stderr
    assert json.loads(done.stdout)["canonical"] == pattern


def test_a_lone_minus_sign_is_a_pattern_that_is_not_valid() -> None:
    done = CliRunner().invoke(main, ["pattern", "check", "-"], input="ERROR\n")

    assert done.stderr.splitlines()[:2] == ["-", "^"]
    assert ExitCode.INVALID_PATTERN == done.exit_code


@pytest.mark.parametrize(
    "words", [["--fromat", "json", "x"], ["--x"], [], ["x", "y"], ["x", "--format", "xml"]]
)
def test_a_wrong_command_line_is_no_pattern(words: list[str]) -> None:
    done = check(*words)

    assert ExitCode.USAGE == done.exit_code


def test_a_known_option_is_no_pattern() -> None:
    assert check("-h").stdout.startswith("Usage: ")
    assert ExitCode.INVALID_PATTERN == check("--", "--x").exit_code


def test_what_a_terminal_would_obey_is_escaped() -> None:
    wrong = check("\x1b[31m")
    right = check('"\x1b[31m\u202e"')

    assert "\x1b" not in wrong.stderr
    assert "\N{REPLACEMENT CHARACTER}[31m\n" in wrong.stderr
    assert '"\\x1b[31m\\u202e"' in right.stdout


def test_the_canonical_form_is_never_cut() -> None:
    done = check('"' + "\x01" * 1000 + '"')

    assert '"' + "\\x01" * 1000 + '"' in done.stdout


def test_half_of_a_surrogate_pair_does_no_harm() -> None:
    assert answer('"\udcff"')["canonical"] == '"\N{REPLACEMENT CHARACTER}"'
    assert ExitCode.DONE == check('"\udcff"').exit_code


def test_the_exit_code_reaches_the_shell() -> None:
    done = cli("pattern", "check", "{")

    assert ExitCode.INVALID_PATTERN == done.returncode
    assert "must end with '}'" in done.stderr


def test_help_waits_for_no_imports_and_patterns_for_no_server() -> None:
    script = (
        "import sys\n"
        "from trailbell.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "assert 'msgspec' not in sys.modules\n"
        "main(['pattern', 'check', 'ERROR'], standalone_mode=False)\n"
        "main(['pattern', 'test', 'ERROR', '/dev/null'], standalone_mode=False)\n"
        "names = {'sqlalchemy', 'starlette', 'uvicorn', 'botocore', 'httpx2', 'structlog', 'rich'}\n"
        "rooms = {'trailbell.' + room for room in ('store', 'chain', 'sources', 'web', 'aws_api')}\n"
        "assert not (names | rooms) & sys.modules.keys()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr.partition("Traceback")[1])
    assert "pattern    Check a filter pattern" in done.stdout


@pytest.mark.skipif(not FULL.exists(), reason="there is no device that is always full")
def test_an_answer_that_finds_no_room_ends_with_a_word_about_it() -> None:
    words = [sys.executable, "-m", "trailbell", "pattern", "check", "AccessDenied"]
    with FULL.open("w") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (17, "trailbell: standard output cannot be written: no space left on device\n") == (
        done.returncode,
        done.stderr,
    )
