"""Writes deliveries into a folder, laid out like the bucket they would arrive in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from trailbell.simulate._errors import TrafficOrderError
from trailbell.simulate._files import Delivery

__all__ = ["Written", "write_deliveries"]


class Written(msgspec.Struct, frozen=True):
    """What was written.

    Attributes:
        files: Files.
        records: Records in them.
        size_bytes: Their compressed size together.
    """

    files: int = 0
    records: int = 0
    size_bytes: int = 0


def write_deliveries(
    deliveries: Iterable[Delivery],
    root: Path,
    *,
    pace: float | None,
    clock: Callable[[], int],
    wait: Callable[[float], bool],
) -> Written:
    """Writes each delivery under its key, when its time has come, and returns what was written.

    A file appears whole or not at all: it is written under a name that begins with a dot and then renamed.
    A feed that begins in the past starts at once; one that begins in the future waits for its first moment.

    Args:
        deliveries: What to write; may be endless.
        root: The folder that stands for the bucket; made where missing.
        pace: How many times faster than the deliveries' own clock; None writes without a pause.
        clock: Tells the time, in milliseconds since the epoch.
        wait: Sleeps for some seconds; true when the writing shall stop (`threading.Event.wait` fits).
            It is asked before every file, also where there is nothing to wait for.

    Raises:
        TrafficOrderError: The pace is not above 0.
        OSError: A file cannot be written.
    """
    if pace is not None and not pace > 0:
        raise TrafficOrderError("pace", pace, "a number above 0, or absent")
    started_ms = clock()
    origin_ms: int | None = None
    files = records = size_bytes = 0
    for delivery in deliveries:
        if origin_ms is None:
            origin_ms = min(delivery.delivered_ms, started_ms)
        pause_ms = 0.0
        if pace is not None:
            due_ms = started_ms + (delivery.delivered_ms - origin_ms) / pace
            pause_ms = max(due_ms - clock(), 0.0)
        if wait(pause_ms / 1000):
            break
        _write_whole(root / delivery.key, delivery.content)
        files += 1
        records += delivery.records
        size_bytes += len(delivery.content)
    return Written(files=files, records=records, size_bytes=size_bytes)


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
