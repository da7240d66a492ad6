"""What a figure was measured on, and how figures are summed up."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from trailbell import __version__

__all__ = ["describe", "percentile", "spread", "timed"]


def describe() -> str:
    """Names the machine and the versions."""
    model = "unknown processor"
    information = Path("/proc/cpuinfo")
    if information.is_file():
        names = [line for line in information.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    cores = len(os.sched_getaffinity(0))
    return (
        f"trailbell {__version__}, CPython {platform.python_version()}, {platform.system()} "
        f"{platform.machine()}, {model}, {cores} cores"
    )


def timed(step: Callable[[], object]) -> float:
    """Returns how many seconds a step takes."""
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def percentile(values: Sequence[float], percent: int) -> float:
    """Returns a percentile of some values by the nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def spread(values: Sequence[float], unit: str = "s", digits: int = 3) -> str:
    """Sums values up as median with the least and the most."""
    middle = statistics.median(values)
    return f"median {middle:.{digits}f} {unit} ({min(values):.{digits}f} to {max(values):.{digits}f})"
