"""Datapoints by metric, unit and start, and the evidence kept beside them.

A batch adds one evidence delta per metric and minute; reading merges them, and closed minutes are
compacted to one. So committing a batch never reads the evidence that is there.
"""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select

from trailbell.evidence import Evidence, decode, encode, merge
from trailbell.filters import Contribution, SeriesMinute
from trailbell.metrics import STANDARD_UNITS, Datapoint, MetricKey, Windows, is_told_by, windowed
from trailbell.store._datapoint_rows import DatapointRow, add_rows, samples_of, statistics_of
from trailbell.store._metrics import metric_id, metric_row
from trailbell.store._roll_up import RolledUp, roll_up
from trailbell.store._schema import datapoint, evidence

__all__ = ["Datapoints"]

_COMPACTED_AT_ONCE = 500

# Built once, as every move of an alarm asks.
_DELTAS = select(evidence.c.delta).where(
    evidence.c.metric_id == bindparam("of_metric"),
    evidence.c.start_ms >= bindparam("first_ms"),
    evidence.c.start_ms < bindparam("end_ms"),
)


class Datapoints:
    """What metrics hold."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, contributions: Mapping[SeriesMinute, Contribution]) -> None:
        """Adds a batch's statistics and evidence to what is there."""
        metrics: dict[MetricKey, int] = {}
        rows = []
        for place, contribution in contributions.items():
            if place.metric not in metrics:
                metrics[place.metric] = metric_row(self._connection, place.metric)
            number = metrics[place.metric]
            rows.append(
                DatapointRow(
                    number, place.unit, place.minute_ms, contribution.statistics, contribution.histogram
                )
            )
            if contribution.evidence is not None:
                self._connection.execute(
                    insert(evidence).values(
                        metric_id=number, start_ms=place.minute_ms, delta=encode(contribution.evidence)
                    )
                )
        add_rows(self._connection, rows)

    def within(
        self, key: MetricKey, start_ms: int, end_ms: int, *, with_histograms: bool = True
    ) -> tuple[Datapoint, ...]:
        """Lists a metric's datapoints of every unit with ``start_ms <= start < end_ms``, oldest first.

        Without histograms it is quicker, and tells no percentiles.

        Raises:
            DamagedHistogramError: The bins of one cannot be read.
        """
        row = metric_id(self._connection, key)
        if row is None:
            return ()
        found = self._read(_in_span(row, start_ms, end_ms), with_histograms=with_histograms)
        return tuple(sorted(found, key=lambda each: (each.start_ms, each.unit)))

    def windowed(
        self, key: MetricKey, windows: Windows, *, with_histograms: bool = True
    ) -> Iterator[Datapoint]:
        """Goes through a metric's datapoints, merged by unit and window of the grid counted from the epoch.

        They come in the order of their units, and of their starts in each, while the transaction is open.
        Weeks of minutes are merged in the database, as most of them are asked for by the hour; without
        histograms that is all, and no percentiles are told.

        Raises:
            DamagedHistogramError: The bins of one cannot be read.
        """
        row = metric_id(self._connection, key)
        if row is None:
            return
        in_span = _in_span(row, windows.start_ms, windows.end_ms)
        window = datapoint.c.start_ms - datapoint.c.start_ms % (windows.period_seconds * 1000)
        query = (
            select(
                window.label("window_ms"),
                datapoint.c.unit,
                func.sum(datapoint.c.sample_count).label("sample_count"),
                func.sum(datapoint.c.sum).label("sum"),
                func.min(datapoint.c.minimum).label("minimum"),
                func.max(datapoint.c.maximum).label("maximum"),
            )
            .where(*in_span)
            .group_by(datapoint.c.unit, "window_ms")
            .order_by(datapoint.c.unit, "window_ms")
        )
        merged = [
            Datapoint(each.window_ms, statistics_of(each), each.unit)
            for each in self._connection.execute(query)
        ]
        # Of metrics that always have the same value, which are many, no row is read one by one.
        if with_histograms and not all(is_told_by(each.statistics) for each in merged):
            yield from windowed(self._read(in_span, with_histograms=True), windows)
        else:
            yield from merged

    def evidence_within(self, key: MetricKey, spans: Iterable[tuple[int, int]]) -> Evidence:
        """Merges a metric's evidence over spans of milliseconds (start inclusive, end exclusive)."""
        row = metric_id(self._connection, key)
        deltas: list[Evidence] = []
        if row is not None:
            for start_ms, end_ms in spans:
                found = self._connection.execute(
                    _DELTAS, {"of_metric": row, "first_ms": start_ms, "end_ms": end_ms}
                )
                deltas.extend(decode(delta) for delta in found.scalars())
        return merge(deltas)

    def take_back(self, metrics: Iterable[MetricKey], start_ms: int) -> None:
        """Deletes the datapoints and the evidence of metrics that begin at one instant.

        Who means to take something back puts it at an instant that nobody else uses.
        """
        for key in metrics:
            row = metric_id(self._connection, key)
            if row is not None:
                self._connection.execute(delete(datapoint).where(*_in_span(row, start_ms, start_ms + 1)))
                self._connection.execute(
                    delete(evidence).where(evidence.c.metric_id == row, evidence.c.start_ms == start_ms)
                )

    def compact(self, before_ms: int) -> int:
        """Merges the deltas of minutes that closed before an instant; returns how many minutes."""
        crowded = self._connection.execute(
            select(evidence.c.metric_id, evidence.c.start_ms)
            .where(evidence.c.start_ms < before_ms)
            .group_by(evidence.c.metric_id, evidence.c.start_ms)
            .having(func.count() > 1)
            .limit(_COMPACTED_AT_ONCE)
        ).all()
        for row, start_ms in crowded:
            place = (evidence.c.metric_id == row) & (evidence.c.start_ms == start_ms)
            deltas = self._connection.execute(select(evidence.c.delta).where(place)).scalars().all()
            merged = encode(merge(decode(each) for each in deltas))
            self._connection.execute(delete(evidence).where(place))
            self._connection.execute(insert(evidence).values(metric_id=row, start_ms=start_ms, delta=merged))
        return len(crowded)

    def roll_up(self, now_ms: int, since_ms: int | None = None, after: int = 0) -> RolledUp:
        """Merges old datapoints into longer periods and deletes the oldest: one batch of a pass over metrics.

        Args:
            now_ms: The time of the pass.
            since_ms: The time of a pass before: only what has aged since is looked for. None looks for all.
            after: What the batch before has told as the last metric done.
        """
        return roll_up(self._connection, now_ms, since_ms, after)

    def _read(self, in_span: Iterable[ColumnElement[bool]], *, with_histograms: bool) -> Iterator[Datapoint]:
        columns = [each for each in datapoint.c if with_histograms or each.name != "bins"]
        query = select(*columns).where(*in_span).order_by(datapoint.c.unit, datapoint.c.start_ms)
        for each in self._connection.execute(query):
            statistics, histogram = samples_of(each) if with_histograms else (statistics_of(each), None)
            yield Datapoint(each.start_ms, statistics, each.unit, histogram)


def _in_span(row: int, start_ms: int, end_ms: int) -> tuple[ColumnElement[bool], ...]:
    # With every unit there is, the primary key leads straight to the span; else years of minutes are read.
    return (
        datapoint.c.metric_id == row,
        datapoint.c.unit.in_(STANDARD_UNITS),
        datapoint.c.start_ms >= start_ms,
        datapoint.c.start_ms < end_ms,
    )
