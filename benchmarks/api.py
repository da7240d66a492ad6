"""What the AWS APIs take: log events put in full batches and one by one, searched, and rung to a hook.

Data: records of the project's own generator, calm traffic with about one match in a hundred, as log events in
batches of 1 MiB (the most a call may hold); all fifteen CIS metric filters on the log group. The bodies are
encoded before the clock starts.
Method: a server process on SQLite, every call durable before it is answered; this process sends the bodies
over plain keep-alive connections, 1, 2 and 4 at a time, and says how much of a core it took for that. The
same bodies go to a moto server in the same run, which keeps events in memory and evaluates nothing.
Reference lines: ``json`` reading the same bodies, and the chain's own function without HTTP.
BENCH_API_SECONDS says how long the memory is watched at full speed (60 unless set).
"""

import contextlib
import json
import logging
import os
import resource
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog

from benchmarks.aws_calls import GROUP, STREAM, Batch, Connection, batches, moto_server
from benchmarks.hooks import time_hooks
from benchmarks.machine import percentile, timed
from benchmarks.servers import ServerProcess, serving
from trailbell.chain import Chain, LogEventsPut, SystemClock
from trailbell.settings import Settings
from trailbell.store import Store

__all__ = ["run"]

_CALLS = 400
_MOTO_CALLS = 60
_SINGLES = 500
_KEPT_EVENTS = 1_000_000
_MIB = 1024 * 1024
_NEEDLE = "NeedleInTheHay"


def run() -> None:
    """Prints the figures."""
    made = batches()
    events = sum(each.events for each in made) / len(made)
    size = sum(each.size_bytes for each in made) / len(made)
    print(f"{len(made)} batches of {events:.0f} events and {size / 1e6:.2f} MB on average")
    _references(made)
    with tempfile.TemporaryDirectory() as folder, _logs_server(folder) as server:
        ours = [_full(server.url, made, _CALLS, connections) for connections in (1, 2, 4)]
        single = _singles(server.url)
        _line("trailbell, 1 event a call", single)
    with moto_server() as url:
        _prepare(url, with_filters=False)
        theirs = [_full(url, made, _MOTO_CALLS, connections, "moto") for connections in (1, 2, 4)]
        _line("moto, 1 event a call", _singles(url))
    print(f"full batches: {max(ours) / max(theirs):.1f} times as many events a second as moto")
    with tempfile.TemporaryDirectory() as folder, _logs_server(folder) as server:
        _search(server.url, made)
    time_hooks()
    with (
        tempfile.TemporaryDirectory() as folder,
        _logs_server(folder, "--log-event-bytes", "1 GiB") as server,
    ):
        _memory(server, Path(folder), made, int(os.environ.get("BENCH_API_SECONDS", "60")))


@contextlib.contextmanager
def _logs_server(folder: str, *arguments: str) -> Iterator[ServerProcess]:
    """A server whose log group has the fifteen filters; its source is an empty folder."""
    logs = Path(folder) / "logs"
    logs.mkdir()
    with serving("--data", f"{folder}/data", "--source", str(logs), *arguments) as server:
        _prepare(server.url, with_filters=True)
        yield server


def _prepare(url: str, *, with_filters: bool) -> None:
    with Connection(url) as connection:
        if not with_filters:
            connection.call("CreateLogGroup", {"logGroupName": GROUP})
        connection.call("CreateLogStream", {"logGroupName": GROUP, "logStreamName": STREAM})


def _references(made: Sequence[Batch]) -> None:
    seconds = timed(lambda: [json.loads(each.body) for each in made])
    events = sum(each.events for each in made)
    print(f"{'json.loads of the bodies':<34} {events / seconds:9.0f} events/s")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "data")
        (Path(folder) / "logs").mkdir()
        settings = Settings(data=f"{folder}/data", source=(f"{folder}/logs",))
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device
            chain = Chain(settings, store, SystemClock(), nowhere, "http://127.0.0.1:4747")
            chain.log_events.streams.create(GROUP, STREAM)
            puts = [_put_of(each) for each in made]
            seconds = timed(lambda: [chain.log_events.put(each) for each in puts])
        store.close()
    print(f"{'the chain without HTTP':<34} {events / seconds:9.0f} events/s")


def _put_of(batch: Batch) -> LogEventsPut:
    decoded = json.loads(batch.body)["logEvents"]
    instants = [each["timestamp"] for each in decoded]
    return LogEventsPut(GROUP, STREAM, instants, [each["message"].encode() for each in decoded])


def _full(url: str, made: Sequence[Batch], calls: int, connections: int, name: str = "trailbell") -> float:
    """Sends full batches; returns events a second."""
    seconds: list[float] = []
    before = resource.getrusage(resource.RUSAGE_SELF)

    def send(first: int) -> None:
        with Connection(url) as connection:
            for number in range(first, calls, connections):
                body = made[number % len(made)].body
                seconds.append(timed(lambda: connection.send("PutLogEvents", body)))  # noqa: B023

    threads = [threading.Thread(target=send, args=(first,)) for first in range(connections)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    own = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / took
    events = sum(made[number % len(made)].events for number in range(calls))
    size = sum(made[number % len(made)].size_bytes for number in range(calls))
    label = f"{name}, {connections} connection{'s' if connections > 1 else ''}"
    print(
        f"{label:<34} {events / took:9.0f} events/s  {size / took / 1e6:6.1f} MB/s  "
        f"p50 {percentile(seconds, 50) * 1000:6.1f} ms  p99 {percentile(seconds, 99) * 1000:6.1f} ms  "
        f"(the client took {own:.0%} of a core)"
    )
    return events / took


def _singles(url: str) -> list[float]:
    event = {"timestamp": time.time_ns() // 1_000_000, "message": '{"eventName":"GetObject"}'}
    body = json.dumps({"logGroupName": GROUP, "logStreamName": STREAM, "logEvents": [event]}).encode()
    with Connection(url) as connection:
        return [timed(lambda: connection.send("PutLogEvents", body)) for _ in range(_SINGLES)]


def _line(label: str, seconds: Sequence[float]) -> None:
    parts = ", ".join(f"p{percent} {percentile(seconds, percent) * 1000:.2f} ms" for percent in (50, 95, 99))
    print(f"{label:<34} {len(seconds)} times: {parts}, longest {max(seconds) * 1000:.1f} ms")


def _search(url: str, made: Sequence[Batch]) -> None:
    """Keeps a million events, one in a hundred thousand of them a needle, and searches them."""
    kept = 0
    with Connection(url) as connection:
        number = 0
        while kept < _KEPT_EVENTS:
            batch = made[number % len(made)]
            connection.send("PutLogEvents", batch.body)
            before, kept = kept, kept + batch.events
            if before // 100_000 != kept // 100_000:
                message = json.dumps({"eventName": _NEEDLE, "eventID": str(kept)})
                event = {"timestamp": batch.last_ms, "message": message}
                put = {"logGroupName": GROUP, "logStreamName": STREAM, "logEvents": [event]}
                connection.call("PutLogEvents", put)
            number += 1
        asked = {"logGroupName": GROUP, "filterPattern": f'{{ $.eventName = "{_NEEDLE}" }}'}
        pages: list[float] = []
        found: list[int] = []
        token = None
        while token is not None or not pages:
            start = time.perf_counter()
            answer = connection.call("FilterLogEvents", {**asked, **({"nextToken": token} if token else {})})
            pages.append(time.perf_counter() - start)
            found.append(len(answer["events"]))
            token = answer.get("nextToken")
    first = next(index for index, number in enumerate(found) if number)
    print(
        f"FilterLogEvents over {kept} kept events, {sum(found)} needles: first page {pages[0]:.3f} s, "
        f"first needle after {first + 1} pages and {sum(pages[: first + 1]):.3f} s, "
        f"all {len(pages)} pages {sum(pages):.3f} s, longest page {max(pages):.3f} s"
    )


def _memory(server: ServerProcess, folder: Path, made: Sequence[Batch], seconds: int) -> None:
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

    threads = [threading.Thread(target=send, args=(first,)) for first in range(2)]
    looks = [server.resident_bytes() / _MIB]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    while time.perf_counter() - start < seconds:
        time.sleep(1)
        looks.append(server.resident_bytes() / _MIB)
    stopping.set()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - start
    database = sum(each.stat().st_size for each in (folder / "data").glob("trailbell.db*")) / _MIB
    every = max(1, len(looks) // 10)
    print(f"{took:.0f} s at full speed: {sum(sent) / took:.0f} events/s, {sum(sent)} in all")
    print(
        f"memory: {looks[0]:.0f} MiB before, at most {max(looks):.0f}, at last {looks[-1]:.0f}; on the way "
        f"{', '.join(f'{each:.0f}' for each in looks[::every])}; database {database:.0f} MiB"
    )
