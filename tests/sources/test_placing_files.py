"""A file is put into a watched folder whole or not at all, and taken away again."""

from pathlib import Path

import pytest

from support.unprivileged import open_folder, run_unprivileged
from trailbell.sources import DirectorySource, SourceError, place_file, take_file_away


def test_a_file_that_is_placed_is_found_and_nothing_else_is_left(tmp_path: Path) -> None:
    place_file(tmp_path, "one.json", b"{}")
    found = [each.name for each in DirectorySource(tmp_path).scan()]

    assert (["one.json"], [tmp_path / "one.json"]) == (found, list(tmp_path.iterdir()))


def test_what_was_placed_or_begun_is_taken_away_and_no_more(tmp_path: Path) -> None:
    place_file(tmp_path, "one.json", b"{}")
    place_file(tmp_path, "two.json", b"{}")
    (tmp_path / ".one.json.unfinished").write_bytes(b"{")
    take_file_away(tmp_path, "one.json")
    take_file_away(tmp_path, "one.json")

    assert [tmp_path / "two.json"] == list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["gone", "file"])
def test_what_is_no_folder_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    take_file_away(tmp_path / name, "one.json")

    with pytest.raises(SourceError, match="is not a folder"):
        place_file(tmp_path / name, "one.json", b"{}")


def test_a_folder_that_may_not_be_written_to_is_told() -> None:
    code = """
folder = Path(sys.argv[1])
for do in (lambda: place_file(folder, "one.json", b""), lambda: take_file_away(folder, "two.json")):
    try:
        do()
    except SourceError as error:
        print(error.reason)
"""
    with open_folder() as folder:
        (folder / "two.json").write_bytes(b"")
        printed = run_unprivileged(code, str(folder))

    assert ["cannot be written to: permission denied", "cannot be deleted: permission denied"] == (
        printed.splitlines()
    )
