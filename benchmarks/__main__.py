"""Run benchmarks by name: ``./dev bench [NAME ...]``; without a name, all but the long ones."""

import importlib
import signal
import sys
from pathlib import Path

from benchmarks.machine import describe

NAMES = ("start", "matching", "delivery", "demo")
LONG_NAMES = ("api", "crash", "extremes", "load")
"""Those that take many minutes and run only when named."""


def main(names: list[str]) -> int:
    """Runs the named benchmarks in turn."""
    known = (*NAMES, *LONG_NAMES)
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no benchmark is called {unknown[0]!r}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    # Asked to end, a benchmark takes its servers and folders with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    # Servers that are killed, and what is compared afterwards, are shared with the tests.
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    print(describe())
    for name in names or NAMES:
        print(f"\n== {name}")
        importlib.import_module(f"benchmarks.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
