"""From an empty folder to the demo's alarm, as a newcomer would have it.

Method: a clone of this checkout's committed state in a new folder, then ``./dev demo --once`` with no
environment there; the time until the alarm's first line stands on standard output. Package downloads
come from wherever the machine's package index keeps them, so a second run without set-up is shown beside it.
"""

import os
import subprocess
import tempfile
import time
from pathlib import Path

__all__ = ["run"]

_ROOT = Path(__file__).parents[1]
_ALARM = "ALARM: unauthorized_api_calls_alarm"


def run() -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "trailbell"
        subprocess.run(["git", "clone", "--quiet", str(_ROOT), str(clone)], check=True)
        print(f"empty folder to alarm, set-up included  {_until_alarm(clone):.1f} s")
        print(f"again, environment in place             {_until_alarm(clone):.1f} s")


def _until_alarm(clone: Path) -> float:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("TRAILBELL_")}
    start = time.perf_counter()
    with subprocess.Popen(
        ["./dev", "demo", "--once"],
        cwd=clone,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        if process.stdout is None:
            raise RuntimeError("no output to read")
        for line in process.stdout:
            if line.startswith(_ALARM):
                taken = time.perf_counter() - start
                process.communicate(timeout=60)
                return taken
    raise RuntimeError("the demo ended without its alarm")
