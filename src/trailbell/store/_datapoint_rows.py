"""Rows of datapoints: how they are written so that samples are added to what is there, bins and all.

Most metrics always have the same value. Adding their samples takes one statement and reads nothing;
only where bins have to be merged is the present row read, in the same transaction.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, bindparam, case, func, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from trailbell.metrics import Histogram, Samples, StatisticSet, merge_samples
from trailbell.store._schema import datapoint

__all__ = ["DatapointRow", "add_rows", "samples_of", "statistics_of"]

# A histogram may take a megabyte while it is merged.
_READ_AT_ONCE = 100

_KEY = (datapoint.c.metric_id, datapoint.c.unit, datapoint.c.start_ms)
_NEW = upsert(datapoint)
_OLD = datapoint.c
_SUMMED = {
    "sample_count": _OLD.sample_count + _NEW.excluded.sample_count,
    "sum": _OLD.sum + _NEW.excluded.sum,
    "minimum": case((_NEW.excluded.minimum < _OLD.minimum, _NEW.excluded.minimum), else_=_OLD.minimum),
    "maximum": case((_NEW.excluded.maximum > _OLD.maximum, _NEW.excluded.maximum), else_=_OLD.maximum),
}

# Statements are built once, as building them costs more than running them.
# Samples of one value need no bins in a row that has none and is of the same value, or of which no percentile
# can be told anyway. Adding them leaves it such a row, so that those left out can be found afterwards.
_ADD_VALUE = _NEW.on_conflict_do_update(
    index_elements=_KEY,
    set_=_SUMMED,
    where=and_(
        _OLD.bins.is_(None),
        or_(
            _OLD.minimum == _NEW.excluded.minimum,
            _OLD.minimum < _OLD.maximum,
            _OLD.minimum < 0,
        ),
    ),
)
# Samples of which no percentile can be told take those of the whole row away.
_ADD_UNTOLD = _NEW.on_conflict_do_update(index_elements=_KEY, set_=_SUMMED | {"bins": None})
_REPLACE = _NEW.on_conflict_do_update(
    index_elements=_KEY,
    set_={name: _NEW.excluded[name] for name in ("sample_count", "sum", "minimum", "maximum", "bins")},
)
# The keys come as one JSON text, as a statement would have to be built for every number of them. They are
# joined, and not compared as tuples: for that SQLite would read all rows of the metrics.
_WANTED = func.json_each(bindparam("wanted")).table_valued("value")
_PRESENT = select(datapoint).select_from(
    _WANTED.join(
        datapoint,
        and_(*(each == func.json_extract(_WANTED.c.value, f"$[{at}]") for at, each in enumerate(_KEY))),
    )
)


class DatapointRow(msgspec.Struct, frozen=True):
    """Samples on their way to a row, by the row number of their metric."""

    metric_id: int
    unit: str
    start_ms: int
    statistics: StatisticSet
    histogram: Histogram | None

    @property
    def key(self) -> tuple[int, str, int]:
        """The primary key."""
        return self.metric_id, self.unit, self.start_ms


def add_rows(connection: Connection, rows: Sequence[DatapointRow]) -> None:
    """Adds samples to what is there; no two of the rows have the same key."""
    of_one_value, untold, read = [], [], []
    for each in rows:
        if each.histogram is not None:
            read.append(each)
        elif each.statistics.minimum >= 0 and each.statistics.is_of_one_value:
            of_one_value.append(each)
        else:
            untold.append(each)
    if untold:
        connection.execute(_ADD_UNTOLD, [_values(each) for each in untold])
    if of_one_value:
        done = connection.execute(_ADD_VALUE, [_values(each) for each in of_one_value])
        if done.rowcount < len(of_one_value):
            read += _left_out(connection, of_one_value)
    if read:
        _merge_rows(connection, read)


def samples_of(row: Row[*tuple[Any, ...]]) -> Samples:
    """Reads back what a row holds.

    Raises:
        DamagedHistogramError: Its bins cannot be read.
    """
    return statistics_of(row), None if row.bins is None else Histogram.from_bytes(row.bins)


def statistics_of(row: Row[*tuple[Any, ...]]) -> StatisticSet:
    """Reads back the statistic set of a row."""
    return StatisticSet(row.sample_count, row.sum, row.minimum, row.maximum)


def _left_out(connection: Connection, rows: Sequence[DatapointRow]) -> Iterator[DatapointRow]:
    """Finds the rows to which ``_ADD_VALUE`` has added nothing, by its own condition."""
    for each, present in _present(connection, rows):
        if present.bins is not None or not (
            present.minimum == each.statistics.minimum
            or present.minimum < present.maximum
            or present.minimum < 0
        ):
            yield each


def _merge_rows(connection: Connection, rows: Sequence[DatapointRow]) -> None:
    for start in range(0, len(rows), _READ_AT_ONCE):
        some = rows[start : start + _READ_AT_ONCE]
        merged = {each.key: (each.statistics, each.histogram) for each in some}
        for each, present in _present(connection, some):
            merged[each.key] = merge_samples([samples_of(present), merged[each.key]])
        connection.execute(
            _REPLACE,
            [
                _values(DatapointRow(*key, *samples))
                | {"bins": None if samples[1] is None else samples[1].to_bytes()}
                for key, samples in merged.items()
            ],
        )


def _present(
    connection: Connection, rows: Sequence[DatapointRow]
) -> Iterator[tuple[DatapointRow, Row[*tuple[Any, ...]]]]:
    """Reads those of the rows that are there."""
    for start in range(0, len(rows), _READ_AT_ONCE):
        wanted = {each.key: each for each in rows[start : start + _READ_AT_ONCE]}
        found = connection.execute(_PRESENT, {"wanted": msgspec.json.encode(list(wanted)).decode()}).all()
        yield from ((wanted[each.metric_id, each.unit, each.start_ms], each) for each in found)


def _values(row: DatapointRow) -> dict[str, object]:
    statistics = row.statistics
    return {
        "metric_id": row.metric_id,
        "unit": row.unit,
        "start_ms": row.start_ms,
        "sample_count": statistics.sample_count,
        "sum": statistics.sum,
        "minimum": statistics.minimum,
        "maximum": statistics.maximum,
    }
