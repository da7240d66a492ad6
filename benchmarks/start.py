"""How long the command line and the server take to start, and what the idle server holds.

Method: whole processes, median of several runs after one warm-up; reference line is the bare interpreter.
"""

import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.machine import spread, timed
from benchmarks.servers import ENVIRONMENT, command, serving

_RUNS = 15
_SERVER_RUNS = 5
_IDLE_SECONDS = 5.0


def run() -> None:
    """Prints the figures."""
    bare = _times([sys.executable, "-c", "pass"])
    print(f"interpreter alone           {spread(bare)}")
    for arguments in (["--version"], ["--help"], ["status", "--help"]):
        times = _times(command(*arguments))
        ratio = sorted(times)[_RUNS // 2] / sorted(bare)[_RUNS // 2]
        print(f"trailbell {' '.join(arguments):<17} {spread(times)}, {ratio:.1f}x the interpreter")
    starts, memory = [], []
    for _ in range(_SERVER_RUNS):
        with tempfile.TemporaryDirectory() as folder:
            logs = Path(folder) / "logs"
            logs.mkdir()
            start = time.perf_counter()
            with serving("--source", str(logs), "--data", str(Path(folder) / "data")) as server:
                urllib.request.urlopen(f"{server.url}/readyz").read()  # noqa: S310 - our own loopback URL
                starts.append(time.perf_counter() - start)
                time.sleep(_IDLE_SECONDS)
                memory.append(server.resident_bytes() / 1024**2)
    print(f"start to ready (new folder) {spread(starts)}")
    print(f"idle memory after {_IDLE_SECONDS:.0f} s       {spread(memory, 'MiB', 1)}")


def _times(arguments: list[str]) -> list[float]:
    def once() -> None:
        subprocess.run(arguments, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)

    once()
    return [timed(once) for _ in range(_RUNS)]
