"""A server in a process of its own, for benchmarks that look at it from outside."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

__all__ = ["ServerProcess", "command", "ending", "serving"]

ENVIRONMENT = {name: text for name, text in os.environ.items() if not name.startswith("TRAILBELL_")}
# Compiled modules are part of what is measured: every command would start three times slower without them.
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)

_ENDING_SECONDS = 20


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

    def processor_seconds(self) -> float:
        """Returns the processor time the process has taken so far."""
        # The name in the second field may hold spaces; the rest counts from the bracket that closes it.
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def ending(process: subprocess.Popen[str]) -> Iterator[None]:
    """Ends a process however the block is left; one that does not heed the request is killed."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


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
    assert process.stderr is not None  # noqa: S101 - PIPE was asked for
    with ending(process):
        for line in process.stderr:
            if line.startswith("listening on "):
                break
        else:
            raise RuntimeError("the server did not start")
        # A log that nobody reads fills its pipe after some hundred lines, and then the server stands still.
        reader = threading.Thread(target=process.stderr.read, daemon=True)
        reader.start()
        yield ServerProcess(process, line.removeprefix("listening on ").strip())
    reader.join()
    process.stderr.close()
