"""Makes the part of a file that is handed on out of what was settled."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from trailbell.cloudtrail import RecordFacts
from trailbell.evidence import Dimension, Evidence, KeyCount, encode
from trailbell.filters import CountedMatch, FilterSet, Settled
from trailbell.metrics import MetricKey
from trailbell.replay._parts import Delta, FilterMatches, Part

__all__ = ["PERIOD_MS", "PartMaker", "caller_of"]

PERIOD_MS = 300_000
"""How long a period is in which matches are counted, aligned to the epoch."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PartMaker:
    """Makes parts.

    Args:
        filters: The filters that were run.
        watched: The series alarms watch; what others get is left out.
        with_lines: Whether what was counted is written as lines of JSON.
    """

    def __init__(
        self, filters: FilterSet, watched: Sequence[tuple[MetricKey, str]], *, with_lines: bool
    ) -> None:
        self._filters = filters
        self._names = [each.name for each in filters.filters]
        self._series = {series: index for index, series in enumerate(watched)}
        self._with_lines = with_lines

    def part_of(self, settled: Settled, file_name: str) -> Part:
        """Returns the part, its instants left open."""
        return Part(
            counts=settled.counts,
            filters=_matches(settled.counted),
            dimensions=self._dimensions(settled.counted),
            deltas=self._deltas(settled),
            identities=b"".join(sorted(settled.identities)),
            first_ms=None,
            last_ms=None,
            lines=b"".join(self._line(each, file_name) for each in settled.counted)
            if self._with_lines
            else b"",
            untimed=0,
        )

    def _deltas(self, settled: Settled) -> list[Delta]:
        deltas = []
        for place, contribution in settled.contributions.items():
            series = self._series.get((place.metric, place.unit))
            if series is None:
                continue
            statistics, histogram = contribution.statistics, contribution.histogram
            evidence, callers = contribution.evidence, None
            if evidence is not None:
                callers = encode(_callers(settled.witnesses[place]))
            deltas.append(
                Delta(
                    series,
                    place.minute_ms,
                    statistics.sample_count,
                    statistics.sum,
                    statistics.minimum,
                    statistics.maximum,
                    None if histogram is None else histogram.to_bytes(),
                    None if evidence is None else encode(evidence),
                    callers,
                )
            )
        return deltas

    def _dimensions(
        self, counted: Sequence[CountedMatch]
    ) -> list[tuple[int, list[tuple[tuple[str, str], ...]]]]:
        if not self._filters.extracts:
            return []
        made: dict[int, dict[tuple[tuple[str, str], ...], None]] = {}
        for each in counted:
            for index, extracted in each.match.extracted.items():
                if index in each.filters and extracted.value is not None and extracted.dimensions:
                    made.setdefault(index, {})[extracted.dimensions] = None
        return [(index, list(dimensions)) for index, dimensions in made.items()]

    def _line(self, counted: CountedMatch, file_name: str) -> bytes:
        facts = counted.match.facts
        line: dict[str, Any] = {
            "at": _iso(counted.match.at_ms),
            "filters": [self._names[index] for index in counted.filters],
            "principal": facts.principal.key,
            "call": facts.call,
            "error": facts.error_code,
            "address": facts.address,
            "file": file_name,
            "record": msgspec.Raw(_on_one_line(counted.match.message)),
        }
        return msgspec.json.encode(line) + b"\n"


def _caller_key(facts: RecordFacts) -> str:
    """Names a principal with a call as one key."""
    # Either may hold any character.
    principal = facts.principal.key
    return f"{len(principal)}:{principal}{facts.call}"


def caller_of(key: str) -> tuple[str, str]:
    """Returns the principal and the call of a key."""
    length, _, rest = key.partition(":")
    return rest[: int(length)], rest[int(length) :]


def _callers(witnesses: Sequence[RecordFacts]) -> Evidence:
    """Counts principals with their calls, in the one form that merges with a bound."""
    counts = Counter(map(_caller_key, witnesses))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Evidence(
        total=len(witnesses), calls=Dimension(tuple(KeyCount(key, count) for key, count in ranked))
    )


def _matches(counted: Sequence[CountedMatch]) -> list[FilterMatches]:
    instants: dict[int, list[int]] = {}
    for each in counted:
        for index in each.filters:
            instants.setdefault(index, []).append(each.match.at_ms)
    return [
        FilterMatches(index, len(each), min(each), max(each), sorted({at // PERIOD_MS for at in each}))
        for index, each in sorted(instants.items())
    ]


def _on_one_line(record: bytes) -> bytes:
    return msgspec.json.format(record, indent=-1) if b"\n" in record or b"\r" in record else record


def _iso(at_ms: int) -> str:
    instant = _EPOCH + timedelta(milliseconds=at_ms)
    text = instant.isoformat(timespec="milliseconds" if at_ms % 1000 else "seconds")
    return text.removesuffix("+00:00") + "Z"
