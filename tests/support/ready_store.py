"""Stores on copies of one new database: making its schema step by step takes longer than most tests."""

import tempfile
from functools import cache
from pathlib import Path

from trailbell.store import Store

__all__ = ["new_database", "ready_store"]

_DATABASE_NAME = "trailbell.db"


def ready_store(folder: Path) -> Store:
    """Opens the store of a folder; where it has none, one that was just made."""
    database = folder / _DATABASE_NAME
    if not database.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        database.write_bytes(new_database())
    return Store(folder)


@cache
def new_database() -> bytes:
    """The database of a store in which nothing is; made at the first call."""
    with tempfile.TemporaryDirectory() as folder:
        # A store that is closed has all of it in one file.
        Store(Path(folder)).close()
        return (Path(folder) / _DATABASE_NAME).read_bytes()
