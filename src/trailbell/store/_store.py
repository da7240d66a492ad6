"""The embedded database: one file, one process, one writer connection.

SQLite in WAL mode with ``synchronous=FULL``: when a write transaction has ended it is on the disk.
Readers have connections of their own and cannot write. One writer and short read transactions also
keep clear of the rare WAL-reset defect of SQLite before 3.51.3, which needs two writers.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from trailbell.store._errors import StoreError
from trailbell.store._lock import FolderLock
from trailbell.store._migrate import migrate
from trailbell.store._transaction import Transaction

__all__ = ["Store"]

_DATABASE_NAME = "trailbell.db"
_READERS = 4
_BUSY_SECONDS = 10

_RESTORE = (
    "; restore a backup, or start with an empty folder (--data): what is still in the sources is read again"
)
_ADVICE = {
    "malformed": _RESTORE,
    "not a database": _RESTORE,
    "full": "; make room: nothing is lost, and reading goes on by itself",
    "disk I/O error": "; look at the disk: nothing is lost, and reading goes on once it can be written",
    "readonly": "; let this user write to it",
    "unable to open": "; let this user read and write it",
}


class Store:
    """A data folder that this process owns, with its database brought to the present schema.

    Raises:
        LockedError: Another server owns the folder.
        NewerSchemaError: A newer version wrote the database.
        StoreError: The folder or the database cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / _DATABASE_NAME
        self._lock = FolderLock(folder)
        self._writing = threading.RLock()
        try:
            self._writer = _engine(self.path, read_only=False)
            with self._begin(self._writer) as connection:
                migrate(connection, self.path)
            self._readers = _engine(self.path, read_only=True)
        except BaseException:
            self._lock.release()
            raise

    @contextlib.contextmanager
    def write(self) -> Iterator[Transaction]:
        """Opens the one write transaction; it is durable when the block ends, undone when it raises."""
        with self._writing, self._begin(self._writer) as connection:
            yield Transaction(connection)

    @contextlib.contextmanager
    def read(self) -> Iterator[Transaction]:
        """Opens a read transaction that sees one state of the database throughout."""
        with self._begin(self._readers) as connection:
            yield Transaction(connection)

    def close(self) -> None:
        """Closes every connection and gives the folder up."""
        with self._writing:
            self._readers.dispose()
            self._writer.dispose()
            self._lock.release()

    def backup(self, target: Path) -> None:
        """Writes a whole copy of the database, as of one moment, while everything goes on.

        Raises:
            StoreError: The copy cannot be written.
        """
        try:
            with (
                contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as source,
                contextlib.closing(sqlite3.connect(target)) as copy,
            ):
                source.backup(copy)
        except sqlite3.Error as error:
            raise StoreError(f"the backup {target} cannot be written: {error}") from error

    def size_bytes(self) -> int:
        """Size of the database with its write-ahead log."""
        return sum(
            each.stat().st_size for each in self.path.parent.glob(f"{_DATABASE_NAME}*") if each.is_file()
        )

    @contextlib.contextmanager
    def _begin(self, engine: Engine) -> Iterator[Connection]:
        try:
            with engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            advice = next((words for sign, words in _ADVICE.items() if sign in str(error.orig)), "")
            raise StoreError(f"the database {self.path} cannot be used: {error.orig}{advice}") from error


def _engine(path: Path, *, read_only: bool) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"check_same_thread": False, "timeout": _BUSY_SECONDS},
        **({"poolclass": QueuePool, "pool_size": _READERS} if read_only else {"poolclass": StaticPool}),
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        # The driver's own transaction handling would begin too late and never IMMEDIATE.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if read_only:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
