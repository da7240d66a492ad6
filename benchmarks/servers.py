"""A server in a process of its own, for benchmarks that look at it from outside."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["ServerProcess", "command", "serving"]

ENVIRONMENT = {name: text for name, text in os.environ.items() if not name.startswith("TRAILBELL_")}
# Compiled modules are part of what is measured: every command would start three times slower without them.
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)


def command(*arguments: str) -> list[str]:
    """Builds the command line of the checkout's own program."""
    return [sys.executable, "-P", "-m", "trailbell", *arguments]


class ServerProcess:
    """A server that has said where it listens."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url

    def resident_bytes(self) -> int:
        """Returns the memory the process holds now."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("this system does not tell the memory of a process")


@contextlib.contextmanager
def serving(*arguments: str) -> Iterator[ServerProcess]:
    """Starts ``serve`` on a free port, and ends it."""
    process = subprocess.Popen(
        command("serve", "--listen", "127.0.0.1:0", *arguments),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    try:
        assert process.stderr is not None  # noqa: S101 - PIPE was asked for
        for line in process.stderr:
            if line.startswith("listening on "):
                yield ServerProcess(process, line.removeprefix("listening on ").strip())
                break
        else:
            raise RuntimeError("the server did not start")
    finally:
        process.terminate()
        process.communicate(timeout=20)
