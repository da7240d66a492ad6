"""The hash of a file that is read in chunks, and of how it begins."""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator

__all__ = ["HashTrail"]

_KEPT_CHUNKS = 8


class HashTrail:
    """SHA-256 of the chunks that pass through, of the first ``mark`` bytes, and of nearly all of them.

    Args:
        mark: How many bytes the hash of the beginning covers.
    """

    def __init__(self, mark: int = 0) -> None:
        self.size_bytes = 0
        self._hash = hashlib.sha256()
        self._mark = mark
        self._at_mark = self._hash.digest() if not mark else b""
        # The last chunks with the hash of all before each: enough to look back a few mebibytes.
        self._recent: deque[tuple[int, hashlib._Hash, bytes]] = deque(maxlen=_KEPT_CHUNKS)

    @property
    def digest(self) -> bytes:
        """The hash of everything so far."""
        return self._hash.digest()

    @property
    def digest_at_mark(self) -> bytes:
        """The hash of the first ``mark`` bytes; empty if there were fewer."""
        return self._at_mark

    def follow(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Hands the chunks on and takes them into the hash."""
        for chunk in chunks:
            self._recent.append((self.size_bytes, self._hash.copy(), chunk))
            end = self.size_bytes + len(chunk)
            if self.size_bytes < self._mark <= end:
                self._at_mark = self._digest_within(self._recent[-1], self._mark)
            self._hash.update(chunk)
            self.size_bytes = end
            yield chunk

    def digest_at(self, size_bytes: int) -> bytes | None:
        """Returns the hash of the first so many bytes; None if that lies too far back."""
        if size_bytes == self.size_bytes:
            return self.digest
        for place in self._recent:
            if place[0] <= size_bytes <= place[0] + len(place[2]):
                return self._digest_within(place, size_bytes)
        return None

    @staticmethod
    def _digest_within(place: "tuple[int, hashlib._Hash, bytes]", size_bytes: int) -> bytes:
        offset, before, chunk = place
        hashed = before.copy()
        hashed.update(chunk[: size_bytes - offset])
        return hashed.digest()
