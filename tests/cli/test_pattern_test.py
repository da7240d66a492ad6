"""`trailbell pattern test`: which events of files match, what is said of all others, and what comes out."""

import gzip
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from support.records import denial, log_file, record, write_log
from trailbell.cli import ExitCode, main

DENIED = '{ $.errorCode = "AccessDenied*" }'
LOG = b"ERROR one\r\n\n  \nINFO two\nERROR three"


def run(*words: str | Path, given: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["pattern", "test", *map(str, words)], input=given)


def answer(*words: str | Path, given: bytes = b"") -> dict[str, Any]:
    done = run(*words, "--format", "json", given=given)
    told = dict(json.loads(done.stdout))
    counts = told["records"]
    assert counts["read"] == sum(number for name, number in counts.items() if name != "read")
    assert done.exit_code == (ExitCode.PROBLEM if counts["rejected"] else ExitCode.DONE)
    return told


def messages(told: dict[str, Any]) -> list[str]:
    return [event["message"] for event in told["events"]]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "app.log"
    path.write_bytes(LOG)
    return path


def test_matching_lines_are_shown_and_the_figures_add_up(log: Path) -> None:
    done = run("ERROR", log)

    assert done.stdout == "ERROR one\nERROR three\n"
    assert done.stderr == "read 3 = matched 2 + unmatched 1 + duplicate 0 + rejected 0\n"
    assert ExitCode.DONE == done.exit_code


def test_inverted_the_others_are_shown_and_the_figures_stay(log: Path) -> None:
    done = run("ERROR", log, "--invert")

    assert done.stdout == "INFO two\n"
    assert done.stderr == run("ERROR", log).stderr


@pytest.mark.parametrize("words", [[], ["-"]])
def test_standard_input_is_read_where_no_file_is_named(words: list[str]) -> None:
    assert run("ERROR", *words, given=LOG).stdout == "ERROR one\nERROR three\n"
    assert run("ERROR", *words, given=gzip.compress(LOG)).stdout == "ERROR one\nERROR three\n"


def test_a_pattern_that_begins_with_a_minus_sign_works_beside_options(log: Path) -> None:
    told = [
        run("-ERROR", log),
        run("--format", "table", "-ERROR", log),
        run("-ERROR", log, "--format", "table"),
        run("--", "-ERROR", str(log)),
    ]

    assert {"INFO two\n"} == {done.stdout for done in told}
    assert run("--invert", "-ERROR", log).stdout == "ERROR one\nERROR three\n"


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"Records": [denial(eventID="e1"), record()]}).encode(),
        json.dumps({"Records": [denial(eventID="e1"), record()]}, indent=2).encode(),
        log_file([denial(eventID="e1"), record()]),
        log_file([denial(eventID="e1")]) + log_file([record()]),
        b"\xef\xbb\xbf" + json.dumps([denial(eventID="e1"), record()]).encode(),
        b"".join(json.dumps(each).encode() + b"\n" for each in (denial(eventID="e1"), record())),
        json.dumps({"detail-type": "x", "detail": denial(eventID="e1")}).encode()
        + json.dumps(record()).encode(),
    ],
    ids=["document", "indented", "gzip", "two members", "array", "lines", "event bus"],
)
def test_the_records_of_a_cloudtrail_file_are_its_events(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)

    told = answer(DENIED, tmp_path / "file")

    assert ["e1"] == [json.loads(message)["eventID"] for message in messages(told)]
    assert {"read": 2, "matched": 1, "unmatched": 1, "duplicate": 0, "rejected": 0} == told["records"]


@pytest.mark.parametrize(
    "line",
    [
        '{"level":"ERROR"}',
        '  {"level":"ERROR"}',
        '{"level":"ERROR","a":"\\ud800"}',
        '{"level":"ERROR","a":1e999}',
        "{main} ERROR",
        "[ERROR] down",
        "[ ERROR ] down",
        "ERROR",
        "\ufeffERROR",
    ],
)
def test_in_an_application_log_every_line_is_an_event_as_it_stands(line: str) -> None:
    others = ['{"Records":[{"level":"ERROR"}]}', "  at ERROR.java", '{"level":"ERR', "fine"]
    told = answer("ERROR", given="\n".join([line, *others]).encode())

    assert messages(told) == [line.removeprefix("\ufeff"), *others[:2]]
    assert (5, 0) == (told["records"]["read"], told["records"]["rejected"])


def test_lines_of_json_are_matched_by_their_fields() -> None:
    given = b'{"level":"ERROR","n":5}\nno JSON\n{"level":"INFO","n":7}\n'

    assert run("{ $.n > 6 }", given=given).stdout == '{"level":"INFO","n":7}\n'


def test_what_is_no_record_is_named_with_its_place(tmp_path: Path) -> None:
    lines = [
        json.dumps(denial()),
        "plain text",
        json.dumps(denial()),
        '{"broken',
        json.dumps(record()),
        '{"cut"',
    ]
    file = tmp_path / "records.jsonl"
    file.write_text("\n".join(lines))

    told = answer(DENIED, file)

    assert {"read": 6, "matched": 2, "unmatched": 1, "duplicate": 0, "rejected": 3} == told["records"]
    assert ["line 2", "line 4", f"byte {len(chr(10).join(lines[:5])) + 1}"] == [
        each["place"] for each in told["rejected"]
    ]
    assert f"trailbell: {file}, line 2: no valid JSON" in run(DENIED, file).stderr


def test_an_element_that_is_no_object_is_named() -> None:
    told = answer("", given=b'[\n{"a":1}, "text", 5]')

    assert ["record 2", "record 3"] == [each["place"] for each in told["rejected"]]
    assert messages(told) == ['{"a":1}']


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"Records":[{"eventVersion":"1","a":', "the JSON text is cut short"),
        (b'{\n "a": 1\n}\nServer started\n', "no valid JSON"),
        (log_file([denial()])[:-9], "the gzip stream is cut short"),
        (b"\x1f\x8b" + b"no gzip at all", "the gzip stream is broken"),
        (log_file([denial()]) + b"more", "followed by something that is no gzip"),
        (b"\xff\xfeE\0R\0", "UTF-16"),
    ],
)
def test_a_damaged_file_among_others_is_one_rejected(log: Path, content: bytes, reason: str) -> None:
    damaged = log.with_name("damaged")
    damaged.write_bytes(content)

    done = run("ERROR", log, damaged, log)

    assert [f"{log}:ERROR one", f"{log}:ERROR three"] * 2 == done.stdout.splitlines()
    assert f"trailbell: {damaged}, byte " in done.stderr
    assert reason in done.stderr
    assert done.stderr.endswith("rejected 1\n")
    assert ExitCode.PROBLEM == done.exit_code


def test_what_was_read_before_the_damage_counts(tmp_path: Path) -> None:
    file = tmp_path / "cut.log.gz"
    whole = gzip.compress(LOG + b"\n")
    file.write_bytes(whole + gzip.compress(b"never seen " * 100)[:40])

    told = answer("ERROR", file)

    assert ["ERROR one", "ERROR three"] == messages(told)
    assert {"read": 4, "matched": 2, "unmatched": 1, "duplicate": 0, "rejected": 1} == told["records"]


def test_a_file_that_cannot_be_opened_is_named_and_the_rest_is_read(log: Path) -> None:
    (loop := log.with_name("loop")).symlink_to(loop)
    told = answer("ERROR", log.with_name("missing"), log / "below", loop, log)

    assert ["no such file or directory", "not a directory", "too many levels of symbolic links"] == [
        each["reason"] for each in told["rejected"]
    ]
    assert ["ERROR one", "ERROR three"] == messages(told)
    assert 6 == told["records"]["read"]


def test_a_folder_stands_for_the_files_below_it(tmp_path: Path, log: Path) -> None:
    folder = tmp_path / "logs"
    write_log(folder / "AWSLogs" / "a.json.gz", [denial(), record()])
    for name in ("b.log", "b.LOG.1", "noext", ".hidden", "c.tmp", "c.PART", "c~", ".git/config"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"Access{name}Denied AccessDenied\n")
    (folder / "link").symlink_to(log)
    (folder / "there").symlink_to(tmp_path)

    told = answer("AccessDenied", folder)

    assert ["AWSLogs/a.json.gz", "b.LOG.1", "b.log", "noext"] == [
        str(Path(event["file"]).relative_to(folder)) for event in told["events"]
    ]
    assert ["link", "there"] == [Path(each["file"]).name for each in told["passed_over"]]
    assert {"a symbolic link, which is not followed"} == {each["reason"] for each in told["passed_over"]}


def test_the_file_is_named_where_there_may_be_several(tmp_path: Path, log: Path) -> None:
    several = run("ERROR", log, "-", given=b"ERROR\n")
    folder = run("INFO", tmp_path)

    assert f"{log}:ERROR three\n(standard input):ERROR\n" in several.stdout
    assert folder.stdout == f"{log}:INFO two\n"


def test_digest_and_insight_files_are_passed_over_and_named(tmp_path: Path) -> None:
    insight = tmp_path / "111122223333_CloudTrail-Insight_us-east-1_20260914T0500Z_abcdefgh.json.gz"
    insight.write_bytes(log_file([denial()]))
    (tmp_path / "digest.json").write_text(json.dumps({"digestStartTime": "2026-09-14T05:00:00Z"}))

    done = run("", tmp_path)

    assert (done.stdout, ExitCode.DONE) == ("", done.exit_code)
    assert f"{insight}: passed over: an Insight file" in done.stderr
    assert "digest.json: passed over: a digest file" in done.stderr
    assert done.stderr.endswith("read 0 = matched 0 + unmatched 0 + duplicate 0 + rejected 0\n")


def test_the_words_of_a_space_delimited_pattern_are_extracted() -> None:
    told = answer("[level = ERROR, , rest]", given=b"ERROR a b\xff c\nINFO a b\n")

    assert told["events"] == [
        {
            "file": "(standard input)",
            "message": "ERROR a b\N{REPLACEMENT CHARACTER} c",
            "extracted": {"$level": "ERROR", "$2": "a", "$rest": "b\N{REPLACEMENT CHARACTER} c"},
        }
    ]
    assert told["pattern"] == "[level = ERROR, , rest]"


@pytest.mark.parametrize(
    "words", [["ERROR"], ["[level = ERROR, rest]", "--invert"], ["%E%"], ["{ $.a = * }"]]
)
def test_nothing_is_extracted_elsewhere(words: list[str]) -> None:
    told = answer(*words, given=b'ERROR x\nINFO x\n{"a":1}\n')

    assert told["events"]
    assert [{"file", "message"}] * len(told["events"]) == [set(event) for event in told["events"]]


def test_hostile_text_is_one_escaped_line(tmp_path: Path) -> None:
    file = tmp_path / "a\x1b[2Jb.log"
    file.write_bytes(b"ERROR \x1b]0;title\x07 \xe2\x80\xae \xff\tend\n")
    indented = b'{\n "ERROR": "\\u001b[2J"\n}'

    done = run("ERROR", file, "-", "./x\x1b", given=indented)

    assert done.stdout.splitlines() == [
        f"{tmp_path}/a\\x1b[2Jb.log:ERROR \\x1b]0;title\\x07 \\u202e \N{REPLACEMENT CHARACTER}\\x09end",
        '(standard input):{\\x0a "ERROR": "\\u001b[2J"\\x0a}',
    ]
    assert "\x1b" not in done.stderr


def test_half_of_a_surrogate_pair_in_a_message_does_no_harm() -> None:
    given = b"ERROR \xed\xa0\x80 \xed\xa0\x80\n"

    assert answer("[level, half, rest]", given=given)["records"]["matched"] == 1
    assert run('"ERROR"', given=given).stdout.startswith("ERROR \N{REPLACEMENT CHARACTER}")


def test_a_message_is_not_cut() -> None:
    line = "ERROR " + "\x01" * 200_000 + "end"

    assert run("ERROR", given=line.encode()).stdout == line.replace("\x01", "\\x01") + "\n"


def test_a_pattern_that_is_not_valid_is_explained_and_nothing_is_read(log: Path) -> None:
    done = run("{ $.a == 1 }", log, "missing")
    told = run("{ $.a == 1 }", log, "--format", "json")

    assert done.stderr.splitlines()[:2] == ["{ $.a == 1 }", "       ^"]
    assert done.stdout == ""
    assert json.loads(told.stdout)["start"] == 7
    assert ExitCode.INVALID_PATTERN == done.exit_code == told.exit_code


def test_the_help_says_what_a_file_is() -> None:
    done = run("--help")

    assert "[OPTIONS] PATTERN [FILE]..." in done.stdout
    assert "standard input" in done.stdout


def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path: Path) -> None:
    file = tmp_path / "long.log"
    file.write_bytes(b"ERROR and so on\n" * 500_000)
    process = subprocess.Popen(
        [sys.executable, "-m", "trailbell", "pattern", "test", "ERROR", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        first = process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        code = process.wait(60)

    assert (b"ERROR and so on\n", b"", ExitCode.OUTPUT_LOST) == (first, said, code)


def test_lines_are_shown_while_standard_input_is_still_open() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "trailbell", "pattern", "test", "ERROR"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"INFO a\nERROR b\nERROR un")
    process.stdin.flush()
    first = process.stdout.readline()
    rest, said = process.communicate(b"finished\n", timeout=60)

    assert (b"ERROR b\n", b"ERROR unfinished\n") == (first, rest)
    assert said.startswith(b"read 3 = matched 2")


@pytest.mark.skipif(not Path("/proc/kmsg").exists(), reason="this kernel does not show itself in /proc")
def test_folders_of_the_kernel_are_passed_over() -> None:
    # Some of what looks like a file there waits, or has no end.
    told = answer("ERROR", "/proc", "/proc/self")

    reason = "a file system of the kernel (proc), which holds no logs"
    assert [{"file": name, "reason": reason} for name in ("/proc", "/proc/self")] == told["passed_over"]
    assert 0 == told["records"]["read"]


def test_what_is_no_regular_file_in_a_folder_is_named_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "app.log").write_text("ERROR\n")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "socket"))
        told = answer("ERROR", tmp_path)

    assert ["loop", "pipe", "socket"] == [Path(each["file"]).name for each in told["passed_over"]]
    assert 1 == told["records"]["read"]


def test_output_in_another_encoding_holds_what_it_can() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-m", "trailbell", "pattern", "test", ""],
        input="é 日本\n".encode(),
        capture_output=True,
        env={"PYTHONIOENCODING": "latin-1", "PYTHONPATH": ":".join(sys.path)},
        check=True,
    )

    assert done.stdout == b"\xe9 \\u65e5\\u672c\n"
