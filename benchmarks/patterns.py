"""How fast 1, 16 and 100 filter patterns run over CloudTrail records on one core.

Data: made-up traffic of the project's own generator, calm, in gzip files of the shape measured in real
trails; held in memory, for ``jq`` in one file. ``pattern_sets`` has the patterns.
Method: every candidate runs once in each round, in turn; the median of the rounds with the least and the
most. Time is processor time of this process and of those it starts, so that what else the machine does counts
little, and the two processes of the ``jq`` line count as the one core they would fill.
"Matcher alone" starts from records in memory, "with decompression" from the gzip files. The exact path
decodes every record; with the prefilter only those are decoded that hold a text some pattern needs.
Reference lines in the same run: ``json`` and the same predicates as functions of dicts, with ``gzip`` where
the files are compressed; ``gzip -dc | jq`` with the same predicates; decompression alone.
In every round every candidate must find as many matches of each pattern as the exact path, or the run fails.
"""

import gc
import gzip
import importlib.metadata
import importlib.util
import json
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec
from isal import isal_zlib

from benchmarks.machine import spread
from benchmarks.pattern_sets import filter_sets
from benchmarks.plain_patterns import PlainPredicate, jq_program, plain_predicate
from trailbell.cloudtrail import decompress, read_records
from trailbell.filters import Batch, FilterSet, LogEvent, fold
from trailbell.patterns import Prefilter, compile_patterns, parse_pattern
from trailbell.simulate import Company, DeliveryHabits, FileShape, Profile, generate

__all__ = ["run"]

_ROUNDS = 5
_COMPILATIONS = 200
_SECONDS_OF_TRAFFIC = 540
_RATE = 200
_START_MS = 1_789_000_000_000
_GZIP_WINDOW_BITS = 31
_MAXIMUM_BYTES = 64 * 1024 * 1024
_MOST_PATTERNS_OF_JQ = 16

_Counts: TypeAlias = list[int]


class _Data(msgspec.Struct, frozen=True):
    """The records in the forms that the candidates start from."""

    files: list[bytes]
    batches: list[Batch]
    messages: list[bytes]
    path: Path


class _Candidate(msgspec.Struct, frozen=True):
    """A way to find the matches; it returns how many there are of each pattern."""

    label: str
    count: Callable[[], _Counts]


def run() -> None:
    """Prints the figures.

    Raises:
        RuntimeError: Two candidates do not find the same matches.
    """
    print(f"{', '.join(_versions())}; processor time, {_ROUNDS} rounds")
    _compiling()
    with tempfile.TemporaryDirectory() as folder:
        data = _data(Path(folder) / "all.json.gz")
        # What is held all the time is not to be looked through by the collector again and again.
        gc.freeze()
        try:
            _references(data)
            for filters in filter_sets():
                _compare(data, FilterSet(filters))
        finally:
            gc.unfreeze()


def _versions() -> list[str]:
    versions = [
        f"{each} {importlib.metadata.version(each)}"
        for each in ("msgspec", "isal", "hyperscan")
        if importlib.util.find_spec(each)
    ]
    if shutil.which("jq"):
        jq = subprocess.run(["jq", "--version"], check=True, capture_output=True, text=True)
        return [*versions, jq.stdout.strip()]
    return [*versions, "no jq, hence no lines for it (apt-get install jq)"]


def _compiling() -> None:
    """Prints how long it takes to make the 16 ready."""
    texts = [each.pattern for each in filter_sets()[1]]
    patterns = [parse_pattern(text) for text in texts]
    steps: dict[str, Callable[[], object]] = {
        "parse": lambda: [parse_pattern(text) for text in texts],
        "parse + compile": lambda: compile_patterns([parse_pattern(text) for text in texts]),
    }
    if Prefilter.of(patterns) is not None:
        steps["prefilter"] = lambda: Prefilter.of(patterns)
    times: dict[str, list[float]] = {label: [] for label in steps}
    for _ in range(_COMPILATIONS):
        for label, step in steps.items():
            start = time.process_time()
            step()
            times[label].append((time.process_time() - start) * 1000)
    print(f"making the {len(texts)} patterns ready, {_COMPILATIONS} times")
    for label, milliseconds in times.items():
        print(f"{label:<40} {spread(milliseconds, 'ms', 2)}")


def _data(path: Path) -> _Data:
    habits = DeliveryHabits(file_shape=FileShape.MEASURED)
    deliveries = generate(Company(7), Profile.CALM, _START_MS, _SECONDS_OF_TRAFFIC, _RATE, habits)
    files = [delivery.content for delivery in deliveries]
    batches = [_batch_of_file(each) for each in files]
    messages = [event.message for batch in batches for event in batch.events]
    # Gzip members in a row are one gzip file, and documents in a row are what jq reads.
    path.write_bytes(b"".join(files))
    size = sum(map(len, messages))
    print(
        f"\n{len(messages)} records of {size / len(messages):.0f} bytes on average in {len(files)} files, "
        f"{size / 1e6:.1f} MB of JSON, {path.stat().st_size / 1e6:.1f} MB compressed"
    )
    return _Data(files, batches, messages, path)


def _batch_of_file(file: bytes) -> Batch:
    records = read_records(decompress(file, _MAXIMUM_BYTES)).records
    return Batch(tuple(LogEvent(_START_MS, each.content, each.offset) for each in records), is_checked=True)


def _isal_decompressed(file: bytes) -> bytes:
    return isal_zlib.decompress(file, _GZIP_WINDOW_BITS)


def _each(step: Callable[[bytes], object], files: Iterable[bytes]) -> None:
    for file in files:
        step(file)


def _references(data: _Data) -> None:
    """Prints what it takes to come as far as the records, with no pattern at all."""
    steps: dict[str, Callable[[], object]] = {
        "decompress alone (isal)": lambda: _each(_isal_decompressed, data.files),
        "decompress alone (gzip)": lambda: _each(gzip.decompress, data.files),
        "decompress + read the records": lambda: _each(_batch_of_file, data.files),
    }
    times: dict[str, list[float]] = {label: [] for label in steps}
    for _ in range(_ROUNDS):
        for label, step in steps.items():
            times[label].append(_processor_seconds(step))
    for label, seconds in times.items():
        print(f"{label:<40} {_rates(data, seconds)}")


def _compare(data: _Data, filters: FilterSet) -> None:
    """Prints one set's figures."""
    # Said first, since it builds the prefilter.
    reach = _reach(data, filters.prefilter)
    alone, compressed = _alone(data, filters), _compressed(data, filters)
    expected = alone[0].count()
    candidates = [*alone, *compressed]
    times: dict[str, list[float]] = {each.label: [] for each in candidates}
    for first in range(_ROUNDS):
        # Each round begins with another one, so that the first place favours none.
        for candidate in (*candidates[first:], *candidates[:first]):
            times[candidate.label].append(_counting_seconds(candidate, expected))
    matches = sum(expected)
    number = len(filters.filters)
    size = f"{number} pattern{'s' if number > 1 else ''}"
    print(f"\n{size}, {matches} matches, the same by every line; {reach}")
    for group in (alone, compressed):
        exact = statistics.median(times[group[0].label])
        for candidate in group:
            seconds = times[candidate.label]
            ratio = exact / statistics.median(seconds)
            print(f"{candidate.label:<40} {_rates(data, seconds)}  {ratio:5.2f}x exact")


def _reach(data: _Data, prefilter: Prefilter | None) -> str:
    """Says how many records the prefilter leaves to be decoded."""
    if prefilter is None:
        return "no prefilter: a pattern needs no text, or the library for it is missing"
    left = 0
    for batch in data.batches:
        found = prefilter.candidates([event.message for event in batch.events])
        left += len(batch.events) if found is None else len(found)
    return f"the prefilter leaves {left / len(data.messages):.2%} of the records"


def _alone(data: _Data, filters: FilterSet) -> list[_Candidate]:
    """Lists the ways from records in memory; the first is the exact path."""
    matching = filters.patterns.matching
    predicates = [plain_predicate(each) for each in filters.patterns.patterns]
    size = len(filters.filters)

    def plain() -> _Counts:
        return _plain_counts(predicates, map(json.loads, data.messages))

    return [
        _Candidate("matcher alone, exact", lambda: _folded(filters, data.batches, exact=True)),
        _Candidate("matcher alone, prefilter", lambda: _folded(filters, data.batches, exact=False)),
        _Candidate("matcher alone, record by record", lambda: _counts(size, map(matching, data.messages))),
        _Candidate("json + predicates", plain),
    ]


def _compressed(data: _Data, filters: FilterSet) -> list[_Candidate]:
    """Lists the ways from gzip files; the first is the exact path."""
    patterns = filters.patterns.patterns
    predicates = [plain_predicate(each) for each in patterns]
    size = len(filters.filters)

    def ours(*, exact: bool) -> _Counts:
        return _folded(filters, map(_batch_of_file, data.files), exact=exact)

    def plain() -> _Counts:
        documents = (json.loads(gzip.decompress(each)) for each in data.files)
        return _plain_counts(predicates, (record for each in documents for record in each["Records"]))

    candidates = [
        _Candidate("with decompression, exact", lambda: ours(exact=True)),
        _Candidate("with decompression, prefilter", lambda: ours(exact=False)),
        _Candidate("gzip + json + predicates", plain),
    ]
    if shutil.which("jq") and size <= _MOST_PATTERNS_OF_JQ:
        program = jq_program(patterns)
        candidates.append(_Candidate("gzip -dc | jq", lambda: _jq_counts(size, program, data.path)))
    return candidates


def _folded(filters: FilterSet, batches: Iterable[Batch], *, exact: bool) -> _Counts:
    partials = (fold(batch, filters, exact=exact) for batch in batches)
    matches = (match.filters for partial in partials for match in partial.matches)
    return _counts(len(filters.filters), matches)


def _counts(size: int, matches: Iterable[Sequence[int]]) -> _Counts:
    counts = [0] * size
    for matched in matches:
        for index in matched:
            counts[index] += 1
    return counts


def _plain_counts(predicates: Sequence[PlainPredicate], records: Iterable[dict[str, object]]) -> _Counts:
    counts = [0] * len(predicates)
    for record in records:
        for index, matches in enumerate(predicates):
            if matches(record):
                counts[index] += 1
    return counts


def _jq_counts(size: int, program: str, path: Path) -> _Counts:
    arguments = ["sh", "-c", 'gzip -dc "$1" | jq "$2"', "sh", str(path), program]
    output = subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True).stdout
    return _counts(size, ((int(line),) for line in output.splitlines()))


def _counting_seconds(candidate: _Candidate, expected: _Counts) -> float:
    found: list[_Counts] = []
    seconds = _processor_seconds(lambda: found.append(candidate.count()))
    if found != [expected]:
        raise RuntimeError(f"{candidate.label} finds {found} where the exact path finds {expected}")
    return seconds


def _processor_seconds(step: Callable[[], object]) -> float:
    """Returns the processor time a step takes, that of processes it has waited for included."""
    gc.collect()
    before = _processor_time()
    step()
    return _processor_time() - before


def _processor_time() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _rates(data: _Data, seconds: Sequence[float]) -> str:
    return spread([len(data.messages) / each for each in seconds], "events/s", 0)
