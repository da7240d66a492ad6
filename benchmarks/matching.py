"""How fast records are read and matched against all fifteen controls.

Data: made-up traffic of the project's own generator, plain gzip log files in memory.
Method: one process, one core; the best of several passes each, in turn. Reference lines in the same run:
the same files through ``gzip`` and ``json`` alone, and through ``jq`` with the unauthorized-calls condition.
"""

import gzip
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.machine import timed
from trailbell.cloudtrail import decompress, read_records
from trailbell.controls import provision, watched_controls
from trailbell.filters import Batch, FilterSet, LogEvent, fold
from trailbell.simulate import Company, DeliveryHabits, FileShape, Profile, generate

_PASSES = 5
_SECONDS_OF_TRAFFIC = 600
_RATE = 100
_START_MS = 1_789_000_000_000
_MAXIMUM_BYTES = 64 * 1024 * 1024
_JQ = (
    '[.Records[] | select((.errorCode // "" | endswith("UnauthorizedOperation")) or '
    '((.errorCode // "" | startswith("AccessDenied")) and '
    '.sourceIPAddress != "delivery.logs.amazonaws.com" and .eventName != "HeadBucket"))] | length'
)


def run() -> None:
    """Prints the figures."""
    files = _files()
    size = sum(len(gzip.decompress(content)) for content in files)
    records = sum(len(json.loads(gzip.decompress(content))["Records"]) for content in files)
    print(f"{len(files)} files, {records} records, {size / 1e6:.1f} MB of JSON")
    filters = FilterSet(
        [provision(control, "CloudTrail/logs").metric_filter for control in watched_controls()]
    )
    ours = min(timed(lambda: _ours(files, filters)) for _ in range(_PASSES))
    plain = min(timed(lambda: _plain(files)) for _ in range(_PASSES))
    _line("trailbell, 15 controls", ours, records, size, ours)
    _line("gzip + json alone", plain, records, size, ours)
    if shutil.which("jq"):
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / f"{number}.json.gz" for number in range(len(files))]
            for path, content in zip(paths, files, strict=True):
                path.write_bytes(content)
            _line("gzip -dc | jq, one pattern", timed(lambda: _jq(folder)), records, size, ours)
    else:
        print("jq is not installed: no line for it (apt-get install jq)")


def _files() -> list[bytes]:
    habits = DeliveryHabits(file_shape=FileShape.MEASURED)
    deliveries = generate(Company(7), Profile.CALM, _START_MS, _SECONDS_OF_TRAFFIC, _RATE, habits)
    return [delivery.content for delivery in deliveries]


def _ours(files: list[bytes], filters: FilterSet) -> int:
    matched = 0
    for content in files:
        reading = read_records(decompress(content, _MAXIMUM_BYTES))
        events = tuple(LogEvent(_START_MS, each.content, each.offset) for each in reading.records)
        matched += len(fold(Batch(events, is_checked=True), filters).matches)
    return matched


def _plain(files: list[bytes]) -> int:
    return sum(len(json.loads(gzip.decompress(content))["Records"]) for content in files)


def _jq(folder: str) -> None:
    subprocess.run(
        ["sh", "-c", 'gzip -dc "$1"/*.json.gz | jq "$2" >/dev/null', "sh", folder, _JQ], check=True
    )


def _line(label: str, seconds: float, records: int, size: int, ours: float) -> None:
    print(
        f"{label:<27} {seconds:7.3f} s  {size / seconds / 1e6:7.1f} MB/s  "
        f"{records / seconds:9.0f} records/s  {seconds / ours:5.1f}x the time of trailbell"
    )
