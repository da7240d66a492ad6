"""What a scan of a folder finds, in which order, and what it says of the rest."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.unprivileged import open_folder, run_unprivileged
from trailbell.sources import DirectorySource, FoundFile, SourceError, UnreadableFile


def fill(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def found(folder: Path) -> list[str]:
    return [item.name for item in DirectorySource(folder).scan() if isinstance(item, FoundFile)]


def unreadable(folder: Path) -> dict[str, str]:
    return {
        item.name: item.reason for item in DirectorySource(folder).scan() if isinstance(item, UnreadableFile)
    }


@pytest.mark.parametrize(
    ("name", "is_candidate"),
    [
        ("a.json", True),
        ("a.json.gz", True),
        ("a.JSON.GZ", True),
        ("a.jsonl", True),
        ("a.jsonl.zst", True),
        ("a.json.1", True),
        ("a.jsonl-20261124", True),
        ("a b\u00e9.json", True),
        ("a.txt", False),
        ("json", False),
        ("a.gz", False),
        (".json", False),
        (".a.json", False),
        ("a.json.tmp", False),
        ("a.json.gz.part", False),
        ("a.json~", False),
        (".hidden/a.json", False),
        ("b/.hidden/c/a.json", False),
        ("b/c/d/e/a.json", True),
    ],
)
def test_the_name_tells_whether_a_file_is_a_candidate(tmp_path: Path, name: str, is_candidate: bool) -> None:
    fill(tmp_path, name)

    assert found(tmp_path) == ([name] if is_candidate else [])
    assert unreadable(tmp_path) == {}


def test_files_come_in_sorted_order_folder_by_folder(tmp_path: Path) -> None:
    fill(tmp_path, "b.json", "a/z.json", "a/b/c.json", "c/a.json", "a.json", "a/a.json")

    assert found(tmp_path) == ["a/a.json", "a/b/c.json", "a/z.json", "a.json", "b.json", "c/a.json"]


def test_a_found_file_carries_its_status(tmp_path: Path) -> None:
    fill(tmp_path, "x/a.json")
    status = (tmp_path / "x/a.json").stat()

    expected = FoundFile(
        path=tmp_path / "x/a.json",
        name="x/a.json",
        size_bytes=status.st_size,
        modified_ns=status.st_mtime_ns,
        inode=status.st_ino,
    )

    assert list(DirectorySource(tmp_path).scan()) == [expected]


names = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(st.sets(names.filter(lambda name: name.strip(".") and len(name.encode()) < 100), max_size=5))
def test_any_name_that_is_text_is_found_as_it_is(stems: set[str]) -> None:
    with open_folder() as folder:
        expected = {f"x{stem}.json" for stem in stems}
        fill(folder, *expected)

        assert expected == set(found(folder))


def test_a_name_that_is_no_text_is_told_of(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.json")).touch()
    (tmp_path / os.fsdecode(b"\xfe")).mkdir()
    (tmp_path / os.fsdecode(b"\xfd.txt")).touch()

    assert unreadable(tmp_path) == {
        "'\\udcff.json'": "its name is not UTF-8",
        "'\\udcfe'": "its name is not UTF-8",
    }


def test_a_folder_named_like_a_file_is_looked_into(tmp_path: Path) -> None:
    fill(tmp_path, "a.json/b.json")

    assert found(tmp_path) == ["a.json/b.json"]


def test_what_is_no_regular_file_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    # The path of a socket is short, so it is bound from within the folder.
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.json")

        assert unreadable(tmp_path) == {
            "pipe.json": "not a regular file",
            "socket.json": "not a regular file",
        }


def test_a_link_to_a_file_is_followed_inside_the_folder_only(tmp_path: Path) -> None:
    fill(tmp_path, "outside/a.json", "top/real/a.json", "top/.hidden/b.json")
    top = tmp_path / "top"
    (top / "inside.json").symlink_to("real/a.json")
    (top / "hidden.json").symlink_to(top / ".hidden/b.json")
    (top / "outward.json").symlink_to("../outside/a.json")
    (top / "nowhere.json").symlink_to("missing.json")
    (top / "self.json").symlink_to("self.json")
    (top / "nowhere.txt").symlink_to("missing.txt")
    (top / "notes.txt").symlink_to("../outside/a.json")

    assert found(top) == ["hidden.json", "inside.json", "real/a.json"]
    assert unreadable(top) == {
        "nowhere.json": "a symbolic link that cannot be followed: no such file or directory",
        "outward.json": "a symbolic link that leads out of the folder, which is not followed",
        "self.json": "a symbolic link that cannot be followed: too many levels of symbolic links",
    }


def test_a_folder_whose_name_begins_like_the_top_is_outside(tmp_path: Path) -> None:
    fill(tmp_path, "top-secret/a.json", "top/b.json")
    (tmp_path / "top/a.json").symlink_to(tmp_path / "top-secret/a.json")

    assert found(tmp_path / "top") == ["b.json"]


def test_links_to_folders_are_told_of_and_never_followed(tmp_path: Path) -> None:
    fill(tmp_path, "outside/a.json", "top/deep/er/a.json")
    top = tmp_path / "top"
    (top / "deep/er/loop").symlink_to(top)
    (top / "latest").symlink_to("deep/er")
    (top / "out").symlink_to("../outside")
    (top / ".out").symlink_to("../outside")

    assert found(top) == ["deep/er/a.json"]
    assert unreadable(top) == {
        "deep/er/loop": "a symbolic link to a folder, which is not followed",
        "latest": "a symbolic link to a folder, which is not followed",
        "out": "a symbolic link to a folder outside, which is not followed",
    }


def test_the_folder_itself_may_be_named_by_a_link(tmp_path: Path) -> None:
    fill(tmp_path, "real/x/a.json")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real/b.json").symlink_to("x/a.json")

    assert found(tmp_path / "link") == ["b.json", "x/a.json"]


@pytest.mark.parametrize("name", ["a.json", "trail.log", ".hidden", "a.tmp"])
def test_a_single_file_is_a_candidate_whatever_its_name(tmp_path: Path, name: str) -> None:
    fill(tmp_path, name, "other.json")

    assert found(tmp_path / name) == [name]


def test_a_single_file_may_be_named_by_a_link_that_leads_anywhere(tmp_path: Path) -> None:
    fill(tmp_path, "a/real.json")
    (tmp_path / "b").mkdir()
    (tmp_path / "b/link.json").symlink_to("../a/real.json")
    source = DirectorySource(tmp_path / "b/link.json")

    [item] = source.scan()

    assert isinstance(item, FoundFile)
    assert source.read_file(item, 100).content == b"a/real.json"


def test_a_place_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match="there is no such folder or file; make it, or name another"
    ) as caught:
        DirectorySource(tmp_path / "missing").scan()

    assert caught.value.place == str(tmp_path / "missing")


def test_a_place_that_is_neither_folder_nor_file_is_an_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(SourceError, match="neither a folder nor a regular file"):
        DirectorySource(tmp_path / "pipe").scan()


def test_folders_that_may_not_be_read_are_told_of_and_the_rest_is_found() -> None:
    code = """
for item in DirectorySource(Path(sys.argv[1])).scan():
    print(item.name, getattr(item, "reason", "found"), sep=": ")
"""
    with open_folder() as folder:
        fill(folder, "a.json", "closed/b.json", "listed/c.json", "z.json")
        (folder / "closed").chmod(0o000)
        (folder / "listed").chmod(0o444)
        try:
            printed = run_unprivileged(code, str(folder))
        finally:
            (folder / "closed").chmod(0o755)
            (folder / "listed").chmod(0o755)

    assert printed.splitlines() == [
        "a.json: found",
        "closed: permission denied",
        "listed/c.json: permission denied",
        "z.json: found",
    ]


@pytest.mark.parametrize("is_folder", [True, False])
def test_a_place_that_may_not_be_read_is_an_error_at_once(is_folder: bool) -> None:
    code = """
try:
    DirectorySource(Path(sys.argv[1])).changes(threading.Event(), 30)
except SourceError as error:
    print(error.reason)
"""
    with open_folder() as folder:
        fill(folder, "place/a.json")
        place = folder / "place" if is_folder else folder / "place/a.json"
        place.chmod(0o000)
        try:
            printed = run_unprivileged(code, str(place))
        finally:
            place.chmod(0o755)

    assert printed == "may not be read by this user; change its permissions\n"
