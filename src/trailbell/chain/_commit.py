"""What the commit of one file writes: its counts, its data, and what the ledger says of it from now on.

All of it in the caller's transaction: nothing of a file is counted unless its ledger row says so.
"""

from collections.abc import Sequence

import msgspec
import structlog
from msgspec.structs import replace

from trailbell.chain._reading import Look, LookKind, Rejected
from trailbell.filters import FilterSet, Partial, RecordCounts, Settled, identities_of, settle
from trailbell.metrics import MetricKey
from trailbell.store import FileState, LedgerFile, NewEvent, RejectedEntry, StoredFilter, Transaction

__all__ = ["FINAL_STATES", "Committed", "Filtering", "Taken", "commit_file", "commit_records"]

_log = structlog.get_logger(__name__)

FINAL_STATES = frozenset({FileState.READ, FileState.REJECTED, FileState.COPY, FileState.PASSED_OVER})
"""The states in which a file is done with until it changes."""


class Filtering:
    """The stored filters of a log group with their compiled set."""

    def __init__(self, stored: Sequence[StoredFilter]) -> None:
        self.ids = tuple(each.id for each in stored)
        self.set = FilterSet([each.definition for each in stored])


class Taken(msgspec.Struct, frozen=True):
    """A file with the decision about it and what its records matched."""

    name: str
    ledger: LedgerFile
    look: Look
    partial: Partial | None = None


class Committed(msgspec.Struct, frozen=True):
    """What a commit added: records by class, and the metrics that have new data."""

    counts: RecordCounts = RecordCounts()
    metrics: frozenset[MetricKey] = frozenset()

    def __add__(self, other: "Committed") -> "Committed":
        return Committed(self.counts + other.counts, self.metrics | other.metrics)


def commit_file(
    transaction: Transaction, source_id: int, taken: Taken, filtering: Filtering, now_ms: int
) -> Committed:
    """Commits one file as its look says."""
    look, sources = taken.look, transaction.sources
    ledger = replace(taken.ledger, content_hash=look.content_hash, consumed_bytes=look.consumed_bytes)
    if look.kind is LookKind.PENDING:
        # What was consumed before stays consumed: only the rest is waited for.
        pending = replace(taken.ledger, state=FileState.PENDING, note=look.reason)
        sources.put_file(source_id, pending)
        return Committed()
    if look.kind is LookKind.UNCHANGED:
        state = taken.ledger.state if taken.ledger.state in FINAL_STATES else FileState.READ
        sources.put_file(source_id, replace(ledger, state=state))
        return Committed()
    if look.kind is LookKind.PASSED_OVER:
        sources.put_file(source_id, replace(ledger, state=FileState.PASSED_OVER, note=look.reason))
        return Committed()
    if look.kind is LookKind.DAMAGED:
        entry = RejectedEntry(taken.name, look.offset, look.reason, now_ms, look.excerpt)
        sources.add_rejected(source_id, [entry])
        sources.put_file(source_id, replace(ledger, state=FileState.REJECTED, note=look.reason))
        _log.warning("file rejected", file=taken.name, reason=look.reason)
        return Committed(RecordCounts(rejected=1))
    twin = sources.name_with_content(source_id, look.content_hash)
    if twin is not None and twin != taken.name:
        copied = replace(ledger, state=FileState.COPY, note=f"same content as {twin}")
        sources.put_file(source_id, copied)
        return Committed()
    state = FileState.READ if look.is_whole else FileState.PENDING
    note = "" if look.is_whole else "the last line may still be being written"
    sources.put_file(source_id, replace(ledger, state=state, note=note))
    return commit_records(transaction, source_id, taken, filtering, now_ms)


def commit_records(
    transaction: Transaction, source_id: int, taken: Taken, filtering: Filtering, now_ms: int
) -> Committed:
    """Commits the records of a file and what was rejected in it."""
    partial = taken.partial
    if partial is None:
        return Committed()
    sources = transaction.sources
    seen = sources.counted_before(identities_of(partial, filtering.set))
    settled = settle(partial, filtering.set, seen)
    sources.remember_counted(settled.identities, now_ms)
    transaction.datapoints.add(settled.contributions)
    transaction.events.add(_new_events(settled, taken.name, filtering.ids, now_ms))
    rejected = [*taken.look.rejected]
    rejected += [Rejected(each.offset, each.reason, each.excerpt) for each in partial.unreadable]
    entries = [RejectedEntry(taken.name, each.offset, each.reason, now_ms, each.excerpt) for each in rejected]
    sources.add_rejected(source_id, entries)
    if entries:
        _log.warning("records rejected", file=taken.name, records=len(entries), first=entries[0].reason)
    counts = settled.counts + RecordCounts(rejected=len(taken.look.rejected))
    return Committed(counts, frozenset(place.metric for place in settled.contributions))


def _new_events(settled: Settled, file_name: str, filter_ids: Sequence[int], now_ms: int) -> list[NewEvent]:
    return [
        NewEvent(
            facts=each.match.facts,
            delivered_ms=each.match.at_ms,
            stored_ms=now_ms,
            file_name=file_name,
            record=each.match.message,
            filter_ids=tuple(filter_ids[index] for index in each.filters),
        )
        for each in settled.counted
    ]
