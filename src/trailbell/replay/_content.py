"""The content of one file, uncompressed and cut into records: at once where it fits, else in pieces."""

import errno
import itertools
import os
import stat
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec
from isal import isal_zlib
from isal.igzip_lib import IsalError

from trailbell.cloudtrail import Reading, RejectedRecord, decompressed, read_pieces, read_records

__all__ = ["WHOLE_BYTES", "FileContent", "Piece"]

WHOLE_BYTES = 16 * 1024 * 1024
"""A file, and what it holds uncompressed, is read in pieces above this."""

_CHUNK_BYTES = 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW_BITS = 31
# Deflate does not make more of a byte.
_MOST_EXPANSION = 1100

# The stubs type it as an instance.
_StreamError: type[Exception] = IsalError  # type: ignore[assignment]

# What is unpacked is not held, so that there is nothing to protect.
_NO_LIMIT = 1 << 62

# Log text has fewer separators; denser text takes a hundred times its size once cut into elements.
_DENSE_FROM_BYTES = 1024 * 1024
_BYTES_PER_SEPARATOR = 10
# Where each element is known to be a record, it takes less.
_DENSE_DOCUMENT_FROM_BYTES = 8 * 1024 * 1024


class Piece(msgspec.Struct, frozen=True):
    """Some of a file: a whole document, not cut yet, or the reading of a piece.

    Attributes:
        document: The text of a file that was read at once; empty where it was not.
        reading: What was cut.
    """

    document: bytes = b""
    reading: Reading | None = None


class FileContent:
    """The content of one file.

    Args:
        path: Where it is.
        name: Its name, which tells digest and Insight files.

    Attributes:
        size_bytes: How much was read so far, uncompressed.
        fingerprint: The same for files of the same content, once all was read.
    """

    def __init__(self, path: str, name: str) -> None:
        self._path = path
        self._name = name
        self.size_bytes = 0
        self.fingerprint = 0

    def pieces(self) -> Iterator[Piece]:
        """Yields the content; a file that is read at once as one document.

        Raises:
            DamagedContentError: The file is no log file, or is cut; what was yielded has to be given up.
            OSError: It cannot be read.
        """
        # A pipe with no writer would otherwise hold the reader for ever.
        descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "not a regular file; a pipe is read as standard input (-)")
            chunks: Iterator[bytes] = self._chunks(file)
            if status.st_size <= WHOLE_BYTES:
                packed = file.read(WHOLE_BYTES + 1) or b""
                self._note(packed)
                content = _unpacked(packed)
                if content is not None and not _is_dense(content, _DENSE_DOCUMENT_FROM_BYTES):
                    self.size_bytes = len(content)
                    yield Piece(document=content)
                    return
                if content is not None:
                    yield from self._streamed([content])
                    return
                chunks = itertools.chain([packed], chunks)
            yield from self._streamed(decompressed(chunks, _NO_LIMIT))

    def cut(self, document: bytes) -> Iterator[Reading]:
        """Cuts a document into its records.

        Raises:
            DamagedContentError: The file is no log file, or is cut.
        """
        if _is_dense(document, _DENSE_FROM_BYTES):
            self.size_bytes = 0
            for piece in self._streamed([document]):
                if piece.reading is not None:
                    yield piece.reading
            return
        reading = read_records(document, self._name)
        yield reading if reading.passed_over else _with_cut_line(reading, len(document))

    def _streamed(self, chunks: Iterable[bytes]) -> Iterator[Piece]:
        last: Reading | None = None
        for reading in read_pieces(self._counted(chunks), self._name):
            if last is not None:
                yield Piece(reading=last)
            last = reading
        if last is not None:
            yield Piece(reading=last if last.passed_over else _with_cut_line(last, self.size_bytes))

    def _counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.size_bytes += len(chunk)
            yield chunk

    def _chunks(self, file: BinaryIO) -> Iterator[bytes]:
        while chunk := file.read(_CHUNK_BYTES):
            self._note(chunk)
            yield chunk

    def _note(self, chunk: bytes) -> None:
        # The checksum and what came before it: both in the 63 bits that a database takes.
        self.fingerprint = (
            isal_zlib.crc32(chunk, self.fingerprint & 0xFFFF_FFFF)
            | (((self.fingerprint >> 32) + len(chunk)) & 0x7FFF_FFFF) << 32
        )


def _unpacked(packed: bytes) -> bytes | None:
    """Returns the uncompressed content of a file; None if it is too much to hold, or is not plain gzip.

    Whatever is out of the ordinary is left to the streaming reader, which knows why.
    """
    if not packed.startswith(_GZIP_MAGIC):
        return packed if len(packed) <= WHOLE_BYTES else None
    # What the last four bytes say is right for one member; for more, the stream goes on behind the first.
    size_bytes = int.from_bytes(packed[-4:], "little")
    if size_bytes <= min(WHOLE_BYTES, _MOST_EXPANSION * len(packed)):
        stream = isal_zlib.decompressobj(_GZIP_WINDOW_BITS)
        try:
            content: bytes = stream.decompress(packed, size_bytes + 1)
        except _StreamError:
            content = b""
        if stream.eof and not stream.unused_data and len(content) == size_bytes:
            return content
    return _unpacked_members(packed)


def _unpacked_members(packed: bytes) -> bytes | None:
    parts: list[bytes] = []
    size_bytes = 0
    for part in decompressed([packed], _NO_LIMIT):
        parts.append(part)
        size_bytes += len(part)
        if size_bytes > WHOLE_BYTES:
            return None
    return b"".join(parts)


def _is_dense(text: bytes, from_bytes: int) -> bool:
    """Tells text that consists of many tiny elements, which are too many to be held at once."""
    if len(text) < from_bytes:
        return False
    separators = sum(map(text.count, (b",", b"}", b"]", b"\n")))
    return separators * _BYTES_PER_SEPARATOR > len(text)


def _with_cut_line(reading: Reading, size_bytes: int) -> Reading:
    """Counts a last line that is no JSON as rejected: nothing more will come."""
    if reading.consumed_bytes >= size_bytes:
        return reading
    cut = RejectedRecord(reading.consumed_bytes, -1, "the last line is cut")
    return msgspec.structs.replace(reading, rejected=(*reading.rejected, cut))
