"""A replay's result as JSON for programs: the same for the same input, whatever the order of work."""

from typing import Any

from trailbell.evidence import Evidence, to_json
from trailbell.replay._report_words import moment_of
from trailbell.replay._result import AlarmResult, CallerShare, FilterResult, ReplayResult, Transition

__all__ = ["result_json"]


def result_json(result: ReplayResult) -> dict[str, Any]:
    """Returns a result in the form that ``--format json`` prints; times are ISO 8601 in UTC.

    Filters and alarms stand in the order of the rules, moves in the order of time. Of what there is, only
    ``seconds`` differs from run to run.
    """
    records = result.records
    return {
        "records": {
            "read": records.read,
            "matched": records.matched,
            "unmatched": records.unmatched,
            "duplicate": records.duplicate,
            "rejected": records.rejected,
        },
        "filters": [_filter(each) for each in result.filters],
        "alarms": [_alarm(each) for each in result.alarms],
        "rejected": [{"file": each.file, "reason": each.reason} for each in result.rejected],
        "seconds": result.seconds,
        "bytes": result.bytes,
        "rejected_total": result.rejected_total,
        "clock": result.clock,
        "clock_notes": list(result.clock_notes),
        "first": _iso(result.first_ms),
        "last": _iso(result.last_ms),
        "files": result.files,
        "interrupted": result.is_interrupted,
    }


def _filter(found: FilterResult) -> dict[str, Any]:
    return {
        "name": found.name,
        "pattern": found.pattern,
        "matches": found.matches,
        "periods_with_matches": found.periods_with_matches,
        "first": _iso(found.first_ms),
        "last": _iso(found.last_ms),
    }


def _alarm(found: AlarmResult) -> dict[str, Any]:
    evidence = Evidence.empty() if found.evidence is None else found.evidence
    return {
        "name": found.name,
        "times_in_alarm": found.times_in_alarm,
        "pages": found.pages,
        "seconds_in_alarm": found.seconds_in_alarm,
        "transitions": [_transition(each) for each in found.transitions],
        "evidence": to_json(evidence),
        "callers": [_caller(each) for each in found.callers],
    }


def _transition(move: Transition) -> dict[str, Any]:
    return {
        "at": _iso(move.at_ms),
        "from": move.from_state.value,
        "to": move.to_state.value,
        "reason": move.reason,
        "paged_at": _iso(move.paged_ms),
    }


def _caller(share: CallerShare) -> dict[str, Any]:
    return {
        "principal": share.principal,
        "call": share.call,
        "records": share.records,
        "pages": share.pages,
    }


def _iso(at_ms: int | None) -> str | None:
    if at_ms is None:
        return None
    text = moment_of(at_ms).isoformat(timespec="milliseconds" if at_ms % 1000 else "seconds")
    return text.removesuffix("+00:00") + "Z"
