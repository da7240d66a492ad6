from collections import Counter
from pathlib import Path

import pytest

from support.pieces import assert_pieces_agree
from trailbell.cloudtrail import FileKind, decompress, facts_of, parse_file_name, read_records

pytestmark = pytest.mark.realdata

_FILES_AND_RECORDS = {
    "awsdocs-examples": (15, 15),
    "console-sessions": (32, 9226),
    "flaws-excerpt": (5, 185),
    "grycap-2017": (1, 142),
    "invictus-2023": (55, 2900),
    "plaso-lookup": (1, 6),
    "stratus-detonation": (35, 310),
    "traildiscover": (336, 315),
    "trailscraper": (3, 7),
}


def _files(real_data: Path, folder: str) -> list[Path]:
    return sorted(path for path in (real_data / "cloudtrail" / folder).rglob("*") if path.is_file())


def _records(path: Path) -> list[bytes]:
    reading = read_records(decompress(path.read_bytes(), 1 << 28), path.name)

    assert reading.rejected == ()
    return [record.content for record in reading.records]


@pytest.mark.parametrize("folder", _FILES_AND_RECORDS)
def test_every_real_file_is_read_whole(real_data: Path, folder: str) -> None:
    files = _files(real_data, folder)

    assert _FILES_AND_RECORDS[folder] == (len(files), sum(len(_records(path)) for path in files))


@pytest.mark.parametrize("folder", _FILES_AND_RECORDS)
def test_every_real_file_is_the_same_in_pieces(real_data: Path, folder: str) -> None:
    for path in _files(real_data, folder):
        content = decompress(path.read_bytes(), 1 << 28)
        assert_pieces_agree(content, 10_000, [4_096])


def test_real_names_tell_their_minute(real_data: Path) -> None:
    named = [path.name for path in _files(real_data, ".") if "_CloudTrail_" in path.name]
    kinds = Counter(parsed.kind for name in named if (parsed := parse_file_name(name)))

    assert kinds == {FileKind.LOG: 62}


def test_real_records_name_their_caller_and_time(real_data: Path) -> None:
    facts = [
        facts_of(record)
        for folder in ("invictus-2023", "flaws-excerpt", "grycap-2017", "stratus-detonation")
        for path in _files(real_data, folder)
        for record in _records(path)
    ]
    missing = [one for one in facts if one.event_time_ms is None or one.principal.key == "unknown"]

    assert (len(facts), missing) == (3537, [])
