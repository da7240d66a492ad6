"""Results of replays, made up, for tests of how they are shown."""

from collections.abc import Iterable, Sequence

from trailbell.alarms import AlarmState
from trailbell.cloudtrail import PrincipalKind
from trailbell.controls import provision, watched_controls
from trailbell.evidence import Dimension, Evidence, Example, KeyCount, PrincipalCount, merge
from trailbell.filters import RecordCounts
from trailbell.replay import (
    AlarmResult,
    CallerShare,
    FilterResult,
    RejectedInput,
    ReplayRequest,
    ReplayResult,
    Transition,
)

__all__ = ["DAY_MS", "MINUTE_MS", "ROLE", "START_MS", "made_alarm", "made_request", "made_result", "page"]

MINUTE_MS = 60_000
DAY_MS = 86_400_000
START_MS = 20_700 * DAY_MS  # 2026-09-04T00:00:00Z
ROLE = "arn:aws:iam::111122223333:role/deploy"

_QUIET_REASON = "Threshold Crossed: no datapoints were received for 1 period."
_RINGING_REASON = "Threshold Crossed: 1 datapoint [3.0 (04/09/26 00:00:00)] was greater than the threshold."


def page(
    at_ms: int,
    principal: str = ROLE,
    kind: PrincipalKind = PrincipalKind.ROLE,
    call: str = "s3:GetObject",
    reason: str = _RINGING_REASON,
) -> Transition:
    """Makes a move to ALARM that one caller's three calls are behind."""
    evidence = Evidence(
        total=3,
        first_ms=at_ms - MINUTE_MS,
        last_ms=at_ms - MINUTE_MS,
        examples=(Example(at_ms - MINUTE_MS, "event-1"),),
        principals=Dimension((PrincipalCount(principal, kind, 3),)),
        calls=Dimension((KeyCount(call, 3),)),
        errors=Dimension((KeyCount("AccessDenied", 3),)),
        addresses=Dimension((KeyCount("198.51.100.7", 3),)),
    )
    return Transition(at_ms, AlarmState.OK, AlarmState.ALARM, reason, evidence, at_ms)


def made_alarm(
    pages: Iterable[Transition],
    name: str = "unauthorized_api_calls_alarm",
    stay_ms: int | None = 5 * MINUTE_MS,
) -> AlarmResult:
    """Makes an alarm that stays in ALARM that long each time; None for as long as the replay goes on."""
    pages = tuple(pages)
    moves: list[Transition] = []
    for each in pages:
        moves.append(each)
        if stay_ms is not None:
            back = (AlarmState.ALARM, AlarmState.OK, _QUIET_REASON, None)
            moves.append(Transition(each.at_ms + stay_ms, *back))
    evidences = [each.evidence for each in pages if each.evidence is not None]
    callers = tuple(
        CallerShare(each.principals.counts[0].key, call.key, call.count, 1)
        for each in evidences[:10]
        for call in each.calls.counts
    )
    return AlarmResult(
        name=name,
        times_in_alarm=len(pages),
        pages=len(pages),
        seconds_in_alarm=len(pages) * (stay_ms or DAY_MS) / 1000,
        transitions=tuple(moves),
        evidence=merge(evidences) if evidences else None,
        callers=callers,
    )


def made_result(
    alarms: Sequence[AlarmResult],
    *,
    days: int = 3,
    filters: Sequence[FilterResult] = (),
    rejected: Sequence[RejectedInput] = (),
    rejected_total: int | None = None,
    clock_notes: Sequence[str] = (),
    is_interrupted: bool = False,
) -> ReplayResult:
    """Makes a result of so many days from ``START_MS`` on; without days nothing was read."""
    return ReplayResult(
        records=RecordCounts(matched=30, unmatched=1_960, duplicate=7, rejected=3),
        filters=tuple(filters),
        alarms=tuple(alarms),
        rejected=tuple(rejected),
        rejected_total=len(rejected) if rejected_total is None else rejected_total,
        clock="delivery",
        clock_notes=tuple(clock_notes),
        first_ms=START_MS if days else None,
        last_ms=START_MS + days * DAY_MS - MINUTE_MS if days else None,
        seconds=0.5,
        bytes=2_500_000,
        files=12,
        is_interrupted=is_interrupted,
    )


def made_request(*sources: str) -> ReplayRequest:
    """Makes a request for all controls."""
    provisions = [provision(control, "CloudTrail/logs") for control in watched_controls()]
    return ReplayRequest(
        sources=sources or ("logs",),
        filters=tuple(each.metric_filter for each in provisions),
        alarms=tuple(each.alarm for each in provisions),
    )
