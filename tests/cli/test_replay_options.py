"""What `trailbell replay` refuses, and how it says so."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from support.records import denial, write_log
from trailbell.cli import ExitCode, main

DENIED = '{ $.errorCode = "AccessDenied*" }'


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["replay", *map(str, words)])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "logs" / "log.json.gz", [denial()])


def said(done: Result) -> str:
    """What was written to standard error, on one line."""
    return " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--control", "root_usage", "--pattern", DENIED], "--control and --pattern exclude each other"),
        (["--control", "root_usage", "--rules", __file__], "--control and --rules exclude each other"),
        (["--pattern", DENIED, "--rules", __file__], "--pattern and --rules exclude each other"),
        (["--threshold", "1"], "--threshold needs --pattern"),
        (["--control", "root_usage", "--evaluation-periods", "2"], "--evaluation-periods needs --pattern"),
        (["--rules", __file__, "--treat-missing-data", "ignore"], "--treat-missing-data needs --pattern"),
        (["--control", "root_usge"], "did you mean root_usage?"),
        (["--control", "security_hub_enabled"], "it is no metric filter"),
        (["--pattern", DENIED, "--period", "61"], "The period 61 is not valid"),
        (["--pattern", DENIED, "--datapoints-to-alarm", "2"], "DatapointsToAlarm must be less than"),
        (["--pattern", DENIED, "--threshold", "nan"], "is not a finite number"),
        (["--from", "yesterday"], "'yesterday' is no instant"),
        (["--from", "2026-09-14", "--to", "2026-09-14"], "it must be after --from"),
        (["--clock", "sundial"], "'sundial' is not one of 'delivery', 'event'"),
        (["--jobs", "0"], "0 is not in the range"),
        (["--rules", "/nowhere.toml"], "/nowhere.toml: no such file or directory"),
        (["--rules", "/"], "/: is a directory"),
    ],
    ids=str,
)
def test_a_command_line_that_cannot_be_meant_is_refused(log: Path, words: list[str], problem: str) -> None:
    done = run(log, *words)

    assert problem in said(done)
    assert (ExitCode.USAGE, "") == (done.exit_code, done.stdout)


def test_without_a_source_it_asks_for_one() -> None:
    done = run()

    assert "Missing argument 'SOURCE...'" in done.stderr
    assert ExitCode.USAGE == done.exit_code


def test_a_source_that_is_not_there_is_named() -> None:
    done = run("/nowhere")

    assert "/nowhere" in done.stderr
    assert ExitCode.CANNOT_START == done.exit_code


def test_an_empty_name_does_not_stand_for_the_current_folder() -> None:
    done = run("")

    assert "a source has an empty name" in done.stderr
    assert ExitCode.CANNOT_START == done.exit_code


def test_an_invalid_pattern_is_shown_with_its_error_marked(log: Path) -> None:
    done = run(log, "--pattern", "{ $.a = }")

    assert "{ $.a = }\n        ^\n" in done.stderr
    assert ExitCode.INVALID_PATTERN == done.exit_code


def test_a_pattern_may_begin_with_a_minus_sign(log: Path) -> None:
    done = run(log, "--pattern", "-AccessDenied", "--format", "json")

    assert "-AccessDenied" == json.loads(done.stdout)["filters"][0]["pattern"]


@pytest.mark.parametrize("output", ["table", "json", "html"])
def test_a_pattern_may_hold_bytes_that_are_no_text(log: Path, output: str) -> None:
    done = run(log, "--pattern", '{ $.errorCode = "\udcff*" }', "--format", output)

    assert (ExitCode.DONE, "") == (done.exit_code, done.stderr)


@pytest.mark.parametrize("option", ["--output", "--events"])
def test_it_does_not_write_into_what_it_reads(log: Path, option: str) -> None:
    inside = log.parent / "new.jsonl"
    pattern = log.parent / "*.json*"
    done = [run(source, option, file) for source, file in ((log.parent, inside), (log, log), (pattern, log))]

    assert all("lies in what is read" in said(each) for each in done)
    assert {ExitCode.USAGE} == {each.exit_code for each in done}
    assert log.stat().st_size > 0
    assert [log] == list(log.parent.iterdir())


def test_a_report_may_lie_beside_the_logs(log: Path) -> None:
    done = run(log.parent, "--format", "html", "--output", log.parent / "report.html")

    assert ExitCode.DONE == done.exit_code, done.output
    assert run(log.parent, "--format", "json").stdout.count('"rejected": 0') == 1


def test_two_answers_do_not_go_to_one_file(log: Path, tmp_path: Path) -> None:
    done = run(log, "--output", tmp_path / "a", "--events", tmp_path / "a")

    assert "--output and --events name the same file" in said(done)
    assert ExitCode.USAGE == done.exit_code


def test_a_file_that_cannot_be_written_is_named(log: Path, tmp_path: Path) -> None:
    done = run(log, "--output", tmp_path / "missing" / "answer")

    assert f"{tmp_path}/missing/answer cannot be written" in said(done)
    assert ExitCode.PROBLEM == done.exit_code


def test_an_answer_goes_through_a_link_and_into_a_pipe_and_replaces_neither(
    log: Path, tmp_path: Path
) -> None:
    answer, link, pipe = tmp_path / "answer", tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(answer)
    os.mkfifo(pipe)
    run(log, "--output", link)
    # Opened for reading too, so that nobody waits.
    held = os.open(pipe, os.O_RDWR)
    run(log, "--output", pipe)
    written = os.read(held, 65_536)
    os.close(held)

    assert (True, True) == (link.is_symlink(), pipe.is_fifo())
    assert answer.read_bytes().splitlines()[0] == written.splitlines()[0]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[[filter]", "no TOML"),
        (b"\xff", "is not UTF-8"),
        (b"[[filtr]]", "filtr: an unknown key"),
        (b"", "there is none, so nothing can match"),
        (b'["\\u001b[2J"]', "\\x1b[2J"),
        (b"#" * (4 * 1024 * 1024 + 1), "is longer than 4 MiB"),
    ],
    ids=["broken", "bytes", "unknown", "empty", "hostile", "long"],
)
def test_rules_that_cannot_be_read_are_refused_with_the_reason(
    log: Path, tmp_path: Path, content: bytes, problem: str
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_bytes(content)
    done = run(log, "--rules", rules)

    assert problem in said(done)
    assert "rules.toml" in said(done)
    assert "\x1b" not in done.output
    assert ExitCode.USAGE == done.exit_code
