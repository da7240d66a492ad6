"""Moves prepared files into a watched folder at their times: a program of its own, which measures nothing.

usage: pacing.py PREPARED WATCHED < PLAN - each line of the plan is the second at which a file is due and its
name; for each file moved, the line printed is the instant (nanoseconds since the epoch) and the name.
"""

import os
import sys
import time


def main(prepared: str, watched: str) -> None:
    """Follows the plan to its end; what is late is moved at once."""
    plan = [line.rstrip("\n").split(" ", 1) for line in sys.stdin]
    start = time.monotonic()
    for due, name in plan:
        time.sleep(max(0.0, start + float(due) - time.monotonic()))
        target = os.path.join(watched, name)  # noqa: PTH118 - thousands of these a second
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120
        os.rename(os.path.join(prepared, name), target)  # noqa: PTH104, PTH118
        print(time.time_ns(), name, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
