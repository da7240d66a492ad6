"""The steps of alarms from state to state, of either kind, and the place where those of some lie for others.

Composite alarms move when others have moved, so that what moved those is put down first.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from trailbell.alarms import AlarmState

__all__ = ["Moved", "Step", "Steps"]


class Step(msgspec.Struct, frozen=True):
    """One move of an alarm.

    Attributes:
        at_ms: When it moved.
        from_state: The state before.
        to_state: The state after.
        reason: Why.
        start_ms: Where the data begins that an ALARM rests on; otherwise the instant itself.
        spans: The data that led to an ALARM, by start and end.
        paged_ms: When somebody would have been paged for it; None where nobody would have been.
    """

    at_ms: int
    from_state: AlarmState
    to_state: AlarmState
    reason: str
    start_ms: int
    spans: tuple[tuple[int, int], ...] = ()
    paged_ms: int | None = None


class Moved(msgspec.Struct, frozen=True):
    """What others have to know of a step: whose it was, by number, the state, where the data begins."""

    alarm: int
    state: AlarmState
    start_ms: int


class Steps:
    """Steps put down in the work database: those that others wait for, and those of composite alarms."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def noted(self, alarm: int, steps: Iterable[Step]) -> Iterator[Step]:
        """Passes the steps of an alarm on, and notes them for those that stand on it."""
        for step in steps:
            values = (step.at_ms, alarm, step.to_state.value, step.start_ms)
            self._database.execute("INSERT INTO moved VALUES (?, ?, ?, ?)", values)
            yield step

    def together(self) -> Iterator[tuple[int, list[Moved]]]:
        """Yields what was noted in the order of time: all that moved at an instant."""
        rows = self._database.execute("SELECT * FROM moved ORDER BY at_ms, alarm")
        for at_ms, moved in groupby(rows, key=_first):
            yield at_ms, [Moved(alarm, AlarmState(state), start_ms) for _, alarm, state, start_ms in moved]

    def add(self, composite: int, step: Step) -> int:
        """Adds a step of a composite alarm, and returns by which number it may be told that it paged."""
        states = step.from_state.value, step.to_state.value
        # Their data begins where the ALARM does: how far it goes is all there is to say.
        seen_ms = max((end_ms for _, end_ms in step.spans), default=step.start_ms)
        values = (composite, step.at_ms, *states, step.reason, step.start_ms, seen_ms, step.paged_ms)
        added = self._database.execute("INSERT INTO composite_step VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        return added.lastrowid or 0

    def page(self, number: int, at_ms: int) -> None:
        """Says when somebody would have been paged for a step."""
        self._database.execute("UPDATE composite_step SET paged_ms = ? WHERE rowid = ?", (at_ms, number))

    def close(self) -> None:
        """Makes what was added ready to be asked for."""
        self._database.execute("CREATE INDEX composite_step_place ON composite_step (composite)")

    def of(self, composite: int) -> Iterator[Step]:
        """Yields the steps of a composite alarm in the order of time."""
        query = "SELECT * FROM composite_step WHERE composite = ? ORDER BY rowid"
        for row in self._database.execute(query, (composite,)):
            _, at_ms, before, after, reason, start_ms, seen_ms, paged_ms = row
            states = AlarmState(before), AlarmState(after)
            yield Step(at_ms, *states, reason, start_ms, ((start_ms, seen_ms),), paged_ms)


def _first(row: tuple[int, ...]) -> int:
    return row[0]
