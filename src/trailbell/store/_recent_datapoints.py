"""Datapoints of many metrics at once, as evaluation needs them: a thousand alarms take one query."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, Row, Select, bindparam, func, select

from trailbell.metrics import STANDARD_UNITS, Datapoint, MetricKey, StatisticSet, Windows
from trailbell.store._datapoint_rows import samples_of
from trailbell.store._schema import datapoint, metric

__all__ = ["RecentDatapoints"]

_ASKED_AT_ONCE = 1000


class RecentDatapoints:
    """What many metrics hold, each within windows of its own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def windowed(self, asked: Sequence[tuple[MetricKey, Windows]]) -> list[tuple[Datapoint, ...]]:
        """Lists the datapoints of each metric merged by unit and window, without histograms.

        The windows stand on no grid: they lie side by side before the end, as the slots of an evaluation do.
        A datapoint begins with its window. Lists come in the order asked for, datapoints in none.
        """
        found: list[list[Datapoint]] = [[] for _ in asked]
        for first, rows in self._rows(_MERGED, asked):
            for number, position, unit, sample_count, total, minimum, maximum in rows:
                windows = asked[first + number][1]
                start_ms = windows.end_ms - (position + 1) * windows.period_seconds * 1000
                statistics = StatisticSet(sample_count, total, minimum, maximum)
                found[first + number].append(Datapoint(start_ms, statistics, unit))
        return [tuple(each) for each in found]

    def within(self, asked: Sequence[tuple[MetricKey, Windows]]) -> list[tuple[Datapoint, ...]]:
        """Lists the datapoints of each metric as they are stored, with histograms, in the order asked for.

        Raises:
            DamagedHistogramError: The bins of one cannot be read.
        """
        found: list[list[Datapoint]] = [[] for _ in asked]
        for first, rows in self._rows(_STORED, asked):
            for row in rows:
                statistics, histogram = samples_of(row)
                found[first + row.number].append(Datapoint(row.start_ms, statistics, row.unit, histogram))
        return [tuple(each) for each in found]

    def _rows(
        self, query: Select[*tuple[Any, ...]], asked: Sequence[tuple[MetricKey, Windows]]
    ) -> Iterator[tuple[int, Sequence[Row[*tuple[Any, ...]]]]]:
        """Yields rows by parts of what is asked for, with the number of the first metric of the part."""
        for first in range(0, len(asked), _ASKED_AT_ONCE):
            places = [_place(*each) for each in asked[first : first + _ASKED_AT_ONCE]]
            yield (
                first,
                self._connection.execute(query, {"asked": msgspec.json.encode(places).decode()}).all(),
            )


def _place(key: MetricKey, windows: Windows) -> tuple[str, str, str, int, int, int]:
    dimensions = msgspec.json.encode(key.dimensions).decode()
    period_ms = windows.period_seconds * 1000
    return key.namespace, key.name, dimensions, windows.start_ms, windows.end_ms, period_ms


def _rows_of_asked(*, are_merged: bool) -> Select[*tuple[Any, ...]]:
    """Builds a query once, as building it costs more than running it; what is asked for comes as JSON."""
    each = func.json_each(bindparam("asked")).table_valued("key", "value")
    member = [func.json_extract(each.c.value, f"$[{index}]", type_=BigInteger) for index in range(6)]
    asked = (
        select(
            each.c.key.label("number"),
            metric.c.id.label("metric_id"),
            member[3].label("first_ms"),
            member[4].label("end_ms"),
            member[5].label("period_ms"),
        )
        .join_from(
            each,
            metric,
            (metric.c.namespace == member[0])
            & (metric.c.name == member[1])
            & (metric.c.dimensions == member[2]),
        )
        # Once for each metric: SQLite would take the JSON apart anew for every unit.
        .cte("asked_metric")
        .prefix_with("MATERIALIZED")
    )
    # With every unit there is, the primary key leads straight to the span; else years of minutes are read.
    joined = (
        (datapoint.c.metric_id == asked.c.metric_id)
        & datapoint.c.unit.in_(STANDARD_UNITS)
        & (datapoint.c.start_ms >= asked.c.first_ms)
        & (datapoint.c.start_ms < asked.c.end_ms)
    )
    if not are_merged:
        return select(asked.c.number, *datapoint.c).join_from(asked, datapoint, joined)
    return (
        select(
            asked.c.number,
            ((asked.c.end_ms - 1 - datapoint.c.start_ms) // asked.c.period_ms).label("position"),
            datapoint.c.unit,
            func.sum(datapoint.c.sample_count).label("sample_count"),
            func.sum(datapoint.c.sum).label("sum"),
            func.min(datapoint.c.minimum).label("minimum"),
            func.max(datapoint.c.maximum).label("maximum"),
        )
        .join_from(asked, datapoint, joined)
        .group_by(asked.c.number, "position", datapoint.c.unit)
    )


_STORED = _rows_of_asked(are_merged=False)
_MERGED = _rows_of_asked(are_merged=True)
