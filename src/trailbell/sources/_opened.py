"""A file that is read piece by piece, with a word on its content once its last byte has been read."""

import hashlib
from collections.abc import Callable, Iterator

__all__ = ["CHUNK_BYTES", "OpenedFile"]

CHUNK_BYTES = 1024 * 1024
"""How much of a file is read at once unless told otherwise."""


class OpenedFile:
    """The content of a file, as far as it reached when the file was opened.

    A file that grows meanwhile is not followed: the next look at it finds the rest.

    Args:
        read: Returns up to so many bytes, none at the end of the file; raises ``SourceError``.
        size_bytes: How long the file was when it was opened.
        is_unchanged: Says whether the file still is what was found.
    """

    def __init__(
        self, read: Callable[[int], bytes], size_bytes: int, is_unchanged: Callable[[], bool]
    ) -> None:
        self.size_bytes = size_bytes
        self._read = read
        self._is_unchanged = is_unchanged
        self._hash = hashlib.sha256()
        self._left_bytes = size_bytes
        self._stable = False

    @property
    def sha256(self) -> str:
        """The hash of what was read, in hexadecimal: after the last chunk, that of the file."""
        return self._hash.hexdigest()

    @property
    def stable(self) -> bool:
        """Whether size, time and inode stayed the same from when the file was found to its last byte.

        It is False until all chunks have been read.
        """
        return self._stable

    def chunks(self, size_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Yields the content in order, ``size_bytes`` at a time, from where reading stands.

        Raises:
            SourceError: the file cannot be read on.
        """
        while chunk := self._read(min(size_bytes, self._left_bytes)):
            self._hash.update(chunk)
            self._left_bytes -= len(chunk)
            yield chunk
        self._stable = not self._left_bytes and self._is_unchanged()
