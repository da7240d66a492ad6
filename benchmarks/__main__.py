"""Run benchmarks by name: ``./dev bench [NAME ...]``; without a name, all of them."""

import importlib
import sys

from benchmarks.machine import describe

NAMES = ("start", "matching", "delivery", "demo")


def main(names: list[str]) -> int:
    """Runs the named benchmarks in turn."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"no benchmark is called {unknown[0]!r}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    print(describe())
    for name in names or NAMES:
        print(f"\n== {name}")
        importlib.import_module(f"benchmarks.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
