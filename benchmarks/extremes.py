"""What the largest and the smallest files cost: time and memory of a server that reads them at once.

Data: made-up records; a file of 300 MB (JSON Lines, and one `Records` document of the same), a gzip bomb of a
gigabyte of blanks, and many files of one record each (100,000, or BENCH_TINY_FILES).
Method: the files lie in the folder before a fresh server starts; time is from its start until it has read
them, memory the kernel's own peak of the process. Reference line: the same server with an empty folder.
"""

import gzip
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.watching import ProcessWatch
from support.killed_server import Life

__all__ = ["run"]

_LARGE_BYTES = 300_000_000
_TINY_FILES = 100_000
_PATIENCE_SECONDS = 3_000.0
_LOOK_SECONDS = 0.2


def run() -> None:
    """Prints the figures."""
    _measure("an empty folder", lambda logs: 0)
    _measure("300 MB of JSON Lines", _json_lines)
    _measure("300 MB in one document", _document)
    _measure("a gzip bomb of 1 GB", _bomb)
    number = int(os.environ.get("BENCH_TINY_FILES", _TINY_FILES))
    _measure(f"{number} files of one record", lambda logs: _tiny(logs, number))


def _measure(label: str, fill: Callable[[Path], int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        logs = Path(folder) / "logs"
        logs.mkdir()
        records = fill(logs)
        started = time.perf_counter()
        with Life(Path(folder) / "data", logs, Path(folder) / "log") as life:
            while life.url is None:
                time.sleep(_LOOK_SECONDS)
            watch = ProcessWatch(life.process.pid)
            while _read(life) < records and time.perf_counter() - started < _PATIENCE_SECONDS:
                time.sleep(_LOOK_SECONDS)
            seconds = time.perf_counter() - started
            watch.close()
            peak = watch.peak_bytes() / 1e6
            read = _read(life)
            life.stop()
    print(f"{label:<28} {read:>8} records read in {seconds:6.1f} s, peak memory {peak:4.0f} MB")


def _read(life: Life) -> int:
    sources = life.status()["sources"]
    return int(sources[0]["records"]["read"]) if sources else 0


def _records() -> Iterator[bytes]:
    """Yields records of about 1.2 kB until they make up the large file; every hundredth is a denial."""
    written = number = 0
    while written < _LARGE_BYTES:
        record = json.dumps(
            {
                "eventVersion": "1.11",
                "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::111122223333:user/u{number % 50}"},
                "eventTime": "2026-09-14T05:40:00Z",
                "eventSource": "ec2.amazonaws.com",
                "eventName": "DescribeInstances",
                "sourceIPAddress": "198.51.100.7",
                "eventID": f"large-{number}",
                "userAgent": "x" * 850,
                **({"errorCode": "AccessDenied"} if number % 100 == 0 else {}),
            }
        ).encode()
        yield record
        written += len(record) + 1
        number += 1


def _json_lines(logs: Path) -> int:
    number = 0
    with (logs / "large.jsonl").open("wb") as file:
        for record in _records():
            file.write(record + b"\n")
            number += 1
    return number


def _document(logs: Path) -> int:
    number = 0
    with (logs / "large.json").open("wb") as file:
        file.write(b'{"Records":[')
        for record in _records():
            file.write(record if number == 0 else b"," + record)
            number += 1
        file.write(b"]}")
    return number


def _bomb(logs: Path) -> int:
    path = logs / "bomb.json.gz"
    path.write_bytes(gzip.compress(b" " * 10_000_000, mtime=0) * 100)
    # Long unchanged, so that it is judged at once.
    os.utime(path, (1, 1))
    return 1


def _tiny(logs: Path, number: int) -> int:
    for each in range(number):
        folder = logs / str(each // 1000)
        if each % 1000 == 0:
            folder.mkdir()
        code = "AccessDenied" if each % 100 == 0 else ""
        record = {
            "eventName": "A",
            "eventID": f"tiny-{each}",
            "sourceIPAddress": "198.51.100.7",
            "errorCode": code,
        }
        (folder / f"{each}.json").write_bytes(json.dumps({"Records": [record]}).encode())
    return number
