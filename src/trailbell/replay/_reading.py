"""Reads files and runs the filters over them: what a process does that takes files off the replay's hands.

What counted before is not known here. Whoever merges the parts knows, and has a part settled again where a
record in it had been counted.
"""

import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from trailbell.cloudtrail import DamagedContentError, RawRecord, Reading, RejectedRecord
from trailbell.filters import (
    Batch,
    Documents,
    FilterSet,
    LogEvent,
    MetricFilter,
    Partial,
    RecordCounts,
    SeriesLimit,
    Settled,
    fold,
    identities_of,
    settle,
)
from trailbell.metrics import MetricKey
from trailbell.replay._clock import EventTimes
from trailbell.replay._content import FileContent, Piece
from trailbell.replay._files import ReplayFile
from trailbell.replay._part_maker import PartMaker
from trailbell.replay._parts import FileOutcome, Part, decode_part, encode
from trailbell.replay._places import place_in

__all__ = ["MOST_REASONS", "Plan", "Reader", "Settling", "kept_parts"]

MOST_REASONS = 1000
"""So many reasons of rejection are kept of a file."""

_KEPT_FROM_BYTES = 4 * 1024 * 1024
_LENGTH_BYTES = 8
# About what one takes, evidence and all.
_DELTA_BYTES = 600

# In the names of digest and Insight files, which hold no records.
_OTHER_KIND = "CloudTrail-"


class Plan(msgspec.Struct, frozen=True):
    """What readers need to know; it can be sent to another process.

    Attributes:
        filters: The filters.
        watched: The series alarms watch: each metric with its unit.
        is_by_event: Whether records count at the time of the call.
        from_ms: Records before it are passed over.
        to_ms: Records from it on are passed over.
        deduplicate: Whether records of one identity count once.
        exact: Whether every record is decoded.
        with_lines: Whether what is counted is written as lines of JSON.
        folder: Where parts are kept that are too large to be handed over.
    """

    filters: tuple[MetricFilter, ...]
    watched: tuple[tuple[MetricKey, str], ...]
    is_by_event: bool
    from_ms: int | None
    to_ms: int | None
    deduplicate: bool
    exact: bool
    with_lines: bool
    folder: str


class Settling(msgspec.Struct, frozen=True):
    """How parts are settled anew.

    Attributes:
        seen: Says which identities had been counted before.
        limit: How many sets of dimensions filters may publish.
        first: The number of the first part to settle; those before are passed over.
    """

    seen: Callable[[Collection[bytes]], Collection[bytes]]
    limit: SeriesLimit | None
    first: int = 0


class _Folded(msgspec.Struct, frozen=True):
    """A piece of a file after all filters ran over it."""

    partial: Partial
    first_ms: int | None
    last_ms: int | None
    untimed: int
    rejected: tuple[str, ...]


class Reader:
    """Reads files by one plan; cheap to use again, as the filters are compiled once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._filters = FilterSet(plan.filters)
        self._documents = Documents(self._filters, place_in)
        self._times = EventTimes()
        self._maker = PartMaker(self._filters, plan.watched, with_lines=plan.with_lines)

    def read(self, file: ReplayFile, is_stopping: Callable[[], bool] = lambda: False) -> FileOutcome | None:
        """Reads a file as if nothing had been counted before; None if it was stopped in the middle.

        What cannot be read is part of the outcome.
        """
        keeping = _Keeping(self._plan.folder)
        content = FileContent(file.path, file.name)
        rejected: list[str] = []
        rejected_total = 0
        counts = RecordCounts()
        try:
            for folded in self._folded(file, content):
                if is_stopping():
                    keeping.give_up()
                    return None
                rejected += folded.rejected[: MOST_REASONS - len(rejected)]
                rejected_total += len(folded.rejected)
                settled = self._settle(folded.partial, (), None)
                keeping.add(self._part(folded, settled, file))
        except (DamagedContentError, OSError) as error:
            # All of it is taken back, as the server does.
            keeping.give_up()
            rejected, rejected_total, counts = [_reason(error)], 1, RecordCounts(rejected=1)
        parts, kept_in = keeping.end()
        return FileOutcome(
            file.position,
            parts,
            kept_in,
            rejected,
            rejected_total,
            counts,
            content.size_bytes,
            content.fingerprint,
        )

    def settle_again(self, file: ReplayFile, settling: Settling) -> Iterator[tuple[Part, Settled]]:
        """Reads a file anew and settles its parts by what is known now.

        Raises:
            DamagedContentError: It is not what it was.
            OSError: It cannot be read any more.
        """
        content = FileContent(file.path, file.name)
        for number, folded in enumerate(self._folded(file, content, settling.first)):
            if number >= settling.first:
                partial = folded.partial
                seen = settling.seen(identities_of(partial, self._filters))
                settled = self._settle(partial, seen, settling.limit)
                yield self._part(folded, settled, file), settled

    def _settle(self, partial: Partial, seen: Collection[bytes], limit: SeriesLimit | None) -> Settled:
        # What is of no trail has no identities, and counts each time.
        counted = partial if self._plan.deduplicate else replace(partial, from_trail=False)
        return settle(counted, self._filters, seen, limit)

    def _part(self, folded: _Folded, settled: Settled, file: ReplayFile) -> Part:
        part = self._maker.part_of(settled, file.name)
        return replace(
            part,
            counts=part.counts + RecordCounts(rejected=len(folded.rejected) - len(folded.partial.unreadable)),
            first_ms=folded.first_ms,
            last_ms=folded.last_ms,
            untimed=folded.untimed,
        )

    def _folded(self, file: ReplayFile, content: FileContent, first: int = 0) -> Iterator[_Folded]:
        number = 0
        for piece in content.pieces():
            at_once = self._fold_at_once(piece, file)
            if at_once is not None:
                yield at_once
                return
            for reading in self._readings(content, piece):
                if reading.passed_over:
                    continue
                yield self._fold(reading, file) if number >= first else _NOTHING
                number += 1

    def _readings(self, content: FileContent, piece: Piece) -> Iterator[Reading]:
        if piece.reading is not None:
            yield piece.reading
        else:
            yield from content.cut(piece.document)

    def _fold_at_once(self, piece: Piece, file: ReplayFile) -> _Folded | None:
        """Runs the filters over a whole document as AWS writes it; None for what has to be cut first."""
        at_ms = file.minute_ms
        if not piece.document or at_ms is None or self._plan.is_by_event or _OTHER_KIND in file.name:
            return None
        partial = self._documents.fold(piece.document, at_ms)
        return None if partial is None else _Folded(partial, at_ms, at_ms, 0, ())

    def _fold(self, reading: Reading, file: ReplayFile) -> _Folded:
        reasons = tuple(map(_placed, reading.rejected))
        if file.minute_ms is not None and not self._plan.is_by_event:
            at_ms = file.minute_ms
            events = tuple(LogEvent(at_ms, each.content, each.offset) for each in reading.records)
            first_ms = last_ms = at_ms if events else None
            untimed = 0
        else:
            events, untimed = self._timed(reading.records, file)
            instants = [each.at_ms for each in events]
            first_ms, last_ms = min(instants, default=None), max(instants, default=None)
        partial = fold(Batch(events, is_checked=True), self._filters, exact=self._plan.exact)
        reasons += tuple(each.reason for each in partial.unreadable)
        return _Folded(partial, first_ms, last_ms, untimed, reasons)

    def _timed(self, records: tuple[RawRecord, ...], file: ReplayFile) -> tuple[tuple[LogEvent, ...], int]:
        """Gives each record the time of its call, and leaves out those beyond the limits."""
        else_ms = file.modified_ms if file.minute_ms is None else file.minute_ms
        from_ms, to_ms = self._plan.from_ms, self._plan.to_ms
        events: list[LogEvent] = []
        untimed = 0
        for record, time_ms in zip(records, self._times.of([each.content for each in records]), strict=True):
            at_ms = else_ms if time_ms is None else time_ms
            if (from_ms is None or at_ms >= from_ms) and (to_ms is None or at_ms < to_ms):
                untimed += time_ms is None
                events.append(LogEvent(at_ms, record.content, record.offset))
        return tuple(events), untimed


_NOTHING = _Folded(Partial((), {}, 0, (), from_trail=True), None, None, 0, ())


class _Keeping:
    """The parts of one file until all of it was read: in memory while they are small, else in a file."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._parts: list[Part] = []
        self._size_bytes = 0
        self._path: Path | None = None

    def add(self, part: Part) -> None:
        if self._path is not None:
            self._append([part])
            return
        self._parts.append(part)
        self._size_bytes += len(part.lines) + len(part.identities) + _DELTA_BYTES * len(part.deltas)
        if self._size_bytes > _KEPT_FROM_BYTES:
            self._append(self._parts)
            self._parts = []

    def give_up(self) -> None:
        self._parts = []
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path = None

    def end(self) -> tuple[list[Part], str]:
        return self._parts, "" if self._path is None else str(self._path)

    def _append(self, parts: list[Part]) -> None:
        if self._path is None:
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix="parts-", delete=False) as made:
                self._path = Path(made.name)
        with self._path.open("ab") as file:
            for part in parts:
                content = encode(part)
                file.write(len(content).to_bytes(_LENGTH_BYTES, "big") + content)


def kept_parts(kept_in: str) -> Iterator[Part]:
    """Yields the parts that were put into a file, and deletes it behind the last."""
    path = Path(kept_in)
    with path.open("rb") as file:
        while length := file.read(_LENGTH_BYTES):
            yield decode_part(file.read(int.from_bytes(length, "big")))
    path.unlink()


def _placed(rejected: RejectedRecord) -> str:
    return f"record {rejected.position:,}: {rejected.reason}" if rejected.position > 0 else rejected.reason


def _reason(error: DamagedContentError | OSError) -> str:
    if isinstance(error, DamagedContentError):
        return error.reason
    return (error.strerror or str(error)).lower()
