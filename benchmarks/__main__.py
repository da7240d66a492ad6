"""Run benchmarks by name: ``./dev bench [NAME ...]``; without a name, all but the long ones."""

import importlib
import signal
import sys
from pathlib import Path
from types import FrameType

from benchmarks.machine import describe

NAMES = ("start", "matching", "patterns", "compare", "delivery", "demo", "mending")
LONG_NAMES = ("alarms", "api", "crash", "extremes", "load", "replay")
"""Those that take many minutes and run only when named."""

_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main(names: list[str]) -> int:
    """Runs the named benchmarks in turn."""
    known = (*NAMES, *LONG_NAMES)
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no benchmark is called {unknown[0]!r}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    # Asked to end, a benchmark takes its servers and folders with it.
    for number in _ENDING_SIGNALS:
        signal.signal(number, _end)
    # Servers that are killed, and what is compared afterwards, are shared with the tests.
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    print(describe())
    for name in names or NAMES:
        print(f"\n== {name}")
        importlib.import_module(f"benchmarks.{name}").run()
    return 0


def _end(number: int, _: FrameType | None) -> None:
    # A second request must not cut short what the first has set going.
    for each in _ENDING_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
