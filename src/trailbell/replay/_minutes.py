"""What the watched series hold by the minute, with who did it; it lies in the work database."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from trailbell.evidence import MAXIMUM_KEYS, Evidence, decode, merge
from trailbell.metrics import Datapoint, Histogram, MetricKey, Samples, StatisticSet, merge_samples
from trailbell.replay._part_maker import caller_of
from trailbell.replay._parts import Delta

__all__ = ["Minute", "Minutes"]

_MERGED_AT_ONCE = 256
_FIRST_MS, _LAST_MS = -(1 << 62), 1 << 62


class Minute(msgspec.Struct, frozen=True, gc=False):
    """The samples of one series in one minute."""

    start_ms: int
    unit: str
    statistics: StatisticSet
    histogram: Histogram | None


class Minutes:
    """Adds up what parts bring, and tells it by metric once all is in.

    Args:
        database: The work database.
        watched: The series, by the indexes that deltas have.
    """

    def __init__(self, database: sqlite3.Connection, watched: Sequence[tuple[MetricKey, str]]) -> None:
        self._database = database
        self._watched = watched
        self._of_metric: dict[MetricKey, list[int]] = {}
        for index, (metric, _) in enumerate(watched):
            self._of_metric.setdefault(metric, []).append(index)

    def add(self, deltas: Iterable[Delta]) -> None:
        """Adds what a part brings."""
        samples = []
        witnesses = []
        for each in deltas:
            samples.append(
                (
                    each.series,
                    each.minute_ms,
                    each.sample_count,
                    each.sum,
                    each.minimum,
                    each.maximum,
                    each.bins,
                )
            )
            if each.evidence is not None:
                witnesses.append((each.series, each.minute_ms, each.evidence, each.callers))
        if samples:
            self._database.executemany("INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?, ?)", samples)
        if witnesses:
            self._database.executemany("INSERT INTO witness VALUES (?, ?, ?, ?)", witnesses)

    def close(self) -> None:
        """Makes what was added ready to be asked for."""
        self._database.execute("CREATE INDEX sample_place ON sample (series, minute_ms)")
        self._database.execute("CREATE INDEX witness_place ON witness (series, minute_ms)")

    def of(self, metric: MetricKey, within: tuple[int, int] | None = None) -> Iterator[Minute]:
        """Yields a metric's minutes by unit, each once, oldest first; all, or those that begin in a span."""
        for series in self._of_metric.get(metric, ()):
            unit = self._watched[series][1]
            minute_ms: int | None = None
            parts: list[Samples] = []
            for row in self._rows("sample", "*", series, within):
                if row[1] != minute_ms:
                    if minute_ms is not None:
                        yield Minute(minute_ms, unit, *merge_samples(parts))
                    minute_ms, parts = row[1], []
                parts.append(
                    (StatisticSet(*row[2:6]), None if row[6] is None else Histogram.from_bytes(row[6]))
                )
            if minute_ms is not None:
                yield Minute(minute_ms, unit, *merge_samples(parts))

    def datapoints(self, metric: MetricKey, within: tuple[int, int]) -> list[Datapoint]:
        """Lists a metric's datapoints that begin in a span (start inclusive, end exclusive)."""
        return [
            Datapoint(each.start_ms, each.statistics, each.unit, each.histogram)
            for each in self.of(metric, within)
        ]

    def evidence(self, metrics: Sequence[MetricKey], spans: Sequence[tuple[int, int]]) -> Evidence:
        """Merges the evidence of metrics over spans that do not overlap.

        A record that counted for two of the metrics is in it twice, as with the server.
        """
        return self._merged("evidence", metrics, spans)

    def callers(
        self, metrics: Sequence[MetricKey], spans: Sequence[tuple[int, int]]
    ) -> dict[tuple[str, str], int]:
        """Counts the records of each principal and call over spans that do not overlap."""
        counts: dict[str, int] = {}
        for found in self._read("callers", metrics, spans):
            for each in found.calls.counts:
                counts[each.key] = counts.get(each.key, 0) + each.count
            if len(counts) > MAXIMUM_KEYS:
                # That many are merged within a bound.
                merged = self._merged("callers", metrics, spans).calls.counts
                return {caller_of(each.key): each.count for each in merged}
        return {caller_of(key): count for key, count in counts.items()}

    def _merged(
        self, column: str, metrics: Sequence[MetricKey], spans: Sequence[tuple[int, int]]
    ) -> Evidence:
        read: list[Evidence] = []
        for found in self._read(column, metrics, spans):
            read.append(found)
            if len(read) >= _MERGED_AT_ONCE:
                read = [merge(read)]
        return read[0] if len(read) == 1 else merge(read)

    def _read(
        self, column: str, metrics: Sequence[MetricKey], spans: Sequence[tuple[int, int]]
    ) -> Iterator[Evidence]:
        for metric in metrics:
            for series in self._of_metric.get(metric, ()):
                for span in spans:
                    for (content,) in self._rows("witness", column, series, span):
                        yield decode(content)

    def _rows(
        self, table: str, columns: str, series: int, within: tuple[int, int] | None
    ) -> Iterator[tuple[Any, ...]]:
        start_ms, end_ms = within or (_FIRST_MS, _LAST_MS)
        # In the order of adding, so that sums of fractions come out the same each time.
        query = (
            f"SELECT {columns} FROM {table} WHERE series = ? AND minute_ms >= ? AND minute_ms < ?"  # noqa: S608
            " ORDER BY minute_ms, rowid"
        )
        return iter(self._database.execute(query, (series, start_ms, end_ms)))
