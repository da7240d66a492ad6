"""Which records were counted before: in memory for as many as fit, beyond that in the work database."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from itertools import repeat

__all__ = ["MOST_IN_MEMORY", "Counted", "split"]

# A record counts again after this; CloudTrail delivers again for up to 30 days.
_HORIZON_MS = 35 * 86_400_000

MOST_IN_MEMORY = 500_000
"""So many identities are held before they are moved."""

_IDENTITY_BYTES = 16

_ASKED_AT_ONCE = 500

# Most records are delivered once. A bit for each identity that was moved spares the search for the rest:
# of ten million, seven in a hundred others share a bit.
_BITS = 1 << 27
_BIT_BYTES = 4


class Counted:
    """The identities that were counted, with the instant of the first.

    Args:
        database: The work database.
        most_in_memory: How many are held in memory.
    """

    def __init__(self, database: sqlite3.Connection, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self._database = database
        self._most_in_memory = most_in_memory
        self._held: dict[bytes, int | None] = {}
        self._moved_bits: bytearray | None = None

    def seen(self, identities: Collection[bytes], at_ms: int | None) -> set[bytes]:
        """Returns those that had been counted by an instant and are not forgotten; None remembers all."""
        if self._moved_bits is None and self._held.keys().isdisjoint(identities):
            return set()
        since_ms = None if at_ms is None else at_ms - _HORIZON_MS
        found = {each for each in identities if each in self._held and _counts(self._held[each], since_ms)}
        if self._moved_bits is not None:
            asked = [each for each in identities if each not in self._held and self._may_be_moved(each)]
            for first in range(0, len(asked), _ASKED_AT_ONCE):
                found |= self._seen_in_database(asked[first : first + _ASKED_AT_ONCE], since_ms)
        return found

    def add(self, identities: Iterable[bytes], at_ms: int | None) -> None:
        """Remembers identities that were counted at an instant."""
        self._held.update(zip(identities, repeat(at_ms)))
        if len(self._held) >= self._most_in_memory:
            self._move(at_ms)

    def _may_be_moved(self, identity: bytes) -> bool:
        bit = _bit_of(identity)
        return self._moved_bits is not None and bool(self._moved_bits[bit >> 3] & (1 << (bit & 7)))

    def _seen_in_database(self, identities: Sequence[bytes], since_ms: int | None) -> set[bytes]:
        places = ",".join("?" * len(identities))
        query = f"SELECT identity, at_ms FROM counted WHERE identity IN ({places})"  # noqa: S608 - marks only
        return {
            bytes(identity)
            for identity, at_ms in self._database.execute(query, identities)
            if _counts(at_ms, since_ms)
        }

    def _move(self, at_ms: int | None) -> None:
        if self._moved_bits is None:
            self._moved_bits = bytearray(_BITS >> 3)
        for identity in self._held:
            bit = _bit_of(identity)
            self._moved_bits[bit >> 3] |= 1 << (bit & 7)
        if at_ms is not None:
            self._database.execute("DELETE FROM counted WHERE at_ms < ?", (at_ms - _HORIZON_MS,))
        # In their order they go to neighbouring pages.
        moved = sorted(self._held.items(), key=_first)
        self._database.executemany("REPLACE INTO counted VALUES (?, ?)", moved)
        self._held = {}


def split(identities: bytes) -> list[bytes]:
    """Cuts identities apart that were joined."""
    return [identities[at : at + _IDENTITY_BYTES] for at in range(0, len(identities), _IDENTITY_BYTES)]


def _counts(at_ms: int | None, since_ms: int | None) -> bool:
    return at_ms is None or since_ms is None or at_ms >= since_ms


def _bit_of(identity: bytes) -> int:
    return int.from_bytes(identity[:_BIT_BYTES], "big") % _BITS


def _first(item: tuple[bytes, int | None]) -> bytes:
    return item[0]
