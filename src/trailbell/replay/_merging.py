"""Merges what files gave, in the order of their delivery: of duplicates the earliest counts, ties by path."""

import filecmp
import os
import sqlite3
from collections.abc import Iterable
from typing import BinaryIO

from msgspec.structs import replace

from trailbell.cloudtrail import DamagedContentError
from trailbell.filters import RecordCounts, SeriesLimit
from trailbell.replay._counted import Counted, split
from trailbell.replay._errors import ReplayError
from trailbell.replay._files import ReplayFile
from trailbell.replay._minutes import Minutes
from trailbell.replay._part_maker import PERIOD_MS
from trailbell.replay._parts import FileOutcome, FilterMatches, Part
from trailbell.replay._reading import Plan, Reader, Settling, kept_parts
from trailbell.replay._result import FilterResult, RejectedInput

__all__ = ["MOST_REJECTED", "Merging"]

MOST_REJECTED = 1000
"""So many rejected inputs are named; all are counted."""

_DAY_PERIODS = 86_400_000 // PERIOD_MS


class Merging:
    """The sum of all files merged so far.

    Args:
        plan: What was asked of the readers.
        database: The work database.
        counted: What was counted before.
        reader: Reads files anew where something in them had been counted.
        lines: Where lines about counted records are written, None where nowhere.
    """

    def __init__(
        self,
        plan: Plan,
        database: sqlite3.Connection,
        counted: Counted,
        reader: Reader,
        lines: BinaryIO | None,
    ) -> None:
        self._plan = plan
        self._database = database
        self._counted = counted
        self._reader = reader
        self._lines = lines
        self._limit = SeriesLimit(lambda _: None)
        self._filters = [_FilterSum() for _ in plan.filters]
        self.minutes = Minutes(database, plan.watched)
        self.counts = RecordCounts()
        self.rejected: list[RejectedInput] = []
        self.rejected_total = 0
        self.first_ms: int | None = None
        self.last_ms: int | None = None
        self.size_bytes = 0
        self.files = 0
        self.untimed = 0

    def add(self, file: ReplayFile, outcome: FileOutcome) -> None:
        """Adds the next file.

        Raises:
            ReplayError: It had to be read again, and is not what it was.
        """
        self.files += 1
        self.size_bytes += outcome.size_bytes
        self.counts += outcome.counts
        self.reject(file.name, outcome.rejected, outcome.rejected_total)
        parts = kept_parts(outcome.kept_in) if outcome.kept_in else iter(outcome.parts)
        if self._plan.deduplicate and self._is_twin(file, outcome):
            for part in parts:
                self._add_twin(part)
            return
        self._limit.begin(0 if file.minute_ms is None else file.minute_ms)
        for number, part in enumerate(parts):
            identities = split(part.identities)
            if self._counted.seen(identities, file.minute_ms) or not self._admits(part):
                self._settle_again(file, number)
                for _ in parts:
                    # What is left is read anew; the file it lies in goes with its last part.
                    pass
                return
            self._counted.add(identities, file.minute_ms)
            self._add(part)

    def reject(self, name: str, reasons: Iterable[str], number: int) -> None:
        """Names what was rejected of a file."""
        self.rejected_total += number
        left = MOST_REJECTED - len(self.rejected)
        self.rejected += [
            RejectedInput(name, reason) for _, reason in zip(range(left), reasons, strict=False)
        ]

    def filter_results(self) -> tuple[FilterResult, ...]:
        """Returns what each filter counted."""
        return tuple(
            each.result(counting.name, counting.pattern)
            for each, counting in zip(self._filters, self._plan.filters, strict=True)
        )

    def _admits(self, part: Part) -> bool:
        """Whether all sets of dimensions may be published that a part publishes."""
        return all(
            self._limit.admits(index, dimensions) for index, made in part.dimensions for dimensions in made
        )

    def _is_twin(self, file: ReplayFile, outcome: FileOutcome) -> bool:
        """Whether a file of the same content was merged before: such a copy adds nothing."""
        if not (outcome.parts or outcome.kept_in):
            return False
        found = self._database.execute(
            "SELECT path FROM twin WHERE fingerprint = ?", (outcome.fingerprint,)
        ).fetchone()
        if found is None:
            self._database.execute(
                "INSERT INTO twin VALUES (?, ?)", (outcome.fingerprint, os.fsencode(file.path))
            )
            return False
        try:
            return filecmp.cmp(os.fsdecode(found[0]), file.path, shallow=False)
        except OSError:
            return False

    def _settle_again(self, file: ReplayFile, first: int) -> None:
        settling = Settling(lambda each: self._counted.seen(each, file.minute_ms), self._limit, first)
        try:
            for part, settled in self._reader.settle_again(file, settling):
                self._counted.add(settled.identities, file.minute_ms)
                self._add(part)
        except (DamagedContentError, OSError) as error:
            raise ReplayError(f"{file.name}: the file changed while it was replayed ({error})") from error

    def _add_twin(self, part: Part) -> None:
        counts = part.counts
        self._note_span(part)
        self.counts += replace(counts, matched=0, duplicate=counts.duplicate + counts.matched)

    def _add(self, part: Part) -> None:
        self.counts += part.counts
        self.untimed += part.untimed
        self._note_span(part)
        for each in part.filters:
            self._filters[each.filter].add(each)
        self.minutes.add(part.deltas)
        if self._lines is not None:
            self._lines.write(part.lines)

    def _note_span(self, part: Part) -> None:
        if part.first_ms is not None and part.last_ms is not None:
            self.first_ms = part.first_ms if self.first_ms is None else min(self.first_ms, part.first_ms)
            self.last_ms = part.last_ms if self.last_ms is None else max(self.last_ms, part.last_ms)


class _FilterSum:
    """What one filter counted; its periods are bits, a number of them for each day."""

    def __init__(self) -> None:
        self._matches = 0
        self._first_ms: int | None = None
        self._last_ms: int | None = None
        self._periods: dict[int, int] = {}

    def add(self, found: FilterMatches) -> None:
        self._matches += found.matches
        self._first_ms = found.first_ms if self._first_ms is None else min(self._first_ms, found.first_ms)
        self._last_ms = found.last_ms if self._last_ms is None else max(self._last_ms, found.last_ms)
        for period in found.periods:
            day, bit = divmod(period, _DAY_PERIODS)
            self._periods[day] = self._periods.get(day, 0) | (1 << bit)

    def result(self, name: str, pattern: str) -> FilterResult:
        periods = sum(each.bit_count() for each in self._periods.values())
        return FilterResult(name, pattern, self._matches, periods, self._first_ms, self._last_ms)
