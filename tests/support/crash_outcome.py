"""What a server has counted, as its database says after its end, and how two such accounts differ."""

import sqlite3
from collections import Counter
from itertools import takewhile
from pathlib import Path
from typing import Any

import msgspec

from trailbell.evidence import decode, merge, to_json

__all__ = ["Outcome", "differences", "outcome_of"]

_UNAUTHORIZED = "unauthorized_api_calls_metric"
_DIMENSIONS = ("principals", "calls", "errors", "addresses", "accounts", "regions")
_SHOWN = 5

_CLASSES = "SELECT sum(matched), sum(unmatched), sum(duplicate), sum(rejected) FROM source"
_SUMS = """
SELECT m.name, sum(d.sum), sum(d.sample_count) FROM datapoint d JOIN metric m ON m.id = d.metric_id
GROUP BY m.name
"""
_EVIDENCE = "SELECT e.delta FROM evidence e JOIN metric m ON m.id = e.metric_id WHERE m.name = ?"
_EVENTS = """
SELECT e.account_id, e.event_id, group_concat(m.name, ' ') FROM event e
JOIN (SELECT * FROM event_filter ORDER BY metric_filter_id) f ON f.event_id = e.id
JOIN metric_filter t ON t.id = f.metric_filter_id JOIN metric m ON m.id = t.metric_id GROUP BY e.id
"""
_REJECTED = "SELECT file_name, offset, reason FROM rejected_record"
_FILES = "SELECT state, count(*) FROM source_file GROUP BY state"
_MOVES = "SELECT alarm_name, summary FROM alarm_history WHERE item_type = 'StateUpdate' ORDER BY id"
_MESSAGES = "SELECT subject FROM outbox WHERE kind = 'change'"


class Outcome(msgspec.Struct, frozen=True):
    """Everything that must be the same however often the server died.

    Attributes:
        classes: Records in each of the four classes.
        sums: The sum of all datapoints by metric.
        samples: The number of samples by metric.
        who: For the unauthorized-calls metric, counts by dimension and key over all time.
        evidence: The same evidence whole, with its times and examples.
        events: Matched events: account, id and the metrics they were counted for, with how many there are.
        rejected: File, place and reason of what could not be read.
        files: Files of the ledger by state.
        moves: Each alarm's changes of state, in order.
        messages: Messages about changes of state by subject.
    """

    classes: dict[str, int]
    sums: dict[str, float]
    samples: dict[str, float]
    who: dict[str, dict[str, int]]
    evidence: dict[str, Any]
    events: dict[str, int]
    rejected: dict[str, int]
    files: dict[str, int]
    moves: dict[str, list[str]]
    messages: dict[str, int]


def outcome_of(data: Path) -> Outcome:
    """Reads the database of a data folder whose server has ended."""
    connection = sqlite3.connect(f"file:{data / 'trailbell.db'}?mode=ro", uri=True)
    try:
        return _read(connection)
    finally:
        connection.close()


def _read(connection: sqlite3.Connection) -> Outcome:
    ask = connection.execute
    names = ("matched", "unmatched", "duplicate", "rejected")
    sums = ask(_SUMS).fetchall()
    deltas = ask(_EVIDENCE, (_UNAUTHORIZED,)).fetchall()
    evidence = to_json(merge(decode(delta) for (delta,) in deltas))
    moves: dict[str, list[str]] = {}
    for alarm, summary in ask(_MOVES):
        moves.setdefault(alarm, []).append(summary)
    return Outcome(
        classes=dict(zip(names, ask(_CLASSES).fetchone(), strict=True)),
        sums={name: total for name, total, _ in sums},
        samples={name: number for name, _, number in sums},
        who={each: {one["key"]: one["count"] for one in evidence[each]} for each in _DIMENSIONS},
        evidence=evidence,
        events=Counter(
            " ".join([account, event_id or "-", *sorted(metrics.split())])
            for account, event_id, metrics in ask(_EVENTS)
        ),
        rejected=Counter(f"{name} at {offset}: {reason}" for name, offset, reason in ask(_REJECTED)),
        files=dict(ask(_FILES).fetchall()),
        moves=moves,
        messages=Counter(subject for (subject,) in ask(_MESSAGES)),
    )


def differences(expected: dict[str, Any], found: Outcome) -> list[str]:
    """Names what was found otherwise than expected, member by member; others are not looked at."""
    told = []
    for name, wanted in expected.items():
        told += _unlike(name, wanted, getattr(found, name))
    return told


def _unlike(place: str, wanted: Any, got: Any) -> list[str]:
    if wanted == got:
        return []
    if isinstance(wanted, list) and isinstance(got, list):
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(wanted, got, strict=False)))
        return [
            f"{place}: expected {len(wanted)} entries, found {len(got)}; the first {same} are the same, "
            f"then {wanted[same : same + 1]} was expected and {got[same : same + 1]} found"
        ]
    if not (isinstance(wanted, dict) and isinstance(got, dict)):
        return [f"{place}: expected {wanted!r}, found {got!r}"]
    told = [
        line
        for key in sorted(wanted.keys() | got.keys())
        for line in _unlike(f"{place}[{key}]", wanted.get(key), got.get(key))
    ]
    return told if len(told) <= _SHOWN else [*told[:_SHOWN], f"{place}: {len(told) - _SHOWN} more differ"]
