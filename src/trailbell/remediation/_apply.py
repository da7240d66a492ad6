"""Carrying a plan out: each object is read before and after its change, and noted before it is touched.

So a plan may be interrupted anywhere, and applied again: what is done already is left alone.
"""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from trailbell.remediation._journal import EntryState, Journal
from trailbell.remediation._objects import CallFailedError, Objects, State, is_same
from trailbell.remediation._plan import Change, Plan
from trailbell.remediation._soundness import check_plan

__all__ = ["Outcome", "Report", "apply_plan", "has_settled"]

_READS_AFTER = 6
_PAUSE_SECONDS = 0.5


class Outcome(StrEnum):
    """What became of one change."""

    DONE = "done"
    ALREADY = "already"
    KEPT = "kept"
    STOPPED = "stopped"
    NOT_TRIED = "not_tried"


class Report(msgspec.Struct, frozen=True):
    """One change with its outcome; ``message`` says why it was not done, or what is to be known of it."""

    change: Change
    outcome: Outcome
    message: str = ""


def apply_plan(
    plan: Plan,
    objects: Objects,
    journal: Journal,
    told: Callable[[Report], None],
    pause: Callable[[float], None],
) -> tuple[Report, ...]:
    """Makes the changes of a plan in order, and stops at the first that cannot be made.

    ``told`` hears of each when it is done; ``pause`` waits some seconds for an answer to catch up.

    Raises:
        PlanFileError: A change is not of the object that it names; then nothing is changed.
        UndoFileError: What is changed cannot be noted, so it is not changed.
    """
    check_plan(plan)
    reports: list[Report] = []
    for change in plan.changes:
        if reports and reports[-1].outcome in (Outcome.STOPPED, Outcome.NOT_TRIED):
            reports.append(Report(change, Outcome.NOT_TRIED))
            continue
        try:
            report = _apply(change, objects, journal, pause)
        except CallFailedError as error:
            report = Report(change, Outcome.STOPPED, f"{error}.")
        reports.append(report)
        told(report)
    return tuple(reports)


def _apply(change: Change, objects: Objects, journal: Journal, pause: Callable[[float], None]) -> Report:
    found = objects.read(change)
    if is_same(change.kind, found, change.after):
        _finish(change, journal)
        return Report(change, Outcome.ALREADY)
    if not is_same(change.kind, found, change.before):
        there = "is there already" if change.before is None else "is not what it was"
        message = f"The {change.words} {there} since the plan was made: make a new plan."
        return Report(change, Outcome.STOPPED, message)
    journal.note(change, EntryState.STARTED)
    made = objects.put(change, change.after)
    journal.note(change, EntryState.DONE, made)
    if not has_settled(change, change.after, objects, pause):
        message = f"The {change.words} does not read back as it was put: somebody else may be changing it."
        return Report(change, Outcome.STOPPED, message)
    return Report(change, Outcome.DONE)


def _finish(change: Change, journal: Journal) -> None:
    """Notes that a change which was begun by an earlier try, and then interrupted, is done."""
    begun = {EntryState.STARTED}
    if any(each.change == change and each.state in begun for each in journal.record.entries):
        journal.note(change, EntryState.DONE)


def has_settled(change: Change, wanted: State, objects: Objects, pause: Callable[[float], None]) -> bool:
    """Whether an object reads back as it was put, now or soon: answers may lag behind for a moment."""
    for number in range(_READS_AFTER):
        if number:
            pause(_PAUSE_SECONDS * number)
        if is_same(change.kind, objects.read(change), wanted):
            return True
    return False
