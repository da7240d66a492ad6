"""Simulated traffic at 5,000 records a second through a folder, and how much more would go.

Data: the generator's calm traffic of one company in files of the measured shape, and every two seconds the
short story of an intruder elsewhere, which lifts the matches to about 1 %; all fifteen controls. Files gather
ten seconds of calls, so that the first ten seconds, in which they fill up, are left out. Everything is made
before the clock starts.
Method: a program of its own moves each file into the watched folder at its time (a rename, so it appears
whole) and notes the instant. This process looks into the server's ledger 50 times a second through a
connection that cannot write, and takes the first look that sees a file committed as its end: the lag shown is
from rename to durable commit, at most 20 ms too long. Processor time and memory are the kernel's, once a
second, of the server alone. Then a folder of many files is moved in at once, and the time until all of it is
committed gives the highest rate. BENCH_LOAD_SECONDS says how long the paced part is (60 unless set).
"""

import contextlib
import os
import queue
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from benchmarks.machine import percentile
from benchmarks.watching import Ledger, ProcessWatch, watch_commits
from support.killed_server import Life
from trailbell.simulate import Company, Delivery, DeliveryHabits, FileShape, Profile, generate

__all__ = ["run"]

_RATE = 5_000
_SHAPE = FileShape.MEASURED
_DEFAULT_SECONDS = 60
_FILLING_SECONDS = 10
_START_MS = 1_789_000_000_000
_STORY_SECONDS = 120
_STORY_EVERY_SECONDS = 2
_COMPANIES = 50
_BACKLOG_SECONDS = 30
_BACKLOG_LOOK_SECONDS = 0.02
_BACKLOG_PATIENCE_SECONDS = 600.0
_MATCHED_SHARE = 0.01
_DAYS = 35
_DAY_SECONDS = 86_400
_EVENT_BOUND_BYTES = 2 * 1024**3


class _Prepared(msgspec.Struct, frozen=True):
    """Files made beforehand: where they lie, when each is due (seconds), and what is in them."""

    folder: Path
    plan: tuple[tuple[float, str], ...]
    records: int
    size_bytes: int


def run() -> None:
    """Prints the figures."""
    seconds = int(os.environ.get("BENCH_LOAD_SECONDS", _DEFAULT_SECONDS))
    with tempfile.TemporaryDirectory() as folder:
        _paced(Path(folder), seconds, _SHAPE)
        _sizes(Path(folder) / "data" / "trailbell.db")
    for shape in (FileShape.LARGE, FileShape.MEASURED):
        with tempfile.TemporaryDirectory() as folder:
            _backlog(Path(folder), shape)


def _paced(folder: Path, seconds: int, shape: FileShape) -> None:
    prepared = _prepare(folder / "prepared", seconds, shape)
    print(
        f"{prepared.records} records in {len(prepared.plan)} {shape.value} files, "
        f"{prepared.size_bytes / 1e6:.0f} MB compressed, over {seconds} s"
    )
    with _serving(folder) as life:
        ledger, watch = Ledger(folder / "data" / "trailbell.db"), ProcessWatch(life.process.pid)
        started = time.perf_counter()
        with _pacing(prepared, folder / "logs") as moved:
            ends: list[float] = []
            taken = watch_commits(ledger, moved, lambda: ends.append(time.perf_counter()))
        drained = time.perf_counter() - ends[0]
        watch.close()
        ledger.close()
        [source] = life.status()["sources"]
        peak_bytes = watch.peak_bytes()
        life.stop()
    rate = prepared.records / (ends[0] - started)
    print(f"written at {rate:.0f} records/s; all committed {drained * 1000:.0f} ms after the last file")
    lags = ", ".join(f"p{percent} {percentile(taken, percent) * 1000:.0f} ms" for percent in (50, 95, 99))
    print(f"lag from rename to commit, {len(taken)} files: {lags}, longest {max(taken) * 1000:.0f} ms")
    print(
        f"processor of the server: mean {statistics.mean(watch.busy):.0%} of a core, "
        f"busiest second {max(watch.busy):.0%}"
    )
    tenth = max(1, len(watch.resident_bytes) // 10)
    print(
        f"memory: at the start {watch.resident_bytes[0] / 1e6:.0f} MB, "
        f"last tenth {statistics.mean(watch.resident_bytes[-tenth:]) / 1e6:.0f} MB, "
        f"peak {peak_bytes / 1e6:.0f} MB"
    )
    _balance(source["records"], prepared.records)


def _backlog(folder: Path, shape: FileShape) -> None:
    """Measures the highest rate: all files at once, in a folder that is already watched."""
    prepared = _prepare(folder / "prepared", _BACKLOG_SECONDS, shape)
    with _serving(folder) as life:
        ledger = Ledger(folder / "data" / "trailbell.db")
        started = time.perf_counter()
        for each in prepared.folder.iterdir():
            each.rename(folder / "logs" / each.name)
        while ledger.records() < prepared.records:
            if time.perf_counter() - started > _BACKLOG_PATIENCE_SECONDS:
                raise RuntimeError(f"{ledger.records()} of {prepared.records} records were committed")
            life.live(_BACKLOG_LOOK_SECONDS)
        seconds = time.perf_counter() - started
        ledger.close()
        life.stop()
    print(
        f"highest rate, {shape.value} files: {prepared.records} records in {len(prepared.plan)} files "
        f"at once: {seconds:.1f} s, {prepared.records / seconds:.0f} records/s, "
        f"{prepared.records / seconds / _RATE:.1f} times {_RATE}/s"
    )


def _balance(classes: dict[str, int], written: int) -> None:
    parts = ", ".join(f"{name} {number}" for name, number in classes.items() if name != "read")
    total = sum(number for name, number in classes.items() if name != "read")
    verdict = "balanced" if total == classes["read"] == written else f"NOT BALANCED with {written} written"
    print(f"classes: {parts}; sum {total}, read {classes['read']}, written {written}: {verdict}")


def _sizes(database: Path) -> None:
    """Measures rows on disk, with their indexes, and says what 35 days of 1 % matches come to."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            identity = _row_bytes(connection, "counted_identity")
            event = _row_bytes(connection, "event") + _row_bytes(connection, "event_filter")
        except sqlite3.OperationalError as error:
            print(f"row sizes not measured: this SQLite cannot tell ({error})")
            return
        [(events, record)] = connection.execute("SELECT count(*), avg(size_bytes) FROM event")
        [(identities,)] = connection.execute("SELECT count(*) FROM counted_identity")
    print(f"on disk, indexes included: {identity:.0f} bytes an identity ({identities} rows),")
    print(f"  {event:.0f} bytes a matched event ({events} rows) of which {record:.0f} are its record")
    rows = round(_RATE * _MATCHED_SHARE * _DAYS * _DAY_SECONDS)
    kept = _EVENT_BOUND_BYTES / record
    hours = kept / (_RATE * _MATCHED_SHARE) / 3600
    print(f"{_DAYS} days of {_RATE}/s with {_MATCHED_SHARE:.0%} matched: {rows / 1e6:.0f} million identities")
    print(f"  identities {rows * identity / 1e9:.1f} GB on disk, none in memory beyond SQLite's page cache")
    print(
        f"  events {rows * event / 1e9:.0f} GB if all were kept; the default bound of 2 GiB of records keeps"
    )
    print(
        f"  {kept / 1e6:.1f} million of them, the last {hours:.1f} hours, "
        f"in {kept * event / 1e9:.1f} GB on disk"
    )


def _row_bytes(connection: sqlite3.Connection, table: str) -> float:
    [(size,)] = connection.execute(
        "SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name = ?)",
        (table,),
    )
    [(rows,)] = connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - two names of our own
    return float(size / rows)


def _prepare(folder: Path, seconds: int, shape: FileShape) -> _Prepared:
    plan, records, size_bytes = [], 0, 0
    for due, each in _deliveries(seconds, shape):
        path = folder / each.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(each.content)
        plan.append((due, each.key))
        records += each.records
        size_bytes += len(each.content)
    return _Prepared(folder, tuple(sorted(plan)), records, size_bytes)


def _deliveries(seconds: int, shape: FileShape) -> Iterator[tuple[float, Delivery]]:
    """Yields files with the second at which each is due."""
    habits = DeliveryHabits(run_id=shape.value, lateness=False, file_shape=shape)
    for each in generate(Company(0), Profile.CALM, _START_MS, seconds + _FILLING_SECONDS, _RATE, habits):
        due = (each.delivered_ms - _START_MS) / 1000 - _FILLING_SECONDS
        if 0 <= due < seconds:
            yield due, each
    for due in range(0, seconds, _STORY_EVERY_SECONDS):
        company, habits = Company(1 + due % _COMPANIES), DeliveryHabits(run_id=f"{shape.value} {due}")
        for each in generate(company, Profile.INTRUDER, _START_MS, _STORY_SECONDS, 1, habits):
            yield due, each


@contextlib.contextmanager
def _serving(folder: Path) -> Iterator[Life]:
    """Runs a server on an empty folder that has seen that there is nothing yet."""
    logs = folder / "logs"
    logs.mkdir()
    with Life(folder / "data", logs, folder / "server.log") as life:
        life.until_ready()
        life.until(lambda: bool(life.status()["sources"][0]["is_caught_up"]), "it has looked once")
        yield life


@contextlib.contextmanager
def _pacing(prepared: _Prepared, logs: Path) -> Iterator["queue.SimpleQueue[tuple[int, str] | None]"]:
    """Runs the program that moves files; what it says comes through the queue, None at its end."""
    moved: queue.SimpleQueue[tuple[int, str] | None] = queue.SimpleQueue()
    program = Path(__file__).with_name("pacing.py")
    with subprocess.Popen(
        [sys.executable, "-I", str(program), str(prepared.folder), str(logs)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("no pipe to the program that moves the files")
        process.stdin.write("".join(f"{due:.3f} {name}\n" for due, name in prepared.plan))
        process.stdin.close()
        listener = threading.Thread(target=_listen, args=(process.stdout, moved), daemon=True)
        listener.start()
        yield moved
        listener.join()


def _listen(said: IO[str], moved: "queue.SimpleQueue[tuple[int, str] | None]") -> None:
    for line in said:
        instant, _, name = line.rstrip("\n").partition(" ")
        moved.put((int(instant), name))
    moved.put(None)
