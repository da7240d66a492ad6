"""Runs a line of the replay benchmark as a whole process, and looks at what it takes."""

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import msgspec

from benchmarks.servers import ENVIRONMENT, ending

__all__ = ["Counts", "Line", "Run", "peak_bytes", "run_line"]

_LOOK_SECONDS = 0.02

Counts: TypeAlias = list[int]


class Line(msgspec.Struct, frozen=True):
    """A way to read the files, as a command.

    Attributes:
        label: What it is called.
        command: The words of the command line.
        count: Reads the matches of each pattern out of what it prints; None where it counts nothing.
        patterns: How many patterns it runs.
        jobs: How many processes it uses.
        share: Which share of the files it reads.
    """

    label: str
    command: tuple[str, ...]
    count: Callable[[bytes], Counts] | None
    patterns: int
    jobs: int = 1
    share: float = 1.0


class Run(msgspec.Struct, frozen=True):
    """What one run took: time on the clock, and processor time of all its processes together."""

    seconds: float
    processor_seconds: float
    counts: Counts | None


def run_line(line: Line) -> Run:
    """Runs a line to its end.

    Raises:
        RuntimeError: It fails.
    """
    with tempfile.TemporaryFile() as answer:
        start = time.perf_counter()
        process = _started(line, answer.fileno())
        with ending(process):
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
        _check(line, process.returncode)
        answer.seek(0)
        counts = None if line.count is None else line.count(answer.read())
    return Run(seconds, usage.ru_utime + usage.ru_stime, counts)


def peak_bytes(line: Line) -> int:
    """Runs a line once more, and returns the most memory that its processes held together.

    Raises:
        RuntimeError: It fails.
    """
    peak = 0
    process = _started(line, subprocess.DEVNULL)
    with ending(process):
        while process.poll() is None:
            peak = max(peak, sum(map(_resident_bytes, _family(process.pid))))
            time.sleep(_LOOK_SECONDS)
    _check(line, process.returncode)
    return peak


def _started(line: Line, answer: int) -> subprocess.Popen[str]:
    return subprocess.Popen(line.command, stdout=answer, env=ENVIRONMENT, text=True)


def _check(line: Line, code: int) -> None:
    if code:
        raise RuntimeError(f"{line.label} ended with exit code {code}")


def _family(process_id: int) -> Iterator[int]:
    """Yields a process and all below it; those that end meanwhile are left out."""
    yield process_id
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process_id}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _resident_bytes(process_id: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0
