"""Sources, the ledger of their files, what was rejected, and which records were counted."""

import enum
from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from trailbell.filters import RecordCounts
from trailbell.store._schema import counted_identity, rejected_record, source, source_file

__all__ = ["FileState", "LedgerFile", "RejectedEntry", "Sources", "StoredRejected", "StoredSource"]

_LOOKED_UP_AT_ONCE = 500

_WantedT = TypeVar("_WantedT", str, bytes)


class FileState(enum.StrEnum):
    """What became of a file.

    SEEN: noticed, not yet read. READ: its records are counted. PENDING: perhaps still being written.
    REJECTED: damaged, counted as one rejected record. COPY: its content was read under another name.
    PASSED_OVER: holds no records to read, such as a digest. UNREADABLE: there, and may not be opened;
    looked at again by every rescan, and not counted as read.
    """

    SEEN = "seen"
    READ = "read"
    PENDING = "pending"
    REJECTED = "rejected"
    COPY = "copy"
    PASSED_OVER = "passed-over"
    UNREADABLE = "unreadable"


class LedgerFile(msgspec.Struct, frozen=True):
    """What is known of one file of a source.

    first_seen_ms is the timestamp of its log events: a restart repeats it.
    consumed_bytes and content_hash tell how far an appended JSON Lines file was read.
    """

    name: str
    size_bytes: int
    modified_ns: int
    inode: int
    first_seen_ms: int
    state: FileState
    content_hash: bytes = b""
    consumed_bytes: int = 0
    note: str = ""


class RejectedEntry(msgspec.Struct, frozen=True):
    """A record, line or file that could not be read; offset -1 is the whole file or unknown.

    ``excerpt`` is how it begins.
    """

    file_name: str
    offset: int
    reason: str
    at_ms: int
    excerpt: bytes = b""


class StoredRejected(RejectedEntry, frozen=True):
    """What was rejected, as it is kept."""

    id: int = 0
    source_id: int = 0


class StoredSource(msgspec.Struct, frozen=True):
    """A source with what it has brought so far."""

    id: int
    location: str
    log_group: str
    created_ms: int
    caught_up_ms: int | None
    files: int
    counts: RecordCounts
    last_read_ms: int | None
    last_lag_ms: int | None


class Sources:
    """Where events come from and how far they were read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, location: str, log_group: str, now_ms: int) -> StoredSource:
        """Makes a source, or finds it again by its location."""
        self._connection.execute(
            upsert(source)
            .values(
                location=location,
                log_group=log_group,
                created_ms=now_ms,
                files=0,
                matched=0,
                unmatched=0,
                duplicate=0,
                rejected=0,
            )
            .on_conflict_do_nothing()
        )
        row = self._connection.execute(select(source).where(source.c.location == location)).one()
        return _source(row)

    def all(self) -> list[StoredSource]:
        """Lists the sources by location."""
        return [_source(row) for row in self._connection.execute(select(source).order_by(source.c.location))]

    def set_caught_up(self, source_id: int, now_ms: int) -> None:
        """Remembers that the first look at a source is complete."""
        self._connection.execute(
            update(source)
            .where(source.c.id == source_id, source.c.caught_up_ms.is_(None))
            .values(caught_up_ms=now_ms)
        )

    def add_counts(self, source_id: int, counts: RecordCounts, files: int, now_ms: int, lag_ms: int) -> None:
        """Adds what a step read to the source's totals."""
        own = source.c
        self._connection.execute(
            update(source)
            .where(own.id == source_id)
            .values(
                files=own.files + files,
                matched=own.matched + counts.matched,
                unmatched=own.unmatched + counts.unmatched,
                duplicate=own.duplicate + counts.duplicate,
                rejected=own.rejected + counts.rejected,
                last_read_ms=now_ms,
                last_lag_ms=lag_ms,
            )
        )

    def files(self, source_id: int, names: Collection[str]) -> dict[str, LedgerFile]:
        """Finds files by their names."""
        return {
            row.name: _file(row)
            for part in _parts(names)
            for row in self._connection.execute(
                select(source_file).where(source_file.c.source_id == source_id, source_file.c.name.in_(part))
            )
        }

    def names_by_content(self, source_id: int, content_hashes: Collection[bytes]) -> dict[bytes, str]:
        """Finds the names under which contents were read before; a file is the same by its content."""
        read = [FileState.READ.value, FileState.PASSED_OVER.value]
        return {
            row.content_hash: row.name
            for part in _parts(content_hashes)
            for row in self._connection.execute(
                select(source_file.c.content_hash, source_file.c.name).where(
                    source_file.c.source_id == source_id,
                    source_file.c.content_hash.in_(part),
                    source_file.c.state.in_(read),
                )
            )
        }

    def put_files(self, source_id: int, files: Iterable[LedgerFile]) -> None:
        """Writes what is known of files."""
        rows = [
            {
                **msgspec.structs.asdict(file),
                "source_id": source_id,
                "state": file.state.value,
                "content_hash": file.content_hash or None,
            }
            for file in files
        ]
        if rows:
            self._connection.execute(_PUT_FILE, rows)

    def forget_unreadable(self, source_id: int) -> None:
        """Forgets which files could not be opened: nothing was read of them, and the next look finds them."""
        self._connection.execute(
            delete(source_file).where(
                source_file.c.source_id == source_id, source_file.c.state == FileState.UNREADABLE.value
            )
        )

    def files_in(self, source_id: int, state: FileState) -> list[LedgerFile]:
        """Lists the files of a source that are in a state, by name."""
        found = self._connection.execute(
            select(source_file)
            .where(source_file.c.source_id == source_id, source_file.c.state == state.value)
            .order_by(source_file.c.name)
        )
        return [_file(row) for row in found]

    def file_counts(self, source_id: int) -> dict[FileState, int]:
        """Counts the files of a source by state."""
        found = self._connection.execute(
            select(source_file.c.state, func.count())
            .where(source_file.c.source_id == source_id)
            .group_by(source_file.c.state)
        )
        return {FileState(state): number for state, number in found}

    def add_rejected(self, source_id: int, entries: Iterable[RejectedEntry]) -> None:
        """Keeps the name, place and reason of what could not be read."""
        rows = [{"source_id": source_id, **msgspec.structs.asdict(each)} for each in entries]
        if rows:
            self._connection.execute(insert(rejected_record), rows)

    def rejected(self, limit: int = 100, file_name: str = "") -> list[StoredRejected]:
        """Lists what could not be read, newest first, of one file where it is named."""
        query = select(rejected_record).order_by(rejected_record.c.id.desc()).limit(limit)
        if file_name:
            query = query.where(rejected_record.c.file_name == file_name)
        return [_rejected(row) for row in self._connection.execute(query)]

    def find_rejected(self, rejected_id: int) -> StoredRejected | None:
        """Finds one of them by its number."""
        row = self._connection.execute(
            select(rejected_record).where(rejected_record.c.id == rejected_id)
        ).first()
        return None if row is None else _rejected(row)

    def rejected_offsets(self, source_id: int, file_name: str) -> list[int]:
        """Lists where in a file something was rejected."""
        found = self._connection.execute(
            select(rejected_record.c.offset).where(
                rejected_record.c.source_id == source_id, rejected_record.c.file_name == file_name
            )
        )
        return list(found.scalars())

    def drop_rejected(self, source_id: int, file_name: str, offsets: Collection[int] | None = None) -> int:
        """Forgets what was rejected of a file, all or at the given places; returns how many."""
        unwanted = delete(rejected_record).where(
            rejected_record.c.source_id == source_id, rejected_record.c.file_name == file_name
        )
        if offsets is not None:
            unwanted = unwanted.where(rejected_record.c.offset.in_(offsets))
        return self._connection.execute(unwanted).rowcount

    def counted_before(self, identities: Collection[bytes]) -> set[bytes]:
        """Finds which of the given identities had been counted."""
        return {
            identity
            for part in _parts(identities)
            for identity in self._connection.execute(
                select(counted_identity.c.identity).where(counted_identity.c.identity.in_(part))
            ).scalars()
        }

    def remember_counted(self, identities: Collection[bytes], now_ms: int) -> None:
        """Remembers identities that are counted now."""
        if identities:
            self._connection.execute(
                insert(counted_identity), [{"identity": each, "at_ms": now_ms} for each in identities]
            )

    def forget_counted(self, identities: Collection[bytes]) -> None:
        """Forgets identities, as if they had never been counted."""
        for part in _parts(identities):
            self._connection.execute(delete(counted_identity).where(counted_identity.c.identity.in_(part)))


# Built once: a million small files are a million of these.
_NEW_FILE = upsert(source_file)
_PUT_FILE = _NEW_FILE.on_conflict_do_update(
    index_elements=["source_id", "name"],
    set_={column.name: column for column in _NEW_FILE.excluded if not column.primary_key},
)


def _parts(wanted: Collection[_WantedT]) -> Iterator[list[_WantedT]]:
    """Cuts what is looked up into lists that a statement can hold."""
    rest = list(wanted)
    for start in range(0, len(rest), _LOOKED_UP_AT_ONCE):
        yield rest[start : start + _LOOKED_UP_AT_ONCE]


def _rejected(row: Row[Any]) -> StoredRejected:
    return StoredRejected(
        file_name=row.file_name,
        offset=row.offset,
        reason=row.reason,
        at_ms=row.at_ms,
        excerpt=row.excerpt or b"",
        id=row.id,
        source_id=row.source_id,
    )


def _file(row: Row[Any]) -> LedgerFile:
    return LedgerFile(
        name=row.name,
        size_bytes=row.size_bytes,
        modified_ns=row.modified_ns,
        inode=row.inode,
        first_seen_ms=row.first_seen_ms,
        state=FileState(row.state),
        content_hash=row.content_hash or b"",
        consumed_bytes=row.consumed_bytes,
        note=row.note,
    )


def _source(row: Row[Any]) -> StoredSource:
    return StoredSource(
        id=row.id,
        location=row.location,
        log_group=row.log_group,
        created_ms=row.created_ms,
        caught_up_ms=row.caught_up_ms,
        files=row.files,
        counts=RecordCounts(row.matched, row.unmatched, row.duplicate, row.rejected),
        last_read_ms=row.last_read_ms,
        last_lag_ms=row.last_lag_ms,
    )
