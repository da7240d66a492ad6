"""From found files to committed datapoints: read, fold, and one transaction with the ledger.

Nothing of a file is counted unless its ledger row says so in the same transaction, so that after a
crash anywhere the file is either read again whole or known to be done.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec
import structlog
from msgspec.structs import replace

from trailbell.chain._clock import Clock
from trailbell.chain._reading import MAXIMUM_CONTENT_BYTES, SETTLED_AFTER_MS, Look, LookKind, look_at
from trailbell.cloudtrail import parse_file_name
from trailbell.filters import (
    Batch,
    FilterSet,
    LogEvent,
    Partial,
    RecordCounts,
    Settled,
    fold,
    identities_of,
    settle,
)
from trailbell.metrics import MetricKey
from trailbell.sources import FoundFile, Source, SourceError, UnreadableFile
from trailbell.store import (
    FileState,
    LedgerFile,
    NewEvent,
    RejectedEntry,
    Store,
    StoredFilter,
    StoredSource,
    Transaction,
)

__all__ = ["Filtering", "Ingest"]

_log = structlog.get_logger(__name__)

_FINAL_STATES = frozenset({FileState.READ, FileState.REJECTED, FileState.COPY, FileState.PASSED_OVER})


class Filtering:
    """The stored filters of a log group with their compiled set."""

    def __init__(self, stored: Sequence[StoredFilter]) -> None:
        self.ids = tuple(each.id for each in stored)
        self.set = FilterSet([each.definition for each in stored])


class _Taken(msgspec.Struct, frozen=True):
    """A file with the decision about it and what its records matched."""

    found: FoundFile
    ledger: LedgerFile
    look: Look
    partial: Partial | None = None


class Ingest:
    """Takes the files of one source.

    Args:
        store: Where everything goes.
        clock: The time.
        source: Where files are read from.
        stored: The source's row.
        horizon_ms: Returns how far back alarms look: older files of a first start are backlog.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        source: Source,
        stored: StoredSource,
        horizon_ms: Callable[[], int],
    ) -> None:
        self._store = store
        self._clock = clock
        self._source = source
        self._stored = stored
        self._horizon_ms = horizon_ms
        self._is_first_start = stored.caught_up_ms is None

    def take(self, found: Iterable[FoundFile | UnreadableFile], filtering: Filtering) -> set[MetricKey]:
        """Reads what is new among the files found and commits it; returns the metrics with new data."""
        looked_at = self._note(found)
        taken = [
            each for each in (self._look(file, ledger) for file, ledger in looked_at) if each is not None
        ]
        folded = [self._fold(each, filtering) for each in taken]
        return self._commit(folded, filtering) if folded else set()

    def caught_up(self) -> None:
        """Remembers that everything there was at the first look has been read: the rest is live."""
        if self._is_first_start:
            with self._store.write() as transaction:
                transaction.sources.set_caught_up(self._stored.id, self._clock.now_ms())
            self._is_first_start = False

    def _note(self, found: Iterable[FoundFile | UnreadableFile]) -> list[tuple[FoundFile, LedgerFile]]:
        """Finds the files to look at; those never seen first get the moment they were seen on record."""
        now_ms = self._clock.now_ms()
        looked_at: list[tuple[FoundFile, LedgerFile]] = []
        new: list[LedgerFile] = []
        with self._store.read() as transaction:
            for file in found:
                if isinstance(file, UnreadableFile):
                    _log.warning("file cannot be read", file=file.name, reason=file.reason)
                    continue
                known = transaction.sources.file(self._stored.id, file.name)
                if known is None:
                    known = LedgerFile(
                        file.name, file.size_bytes, file.modified_ns, file.inode, now_ms, FileState.SEEN
                    )
                    new.append(known)
                elif known.state in _FINAL_STATES and _is_same(known, file):
                    continue
                looked_at.append((file, known))
        if new:
            with self._store.write() as transaction:
                for each in new:
                    transaction.sources.put_file(self._stored.id, each)
        return looked_at

    def _look(self, file: FoundFile, ledger: LedgerFile) -> _Taken | None:
        now_ms = self._clock.now_ms()
        if file.size_bytes > MAXIMUM_CONTENT_BYTES:
            look = Look(LookKind.DAMAGED, reason=f"the file is larger than {MAXIMUM_CONTENT_BYTES} bytes")
        else:
            try:
                read = self._source.read_file(file, MAXIMUM_CONTENT_BYTES)
            except SourceError as error:
                # Gone files come back by themselves; the others are looked at again by every rescan.
                _log.warning("file cannot be read", file=file.name, reason=str(error))
                return None
            is_settled = read.stable and now_ms - file.modified_ns // 1_000_000 >= SETTLED_AFTER_MS
            look = look_at(read.content, file.name, ledger, is_settled=is_settled)
        if look.kind is LookKind.PENDING or not look.is_whole:
            self._source.look_again(file, SETTLED_AFTER_MS / 1000)
        if not _is_same(ledger, file) and look.kind is LookKind.RECORDS and not _goes_on(ledger, look):
            # A replaced file is a new one: its events are as old as the replacement.
            ledger = replace(ledger, first_seen_ms=now_ms)
        ledger = replace(
            ledger, size_bytes=file.size_bytes, modified_ns=file.modified_ns, inode=file.inode, note=""
        )
        return _Taken(file, ledger, look)

    def _fold(self, taken: _Taken, filtering: Filtering) -> _Taken:
        if taken.look.kind is not LookKind.RECORDS:
            return taken
        at_ms = self._event_ms(taken)
        events = tuple(LogEvent(at_ms, each.content, each.offset) for each in taken.look.records)
        return replace(taken, partial=fold(Batch(events), filtering.set))

    def _event_ms(self, taken: _Taken) -> int:
        """Says when a file's log events arrived: when it was first seen or, for backlog, as its name says."""
        first_seen_ms = taken.ledger.first_seen_ms
        if not self._is_first_start:
            return first_seen_ms
        name = parse_file_name(taken.found.name)
        made_ms = taken.found.modified_ns // 1_000_000 if name is None else name.minute_ms
        return made_ms if made_ms < first_seen_ms - self._horizon_ms() else first_seen_ms

    def _commit(self, taken: Sequence[_Taken], filtering: Filtering) -> set[MetricKey]:
        changed: set[MetricKey] = set()
        counts = RecordCounts()
        files = 0
        now_ms = self._clock.now_ms()
        lag_ms = 0
        with self._store.write() as transaction:
            for each in taken:
                added, metrics = self._commit_one(transaction, each, filtering, now_ms)
                counts += added
                changed |= metrics
                if added.read:
                    files += 1
                    lag_ms = max(lag_ms, now_ms - each.ledger.first_seen_ms)
            if files:
                transaction.sources.add_counts(self._stored.id, counts, files, now_ms, lag_ms)
        return changed

    def _commit_one(
        self, transaction: Transaction, taken: _Taken, filtering: Filtering, now_ms: int
    ) -> tuple[RecordCounts, set[MetricKey]]:
        """Commits one file: its counts, its data, and what the ledger says of it from now on."""
        look, sources = taken.look, transaction.sources
        ledger = replace(taken.ledger, content_hash=look.content_hash, consumed_bytes=look.consumed_bytes)
        if look.kind is LookKind.PENDING:
            # What was consumed before stays consumed: only the rest is waited for.
            pending = replace(taken.ledger, state=FileState.PENDING, note=look.reason)
            sources.put_file(self._stored.id, pending)
            return RecordCounts(), set()
        if look.kind is LookKind.UNCHANGED:
            sources.put_file(self._stored.id, replace(ledger, state=_settled_state(taken.ledger)))
            return RecordCounts(), set()
        if look.kind is LookKind.PASSED_OVER:
            passed = replace(ledger, state=FileState.PASSED_OVER, note=look.reason)
            sources.put_file(self._stored.id, passed)
            return RecordCounts(), set()
        if look.kind is LookKind.DAMAGED:
            entry = RejectedEntry(taken.found.name, look.offset, look.reason, now_ms)
            sources.add_rejected(self._stored.id, [entry])
            sources.put_file(self._stored.id, replace(ledger, state=FileState.REJECTED, note=look.reason))
            _log.warning("file rejected", file=taken.found.name, reason=look.reason)
            return RecordCounts(rejected=1), set()
        twin = sources.name_with_content(self._stored.id, look.content_hash)
        if twin is not None and twin != taken.found.name:
            copied = replace(ledger, state=FileState.COPY, note=f"same content as {twin}")
            sources.put_file(self._stored.id, copied)
            return RecordCounts(), set()
        state = FileState.READ if look.is_whole else FileState.PENDING
        note = "" if look.is_whole else "the last line may still be being written"
        sources.put_file(self._stored.id, replace(ledger, state=state, note=note))
        return self._count(transaction, taken, filtering, now_ms)

    def _count(
        self, transaction: Transaction, taken: _Taken, filtering: Filtering, now_ms: int
    ) -> tuple[RecordCounts, set[MetricKey]]:
        partial = taken.partial
        if partial is None:
            return RecordCounts(), set()
        sources = transaction.sources
        seen = sources.counted_before(identities_of(partial, filtering.set))
        settled = settle(partial, filtering.set, seen)
        sources.remember_counted(settled.identities, now_ms)
        transaction.datapoints.add(settled.contributions)
        transaction.events.add(_new_events(settled, taken.found.name, filtering.ids, now_ms))
        reasons = [(each.offset, each.reason) for each in taken.look.rejected]
        reasons += [(each.offset, each.reason) for each in partial.unreadable]
        entries = [RejectedEntry(taken.found.name, offset, reason, now_ms) for offset, reason in reasons]
        sources.add_rejected(self._stored.id, entries)
        if entries:
            _log.warning(
                "records rejected", file=taken.found.name, records=len(entries), first=entries[0].reason
            )
        counts = settled.counts + RecordCounts(rejected=len(taken.look.rejected))
        return counts, {place.metric for place in settled.contributions}


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


def _is_same(known: LedgerFile, file: FoundFile) -> bool:
    return (known.size_bytes, known.modified_ns, known.inode) == (
        file.size_bytes,
        file.modified_ns,
        file.inode,
    )


def _goes_on(ledger: LedgerFile, look: Look) -> bool:
    return bool(ledger.consumed_bytes) and look.consumed_bytes > ledger.consumed_bytes


def _settled_state(ledger: LedgerFile) -> FileState:
    return ledger.state if ledger.state in _FINAL_STATES else FileState.READ
