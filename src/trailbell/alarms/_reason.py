"""What AWS says about a decision: StateReason and StateReasonData (metrics-and-alarms 8)."""

from collections.abc import Sequence

import msgspec

from trailbell.alarms._alarm import Alarm, AlarmState, TreatMissingData
from trailbell.alarms._comparison import comparison_phrase
from trailbell.alarms._decision import Decision, VerdictCause
from trailbell.alarms._instant import iso_text, reason_text
from trailbell.alarms._readings import Reading
from trailbell.alarms._slots import newest_slot_end, slot_count
from trailbell.metrics import java_double

__all__ = ["reason_data_of", "reason_of"]

_MOST_LISTED = 5
_TREATED_AS = {TreatMissingData.BREACHING: "[Breaching]", TreatMissingData.NOT_BREACHING: "[NonBreaching]"}


def reason_of(alarm: Alarm, decision: Decision) -> str:
    """Returns the StateReason of a decision that was not "keep"."""
    periods = alarm.evaluation_periods
    if decision.state == AlarmState.INSUFFICIENT_DATA:
        return f"Insufficient Data: {_plural(periods, 'datapoint')} {_were(periods)} unknown."
    if decision.supporting:
        return _crossed(alarm, decision)
    received = len(decision.considered)
    got = f"{_plural(received, 'datapoint')} {_were(received)}" if received else "no datapoints were"
    filled = _filled(alarm, periods - received)
    return f"Threshold Crossed: {got} received for {_plural(periods, 'period')}{filled}."


def _crossed(alarm: Alarm, decision: Decision) -> str:
    count = len(decision.supporting)
    listed = ", ".join(
        f"{java_double(reading.value)} ({reason_text(reading.start_ms)})"
        for reading in decision.supporting[:_MOST_LISTED]
    )
    if alarm.datapoints_to_alarm is None:
        subject = _plural(count, "datapoint")
    else:
        subject = f"{count} out of the last {alarm.evaluation_periods} datapoints"
    negation = "" if decision.state == AlarmState.ALARM else "not "
    phrase = comparison_phrase(alarm.comparison_operator)
    crossing = f"{_were(count)} {negation}{phrase} the threshold ({java_double(alarm.threshold)})"
    if decision.cause == VerdictCause.FILLED:
        crossing += _filled(alarm, alarm.evaluation_periods - len(decision.considered))
    minimum = _minimum(alarm, decision.state)
    # Mails of 2017 to 2025 show this other form from five points on, with the newest five.
    if count >= _MOST_LISTED:
        newest = f"The most recent datapoints which crossed the threshold: [{listed}]"
        return f"Threshold Crossed: {subject} {crossing}. {newest}{minimum}."
    return f"Threshold Crossed: {subject} [{listed}] {crossing}{minimum}."


def _filled(alarm: Alarm, missing: int) -> str:
    treated_as = _TREATED_AS[alarm.missing_data_treatment]
    return f" and {_plural(missing, 'missing datapoint')} {_were(missing)} treated as {treated_as}"


def _minimum(alarm: Alarm, state: AlarmState) -> str:
    if alarm.datapoints_to_alarm is None:
        return ""
    transition = "OK -> ALARM" if state == AlarmState.ALARM else "ALARM -> OK"
    return f" (minimum {_plural(_deciding_count(alarm, state), 'datapoint')} for {transition} transition)"


def reason_data_of(
    alarm: Alarm, decision: Decision, readings: Sequence[Reading], query_ms: int, at_ms: int
) -> str:
    """Returns the StateReasonData of a decision that was not "keep", as JSON text in AWS's member order.

    `readings` are all real datapoints of the range of `at_ms`; `query_ms` is when the question was asked.
    Written by hand because AWS prints numbers as Java does, and because it runs for every alarm every minute.
    """
    considered = decision.considered
    start = f'"startDate":"{iso_text(considered[-1].start_ms)}",' if considered else ""
    unit = f'"unit":{msgspec.json.encode(alarm.unit).decode()},' if alarm.unit is not None else ""
    statistic = "" if alarm.metrics else f'"statistic":{msgspec.json.encode(alarm.statistic_name).decode()},'
    recent = ",".join(_recent_values(considered))
    evaluated = ",".join(_evaluated_points(alarm, decision, readings, at_ms))
    return (
        f'{{"version":"1.0","queryDate":"{iso_text(query_ms)}",{start}{unit}{statistic}'
        f'"period":{alarm.period_seconds},"recentDatapoints":[{recent}],"threshold":{java_double(alarm.threshold)},'
        f'"evaluatedDatapoints":[{evaluated}]}}'
    )


def _recent_values(considered: Sequence[Reading]) -> list[str]:
    """Returns the values oldest first, with a null for each gap between them."""
    values: list[str] = []
    expected = considered[-1].position if considered else 0
    for reading in reversed(considered):
        values.extend(["null"] * (expected - reading.position))
        values.append(java_double(reading.value))
        expected = reading.position - 1
    return values


def _evaluated_points(alarm: Alarm, decision: Decision, readings: Sequence[Reading], at_ms: int) -> list[str]:
    """Returns the smallest deciding set, newest first: supporting points, then the newest empty slots."""
    wanted = _deciding_count(alarm, decision.state)
    points = {
        reading.start_ms: ("" if alarm.metrics else f',"sampleCount":{java_double(reading.sample_count)}')
        + f',"value":{java_double(reading.value)}'
        for reading in decision.supporting[:wanted]
    }
    if len(points) < wanted:
        taken = {reading.position for reading in readings}
        end, period_ms = newest_slot_end(alarm, at_ms), alarm.period_seconds * 1000
        empty = [position for position in range(slot_count(alarm)) if position not in taken]
        for position in empty[: wanted - len(points)]:
            points[end - (position + 1) * period_ms] = ""
    return [f'{{"timestamp":"{iso_text(start)}"{points[start]}}}' for start in sorted(points, reverse=True)]


def _deciding_count(alarm: Alarm, state: AlarmState) -> int:
    if state == AlarmState.OK:
        return alarm.evaluation_periods - alarm.breaches_to_alarm + 1
    return alarm.breaches_to_alarm


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
