"""What a replay found: matches by filter, moves by alarm with who was behind them, what was rejected.

All times are milliseconds since the epoch, on the clock the replay went by.
"""

import msgspec

from trailbell.alarms import AlarmState
from trailbell.evidence import Evidence
from trailbell.filters import RecordCounts

__all__ = ["AlarmResult", "CallerShare", "FilterResult", "RejectedInput", "ReplayResult", "Transition"]


class FilterResult(msgspec.Struct, frozen=True):
    """How often one filter counted a record.

    Attributes:
        name: The filter's name.
        pattern: Its pattern as written.
        matches: The records it counted; duplicates are not among them.
        periods_with_matches: In how many periods of 300 seconds, aligned to the epoch, it counted any.
        first_ms: The first of their instants, None without matches.
        last_ms: The last of them.
    """

    name: str
    pattern: str
    matches: int
    periods_with_matches: int
    first_ms: int | None
    last_ms: int | None


class Transition(msgspec.Struct, frozen=True):
    """One change of an alarm's state.

    Attributes:
        at_ms: The instant of the evaluation that changed it.
        from_state: The state before.
        to_state: The state after.
        reason: Why, in AWS's words.
        evidence: Who stands behind the periods that decided; None unless the move was to ALARM.
        paged_ms: When somebody would have been paged for it, which a suppressor may put off; None where
            nobody would have been.
    """

    at_ms: int
    from_state: AlarmState
    to_state: AlarmState
    reason: str
    evidence: Evidence | None
    paged_ms: int | None = None


class CallerShare(msgspec.Struct, frozen=True):
    """One principal with one call, and how much of an alarm is theirs.

    Attributes:
        principal: The caller.
        call: The service and action.
        records: The records of theirs from the periods that decided a move to ALARM to its end.
        pages: How many of the alarm's pages they have a part in.
    """

    principal: str
    call: str
    records: int
    pages: int


class AlarmResult(msgspec.Struct, frozen=True):
    """What one alarm would have done.

    Attributes:
        name: The alarm's name.
        times_in_alarm: How often it moved to ALARM.
        pages: For how many of them somebody would have been paged: all, but where actions are disabled, or
            held back by the suppressor of a composite alarm.
        seconds_in_alarm: How long it stood there in all, up to the end of the replay.
        transitions: Its moves in the order of time.
        evidence: Who stands behind its times in ALARM together, from what decided to the end of each;
            None without any.
        callers: The ten callers that have a part in most of them, the first first.
    """

    name: str
    times_in_alarm: int
    pages: int
    seconds_in_alarm: float
    transitions: tuple[Transition, ...]
    evidence: Evidence | None
    callers: tuple[CallerShare, ...]


class RejectedInput(msgspec.Struct, frozen=True):
    """A file, or a record of one, that could not be read."""

    file: str
    reason: str


class ReplayResult(msgspec.Struct, frozen=True):
    """All that a replay found.

    Attributes:
        records: The records read, by class.
        filters: The filters in the order of the rules.
        alarms: The alarms in the order of the rules.
        rejected: The first rejected inputs by file name.
        rejected_total: How many there were.
        clock: ``delivery`` or ``event``: what decided when a record counts.
        clock_notes: Where that was not to be had, and what was taken instead.
        first_ms: The first instant replayed, None where there was none.
        last_ms: The last instant replayed, None where there was none.
        seconds: How long the replay took.
        bytes: How much was read, uncompressed.
        files: How many files were read.
        is_interrupted: Whether it was stopped before all was read.
    """

    records: RecordCounts
    filters: tuple[FilterResult, ...]
    alarms: tuple[AlarmResult, ...]
    rejected: tuple[RejectedInput, ...]
    rejected_total: int
    clock: str
    clock_notes: tuple[str, ...]
    first_ms: int | None
    last_ms: int | None
    seconds: float
    bytes: int
    files: int
    is_interrupted: bool
