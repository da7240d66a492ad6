"""`trailbell replay` at a terminal: the bar that shows how far it is, and what Ctrl-C does."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from support.records import denial, record, write_log
from trailbell.cli import ExitCode

PATIENCE_SECONDS = 60
CHUNK_BYTES = 65_536


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "trailbell", "replay", *map(str, words)]


def on_a_terminal(*words: str | Path) -> tuple[int, str, str]:
    """Runs it with a terminal for standard error; returns the exit code, standard output and the screen."""
    keyboard, screen = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    with subprocess.Popen(
        command(*words), stdout=subprocess.PIPE, stderr=screen, env=environment, text=True
    ) as process:
        os.close(screen)
        seen: list[bytes] = []
        reader = threading.Thread(target=read_all, args=(keyboard, seen))
        reader.start()
        written, _ = process.communicate(timeout=PATIENCE_SECONDS)
        reader.join(PATIENCE_SECONDS)
    os.close(keyboard)
    return process.returncode, written, b"".join(seen).decode()


def read_all(terminal: int, seen: list[bytes]) -> None:
    try:
        while chunk := os.read(terminal, CHUNK_BYTES):
            seen.append(chunk)
    except OSError:
        return  # how Linux says that nobody holds the other end any more


def test_a_bar_is_shown_on_a_terminal_and_nothing_of_it_in_the_answer(tmp_path: Path) -> None:
    write_log(tmp_path / "log.json.gz", [denial()])
    code, written, screen = on_a_terminal(tmp_path, "--format", "json")

    assert ExitCode.DONE == code, screen
    assert 1 == json.loads(written)["records"]["matched"]
    assert "1/1 files" in screen
    assert "ETA" in screen


def test_there_is_no_bar_in_a_pipe(tmp_path: Path) -> None:
    write_log(tmp_path / "log.json.gz", [denial()])
    done = subprocess.run(
        command(tmp_path), capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True
    )

    assert "" == done.stderr
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_end_it_shows_what_is_done(tmp_path: Path, number: signal.Signals) -> None:
    # The lines of the first file are more than a pipe holds: it waits until somebody reads them.
    padding = "x" * 10_000
    first = write_log(
        tmp_path / "a.json.gz", [denial(requestParameters={"note": padding}) for _ in range(40)]
    )
    last = write_log(tmp_path / "b.json.gz", [record()] * 5)
    lines = tmp_path / "lines"
    os.mkfifo(lines)
    words = command(first, last, "--jobs", "1", "--format", "json", "--events", lines)
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        with lines.open("rb") as reading:
            reading.read(1)
            process.send_signal(number)
            reading.read()
        written, said = process.communicate(timeout=PATIENCE_SECONDS)

    told = json.loads(written)
    assert (True, 1) == (told["interrupted"], told["alarms"][0]["times_in_alarm"])
    assert 40 == told["records"]["read"]
    assert "trailbell: stopped before all was read; the figures are those of what was" in said
    assert ExitCode.PROBLEM == process.returncode


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_end_it_does_not_wait_for_the_end_of_standard_input(
    tmp_path: Path, number: signal.Signals
) -> None:
    pipe = subprocess.PIPE
    words = command("-", "--format", "json", "--output", tmp_path / "answer.json")
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        # More than a pipe holds: once all is written, it reads.
        process.stdin.write(b'{"Records": [' + b" " * 500_000)
        process.stdin.flush()
        process.send_signal(number)
        assert process.stderr is not None
        # Standard input stays open.
        code = process.wait(PATIENCE_SECONDS)
        said = process.stderr.read()

    told = json.loads((tmp_path / "answer.json").read_bytes())
    assert (True, 0) == (told["interrupted"], told["records"]["read"])
    assert b"trailbell: stopped before all was read" in said
    assert ExitCode.PROBLEM == code
