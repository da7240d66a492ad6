"""A real server in a process of its own, and the command line against it."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["RunningServer", "cli", "running_server"]

_STOPPING_SECONDS = 30


def _environment(**more: str) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("TRAILBELL_")}
    return kept | more


def cli(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command line to its end."""
    return subprocess.run(
        [sys.executable, "-m", "trailbell", *arguments],
        capture_output=True,
        text=True,
        env=_environment(**environment),
        cwd=cwd,
        timeout=180,
        check=False,
    )


class RunningServer:
    """A server that has said where it listens."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to end and returns its exit code."""
        self.process.send_signal(number)
        return self.process.wait(_STOPPING_SECONDS)


@contextlib.contextmanager
def running_server(*arguments: str, **environment: str) -> Iterator[RunningServer]:
    """Starts `serve` on a free port; kill it at the end if the test has not ended it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "trailbell", "serve", "--listen", "127.0.0.1:0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(**environment),
    )
    assert process.stderr is not None
    said = []
    try:
        for line in process.stderr:
            said.append(line)
            if line.startswith("listening on "):
                yield RunningServer(process, line.removeprefix("listening on ").strip())
                return
        raise AssertionError(f"the server did not start: {''.join(said)}")
    finally:
        process.kill()
        process.communicate(timeout=_STOPPING_SECONDS)
