"""What is dropped into a watched folder is seen at once, and in any case by the next rescan."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from support.source_follower import following
from support.waiting import wait_until
from trailbell.sources import DirectorySource, FoundFile, SourceError, UnreadableFile

SOON_SECONDS = 0.05


def put(path: Path, text: str = "x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_what_is_there_comes_first_and_once(tmp_path: Path) -> None:
    put(tmp_path / "b.json")
    put(tmp_path / "a/c.json")

    with following(DirectorySource(tmp_path), SOON_SECONDS) as follower:
        put(tmp_path / "z.json")

        assert follower.until("z.json") == ["a/c.json", "b.json", "z.json"]


def test_a_dropped_file_is_seen_without_a_rescan(tmp_path: Path) -> None:
    put(tmp_path / "first.json")

    with following(DirectorySource(tmp_path)) as follower:
        follower.until("first.json")
        put(tmp_path / "dropped.json", "four")
        item = follower.next()

    assert isinstance(item, FoundFile)
    assert ("dropped.json", tmp_path / "dropped.json") == (item.name, item.path)


def test_a_name_that_is_no_text_is_told_of_and_does_not_end_the_watch(tmp_path: Path) -> None:
    put(tmp_path / "first.json")

    with following(DirectorySource(tmp_path)) as follower:
        follower.until("first.json")
        (tmp_path / os.fsdecode(b"\xff.json")).touch()
        told = follower.next()
        put(tmp_path / "dropped.json")
        item = follower.next()

    assert UnreadableFile(r"'\udcff.json'", "its name is not UTF-8") == told
    assert "dropped.json" == item.name


def test_a_file_that_is_renamed_into_place_is_seen(tmp_path: Path) -> None:
    put(tmp_path / "first.json")

    with following(DirectorySource(tmp_path)) as follower:
        follower.until("first.json")
        put(tmp_path / ".second.json.tmp", "whole")
        (tmp_path / ".second.json.tmp").rename(tmp_path / "second.json")

        item = follower.next()

    assert isinstance(item, FoundFile)
    assert (item.name, item.size_bytes) == ("second.json", 5)


def test_files_in_new_folders_are_seen(tmp_path: Path) -> None:
    put(tmp_path / "top/first.json")
    put(tmp_path / "aside/2026/a.json")

    with following(DirectorySource(tmp_path / "top")) as follower:
        follower.until("first.json")
        put(tmp_path / "top/2026/11/23/b.json")
        follower.until("2026/11/23/b.json")
        put(tmp_path / "top/2026/11/23/c.json")
        follower.until("2026/11/23/c.json")
        (tmp_path / "aside/2026").rename(tmp_path / "top/moved")
        follower.until("moved/a.json")
        put(tmp_path / "top/moved/d.json")

        assert follower.until("moved/d.json") == ["moved/d.json"]


def test_a_changed_file_is_seen_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    put(tmp_path / "a.json", "short")
    put(tmp_path / "b.json")

    with following(DirectorySource(tmp_path), SOON_SECONDS) as follower:
        follower.until("b.json")
        put(tmp_path / "a.json", "longer than before")
        follower.until("a.json")
        (tmp_path / "b.json").unlink()
        put(tmp_path / "c.json")

        # Whole rescans pass here: what they see unchanged they keep to themselves.
        assert set(follower.until("c.json")) <= {"a.json", "c.json"}


def test_hidden_and_unfinished_files_stay_unseen(tmp_path: Path) -> None:
    put(tmp_path / "first.json")

    with following(DirectorySource(tmp_path)) as follower:
        follower.until("first.json")
        put(tmp_path / ".hidden/a.json")
        put(tmp_path / ".b.json")
        put(tmp_path / "c.json.part")
        put(tmp_path / "d.txt")
        put(tmp_path / "e.json")

        assert follower.until("e.json") == ["e.json"]


def test_an_event_is_found_by_its_own_name_though_a_link_leads_to_its_folder(tmp_path: Path) -> None:
    put(tmp_path / "days/23/a.json")
    (tmp_path / "latest").symlink_to("days/23")

    with following(DirectorySource(tmp_path)) as follower:
        assert set(follower.until("latest")) == {"days/23/a.json", "latest"}
        put(tmp_path / "days/23/b.json")

        assert follower.until("days/23/b.json") == ["days/23/b.json"]


def test_a_link_to_a_folder_outside_leaves_rescans_alone_and_the_log_says_why(tmp_path: Path) -> None:
    put(tmp_path / "outside/never.json")
    put(tmp_path / "top/a.json")
    (tmp_path / "top/out").symlink_to("../outside")

    with capture_logs() as logs, following(DirectorySource(tmp_path / "top"), SOON_SECONDS) as follower:
        follower.until("out")
        put(tmp_path / "outside/dropped.json")
        put(tmp_path / "top/b.json")

        assert follower.until("b.json") == ["b.json"]

    assert [(log["log_level"], log["reason"]) for log in logs] == [
        ("warning", "out is a symbolic link to a folder outside")
    ]


def test_a_single_file_is_seen_again_when_it_is_replaced(tmp_path: Path) -> None:
    put(tmp_path / "trail.jsonl", "one\n")

    with following(DirectorySource(tmp_path / "trail.jsonl")) as follower:
        follower.until("trail.jsonl")
        put(tmp_path / "other.jsonl")
        put(tmp_path / "next", "one\ntwo\n")
        (tmp_path / "next").rename(tmp_path / "trail.jsonl")

        item = follower.next()

    assert isinstance(item, FoundFile)
    assert (item.name, item.size_bytes) == ("trail.jsonl", 8)


@pytest.mark.parametrize("is_changed", [False, True])
def test_a_file_is_looked_at_again_when_asked_for(tmp_path: Path, is_changed: bool) -> None:
    put(tmp_path / "a.json", "half")
    source = DirectorySource(tmp_path)

    with following(source) as follower:
        first = follower.next()
        assert isinstance(first, FoundFile)
        if is_changed:
            put(tmp_path / "a.json", "half and half")
            follower.until("a.json")
        source.look_again(first, after_seconds=0.01)

        second = follower.next()

    assert (second == first) is not is_changed


def test_a_file_that_vanished_is_not_looked_at_again(tmp_path: Path) -> None:
    put(tmp_path / "a.json")
    source = DirectorySource(tmp_path)

    with following(source) as follower:
        first = follower.next()
        assert isinstance(first, FoundFile)
        (tmp_path / "a.json").unlink()
        source.look_again(first, after_seconds=0)
        put(tmp_path / "b.json")

        assert follower.until("b.json") == ["b.json"]


def test_something_unreadable_is_told_of_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")

    with following(DirectorySource(tmp_path), SOON_SECONDS) as follower:
        assert follower.next() == UnreadableFile("pipe.json", "not a regular file")
        put(tmp_path / "z.json")

        assert follower.until("z.json") == ["z.json"]


def test_beyond_its_memory_a_source_repeats_itself_and_loses_nothing(tmp_path: Path) -> None:
    for name in ("a.json", "b.json", "c.json", "d.json"):
        put(tmp_path / name)

    with following(DirectorySource(tmp_path, remembered=2), SOON_SECONDS) as follower:
        names = [follower.next().name for _ in range(8)]

    assert names == ["a.json", "b.json", "c.json", "d.json", "c.json", "d.json", "c.json", "d.json"]


def test_a_folder_that_is_made_anew_is_taken_up_again(tmp_path: Path) -> None:
    top = tmp_path / "top"
    put(top / "a.json")
    put(tmp_path / "aside/b.json")

    with following(DirectorySource(top), SOON_SECONDS) as follower:
        follower.until("a.json")
        shutil.rmtree(top)
        (tmp_path / "aside").rename(top)
        follower.until("b.json")
        put(top / "later/c.json")

        assert follower.until("later/c.json") == ["later/c.json"]


def test_a_folder_that_is_gone_for_a_while_is_said_to_be_gone_once_and_back_once(tmp_path: Path) -> None:
    top = tmp_path / "top"
    put(top / "a.json")

    with capture_logs() as logs, following(DirectorySource(top), rescan_seconds=0.001) as follower:
        follower.until("a.json")
        put(top / "b.json")
        # Only a rescan after changes began to be watched can find it.
        follower.until("b.json")
        shutil.rmtree(top)
        wait_until(lambda: bool(logs))
        # Many rescans pass while the folder is filled aside.
        for number in range(300):
            put(tmp_path / f"aside/{number}.json")
        (tmp_path / "aside").rename(top)
        follower.until("299.json")

    assert [(log["log_level"], log["event"]) for log in logs] == [
        ("warning", "the source is gone; it is taken up again when it is back"),
        ("info", "the source is back"),
    ]


def test_a_folder_that_is_not_there_at_the_start_is_an_error_of_the_call_itself(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder or file"):
        DirectorySource(tmp_path / "missing").changes(threading.Event(), 30)


def test_a_source_that_is_stopped_before_it_began_yields_nothing(tmp_path: Path) -> None:
    put(tmp_path / "a.json")
    stop = threading.Event()
    stop.set()

    assert list(DirectorySource(tmp_path).changes(stop, 30)) == []


WITHOUT_WATCHES = """
import os, resource, sys, threading
from pathlib import Path
from structlog.testing import capture_logs
from trailbell.sources import DirectorySource

top, stop = Path(sys.argv[1]), threading.Event()
# Room for one more open file: enough to list a folder, too little for a watch.
highest = max(int(name) for name in os.listdir("/proc/self/fd"))
resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 2, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
with capture_logs() as logs:
    for item in DirectorySource(top).changes(stop, 0.05):
        print(item.name)
        if item.name == "a.json":
            (top / "b.json").touch()
        else:
            stop.set()
for log in logs:
    print(log["log_level"], log["event"])
"""


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files through /proc")
def test_where_no_watch_can_be_had_rescans_do_and_the_log_says_so(tmp_path: Path) -> None:
    put(tmp_path / "a.json")

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_WATCHES, str(tmp_path)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    )

    assert done.stdout.splitlines() == [
        "a.json",
        "b.json",
        "warning no change events for the source; its files are found by rescans alone",
    ]
