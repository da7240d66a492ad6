"""`trailbell pattern explain`: what a pattern means, and why it matches an event or does not."""

import doctest
import gzip
import json
import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from support.project import page_text
from support.server import cli
from trailbell.cli import ExitCode, main

DENIED = '{ $.errorCode = "AccessDenied*" && $.eventName != "HeadBucket" }'


def explain(*words: str, standard_input: bytes | str = "") -> Result:
    return CliRunner().invoke(main, ["pattern", "explain", *words], input=standard_input)


def test_a_pattern_alone_is_a_sentence() -> None:
    done = explain(DENIED)

    assert (
        'Matches events that are a JSON object in which $.errorCode begins with "AccessDenied", '
        'and $.eventName is present and is not "HeadBucket".\n'
    ) == done.stdout
    assert (ExitCode.DONE, "") == (done.exit_code, done.stderr)


def test_an_event_shows_each_clause_with_what_it_met_and_marks_those_that_decide() -> None:
    done = explain(DENIED, '{"errorCode": "AccessDenied"}')

    assert done.stdout.splitlines()[1:] == [
        "",
        "The pattern does not match, because this does not hold: "
        '$.eventName is present and is not "HeadBucket" (missing).',
        "> false  all of these hold:",
        '  true     $.errorCode begins with "AccessDenied"  ["AccessDenied"]',
        '> false    $.eventName is present and is not "HeadBucket"  [missing]'
        "  (!= is false where the field is missing)",
        "",
        "> decides",
    ]


@pytest.mark.parametrize("words", [["explain"], ["lint"], ["explain", "--format", "json"]], ids=" ".join)
def test_text_that_the_terminal_cannot_show_is_escaped(words: list[str]) -> None:
    command = [sys.executable, "-m", "trailbell", "pattern", *words, '{ $.a = "é" && $.a = "ü" }']
    event = [] if "lint" in words else ['{"a": "ß"}']
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*command, *event], capture_output=True, env=environment, check=False)

    assert b"" == done.stderr
    assert ("é" if "json" in words else "\\xe9").encode() in done.stdout


def test_programs_get_one_object() -> None:
    told = json.loads(explain(DENIED, '{"errorCode": "AccessDenied"}', "--format", "json").stdout)

    assert {"pattern", "sentence", "matches", "reason", "clause"} == told.keys()
    assert (False, "all") == (told["matches"], told["clause"]["joint"])
    first, second = told["clause"]["clauses"]
    assert {
        "text": '$.errorCode = "AccessDenied*"',
        "words": '$.errorCode begins with "AccessDenied"',
        "holds": True,
        "decides": False,
        "met": '"AccessDenied"',
        "note": "",
    } == first
    assert (False, True, "missing") == (second["holds"], second["decides"], second["met"])
    assert {"pattern", "sentence"} == json.loads(explain(DENIED, "--format", "json").stdout).keys()


def test_the_event_may_stand_in_a_file_or_on_standard_input(tmp_path: Path) -> None:
    records = {"Records": [{"eventName": "a"}, {"errorCode": "AccessDeniedException", "eventName": "b"}]}
    file = tmp_path / "log.json.gz"
    file.write_bytes(gzip.compress(json.dumps(records).encode()))

    first = explain(DENIED, str(file))
    second = explain(DENIED, str(file), "--number", "2")
    piped = explain(DENIED, "-", standard_input=json.dumps(records["Records"][1]))

    assert "The pattern does not match" in first.stdout
    assert "The pattern matches" in second.stdout
    assert second.stdout == piped.stdout


def test_a_line_of_text_is_an_event_of_other_patterns(tmp_path: Path) -> None:
    file = tmp_path / "app.log"
    file.write_text("INFO well\nERROR disk full\n")

    assert "The pattern matches" in explain("ERROR", "an ERROR here").stdout
    assert "The pattern matches" in explain("ERROR", str(file), "--number", "2").stdout
    assert "The pattern matches" in explain("-ERROR", "well").stdout


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((DENIED, "no-such-file.json"), "no-such-file.json: no such file, and no JSON object"),
        ((DENIED, "a\0b"), "no such file, and no JSON object"),
        ((DENIED, "x" * 5000), "no such file, and no JSON object"),
        ((DENIED, "-", "--number", "3"), "-: there is no event 3, only 1 event"),
    ],
)
def test_an_event_that_is_not_there_is_named(words: tuple[str, ...], reason: str) -> None:
    done = explain(*words, standard_input="{}")

    assert reason.replace("\0", "\\x00") in done.stderr
    assert (ExitCode.PROBLEM, "") == (done.exit_code, done.stdout)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "cut.json.gz"
    file.write_bytes(gzip.compress(b'{"eventName": "a"}')[:-9])

    done = explain(DENIED, str(file), "--number", "2")

    assert str(file) in done.stderr
    assert ExitCode.PROBLEM == done.exit_code


def test_a_pattern_that_is_not_valid_is_refused() -> None:
    assert ExitCode.INVALID_PATTERN == explain("{ $.a == 1 }").exit_code


def test_hostile_text_is_shown_and_does_nothing() -> None:
    done = explain('{ $.a = "\x1b[2J[bold]" }', '{"a": "\\u001b[2J\\u202e"}')

    assert all(line.isprintable() for line in done.stdout.splitlines())
    assert "[bold]" in done.stdout


@pytest.mark.parametrize("quiet", [True, False])
def test_colours_are_for_terminals_that_want_them(quiet: bool) -> None:
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "200"}
    environment.pop("NO_COLOR", None)
    if quiet:
        environment["NO_COLOR"] = "1"
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "trailbell", "pattern", "explain", DENIED, '{"errorCode": "x"}']
    subprocess.run(command, stdout=theirs, env=environment, check=True, timeout=60)
    os.close(theirs)
    shown = b""
    # Reading a terminal whose other end is closed is an error once all is read.
    while True:
        try:
            shown += os.read(ours, 65536)
        except OSError:
            break
    os.close(ours)

    assert b"The pattern does not match" in shown
    assert quiet is (b"\x1b[31m" not in shown and b"\x1b[1;31m" not in shown)


def test_the_page_shows_what_is_printed() -> None:
    page = page_text("explain.md")
    shown = re.findall(r"^```console\n\$ trailbell ([^\n]+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)

    assert 2 == len(shown)
    for command, output in shown:
        assert output == CliRunner().invoke(main, shlex.split(command)).stdout


def test_the_page_shows_what_a_program_gets() -> None:
    [example] = re.findall(r"^```pycon\n(.*?)^```$", page_text("explain.md"), re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest(example, {}, "explain.md", None, None)

    results = doctest.DocTestRunner().run(test)

    assert results.attempted > 3
    assert 0 == results.failed


def test_nothing_is_coloured_in_a_pipe() -> None:
    done = cli("pattern", "explain", DENIED, '{"errorCode": "x"}')

    assert "\x1b" not in done.stdout
    assert "> decides" in done.stdout


def test_an_empty_event_is_an_event_and_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.log").write_text("hello\n")
    monkeypatch.chdir(tmp_path)

    assert '> false  the message contains "hello"  [not found]' in explain("hello", "").stdout
    assert "> true   the message does not contain" in explain("-hello", "").stdout
