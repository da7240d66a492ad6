"""An opened file: its chunks, and what it says of itself before and after the last of them."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.unprivileged import open_folder
from trailbell.sources import DirectorySource, FoundFile, MemorySource, Source, SourceError


def put_in_folder(folder: Path, content: bytes) -> tuple[Source, FoundFile]:
    (folder / "a.json").write_bytes(content)
    source = DirectorySource(folder)
    [found] = source.scan()
    assert isinstance(found, FoundFile)
    return source, found


def put_in_memory(_: Path, content: bytes) -> tuple[Source, FoundFile]:
    source = MemorySource()
    return source, source.put("a.json", content)


Put = Callable[[Path, bytes], tuple[Source, FoundFile]]
both_sources = pytest.mark.parametrize("put", [put_in_folder, put_in_memory])


@both_sources
@given(content=st.binary(max_size=200), chunk_bytes=st.integers(1, 220))
def test_the_chunks_are_the_file(put: Put, content: bytes, chunk_bytes: int) -> None:
    with open_folder() as folder:
        source, found = put(folder, content)
        with source.open_file(found) as file:
            chunks = list(file.chunks(chunk_bytes))

            assert content == b"".join(chunks)
            assert {chunk_bytes} >= {len(chunk) for chunk in chunks[:-1]}
            assert (len(content), True) == (file.size_bytes, file.stable)
            assert hashlib.sha256(content).hexdigest() == file.sha256


@both_sources
def test_a_file_vouches_for_nothing_before_its_last_chunk(tmp_path: Path, put: Put) -> None:
    source, found = put(tmp_path, b"one and two")
    with source.open_file(found) as file:
        chunks = file.chunks(7)

        assert (b"one and", False) == (next(chunks), file.stable)
        assert hashlib.sha256(b"one and").hexdigest() == file.sha256
        assert (b" two", False) == (next(chunks), file.stable)
        assert list(chunks) == []
        assert file.stable


def test_reading_goes_on_from_where_it_was_left(tmp_path: Path) -> None:
    source, found = put_in_folder(tmp_path, b"one two")
    with source.open_file(found) as file:
        assert next(file.chunks(4)) == b"one "
        assert list(file.chunks()) == [b"two"]
        assert file.stable


def test_a_file_that_grows_while_it_is_read_is_not_followed_and_not_stable(tmp_path: Path) -> None:
    source, found = put_in_folder(tmp_path, b"one")
    with source.open_file(found) as file:
        with (tmp_path / "a.json").open("ab") as more:
            more.write(b" and two")

        assert list(file.chunks()) == [b"one"]
        assert not file.stable


def test_a_file_that_shrinks_while_it_is_read_is_not_stable(tmp_path: Path) -> None:
    source, found = put_in_folder(tmp_path, b"one and two")
    with source.open_file(found) as file:
        chunks = file.chunks(3)
        first = next(chunks)
        os.truncate(tmp_path / "a.json", 5)

        assert [b"one", b" a"] == [first, *chunks]
        assert not file.stable


def test_a_file_that_is_written_over_while_it_is_read_is_not_stable(tmp_path: Path) -> None:
    source, found = put_in_folder(tmp_path, b"one")
    os.utime(tmp_path / "a.json", ns=(1, 1))
    [found] = [each for each in DirectorySource(tmp_path).scan() if isinstance(each, FoundFile)]
    with source.open_file(found) as file:
        (tmp_path / "a.json").write_bytes(b"two")

        assert list(file.chunks()) == [b"two"]
        assert not file.stable


def test_a_file_that_is_replaced_while_it_is_read_is_read_as_it_was(tmp_path: Path) -> None:
    source, found = put_in_folder(tmp_path, b"one and two")
    with source.open_file(found) as file:
        chunks = file.chunks(3)
        first = next(chunks)
        (tmp_path / "next").write_bytes(b"three")
        (tmp_path / "next").rename(tmp_path / "a.json")

        assert b"one and two" == first + b"".join(chunks)
        assert file.stable


def test_a_version_put_in_memory_while_another_is_read_makes_that_one_unstable() -> None:
    source = MemorySource()
    found = source.put("a.json", b"one")
    with source.open_file(found) as file:
        source.put("a.json", b"two")

        assert list(file.chunks()) == [b"one"]
        assert not file.stable
    with pytest.raises(SourceError, match="gone"), MemorySource().open_file(found):
        pass


def open_files() -> set[Path]:
    return set(Path("/proc/self/fd").iterdir())


def test_nothing_is_left_open_and_nothing_is_read_once_it_is_closed(tmp_path: Path) -> None:
    source, found = put_in_folder(tmp_path, b"one and two")
    before = open_files()
    with source.open_file(found) as file:
        next(file.chunks(3))
    with pytest.raises(ZeroDivisionError), source.open_file(found):
        _ = 1 / 0

    # What ended meanwhile was somebody else's.
    assert open_files() <= before
    with pytest.raises(ValueError, match="closed"):
        next(file.chunks())


def test_what_fails_in_the_block_is_not_taken_for_a_bad_file(tmp_path: Path) -> None:
    source, found = put_in_folder(tmp_path, b"one")

    with pytest.raises(FileNotFoundError), source.open_file(found):
        (tmp_path / "other").read_bytes()
