"""What the AWS APIs take: log events put in full batches and one by one, searched, and rung to a hook.

Data: records of the project's own generator, calm traffic, as log events ten milliseconds apart in batches of
1 MiB (the most a call may hold); all fifteen CIS metric filters on the log group. The bodies are encoded
before the clock starts.
Method: a server process on SQLite, every call durable before it is answered; this process sends the bodies
over plain keep-alive connections, 1, 2 and 4 at a time, and says how much of a core it and the server took.
The same bodies go as often to a moto server, in turn with ours; it keeps events in memory and evaluates
nothing. Several passes each: the median with the least and the most, latencies of all passes together.
Afterwards the log group must hold every byte that was sent.
Reference lines: ``json`` reading the same bodies, and the chain's own function without HTTP.
BENCH_API_SECONDS says how long the memory is watched at full speed (60 unless set).
"""

import contextlib
import importlib.metadata
import json
import logging
import os
import resource
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import structlog

from benchmarks.api_keeping import search, watch_memory
from benchmarks.aws_calls import GROUP, STREAM, Batch, Connection, batches, moto_server
from benchmarks.hooks import time_hooks
from benchmarks.machine import percentile, spread, timed
from benchmarks.servers import ServerProcess, serving
from trailbell.chain import Chain, LogEventsPut, SystemClock
from trailbell.controls import watched_controls
from trailbell.filters import Batch as FilterBatch
from trailbell.filters import FilterSet, LogEvent, fold
from trailbell.settings import Settings
from trailbell.store import Store

__all__ = ["run"]

_PASSES = 5
_CALLS = 120
_WARMING_CALLS = 40
_CONNECTIONS = (1, 2, 4)
_SINGLES = 500


class _Pass(msgspec.Struct, frozen=True):
    """Full batches sent once through; processor times are shares of one core."""

    events_per_second: float
    bytes_per_second: float
    seconds: list[float]
    client: float
    server: float


def run() -> None:
    """Prints the figures."""
    versions = ", ".join(f"{each} {importlib.metadata.version(each)}" for each in ("uvicorn", "moto"))
    print(f"SQLite {sqlite3.sqlite_version}, {versions}; one short pass to warm up, then all count")
    made = batches()
    events = sum(each.events for each in made) / len(made)
    size = sum(each.size_bytes for each in made) / len(made)
    print(f"{len(made)} batches of {events:.0f} events and {size / 1e6:.2f} MB on average")
    _references(made)
    _throughput(made)
    with tempfile.TemporaryDirectory() as folder, _logs_server(folder) as server:
        search(server.url, made)
    time_hooks()
    with (
        tempfile.TemporaryDirectory() as folder,
        _logs_server(folder, "--log-event-bytes", "1 GiB") as server,
    ):
        seconds = int(os.environ.get("BENCH_API_SECONDS", "60"))
        watch_memory(server, Path(folder) / "data", made, seconds)


@contextlib.contextmanager
def _logs_server(folder: str, *arguments: str) -> Iterator[ServerProcess]:
    """A server whose log group has the fifteen filters; its source is an empty folder."""
    logs = Path(folder) / "logs"
    logs.mkdir()
    with serving("--data", f"{folder}/data", "--source", str(logs), *arguments) as server:
        with Connection(server.url) as connection:
            connection.call("CreateLogStream", {"logGroupName": GROUP, "logStreamName": STREAM})
            filters = connection.call("DescribeMetricFilters", {"logGroupName": GROUP})["metricFilters"]
        if len(filters) != len(watched_controls()):
            raise RuntimeError(f"the log group has {len(filters)} metric filters")
        yield server


def _references(made: Sequence[Batch]) -> None:
    events = sum(each.events for each in made)

    def line(label: str, step: Callable[[], object]) -> None:
        rates = [events / timed(step) for _ in range(_PASSES)]
        print(f"{label:<28} {spread(rates, 'events/s', 0)}")

    line("json.loads of the bodies", lambda: [json.loads(each.body) for each in made])
    puts = [_put_of(each) for each in made]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "data")
        (Path(folder) / "logs").mkdir()
        settings = Settings(data=f"{folder}/data", source=(f"{folder}/logs",))
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device
            chain = Chain(settings, store, SystemClock(), nowhere, "http://127.0.0.1:4747")
            chain.log_events.streams.create(GROUP, STREAM)
            line("the chain without HTTP", lambda: [chain.log_events.put(each) for each in puts])
            with store.read() as transaction:
                filters = FilterSet([each.definition for each in transaction.filters.all(GROUP)])
        store.close()
    matches = sum(_matches(each, filters) for each in puts)
    print(
        f"{matches} of {events} events match one of {len(filters.filters)} filters ({matches / events:.2%})"
    )


def _put_of(batch: Batch) -> LogEventsPut:
    decoded = json.loads(batch.body)["logEvents"]
    instants = [each["timestamp"] for each in decoded]
    return LogEventsPut(GROUP, STREAM, instants, [each["message"].encode() for each in decoded])


def _matches(put: LogEventsPut, filters: FilterSet) -> int:
    events = tuple(map(LogEvent, put.instants_ms, put.messages))
    return len(fold(FilterBatch(events, from_trail=False), filters).matches)


def _throughput(made: Sequence[Batch]) -> None:
    """Sends the same to our server and to moto's in turn, which rests while the other works."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _logs_server(folder) as server,
        moto_server() as moto,
    ):
        with Connection(moto.url) as connection:
            connection.call("CreateLogGroup", {"logGroupName": GROUP})
            connection.call("CreateLogStream", {"logGroupName": GROUP, "logStreamName": STREAM})
        for each in (server, moto):
            _full(each, made, 1, _WARMING_CALLS)
        before = _stored_bytes(server.url)
        ratios = []
        for connections in _CONNECTIONS:
            ours, theirs = [], []
            for _ in range(_PASSES):
                ours.append(_full(server, made, connections, _CALLS))
                theirs.append(_full(moto, made, connections, _CALLS))
            _full_line("trailbell", connections, ours)
            _full_line("moto", connections, theirs)
            ratios.append(_rate(ours) / _rate(theirs))
        sent = len(_CONNECTIONS) * _PASSES * _sent_bytes(made, _CALLS)
        kept = _stored_bytes(server.url) - before
        print(f"sent {sent} bytes, kept {kept}: {'balanced' if sent == kept else 'NOT BALANCED'}")
        told = ", ".join(f"{each:.1f}" for each in ratios)
        print(f"full batches: {told} times as many events a second as moto on {_CONNECTIONS} connections")
        _single_line("trailbell, 1 event a call", server.url)
        _single_line("moto, 1 event a call", moto.url)


def _full(server: ServerProcess, made: Sequence[Batch], connections: int, calls: int) -> _Pass:
    """Sends full batches."""
    seconds: list[float] = []

    def send(first: int) -> None:
        with Connection(server.url) as connection:
            for number in range(first, calls, connections):
                body = made[number % len(made)].body
                seconds.append(timed(lambda: connection.send("PutLogEvents", body)))  # noqa: B023

    threads = [threading.Thread(target=send, args=(first,), daemon=True) for first in range(connections)]
    own, theirs, start = _own_seconds(), server.processor_seconds(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - start
    if len(seconds) != calls:
        raise RuntimeError(f"only {len(seconds)} of {calls} calls were answered")
    return _Pass(
        events_per_second=sum(made[number % len(made)].events for number in range(calls)) / took,
        bytes_per_second=_sent_bytes(made, calls) / took,
        seconds=seconds,
        client=(_own_seconds() - own) / took,
        server=(server.processor_seconds() - theirs) / took,
    )


def _sent_bytes(made: Sequence[Batch], calls: int) -> int:
    return sum(made[number % len(made)].size_bytes for number in range(calls))


def _stored_bytes(url: str) -> int:
    with Connection(url) as connection:
        [group] = connection.call("DescribeLogGroups", {"logGroupNamePrefix": GROUP})["logGroups"]
    return int(group["storedBytes"])


def _own_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _rate(passes: Sequence[_Pass]) -> float:
    return statistics.median(each.events_per_second for each in passes)


def _full_line(name: str, connections: int, passes: Sequence[_Pass]) -> None:
    seconds = [each for one in passes for each in one.seconds]
    rates = spread([each.events_per_second for each in passes], "events/s", 0)
    print(
        f"{f'{name}, {connections} conn.':<19} {rates}, "
        f"{statistics.median(each.bytes_per_second for each in passes) / 1e6:.0f} MB/s, "
        f"p50 {percentile(seconds, 50) * 1000:.1f} ms, p99 {percentile(seconds, 99) * 1000:.1f} ms; "
        f"of a core: server {statistics.median(each.server for each in passes):.0%}, "
        f"client {statistics.median(each.client for each in passes):.0%}"
    )


def _single_line(label: str, url: str) -> None:
    event = {"timestamp": time.time_ns() // 1_000_000, "message": '{"eventName":"GetObject"}'}
    body = json.dumps({"logGroupName": GROUP, "logStreamName": STREAM, "logEvents": [event]}).encode()
    with Connection(url) as connection:
        seconds = [timed(lambda: connection.send("PutLogEvents", body)) for _ in range(_SINGLES)]
    parts = ", ".join(f"p{percent} {percentile(seconds, percent) * 1000:.2f} ms" for percent in (50, 95, 99))
    print(f"{label:<28} {len(seconds)} times: {parts}, longest {max(seconds) * 1000:.1f} ms")
