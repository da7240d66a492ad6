"""Reading a found file, at once or in chunks: within its bounds, and with a word on whether it held still."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.unprivileged import open_folder, run_unprivileged
from trailbell.sources import DirectorySource, FileContent, FoundFile, SourceError


def find(source: DirectorySource) -> FoundFile:
    [item] = source.scan()
    assert isinstance(item, FoundFile)
    return item


def at_once(source: DirectorySource, found: FoundFile) -> FileContent:
    return source.read_file(found, 100)


def in_chunks(source: DirectorySource, found: FoundFile) -> FileContent:
    with source.open_file(found) as file:
        content = b"".join(file.chunks(5))
        return FileContent(content, file.sha256, file.stable)


Read = Callable[[DirectorySource, FoundFile], FileContent]
both_ways = pytest.mark.parametrize("read", [at_once, in_chunks])


@given(st.binary(max_size=200), st.integers(0, 220))
def test_a_file_is_read_whole_or_refused_for_its_size(content: bytes, max_size_bytes: int) -> None:
    with open_folder() as folder:
        (folder / "a.json").write_bytes(content)
        source = DirectorySource(folder)
        found = find(source)

        if len(content) > max_size_bytes:
            with pytest.raises(SourceError) as caught:
                source.read_file(found, max_size_bytes)
            assert "a.json" in str(caught.value)
            assert f"{len(content)} bytes" in str(caught.value)
            return
        read = source.read_file(found, max_size_bytes)

    assert (content, hashlib.sha256(content).hexdigest(), True) == (read.content, read.sha256, read.stable)


@both_ways
def test_a_file_that_changed_since_it_was_found_is_not_stable(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.json"
    path.write_text("half")
    source = DirectorySource(tmp_path)
    found = find(source)
    path.write_text("half and half")

    held = read(source, found)

    assert (held.content, held.stable) == (b"half and half", False)
    assert read(source, find(source)).stable


@both_ways
def test_a_file_of_the_same_size_and_time_put_in_its_place_is_not_stable(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "a.json"
    path.write_text("one")
    source = DirectorySource(tmp_path)
    found = find(source)
    (tmp_path / "next").write_text("two")
    os.utime(tmp_path / "next", ns=(found.modified_ns, found.modified_ns))
    (tmp_path / "next").rename(path)

    assert read(source, found).stable is False


@both_ways
def test_a_file_that_is_gone_is_told_of(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.json").touch()
    source = DirectorySource(tmp_path)
    found = find(source)
    (tmp_path / "a.json").unlink()

    with pytest.raises(SourceError, match=r"a\.json: the file is gone"):
        read(source, found)


@both_ways
def test_a_link_inside_the_folder_is_read_and_is_stable(tmp_path: Path, read: Read) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x/data").write_text("inside")
    (tmp_path / "a.json").symlink_to("x/data")
    source = DirectorySource(tmp_path)

    held = read(source, find(source))

    assert (held.content, held.stable) == (b"inside", True)


@both_ways
@pytest.mark.parametrize("swapped", ["top/x/a.json", "top/x"])
def test_what_was_swapped_for_a_link_that_leads_outside_is_not_read(
    tmp_path: Path, swapped: str, read: Read
) -> None:
    (tmp_path / "top/x").mkdir(parents=True)
    (tmp_path / "top/x/a.json").write_text("inside")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/a.json").write_text("secret")
    source = DirectorySource(tmp_path / "top")
    found = find(source)
    (tmp_path / swapped).rename(tmp_path / "aside")
    (tmp_path / swapped).symlink_to(tmp_path / ("outside" if swapped == "top/x" else "outside/a.json"))

    with pytest.raises(SourceError, match="leads out of its folder"):
        read(source, found)


@both_ways
def test_what_was_swapped_for_a_pipe_is_refused_and_does_not_hang(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.json").touch()
    source = DirectorySource(tmp_path)
    found = find(source)
    (tmp_path / "a.json").unlink()
    os.mkfifo(tmp_path / "a.json")

    with pytest.raises(SourceError, match="is not a regular file"):
        read(source, found)


@both_ways
def test_what_was_swapped_for_a_folder_is_refused(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.json").touch()
    source = DirectorySource(tmp_path)
    found = find(source)
    (tmp_path / "a.json").unlink()
    (tmp_path / "a.json").mkdir()

    with pytest.raises(SourceError, match=r"a\.json: (is not a regular file|cannot be read: is a directory)"):
        read(source, found)


def test_a_file_that_may_not_be_read_is_told_of() -> None:
    code = """
source = DirectorySource(Path(sys.argv[1]))
[found] = source.scan()
try:
    source.read_file(found, 100)
except SourceError as error:
    print(error)
try:
    source.open_file(found).__enter__()
except SourceError as error:
    print(error)
"""
    with open_folder() as folder:
        (folder / "a.json").touch(mode=0o000)
        printed = run_unprivileged(code, str(folder))

    assert printed == "a.json: cannot be read: permission denied\n" * 2
