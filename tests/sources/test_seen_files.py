"""What a source remembers within a run: bounded, and never at the cost of a file."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from trailbell.sources import FoundFile, UnreadableFile
from trailbell.sources._seen import LooksDue, SeenFiles

Disk = dict[str, int]

disks = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2))


def found(name: str, version: int) -> FoundFile:
    return FoundFile(Path(name), name, size_bytes=1, modified_ns=version, inode=7)


def new_in_scan(seen: SeenFiles, disk: Disk) -> set[str]:
    seen.begin_scan()
    new = {name for name, version in disk.items() if seen.is_new(found(name, version))}
    seen.end_scan()
    return new


@given(st.lists(disks, max_size=6))
def test_a_scan_yields_what_differs_from_the_scan_before(scans: list[Disk]) -> None:
    seen = SeenFiles(limit=100)
    before: Disk = {}
    for disk in scans:
        expected = {name for name, version in disk.items() if before.get(name) != version}

        assert expected == new_in_scan(seen, disk)
        before = disk


@given(st.lists(disks, max_size=6), st.integers(0, 3))
def test_however_small_the_memory_whatever_differs_is_yielded(scans: list[Disk], limit: int) -> None:
    seen = SeenFiles(limit)
    before: Disk = {}
    for disk in scans:
        assert new_in_scan(seen, disk) >= {
            name for name, version in disk.items() if before.get(name) != version
        }
        before = disk


def test_files_that_come_and_go_do_not_fill_the_memory() -> None:
    seen = SeenFiles(limit=2)

    for number in range(10):
        disk = {f"{number}.json": 1, "stays.json": 1}
        # The first scan meets the new file while the old one still takes up room, and forgets the old one.
        new_in_scan(seen, disk)
        new_in_scan(seen, disk)

        assert new_in_scan(seen, disk) == set()


def test_a_scan_that_is_broken_off_forgets_nothing() -> None:
    seen = SeenFiles(limit=10)
    new_in_scan(seen, {"a": 1, "b": 1})
    seen.begin_scan()
    seen.is_new(found("a", 1))

    assert new_in_scan(seen, {"a": 1, "b": 1}) == set()


def test_an_obstacle_is_new_when_its_reason_is() -> None:
    seen = SeenFiles(limit=10)

    answers = [
        seen.is_new(item)
        for item in (
            UnreadableFile("a", "permission denied"),
            UnreadableFile("a", "permission denied"),
            UnreadableFile("a", "not a regular file"),
            found("a", 1),
        )
    ]

    assert answers == [True, False, True, True]


def test_looks_are_due_in_order_and_once() -> None:
    due = LooksDue()
    due.add("late", 20.0)
    due.add("early", 10.0)
    due.add("early", 5.0)

    assert due.take(9.9) == []
    assert due.take(10.0) == ["early"]
    assert due.take(30.0) == ["late"]
    due.add("early", 40.0)
    assert due.take(40.0) == ["early"]
