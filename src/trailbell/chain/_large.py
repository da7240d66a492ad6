"""Files too large to be held: read twice in chunks, first to know them, then to count them.

The second reading happens inside the one transaction that commits the file, so that damage found at its end
takes back what was counted from its beginning.
"""

from collections.abc import Callable, Iterable, Iterator

import msgspec
from msgspec.structs import replace

from trailbell._errors import TrailbellError
from trailbell.chain._clock import Clock
from trailbell.chain._commit import FINAL_STATES, Filtering, GroupCommit, Taken
from trailbell.chain._hash_trail import HashTrail
from trailbell.chain._reading import MAXIMUM_FILE_BYTES, Look, LookKind, Rejected
from trailbell.cloudtrail import DamagedContentError, Reading, decompressed, read_pieces
from trailbell.filters import Batch, LogEvent, RecordCounts, fold
from trailbell.metrics import MetricKey
from trailbell.sources import FoundFile, Source
from trailbell.store import FileState, LedgerFile, Store, StoredSource

__all__ = ["LargeFile", "LargeFiles"]

_GZIP_MAGIC = b"\x1f\x8b"
_CHANGING = "the file changed while it was read"
_STOPPED = "the server was stopped while it read the file"


class LargeFile(msgspec.Struct, frozen=True):
    """A large file to take.

    ledger: what is known of it, with its present size and time. at_ms: when its log events arrived.
    is_settled: it has not changed for long enough to be taken as it is.
    """

    found: FoundFile
    ledger: LedgerFile
    at_ms: int
    is_settled: bool


class _NotNowError(TrailbellError):
    """The file cannot be read to its end now."""


class LargeFiles:
    """Takes the large files of one source, one at a time.

    Asked to stop, it leaves off in the middle of a file, takes back what it counted, and reads it anew later.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        source: Source,
        stored: StoredSource,
        is_stopping: Callable[[], bool],
    ) -> None:
        self._is_stopping = is_stopping
        self._store = store
        self._clock = clock
        self._source = source
        self._stored = stored

    def take(self, file: LargeFile, filtering: Filtering) -> tuple[Look, frozenset[MetricKey]]:
        """Reads and commits one file; returns what was decided and the metrics that have new data.

        Raises:
            SourceError: The file cannot be read.
        """
        known = file.ledger
        trail = HashTrail(known.consumed_bytes)
        with self._source.open_file(file.found) as opened:
            starts = [chunk[: len(_GZIP_MAGIC)] for chunk in trail.follow(opened.chunks())][:1]
            if not opened.stable:
                return self._set_aside(known, Look(LookKind.PENDING, reason=_CHANGING))
        is_done = known.state in FINAL_STATES and known.content_hash == trail.digest
        if is_done or self._has_twin(known.name, trail.digest):
            kind = LookKind.UNCHANGED if is_done else LookKind.RECORDS
            look = Look(kind, content_hash=trail.digest, consumed_bytes=trail.size_bytes)
            return self._set_aside(known, look)
        goes_on = bool(known.consumed_bytes) and trail.digest_at_mark == known.content_hash
        text = _Text(
            is_compressed=starts == [_GZIP_MAGIC],
            start=known.consumed_bytes if goes_on and starts != [_GZIP_MAGIC] else 0,
        )
        try:
            return self._count(file, text, filtering)
        except _NotNowError as error:
            return self._set_aside(known, Look(LookKind.PENDING, reason=str(error)))
        except DamagedContentError as error:
            kind = LookKind.DAMAGED if file.is_settled else LookKind.PENDING
            look = Look(kind, reason=error.reason, content_hash=trail.digest, offset=error.offset)
            return self._set_aside(known, look)

    def _has_twin(self, name: str, content_hash: bytes) -> bool:
        with self._store.read() as transaction:
            twins = transaction.sources.names_by_content(self._stored.id, [content_hash])
        return twins.get(content_hash, name) != name

    def _set_aside(self, ledger: LedgerFile, look: Look) -> tuple[Look, frozenset[MetricKey]]:
        """Commits what is known of a file that is not counted now."""
        now_ms = self._clock.now_ms()
        taken = Taken(ledger.name, ledger, look)
        with self._store.write() as transaction:
            group = GroupCommit(transaction, self._stored.id, Filtering(()), now_ms)
            group.look_up([taken])
            counts = group.add_file(taken)
            group.flush()
            if counts.read:
                transaction.sources.add_counts(self._stored.id, counts, 1, now_ms, 0)
        return look, frozenset()

    def _count(
        self, file: LargeFile, text: "_Text", filtering: Filtering
    ) -> tuple[Look, frozenset[MetricKey]]:
        now_ms = self._clock.now_ms()
        trail = HashTrail()
        counts = RecordCounts()
        reading = Reading((), (), "", lines=False, consumed_bytes=0)
        with self._source.open_file(file.found) as opened, self._store.write() as transaction:
            group = GroupCommit(transaction, self._stored.id, filtering, now_ms)
            chunks = text.of(trail.follow(opened.chunks()))
            for reading in read_pieces(chunks, file.ledger.name, goes_on=text.start > 0):
                if self._is_stopping():
                    raise _NotNowError(_STOPPED)
                counts += self._add(group, file, _moved(reading, text.start), filtering)
            if not opened.stable:
                raise _NotNowError(_CHANGING)
            look = _decided(reading, text, trail, is_settled=file.is_settled)
            counts += group.add_records(
                Taken(file.ledger.name, file.ledger, look, fold(_NOTHING, filtering.set))
            )
            group.put_file(_read(file.ledger, look))
            group.flush()
            lag_ms = now_ms - file.ledger.first_seen_ms
            transaction.sources.add_counts(self._stored.id, counts, 1, now_ms, lag_ms)
        return look, frozenset(group.metrics)

    @staticmethod
    def _add(group: GroupCommit, file: LargeFile, look: Look, filtering: Filtering) -> RecordCounts:
        events = tuple(LogEvent(file.at_ms, each.content, each.offset) for each in look.records)
        taken = Taken(
            file.ledger.name, file.ledger, look, fold(Batch(events, is_checked=True), filtering.set)
        )
        group.look_up([replace(taken, look=Look(LookKind.PENDING))])
        counts = group.add_records(taken)
        # What was gathered is written now: all matches of such a file would not fit into memory either.
        group.flush()
        return counts


_NOTHING = Batch(())


class _Text:
    """The text of a file as it comes out of its chunks, from a place on if it was read up to there before."""

    def __init__(self, *, is_compressed: bool, start: int) -> None:
        self.is_compressed = is_compressed
        self.start = start
        self.size_bytes = 0

    def of(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yields the text, and counts it."""
        rest = decompressed(chunks, MAXIMUM_FILE_BYTES) if self.is_compressed else self._from_start(chunks)
        for part in rest:
            self.size_bytes += len(part)
            yield part

    def _from_start(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        skipped = 0
        for chunk in chunks:
            left = chunk[max(self.start - skipped, 0) :]
            skipped += len(chunk) - len(left)
            if left:
                yield left


def _moved(reading: Reading, by: int) -> Look:
    """Takes a piece for a look, its places counted from the beginning of the file."""
    return Look(
        LookKind.RECORDS,
        records=tuple(replace(each, offset=_place(each.offset, by)) for each in reading.records),
        rejected=tuple(Rejected(_place(each.offset, by), each.reason, b"") for each in reading.rejected),
    )


def _place(offset: int, by: int) -> int:
    return offset + by if offset >= 0 else offset


def _decided(reading: Reading, text: _Text, trail: HashTrail, *, is_settled: bool) -> Look:
    """Says how far the file was read, from its last piece."""
    if reading.passed_over:
        return Look(LookKind.PASSED_OVER, reading.passed_over, content_hash=trail.digest)
    look = Look(LookKind.RECORDS, content_hash=trail.digest, consumed_bytes=trail.size_bytes)
    if reading.consumed_bytes >= text.size_bytes:
        return look
    if text.is_compressed or is_settled:
        cut = Rejected(text.start + reading.consumed_bytes, "the last line is cut", b"")
        return replace(look, rejected=(cut,))
    consumed = text.start + reading.consumed_bytes
    digest = trail.digest_at(consumed)
    if digest is None:
        raise _NotNowError("its last line, of several mebibytes, may still be being written")
    return replace(look, content_hash=digest, consumed_bytes=consumed, is_whole=False)


def _read(ledger: LedgerFile, look: Look) -> LedgerFile:
    state = FileState.READ if look.is_whole else FileState.PENDING
    if look.kind is LookKind.PASSED_OVER:
        state = FileState.PASSED_OVER
    return replace(
        ledger,
        state=state,
        note=look.reason,
        content_hash=look.content_hash,
        consumed_bytes=look.consumed_bytes,
    )
