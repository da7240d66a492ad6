"""A server looked at from outside while it works: processor time, memory, and when files are committed."""

import json
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

__all__ = ["Ledger", "ProcessWatch", "watch_commits"]

_LOOK_SECONDS = 0.02
_ASKED_AT_ONCE = 500
_PATIENCE_SECONDS = 120.0

_COMMITTED = """
SELECT name FROM source_file
WHERE source_id = 1 AND state NOT IN ('seen', 'pending') AND name IN (SELECT value FROM json_each(?))
"""


class ProcessWatch:
    """Samples a process every second until it is closed.

    Attributes:
        busy: Processor time in each second, as a share of one core.
        resident_bytes: Memory at the end of each second.
    """

    def __init__(self, process_id: int) -> None:
        self.busy: list[float] = []
        self.resident_bytes: list[int] = []
        self._process = Path(f"/proc/{process_id}")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the sampling."""
        self._over.set()
        self._thread.join()

    def peak_bytes(self) -> int:
        """Returns the most memory the process has held at any instant, by the kernel's own account."""
        return self._status("VmHWM:")

    def _sample(self) -> None:
        before, at = self._seconds(), time.perf_counter()
        while not self._over.wait(1.0):
            now, now_at = self._seconds(), time.perf_counter()
            self.busy.append((now - before) / (now_at - at))
            self.resident_bytes.append(self._status("VmRSS:"))
            before, at = now, now_at

    def _seconds(self) -> float:
        # The name in the second field may hold spaces; the rest counts from the bracket that closes it.
        fields = (self._process / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _status(self, wanted: str) -> int:
        for line in (self._process / "status").read_text().splitlines():
            if line.startswith(wanted):
                return int(line.split()[1]) * 1024
        raise RuntimeError("this system does not tell the memory of a process")


class Ledger:
    """The server's own ledger, read through a connection that cannot write."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(
            f"file:{database}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )

    def close(self) -> None:
        """Lets the database go."""
        self._connection.close()

    def committed(self, names: Iterable[str]) -> list[str]:
        """Returns those of the named files that are committed."""
        return [name for (name,) in self._connection.execute(_COMMITTED, (json.dumps(list(names)),))]

    def records(self) -> int:
        """Returns how many records are committed."""
        [(number,)] = self._connection.execute(
            "SELECT sum(matched + unmatched + duplicate + rejected) FROM source"
        )
        return int(number or 0)


def watch_commits(
    ledger: Ledger, moved: "queue.SimpleQueue[tuple[int, str] | None]", tell: Callable[[], None]
) -> list[float]:
    """Follows files from their appearance to their commit; returns how long each took in seconds.

    A time is rounded up to the next look, of which there are 50 in a second.

    Args:
        ledger: Where a commit is seen.
        moved: The instant (nanoseconds since the epoch) and name of each file that appeared; None ends it.
        tell: Called when the last file has appeared.

    Raises:
        RuntimeError: Nothing was committed for two minutes.
    """
    waiting: dict[str, int] = {}
    taken: list[float] = []
    is_over = False
    progress_at = time.monotonic()
    while waiting or not is_over:
        time.sleep(_LOOK_SECONDS)
        while not moved.empty():
            item = moved.get()
            if item is None:
                is_over = True
                tell()
            else:
                waiting[item[1]] = item[0]
        oldest = [name for name, _ in zip(waiting, range(_ASKED_AT_ONCE), strict=False)]
        found = ledger.committed(oldest)
        now_ns = time.time_ns()
        taken += [(now_ns - waiting.pop(name)) / 1e9 for name in found]
        if found or not waiting:
            progress_at = time.monotonic()
        elif time.monotonic() - progress_at > _PATIENCE_SECONDS:
            raise RuntimeError(
                f"{len(waiting)} files are not committed, {next(iter(waiting))} the first of them"
            )
    return taken
