"""From found files to committed datapoints: read, fold, and one transaction with the ledger.

After a crash anywhere a file is either read again whole or known to be done.
"""

import threading
from collections.abc import Callable, Sequence

import msgspec
import structlog
from msgspec.structs import replace

from trailbell.chain._clock import Clock
from trailbell.chain._commit import FINAL_STATES, Filtering, GroupCommit, Taken
from trailbell.chain._large import LargeFile, LargeFiles
from trailbell.chain._reading import (
    LARGE_BYTES,
    MAXIMUM_FILE_BYTES,
    SETTLED_AFTER_MS,
    Look,
    LookKind,
    look_at,
)
from trailbell.cloudtrail import parse_file_name
from trailbell.filters import Batch, LogEvent, RecordCounts, fold
from trailbell.metrics import MetricKey
from trailbell.sources import FoundFile, Source, SourceError, UnreadableFile
from trailbell.store import FileState, LedgerFile, Store, StoredSource

__all__ = ["Backlog", "Ingest"]

_log = structlog.get_logger(__name__)


class Backlog(msgspec.Struct, frozen=True):
    """When a file that was there before the first start rings nothing.

    horizon_ms: returns how far back alarms look; what is older could not have rung now.
    news_from_ms: files made since this instant ring all the same.
    """

    horizon_ms: Callable[[], int]
    news_from_ms: int


class Ingest:
    """Takes the files of one source.

    Args:
        store: Where everything goes.
        clock: The time.
        source: Where files are read from.
        stored: The source's row.
        backlog: What makes an old file of a first start backlog.
        is_stopping: Tells whether to leave off in the middle of a large file.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        source: Source,
        stored: StoredSource,
        backlog: Backlog,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._source = source
        self.stored = stored
        self._backlog = backlog
        self._is_first_start = stored.caught_up_ms is None
        self._backlog_files = 0
        self._backlog_records = 0
        self._large_files = LargeFiles(store, clock, source, stored, is_stopping)
        # Files are taken by one thread; a retry comes from another.
        self._taking = threading.Lock()

    def take(self, found: Sequence[FoundFile | UnreadableFile], filtering: Filtering) -> frozenset[MetricKey]:
        """Reads what is new among the files found and commits it; returns the metrics with new data."""
        with self._taking:
            metrics: frozenset[MetricKey] = frozenset()
            taken: list[Taken] = []
            for file, ledger in self._note(found):
                one = self._look(file, ledger)
                if one is not None and one.look.kind is LookKind.LARGE:
                    metrics |= self._take_large(file, one.ledger, filtering)
                elif one is not None:
                    taken.append(self._fold(one, filtering))
            return metrics | self._commit(taken, filtering) if taken else metrics

    def caught_up(self) -> None:
        """Remembers that everything there was at the first look has been read: the rest is live."""
        if not self._is_first_start:
            return
        with self._store.write() as transaction:
            transaction.sources.set_caught_up(self.stored.id, self._clock.now_ms())
        self._is_first_start = False
        if self._backlog_files:
            _log.info(
                "first look complete: older files were counted and can be searched, and rang no alarm",
                source=self.stored.location,
                files=self._backlog_files,
                records=self._backlog_records,
                search="trailbell events",
                to_have_them_ring="start on an empty data folder with --from WHEN",
            )

    def _note(self, found: Sequence[FoundFile | UnreadableFile]) -> list[tuple[FoundFile, LedgerFile]]:
        """Finds the files to look at; those never seen first get the moment they were seen on record."""
        now_ms = self._clock.now_ms()
        # A file that was found twice since the last group is one file, as it was found last.
        files = list({each.name: each for each in found if isinstance(each, FoundFile)}.values())
        with self._store.read() as transaction:
            known = transaction.sources.files(self.stored.id, [each.name for each in found])
        for each in found:
            if isinstance(each, UnreadableFile):
                unreadable = known.get(each.name) or LedgerFile(each.name, 0, 0, 0, now_ms, FileState.SEEN)
                self._set_unreadable(unreadable, each.reason)
        new = {
            file.name: LedgerFile(
                file.name, file.size_bytes, file.modified_ns, file.inode, now_ms, FileState.SEEN
            )
            for file in files
            if file.name not in known
        }
        if new:
            with self._store.write() as transaction:
                transaction.sources.put_files(self.stored.id, new.values())
        return [
            (file, ledger)
            for file in files
            if (ledger := known.get(file.name) or new[file.name]).state not in FINAL_STATES
            or not _is_same(ledger, file)
        ]

    def _look(self, file: FoundFile, ledger: LedgerFile) -> Taken | None:
        now_ms = self._clock.now_ms()
        if file.size_bytes > MAXIMUM_FILE_BYTES:
            look = Look(LookKind.DAMAGED, reason=f"the file is larger than {MAXIMUM_FILE_BYTES} bytes")
        elif file.size_bytes > LARGE_BYTES:
            look = Look(LookKind.LARGE)
        else:
            try:
                read = self._source.read_file(file, LARGE_BYTES)
            except SourceError as error:
                self._leave(ledger, error)
                return None
            is_settled = read.stable and self._is_settled(file)
            look = look_at(read.content, file.name, ledger, is_settled=is_settled)
        self._look_again_if_unfinished(file, look)
        if not _is_same(ledger, file) and look.kind is LookKind.RECORDS and not _goes_on(ledger, look):
            # A replaced file is a new one: its events are as old as the replacement.
            ledger = replace(ledger, first_seen_ms=now_ms)
        ledger = replace(
            ledger, size_bytes=file.size_bytes, modified_ns=file.modified_ns, inode=file.inode, note=""
        )
        return Taken(file.name, ledger, look)

    def _take_large(self, file: FoundFile, ledger: LedgerFile, filtering: Filtering) -> frozenset[MetricKey]:
        at_ms = self._event_ms(ledger)
        large = LargeFile(file, ledger, at_ms, is_settled=self._is_settled(file))
        try:
            look, metrics = self._large_files.take(large, filtering)
        except SourceError as error:
            self._leave(ledger, error)
            return frozenset()
        self._look_again_if_unfinished(file, look)
        if at_ms != ledger.first_seen_ms:
            self._backlog_files += 1
        return metrics

    def _is_settled(self, file: FoundFile) -> bool:
        return self._clock.now_ms() - file.modified_ns // 1_000_000 >= SETTLED_AFTER_MS

    def _look_again_if_unfinished(self, file: FoundFile, look: Look) -> None:
        if look.kind is LookKind.PENDING or not look.is_whole:
            self._source.look_again(file, SETTLED_AFTER_MS / 1000)

    def _leave(self, ledger: LedgerFile, error: SourceError) -> None:
        """Leaves a file for later: a gone one comes back by itself, the others by the next rescan."""
        if self._source.find(ledger.name) is None:
            _log.warning("file is gone before it was read", file=ledger.name, reason=error.reason)
        else:
            self._set_unreadable(ledger, error.reason)

    def _set_unreadable(self, ledger: LedgerFile, reason: str) -> None:
        """Puts on record that a file may not be opened now; what was read of it before stays read."""
        _log.warning("file cannot be read", file=ledger.name, reason=reason)
        if ledger.state in {FileState.SEEN, FileState.UNREADABLE}:
            unreadable = replace(ledger, state=FileState.UNREADABLE, note=reason)
            with self._store.write() as transaction:
                transaction.sources.put_files(self.stored.id, [unreadable])

    def _fold(self, taken: Taken, filtering: Filtering) -> Taken:
        if taken.look.kind is not LookKind.RECORDS:
            return taken
        at_ms = self._event_ms(taken.ledger)
        if at_ms != taken.ledger.first_seen_ms:
            self._backlog_files += 1
            self._backlog_records += len(taken.look.records)
        events = tuple(LogEvent(at_ms, each.content, each.offset) for each in taken.look.records)
        return replace(taken, partial=fold(Batch(events, is_checked=True), filtering.set))

    def _event_ms(self, ledger: LedgerFile) -> int:
        """Says when a file's log events arrived: when it was first seen or, for backlog, as its name says."""
        first_seen_ms = ledger.first_seen_ms
        if not self._is_first_start:
            return first_seen_ms
        name = parse_file_name(ledger.name)
        made_ms = ledger.modified_ns // 1_000_000 if name is None else name.minute_ms
        is_backlog = made_ms < min(first_seen_ms - self._backlog.horizon_ms(), self._backlog.news_from_ms)
        return made_ms if is_backlog else first_seen_ms

    def _commit(self, taken: Sequence[Taken], filtering: Filtering) -> frozenset[MetricKey]:
        counts = RecordCounts()
        files = 0
        now_ms = self._clock.now_ms()
        lag_ms = 0
        with self._store.write() as transaction:
            group = GroupCommit(transaction, self.stored.id, filtering, now_ms)
            group.look_up(taken)
            for each in taken:
                added = group.add_file(each)
                counts += added
                if added.read:
                    files += 1
                    lag_ms = max(lag_ms, now_ms - each.ledger.first_seen_ms)
            group.flush()
            if files:
                transaction.sources.add_counts(self.stored.id, counts, files, now_ms, lag_ms)
        return frozenset(group.metrics)


def _is_same(known: LedgerFile, file: FoundFile) -> bool:
    return (known.size_bytes, known.modified_ns, known.inode) == (
        file.size_bytes,
        file.modified_ns,
        file.inode,
    )


def _goes_on(ledger: LedgerFile, look: Look) -> bool:
    return bool(ledger.consumed_bytes) and look.consumed_bytes > ledger.consumed_bytes
