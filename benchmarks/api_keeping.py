"""What kept log events cost: a search for a few among a million, and memory and disk at full speed."""

import contextlib
import json
import sqlite3
import statistics
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.aws_calls import GROUP, STREAM, Batch, Connection, moved
from benchmarks.machine import spread
from benchmarks.servers import ServerProcess

__all__ = ["search", "watch_memory"]

_KEPT_EVENTS = 1_000_000
_NEEDLE_EVERY = 100_000
_NEEDLE = "NeedleInTheHay"
_SEARCHES = 3
_MOST_AGE_MS = 5 * 3_600_000
_MIB = 1024 * 1024
_MINUTE_SECONDS = 60
_SHORTEST_STEP_SECONDS = 10
_SPEAKING_LOOKS = 6


class _Search(msgspec.Struct, frozen=True):
    """One search page by page: how long each took, and how many events it brought."""

    seconds: list[float]
    found: list[int]

    @property
    def pages_to_hit(self) -> int:
        """How many pages it takes to the first with an event."""
        return next(number for number, found in enumerate(self.found, 1) if found)


def search(url: str, made: Sequence[Batch]) -> None:
    """Keeps a million events one after the other, one in a hundred thousand a needle, and searches them."""
    kept, needles = 0, 0
    at_ms = time.time_ns() // 1_000_000 - _MOST_AGE_MS
    with Connection(url) as connection:
        number = 0
        while kept < _KEPT_EVENTS:
            batch = moved(made[number % len(made)], at_ms)
            connection.send("PutLogEvents", batch.body)
            before, kept, number = kept, kept + batch.events, number + 1
            at_ms += batch.span_ms
            if before // _NEEDLE_EVERY != kept // _NEEDLE_EVERY:
                event = {"timestamp": batch.last_ms, "message": json.dumps({"eventName": _NEEDLE})}
                put = {"logGroupName": GROUP, "logStreamName": STREAM, "logEvents": [event]}
                connection.call("PutLogEvents", put)
                needles += 1
        searches = [_searched(connection) for _ in range(_SEARCHES)]
    if any(sum(each.found) != needles for each in searches):
        raise RuntimeError(f"of {needles} needles {[sum(each.found) for each in searches]} were found")
    first = searches[0]
    hits = [sum(each.seconds[: each.pages_to_hit]) for each in searches]
    print(f"FilterLogEvents over {kept} kept events, {needles} needles, {_SEARCHES} searches:")
    print(f"  first page {spread([each.seconds[0] for each in searches])}")
    print(f"  first needle after {first.pages_to_hit} pages and {spread(hits)}")
    print(f"  all {len(first.seconds)} pages {spread([sum(each.seconds) for each in searches])}")
    print(f"  longest page {spread([max(each.seconds) for each in searches])}")


def _searched(connection: Connection) -> _Search:
    asked = {"logGroupName": GROUP, "filterPattern": f'{{ $.eventName = "{_NEEDLE}" }}'}
    seconds: list[float] = []
    found: list[int] = []
    while True:
        start = time.perf_counter()
        answer = connection.call("FilterLogEvents", asked)
        seconds.append(time.perf_counter() - start)
        found.append(len(answer["events"]))
        if "nextToken" not in answer:
            return _Search(seconds, found)
        asked["nextToken"] = answer["nextToken"]


def watch_memory(server: ServerProcess, data: Path, made: Sequence[Batch], seconds: int) -> None:
    """Puts at full speed over two connections, and looks at the server once a second."""
    stopping = threading.Event()
    sent: list[int] = []

    def send(first: int) -> None:
        with Connection(server.url) as connection:
            number = first
            while not stopping.is_set():
                connection.send("PutLogEvents", made[number % len(made)].body)
                sent.append(made[number % len(made)].events)
                number += 2

    threads = [threading.Thread(target=send, args=(first,), daemon=True) for first in range(2)]
    looks = [server.resident_bytes() / _MIB]
    sizes = [_file_bytes(data)]
    start, busy = time.perf_counter(), server.processor_seconds()
    for thread in threads:
        thread.start()
    while time.perf_counter() - start < seconds:
        time.sleep(1)
        looks.append(server.resident_bytes() / _MIB)
        sizes.append(_file_bytes(data))
        if not all(thread.is_alive() for thread in threads):
            raise RuntimeError("a connection gave up")
    stopping.set()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - start
    print(
        f"{took:.0f} s at full speed over 2 connections: {sum(sent) / took:.0f} events/s, "
        f"{sum(sent)} in all, server {(server.processor_seconds() - busy) / took:.0%} of a core"
    )
    _tell_memory(looks)
    step = _step_seconds(len(looks))
    print(
        f"files of the database in MiB every {step} s: "
        f"{', '.join(f'{size / _MIB:.0f}' for size in sizes[::step])}"
    )
    _tell_contents(data / "trailbell.db")


def _tell_memory(looks: Sequence[float]) -> None:
    step = _step_seconds(len(looks))
    print(
        f"memory: {looks[0]:.0f} MiB before, at most {max(looks):.0f}, at last {looks[-1]:.0f}; "
        f"every {step} s: {', '.join(f'{each:.0f}' for each in looks[::step])}"
    )
    # The first fifth is the way up.
    risen = looks[len(looks) // 5 :]
    if len(risen) < _SPEAKING_LOOKS:
        return
    slope = statistics.linear_regression(range(len(risen)), risen).slope * _MINUTE_SECONDS
    print(f"  after its first fifth it changes by {slope:+.2f} MiB a minute (least squares)")


def _step_seconds(looks: int) -> int:
    """A minute, or less in a run of few."""
    return min(_MINUTE_SECONDS, max(_SHORTEST_STEP_SECONDS, looks // 10))


def _file_bytes(data: Path) -> int:
    return sum(each.stat().st_size for each in data.glob("trailbell.db*"))


def _tell_contents(database: Path) -> None:
    """Says what fills the files: the bound is on compressed log events; other tables have their own."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        [(content, rows)] = connection.execute("SELECT sum(length(content)), count(*) FROM log_batch")
        [(pages,)] = connection.execute("PRAGMA page_count")
        [(page_bytes,)] = connection.execute("PRAGMA page_size")
        [(free,)] = connection.execute("PRAGMA freelist_count")
        parts = [
            f"log events {(content or 0) / _MIB:.0f} in {rows} batches",
            f"pages {pages * page_bytes / _MIB:.0f} of which free {free * page_bytes / _MIB:.0f}",
        ]
        try:
            tables = connection.execute(
                "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_master USING (name) "
                "GROUP BY tbl_name ORDER BY 2 DESC LIMIT 4"
            ).fetchall()
            parts += [f"{name} {size / _MIB:.0f}" for name, size in tables]
        except sqlite3.OperationalError as error:
            parts.append(f"tables not measured: this SQLite cannot tell ({error})")
    log = database.with_name(f"{database.name}-wal")
    parts.append(f"write-ahead log {log.stat().st_size / _MIB if log.is_file() else 0:.0f}")
    print(f"in MiB: {', '.join(parts)}")
