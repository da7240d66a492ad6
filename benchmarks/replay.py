"""How fast ``trailbell replay`` is, against the limit of decompression and what one would write instead.

Data: see ``replay_corpus``; the files are in the page cache. ``pattern_sets`` has the patterns.
Method: every line is a whole process with its start, and runs once in each round, in turn; the median of the
rounds with the least and the most. MB/s are those of the uncompressed JSON. ``decompress`` does nothing but
decompress, with the library that replay uses, and the share is that of its speed with as many processes.
``jq`` is slow, so it reads a fourth of the files; all other lines read all. Replay keeps who made each
matching call and leaves out duplicates; the others only count. Ratios are taken round by round.
Memory is that of a further run, all processes of a line added up, looked at 50 times a second; what processes
share counts once for each. In every round every line must find as many matches of each pattern as the exact
path, or the run fails. BENCH_REPLAY_ROUNDS says how many rounds there are (5 unless set).
"""

import importlib.metadata
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.machine import spread
from benchmarks.pattern_sets import filter_sets
from benchmarks.plain_patterns import jq_program
from benchmarks.replay_corpus import PARTS, Corpus, corpus
from benchmarks.replay_runs import Counts, Line, Run, peak_bytes, run_line
from benchmarks.servers import command
from trailbell.filters import MetricFilter
from trailbell.patterns import parse_pattern

__all__ = ["run"]

_ROUNDS = 5
_JOBS = (1, 2)
_PATHS = ("exact", "fast")
_JQ = 'find "$1" -name \'*.json.gz\' -print0 | xargs -0 cat | gzip -dc | jq "$2" | sort -n | uniq -c'

_ALARM = """
[[filter]]
filter_name = {name}
filter_pattern = {pattern}
metric_transformations = [{{ metric_name = {name}, metric_namespace = "Benchmark", metric_value = "1" }}]

[[alarm]]
alarm_name = {name}
metric_name = {name}
namespace = "Benchmark"
statistic = "Sum"
period = 300
evaluation_periods = 1
threshold = 1.0
comparison_operator = "GreaterThanOrEqualToThreshold"
treat_missing_data = "notBreaching"
"""


def run() -> None:
    """Prints the figures.

    Raises:
        RuntimeError: Two lines do not find the same matches, or one fails.
    """
    rounds = int(os.environ.get("BENCH_REPLAY_ROUNDS", _ROUNDS))
    print(f"{', '.join(_versions())}; whole processes, {rounds} rounds")
    with corpus() as data, tempfile.TemporaryDirectory() as folder:
        print(
            f"{data.records} records in {data.files} files, {data.size_bytes / 1e6:.0f} MB of JSON, "
            f"{data.packed_bytes / 1e6:.0f} MB compressed; {PARTS} folders, of which jq reads one"
        )
        lines = [*_limits(data), *_ours(data, Path(folder)), *_peers(data)]
        expected = _expected(data, Path(folder))
        runs: dict[str, list[Run]] = {line.label: [] for line in lines}
        for first in range(rounds):
            # Each round begins with another one, so that the first place favours none.
            turn = first % len(lines)
            for line in (*lines[turn:], *lines[:turn]):
                runs[line.label].append(_counted(line, expected))
        _print_lines(data, lines, runs)
        _print_ratios(lines, runs)


def _versions() -> Iterator[str]:
    for each in ("msgspec", "isal", "hyperscan"):
        if importlib.util.find_spec(each):
            yield f"{each} {importlib.metadata.version(each)}"
        else:
            yield f"no {each}"
    if shutil.which("jq"):
        yield subprocess.run(["jq", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    else:
        yield "no jq, hence no lines for it (apt-get install jq)"


def _limits(data: Corpus) -> list[Line]:
    return [Line(f"decompress, {jobs}", _peer("decompress", data, jobs), None, 0, jobs) for jobs in _JOBS]


def _peer(name: str, data: Corpus, number: int) -> tuple[str, ...]:
    return (sys.executable, "-m", "benchmarks.replay_peers", name, data.folder, str(number))


def _ours(data: Corpus, folder: Path) -> list[Line]:
    """Lists replays of each set of patterns; the path that searches texts first needs its library."""
    paths = _PATHS if importlib.util.find_spec("hyperscan") else _PATHS[:1]
    return [
        Line(
            _label(len(filters), path, jobs),
            _replay(data.folder, _rules(filters, folder), path, jobs),
            _replay_counts,
            len(filters),
            jobs,
        )
        for filters in filter_sets()
        for path in paths
        for jobs in _JOBS
    ]


def _label(patterns: int, path: str, jobs: int) -> str:
    return f"{patterns} {path}, {jobs}"


def _replay(source: str, rules: Path, path: str, jobs: int) -> tuple[str, ...]:
    exact = ["--exact"] if path == "exact" else []
    options = ["--rules", str(rules), "--jobs", str(jobs), *exact, "--format", "json"]
    return tuple(command("replay", source, *options))


def _rules(filters: Sequence[MetricFilter], folder: Path) -> Path:
    """Writes a set as a file of rules, with an alarm for each filter."""
    path = folder / f"{len(filters)}.toml"
    # A JSON text is a TOML text too.
    tables = (_ALARM.format(name=json.dumps(each.name), pattern=json.dumps(each.pattern)) for each in filters)
    path.write_text("".join(tables))
    return path


def _replay_counts(answer: bytes) -> Counts:
    return [each["matches"] for each in json.loads(answer)["filters"]]


def _peers(data: Corpus) -> list[Line]:
    one, sixteen, _ = filter_sets()
    lines = [
        Line("1 gzip + json + if", _peer("plain", data, 1), json.loads, 1),
        Line("16 gzip + json + closures", _peer("closures", data, len(sixteen)), json.loads, len(sixteen)),
    ]
    if shutil.which("jq"):
        lines += [_jq_line(data, filters) for filters in (one, sixteen)]
    return lines


def _jq_line(data: Corpus, filters: Sequence[MetricFilter]) -> Line:
    program = jq_program([parse_pattern(each.pattern) for each in filters])
    size = len(filters)

    def count(answer: bytes) -> Counts:
        counts = [0] * size
        for line in answer.decode().splitlines():
            number, index = line.split()
            counts[int(index)] = int(number)
        return counts

    words = ("sh", "-c", _JQ, "sh", str(data.part), program)
    return Line(f"{size} gzip -dc | jq", words, count, size, 1, 1 / PARTS)


def _expected(data: Corpus, folder: Path) -> dict[tuple[int, float], Counts]:
    """Counts each set's matches in all files and in the part, on the exact path."""
    expected = {}
    for filters in filter_sets():
        rules = _rules(filters, folder)
        for source, share in ((data.folder, 1.0), (str(data.part), 1 / PARTS)):
            words = _replay(source, rules, "exact", 1)
            counts = run_line(Line("the exact path", words, _replay_counts, len(filters))).counts
            if counts is None:
                raise RuntimeError("the exact path does not count")
            expected[len(filters), share] = counts
        matches = sum(expected[len(filters), 1.0])
        print(f"{len(filters)} pattern{'s' if len(filters) > 1 else ''}: {matches} matches")
    return expected


def _counted(line: Line, expected: dict[tuple[int, float], Counts]) -> Run:
    found = run_line(line)
    if line.count is not None and found.counts != expected[line.patterns, line.share]:
        wanted = expected[line.patterns, line.share]
        raise RuntimeError(f"{line.label} finds {found.counts} where the exact path finds {wanted}")
    return found


def _print_lines(data: Corpus, lines: Sequence[Line], runs: dict[str, list[Run]]) -> None:
    print("\nthe number behind a comma is that of processes; the first one that of patterns")
    for line in lines:
        seconds = [each.seconds for each in runs[line.label]]
        middle = statistics.median(seconds)
        size, records = data.size_bytes * line.share, data.records * line.share
        processor = statistics.median(each.processor_seconds for each in runs[line.label])
        shares = _ratios(runs, line, lines[_JOBS.index(line.jobs)])
        print(
            f"{line.label:<26} {spread(seconds, 's', 2):<34} {size / middle / 1e6:7,.0f} MB/s "
            f"{records / middle:10,.0f} events/s  {statistics.median(shares):6.1%} of decompress, "
            f"{processor:6.2f} s of processors, {peak_bytes(line) / 1e6:4.0f} MB"
        )


def _ratios(runs: dict[str, list[Run]], line: Line, other: Line) -> list[float]:
    """Returns how many times as fast as another a line was in each round."""
    pairs = zip(runs[line.label], runs[other.label], strict=True)
    return [theirs.seconds / other.share / (ours.seconds / line.share) for ours, theirs in pairs]


def _print_ratios(lines: Sequence[Line], runs: dict[str, list[Run]]) -> None:
    print("\nratios of speed, round by round")
    known = {line.label: line for line in lines}
    peers = [line for line in lines if line.label not in _own_labels() and line.patterns]
    for patterns in (len(filters) for filters in filter_sets()):
        for path in _PATHS:
            one, two = (known.get(_label(patterns, path, jobs)) for jobs in _JOBS)
            if one is None or two is None:
                continue
            others = [("decompress, 1", known["decompress, 1"])]
            others += [(peer.label, peer) for peer in peers if peer.patterns == patterns]
            for label, other in others:
                _print_ratio(f"{one.label} over {label}", _ratios(runs, one, other))
            _print_ratio(f"{two.label} over {one.label}", _ratios(runs, two, one))


def _own_labels() -> set[str]:
    return {
        _label(len(filters), path, jobs) for filters in filter_sets() for path in _PATHS for jobs in _JOBS
    }


def _print_ratio(label: str, ratios: Sequence[float]) -> None:
    print(f"{label:<44} {spread(ratios, 'x', 2)}")
