"""Datapoints by metric, unit and minute, and the evidence kept beside them.

A batch adds one evidence delta per metric and minute; reading merges them, and closed minutes are
compacted to one. So committing a batch never reads what is there.
"""

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection, case, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from trailbell.evidence import Evidence, decode, encode, merge
from trailbell.filters import Contribution, SeriesMinute
from trailbell.metrics import Datapoint, MetricKey, StatisticSet
from trailbell.store._metrics import metric_id, metric_row
from trailbell.store._schema import datapoint, evidence

__all__ = ["Datapoints"]

_COMPACTED_AT_ONCE = 500

# Built once, as building it costs more than running it.
_NEW = upsert(datapoint)
_ADD_DATAPOINT = _NEW.on_conflict_do_update(
    index_elements=["metric_id", "unit", "start_ms"],
    set_={
        "sample_count": datapoint.c.sample_count + _NEW.excluded.sample_count,
        "sum": datapoint.c.sum + _NEW.excluded.sum,
        "minimum": case(
            (_NEW.excluded.minimum < datapoint.c.minimum, _NEW.excluded.minimum), else_=datapoint.c.minimum
        ),
        "maximum": case(
            (_NEW.excluded.maximum > datapoint.c.maximum, _NEW.excluded.maximum), else_=datapoint.c.maximum
        ),
    },
)


class Datapoints:
    """What metrics hold."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, contributions: Mapping[SeriesMinute, Contribution]) -> None:
        """Adds a batch's statistics and evidence to what is there."""
        rows: dict[MetricKey, int] = {}
        added = []
        for place, contribution in contributions.items():
            if place.metric not in rows:
                rows[place.metric] = metric_row(self._connection, place.metric)
            place_values = {
                "metric_id": rows[place.metric],
                "unit": place.unit,
                "start_ms": place.minute_ms,
            }
            added.append(place_values | msgspec.structs.asdict(contribution.statistics))
            if contribution.evidence is not None:
                self._connection.execute(
                    insert(evidence).values(
                        metric_id=rows[place.metric],
                        start_ms=place.minute_ms,
                        delta=encode(contribution.evidence),
                    )
                )
        if added:
            self._connection.execute(_ADD_DATAPOINT, added)

    def within(self, key: MetricKey, start_ms: int, end_ms: int) -> tuple[Datapoint, ...]:
        """Lists a metric's datapoints of every unit with ``start_ms <= start < end_ms``, oldest first."""
        row = metric_id(self._connection, key)
        if row is None:
            return ()
        query = (
            select(datapoint)
            .where(
                datapoint.c.metric_id == row,
                datapoint.c.start_ms >= start_ms,
                datapoint.c.start_ms < end_ms,
            )
            .order_by(datapoint.c.start_ms, datapoint.c.unit)
        )
        return tuple(
            Datapoint(
                each.start_ms,
                StatisticSet(each.sample_count, each.sum, each.minimum, each.maximum),
                each.unit,
            )
            for each in self._connection.execute(query)
        )

    def windowed(
        self, key: MetricKey, start_ms: int, end_ms: int, period_seconds: int
    ) -> tuple[Datapoint, ...]:
        """Lists a metric's datapoints merged by unit and window of the grid counted from the epoch.

        Only datapoints with ``start_ms <= start < end_ms`` are merged. The oldest window comes first. Weeks
        of minutes are merged in the database, as most of them are asked for by the hour.
        """
        row = metric_id(self._connection, key)
        if row is None:
            return ()
        window = datapoint.c.start_ms - datapoint.c.start_ms % (period_seconds * 1000)
        query = (
            select(
                window.label("window_ms"),
                datapoint.c.unit,
                func.sum(datapoint.c.sample_count).label("sample_count"),
                func.sum(datapoint.c.sum).label("total"),
                func.min(datapoint.c.minimum).label("minimum"),
                func.max(datapoint.c.maximum).label("maximum"),
            )
            .where(
                datapoint.c.metric_id == row,
                datapoint.c.start_ms >= start_ms,
                datapoint.c.start_ms < end_ms,
            )
            .group_by("window_ms", datapoint.c.unit)
            .order_by("window_ms", datapoint.c.unit)
        )
        return tuple(
            Datapoint(
                each.window_ms,
                StatisticSet(each.sample_count, each.total, each.minimum, each.maximum),
                each.unit,
            )
            for each in self._connection.execute(query)
        )

    def evidence_within(self, key: MetricKey, spans: Iterable[tuple[int, int]]) -> Evidence:
        """Merges a metric's evidence over spans of milliseconds (start inclusive, end exclusive)."""
        row = metric_id(self._connection, key)
        deltas: list[Evidence] = []
        if row is not None:
            for start_ms, end_ms in spans:
                found = self._connection.execute(
                    select(evidence.c.delta).where(
                        evidence.c.metric_id == row,
                        evidence.c.start_ms >= start_ms,
                        evidence.c.start_ms < end_ms,
                    )
                )
                deltas.extend(decode(delta) for delta in found.scalars())
        return merge(deltas)

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
