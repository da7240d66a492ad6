"""Replays files: reads them, merges what they give, and has the alarms judge it."""

import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from trailbell.alarms import Alarm
from trailbell.filters import MetricFilter, RecordCounts
from trailbell.metrics import MetricKey
from trailbell.replay._counted import MOST_IN_MEMORY, Counted
from trailbell.replay._errors import ReplayError
from trailbell.replay._files import Files, ReplayFile
from trailbell.replay._heap import keep_heap, without_collection
from trailbell.replay._interrupt import interruptible
from trailbell.replay._judging import check_alarms, judged
from trailbell.replay._merging import Merging
from trailbell.replay._parts import decode_outcome
from trailbell.replay._progress import Progress
from trailbell.replay._reading import Plan, Reader
from trailbell.replay._request import CLOCKS, ReplayRequest
from trailbell.replay._result import ReplayResult
from trailbell.replay._waiting import Waiting
from trailbell.replay._work_database import CACHE_BYTES, open_work_database
from trailbell.replay._workers import Workers

__all__ = ["Limits", "Stop", "replay"]

_PROGRESS_SECONDS = 0.1


class Stop(Protocol):
    """What tells a replay to leave off, such as a ``threading.Event``."""

    def is_set(self) -> bool:
        """Whether it is time."""
        ...


class Limits(msgspec.Struct, frozen=True):
    """How much of a replay is held in memory; what is beyond goes to a temporary file.

    Attributes:
        identities: How many identities of counted records.
        cache_bytes: How much of the work database.
        waiting_bytes: How much of what files gave before it was their turn.
    """

    identities: int = MOST_IN_MEMORY
    cache_bytes: int = CACHE_BYTES
    waiting_bytes: int = 16 * 1024 * 1024


def replay(
    request: ReplayRequest,
    *,
    progress: Callable[[Progress], None] | None = None,
    stop: Stop | None = None,
    limits: Limits | None = None,
) -> ReplayResult:
    """Replays what is asked for.

    Ctrl-C, or ``stop``, ends the reading; the result is then that of what was read until then.

    Args:
        request: What to replay.
        progress: Told how far it has come, some times a second.
        stop: Tells when to leave off.
        limits: How much is held in memory.

    Raises:
        ReplayError: There is nothing to replay, an alarm cannot be replayed, or what fails on the way is no
            input that could be rejected.
        PatternError: A filter's pattern is not valid.
    """
    _check(request)
    try:
        return _replayed(request, progress or _nobody, stop, limits or Limits())
    except (OSError, sqlite3.Error) as error:
        # Inputs that cannot be read are rejected: this is about its own work, or where events go.
        raise ReplayError(
            f"the replay cannot go on ({error}): is there room for its temporary files, in "
            f"{tempfile.gettempdir()} unless TMPDIR is set, and for what it writes?"
        ) from error


def _replayed(
    request: ReplayRequest, progress: Callable[[Progress], None], stop: Stop | None, limits: Limits
) -> ReplayResult:
    with ExitStack() as stack:
        is_stopping = stack.enter_context(interruptible(stop))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trailbell-replay-")))
        stack.enter_context(without_collection())
        keep_heap()
        return _Replay(request, folder, limits, is_stopping).result(progress)


def _check(request: ReplayRequest) -> None:
    if request.clock not in CLOCKS:
        raise ReplayError(f"there is no clock {request.clock!r}: it is one of {', '.join(CLOCKS)}")
    if not request.filters:
        raise ReplayError("there is no metric filter to replay")
    if request.jobs < 1:
        raise ReplayError(f"{request.jobs} processes can read nothing")
    if request.from_ms is not None and request.to_ms is not None and request.from_ms >= request.to_ms:
        raise ReplayError("the end of the replay is not behind its beginning")
    check_alarms(request)
    for each in request.filters:
        if each.system_dimensions:
            raise ReplayError(
                f"the filter {each.name!r} has dimensions of system fields, which are not replayed"
            )


def _nobody(_: Progress) -> None:
    """Takes note of nothing."""


class _Replay:
    """One replay on its way."""

    def __init__(
        self, request: ReplayRequest, folder: Path, limits: Limits, is_stopping: Callable[[], bool]
    ) -> None:
        self._request = request
        self._folder = folder
        self._limits = limits
        self._is_stopping = is_stopping
        self._began = time.monotonic()
        self._plan = Plan(
            filters=request.filters,
            watched=_watched(request.filters, request.alarms),
            is_by_event=request.clock == "event",
            from_ms=request.from_ms,
            to_ms=request.to_ms,
            deduplicate=request.deduplicate,
            exact=request.exact,
            with_lines=request.events_file is not None,
            folder=str(folder),
        )

    def result(self, progress: Callable[[Progress], None]) -> ReplayResult:
        with ExitStack() as stack:
            database = open_work_database(self._limits.cache_bytes)
            stack.callback(database.close)
            files = Files(database, self._folder, self._is_stopping)
            files.find(self._request.sources, time.time_ns() // 1_000_000)
            is_by_event = self._plan.is_by_event
            files.order(*((None, None) if is_by_event else (self._request.from_ms, self._request.to_ms)))
            lines: BinaryIO | None = None
            if self._request.events_file is not None:
                lines = stack.enter_context(_opened(self._request.events_file))
            reader = Reader(self._plan)
            counted = Counted(database, self._limits.identities)
            merging = Merging(self._plan, database, counted, reader, lines)
            for each in files.unreadable:
                merging.reject(each.file, [each.reason], 1)
                merging.counts += RecordCounts(rejected=1)
            telling = _Telling(progress, files, self._began)
            if self._request.jobs == 1 or files.number < 2:
                self._read_here(files, reader, merging, telling)
            else:
                self._read_by_workers(files, database, merging, telling)
            return self._summed_up(merging, files, database)

    def _read_here(self, files: Files, reader: Reader, merging: Merging, telling: "_Telling") -> None:
        for file in files.in_order():
            outcome = None if self._is_stopping() else reader.read(file, self._is_stopping)
            if outcome is None:
                return
            merging.add(file, outcome)
            telling.of(file)
        telling.end()

    def _read_by_workers(
        self, files: Files, database: sqlite3.Connection, merging: Merging, telling: "_Telling"
    ) -> None:
        waiting = Waiting(database, self._limits.waiting_bytes)
        workers = Workers(self._plan, self._request.jobs)
        try:
            for file, content in workers.outcomes(files.largest_first(), self._is_stopping):
                waiting.add(file, content)
                telling.of(file)
                for each, outcome in waiting.due():
                    merging.add(each, decode_outcome(outcome))
        finally:
            workers.end()
        # After a stop some in between may be missing.
        for each, outcome in waiting.rest():
            merging.add(each, decode_outcome(outcome))
        telling.end()

    def _summed_up(self, merging: Merging, files: Files, database: sqlite3.Connection) -> ReplayResult:
        merging.minutes.close()
        alarms = judged(self._request, database, merging.minutes, (merging.first_ms, merging.last_ms))
        return ReplayResult(
            records=merging.counts,
            filters=merging.filter_results(),
            alarms=alarms,
            rejected=tuple(sorted(merging.rejected, key=lambda each: each.file)),
            rejected_total=merging.rejected_total,
            clock=self._request.clock,
            clock_notes=self._clock_notes(merging, files),
            first_ms=merging.first_ms,
            last_ms=merging.last_ms,
            seconds=time.monotonic() - self._began,
            bytes=merging.size_bytes,
            files=merging.files,
            is_interrupted=self._is_stopping(),
        )

    def _clock_notes(self, merging: Merging, files: Files) -> tuple[str, ...]:
        notes = []
        without = files.without_minute()
        if without and not self._plan.is_by_event:
            notes.append(
                f"{_number(without, 'file')} without a minute of delivery in the name: "
                "each record counted at the time of its call"
            )
        if merging.untimed:
            notes.append(
                f"{_number(merging.untimed, 'record')} without a usable time of the call: "
                "counted at the minute in the name of the file, else when it was last modified"
            )
        return tuple(notes)


def _number(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def _watched(
    filters: tuple[MetricFilter, ...], alarms: tuple[Alarm, ...]
) -> tuple[tuple[MetricKey, str], ...]:
    """Lists the series alarms look at: their metrics in every unit that filters give them."""
    units: dict[tuple[str, str], dict[str, None]] = {}
    for each in filters:
        metric = each.transformation.metric
        units.setdefault((metric.namespace, metric.name), {})[each.transformation.datapoint_unit] = None
    return tuple(
        dict.fromkeys(
            (metric, unit)
            for alarm in alarms
            for metric in alarm.watched
            for unit in sorted(units.get((metric.namespace, metric.name), ()))
        )
    )


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        raise ReplayError(f"{path}: {(error.strerror or str(error)).lower()}") from error


class _Telling:
    """Tells how far the reading has come, but not too often."""

    def __init__(self, progress: Callable[[Progress], None], files: Files, began: float) -> None:
        self._progress = progress
        self._files_total, self._bytes_total = files.number, files.size_bytes
        self._began = began
        self._files = self._bytes = 0
        self._told = 0.0

    def of(self, file: ReplayFile) -> None:
        self._files += 1
        self._bytes += file.size_bytes
        now = time.monotonic()
        if now - self._told >= _PROGRESS_SECONDS:
            self._told = now
            self._tell(now)

    def end(self) -> None:
        self._tell(time.monotonic())

    def _tell(self, now: float) -> None:
        self._progress(
            Progress(self._files, self._files_total, self._bytes, self._bytes_total, now - self._began)
        )
