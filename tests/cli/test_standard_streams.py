"""Where standard output is full, closed or left, a command says so once and ends in order."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from trailbell.cli import ExitCode

FULL = "trailbell: standard output cannot be written: no space left on device\n"
CLOSED = "trailbell: standard output cannot be written: it is closed\n"

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a line of the shell in which $T is the command line."""
    return subprocess.run(
        ["/bin/sh", "-c", line.replace("$T", f"{shlex.quote(sys.executable)} -m trailbell")],
        capture_output=True,
        text=True,
        cwd=folder,
        env=dict(os.environ),
        timeout=180,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a log of which not all fits into a pipe."""
    made = tmp_path_factory.mktemp("streams")
    (made / "app.log").write_text("ERROR in line\n" * 100_000)
    (made / "one.json").write_text('{"Records": []}')
    return made


@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "--version",
        "replay --help",
        "pattern test ERROR app.log",
        "pattern check ERROR --format json",
        "replay one.json",
        "replay one.json --format json",
        "replay one.json --format html",
    ],
)
@pytest.mark.parametrize(("where", "said"), [(">/dev/full", FULL), (">&-", CLOSED)])
def test_an_answer_that_cannot_be_written_is_told_of(
    folder: Path, command: str, where: str, said: str
) -> None:
    done = shell(f"$T {command} {where}", folder)

    assert (ExitCode.OUTPUT_LOST, said) == (done.returncode, without_figures(done.stderr))


def without_figures(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("read "))


@pytest.mark.parametrize("command", ["--help", "replay one.json", "pattern test ERROR app.log"])
def test_a_reader_that_has_left_is_no_news(folder: Path, command: str) -> None:
    # A pipe that is read by nobody any more when the first byte comes.
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "trailbell", *command.split()],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            timeout=180,
            check=False,
        )
    finally:
        os.close(writing)

    assert (ExitCode.OUTPUT_LOST, "") == (done.returncode, without_figures(done.stderr))


def test_the_first_line_may_be_all_that_is_read(folder: Path) -> None:
    done = shell("($T pattern test ERROR app.log; echo $? >code) | head -n 1", folder)

    assert ("ERROR in line\n", "") == (done.stdout, done.stderr)
    assert f"{ExitCode.OUTPUT_LOST}\n" == (folder / "code").read_text()


@pytest.mark.parametrize("where", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize(
    ("command", "code"),
    [("--wrong", ExitCode.USAGE), ("pattern test ERROR app.log missing.log", ExitCode.PROBLEM)],
)
def test_remarks_that_nobody_hears_change_nothing(
    folder: Path, command: str, code: ExitCode, where: str
) -> None:
    heard = shell(f"$T {command}", folder)
    unheard = shell(f"$T {command} {where}", folder)

    assert (code, heard.stdout) == (unheard.returncode, unheard.stdout)
    assert heard.stderr


def test_with_all_three_closed_a_file_does_not_take_their_place(folder: Path) -> None:
    done = shell("$T replay one.json --format json --output answer.json <&- >&- 2>&-", folder)

    assert ExitCode.OUTPUT_LOST == done.returncode
    assert (folder / "answer.json").read_text().endswith("}\n")
