"""Opening a data folder: ownership, schema, refusals."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import trailbell.store
from trailbell.store import LockedError, NewerSchemaError, Store, StoreError
from trailbell.store._migrate import HEAD
from trailbell.store._schema import METADATA

MIGRATIONS = Path(trailbell.store.__file__).parent / "migrations"


def test_the_migrations_make_the_tables_the_code_describes(tmp_path: Path) -> None:
    store = Store(tmp_path)
    path = store.path
    store.close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, METADATA)
        revision = context.get_current_revision()
    engine.dispose()

    assert [] == differences
    assert revision == HEAD


def test_the_head_named_in_the_code_is_the_newest_revision() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


def test_a_second_server_on_the_folder_is_refused_and_a_later_one_is_not(tmp_path: Path) -> None:
    first = Store(tmp_path)
    with pytest.raises(LockedError, match="another Trailbell server"):
        Store(tmp_path)
    first.close()

    Store(tmp_path).close()


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "trailbell.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()

    with pytest.raises(NewerSchemaError, match="newer version of Trailbell"):
        Store(tmp_path)


def test_a_file_that_is_no_database_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "trailbell.db").write_bytes(b"this is not a database, whatever its name says\n" * 100)

    with pytest.raises(StoreError, match=r"trailbell\.db cannot be used"):
        Store(tmp_path)


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreError, match="cannot be written"):
        Store(tmp_path / "file" / "data")


def test_a_transaction_that_raises_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(ZeroDivisionError), store.write() as transaction:
        _ = transaction.filters.create_group("CloudTrail/logs", 1) / 0
    with store.read() as transaction:
        there = transaction.filters.has_group("CloudTrail/logs")
    store.close()

    assert not there


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    store = Store(tmp_path)

    with pytest.raises(StoreError, match="readonly"), store.read() as transaction:
        transaction.filters.create_group("CloudTrail/logs", 1)
    store.close()


def test_a_commit_is_on_the_disk_before_it_ends(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.write() as transaction:
        settings = {
            name: transaction.filters._connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "journal_mode", "foreign_keys")
        }
    store.close()

    assert {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1} == settings
