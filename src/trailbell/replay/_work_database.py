"""The private database of one replay: what does not fit into memory goes to a temporary file, unseen."""

import sqlite3

__all__ = ["CACHE_BYTES", "open_work_database"]

CACHE_BYTES = 24 * 1024 * 1024
"""How much of the database is held in memory before SQLite moves it to the file."""

_TABLES = """
CREATE TABLE file (
    path BLOB PRIMARY KEY, shown BLOB, size_bytes INTEGER, minute_ms INTEGER, modified_ms INTEGER
) WITHOUT ROWID;
CREATE TABLE ordered (
    position INTEGER PRIMARY KEY, path BLOB, shown BLOB,
    size_bytes INTEGER, minute_ms INTEGER, modified_ms INTEGER
);
CREATE TABLE waiting (position INTEGER PRIMARY KEY, content BLOB);
CREATE TABLE twin (fingerprint INTEGER PRIMARY KEY, path BLOB);
CREATE TABLE counted (identity BLOB PRIMARY KEY, at_ms INTEGER) WITHOUT ROWID;
CREATE TABLE sample (
    series INTEGER, minute_ms INTEGER,
    sample_count REAL, sum REAL, minimum REAL, maximum REAL, bins BLOB
);
CREATE TABLE witness (series INTEGER, minute_ms INTEGER, evidence BLOB, callers BLOB);
CREATE TABLE moved (at_ms INTEGER, alarm INTEGER, state TEXT, start_ms INTEGER);
CREATE TABLE composite_step (
    composite INTEGER, at_ms INTEGER, from_state TEXT, to_state TEXT, reason TEXT,
    start_ms INTEGER, seen_ms INTEGER, paged_ms INTEGER
);
"""


def open_work_database(cache_bytes: int = CACHE_BYTES) -> sqlite3.Connection:
    """Opens an empty database that nobody else sees and that is gone when it is closed.

    A crash leaves nothing of it behind, so that it needs no journal and is never committed.
    """
    # The empty name stands for a file that SQLite makes when the cache is full, and deletes by itself.
    connection = sqlite3.connect("", isolation_level=None)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(f"PRAGMA cache_size = -{max(cache_bytes // 1024, 1)}")
    connection.executescript(_TABLES)
    connection.execute("BEGIN")
    return connection
