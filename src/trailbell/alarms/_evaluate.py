"""Evaluation: from datapoints and the present state to a verdict."""

from collections.abc import Sequence

import msgspec

from trailbell.alarms._alarm import Alarm, AlarmState
from trailbell.alarms._decision import Decision, VerdictCause, decide
from trailbell.alarms._readings import AlarmData, Reading, readings_at
from trailbell.alarms._reason import reason_data_of, reason_of
from trailbell.metrics import MathError

__all__ = ["Verdict", "evaluate", "verdict_of"]


class Verdict(msgspec.Struct, frozen=True):
    """What one evaluation says.

    `reason` and `reason_data` (JSON text) are AWS's StateReason and StateReasonData.
    Both are empty where the state stays as it is, as the stored reason stays too; most evaluations do that.
    `deciding` are the (start_ms, end_ms) of the slots whose data speaks for the state, newest first: the
    breaching ones for ALARM, the others for OK, none where no real datapoint supports it.
    """

    state: AlarmState
    reason: str
    reason_data: str
    changed: bool
    deciding: tuple[tuple[int, int], ...]
    cause: VerdictCause

    def episode_start(self, at_ms: int) -> int:
        """Returns where the data begins that a move to ALARM at an instant rests on."""
        return min((start_ms for start_ms, _ in self.deciding), default=at_ms)


def evaluate(alarm: Alarm, datapoints: AlarmData, previous: AlarmState, at_ms: int) -> Verdict:
    """Judges an alarm at `at_ms` as AWS does at its tick, from what is stored now.

    `datapoints` are those of the alarm's metric, or by metric those of all it watches, in any order, and
    cover `evaluation_range(alarm, at_ms)`. Late data counts while it is inside the range
    (metrics-and-alarms 6.6). Where an
    expression cannot be evaluated, the state is kept.
    """
    try:
        readings = readings_at(alarm, datapoints, at_ms)
    except MathError:
        return Verdict(previous, "", "", changed=False, deciding=(), cause=VerdictCause.FAILED)
    decision = decide(alarm, readings, previous)
    if decision.state == previous:
        slots = _slots_of(alarm, decision.supporting)
        return Verdict(previous, "", "", changed=False, deciding=slots, cause=decision.cause)
    return verdict_of(alarm, decision, previous, reason_data_of(alarm, decision, readings, at_ms, at_ms))


def verdict_of(alarm: Alarm, decision: Decision, previous: AlarmState, reason_data: str) -> Verdict:
    """Puts a decision that changes the state into words."""
    return Verdict(
        decision.state,
        reason_of(alarm, decision),
        reason_data,
        changed=decision.state != previous,
        deciding=_slots_of(alarm, decision.supporting),
        cause=decision.cause,
    )


def _slots_of(alarm: Alarm, readings: Sequence[Reading]) -> tuple[tuple[int, int], ...]:
    period_ms = alarm.period_seconds * 1000
    return tuple((reading.start_ms, reading.start_ms + period_ms) for reading in readings)
