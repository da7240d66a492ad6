"""The source for tests keeps the promises of the real one."""

from pathlib import Path

import pytest

from support.source_follower import following
from trailbell.sources import DirectorySource, MemorySource, Source, SourceError, UnreadableFile

# The type checker refuses these lines once a source no longer has what the contract asks for.
OF_MEMORY: Source = MemorySource()
OF_FOLDER: Source = DirectorySource(Path("logs"))


def test_what_is_put_in_comes_out_in_order_and_again_when_asked_for() -> None:
    source = MemorySource()
    first = source.put("a.json", b"one")
    source.put_unreadable("b.json", "permission denied")

    with following(source) as follower:
        assert follower.next() == first
        assert follower.next() == UnreadableFile("b.json", "permission denied")
        source.look_again(first, after_seconds=60)

        assert follower.next() == first


def test_its_files_are_read_within_the_same_bounds() -> None:
    source = MemorySource()
    first = source.put("a.json", b"one")
    assert source.read_file(first, 3).stable

    second = source.put("a.json", b"two")

    assert source.read_file(first, 3).stable is False
    assert source.read_file(second, 3).content == b"two"
    with pytest.raises(SourceError, match="3 bytes"):
        source.read_file(second, 2)
    with pytest.raises(SourceError, match="gone"):
        MemorySource().read_file(second, 3)
