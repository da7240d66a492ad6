"""Proofs of the chain as they are kept: which file each put into a source, and what there is to say of it."""

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.sqlite import insert as upsert

from trailbell.store._schema import verification

__all__ = ["StoredVerification", "Verifications"]


class StoredVerification(msgspec.Struct, frozen=True):
    """A verification as it is kept.

    is_open: its file is taken in; else it is passed over.
    removed_ms: when the last of what it had put in was taken out; None until then.
    document: what is known of it, as JSON.
    """

    id: str
    source_id: int | None
    file_name: str
    started_ms: int
    is_open: bool
    document: bytes
    removed_ms: int | None = None


class Verifications:
    """The verifications of some weeks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, stored: StoredVerification) -> None:
        """Writes one."""
        values = msgspec.structs.asdict(stored) | {"document": stored.document.decode()}
        adding = upsert(verification).values(values)
        changed = {name: adding.excluded[name] for name in values if name != "id"}
        self._connection.execute(adding.on_conflict_do_update(index_elements=["id"], set_=changed))

    def find(self, verification_id: str) -> StoredVerification | None:
        """Finds one by its id."""
        row = self._connection.execute(
            select(verification).where(verification.c.id == verification_id)
        ).first()
        return None if row is None else _stored(row)

    def of_file(self, file_name: str) -> StoredVerification | None:
        """Finds the one that put a file into a source, by its name without any folder."""
        row = self._connection.execute(
            select(verification).where(verification.c.file_name == file_name)
        ).first()
        return None if row is None else _stored(row)

    def unfinished(self) -> list[StoredVerification]:
        """Lists those that have left something behind, the earliest first."""
        found = self._connection.execute(
            select(verification)
            .where(verification.c.removed_ms.is_(None))
            .order_by(verification.c.started_ms, verification.c.id)
        )
        return [_stored(each) for each in found]


def _stored(row: Row[Any]) -> StoredVerification:
    return StoredVerification(
        id=row.id,
        source_id=row.source_id,
        file_name=row.file_name,
        started_ms=row.started_ms,
        is_open=row.is_open,
        document=row.document.encode(),
        removed_ms=row.removed_ms,
    )
