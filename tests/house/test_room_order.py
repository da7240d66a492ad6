"""A room imports only rooms above it in the table of docs/architecture.md, and the core is pure."""

from pathlib import Path

import pytest

from support.project import PACKAGE, page_text
from support.rooms import Room, read_rooms, violations

ROOMS = [Room(1, "tones"), Room(1, "bells"), Room(2, "shelf"), Room(5, "gate")]


def test_the_rooms_keep_their_order_and_the_core_is_pure() -> None:
    rooms = read_rooms(page_text("architecture.md"))

    assert len(rooms) > 10
    assert [] == violations(PACKAGE, rooms)


def house(folder: Path, files: dict[str, str]) -> Path:
    """Builds a made-up package of four rooms, with some files in it."""
    package = folder / "trailbell"
    for name in ("__init__.py", "_errors.py", *(f"{room.name}/__init__.py" for room in ROOMS)):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text("")
    for name, text in files.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    return package


def test_an_orderly_house_has_no_violations(tmp_path: Path) -> None:
    package = house(
        tmp_path,
        {
            "bells/_bell.py": "from datetime import UTC, datetime\n"
            "from trailbell._errors import Loud\n"
            "from trailbell.tones import Tone\n"
            "from trailbell.bells._clapper import Clapper\n"
            "def at(ms): return datetime.fromtimestamp(ms, UTC)\n",
            "shelf/_shelf.py": "import time\nfrom trailbell.bells import Bell\nprint(time.time())\n",
            "gate/_gate.py": "from trailbell import bells, shelf\n",
            "__main__.py": "from trailbell.gate import main\n",
        },
    )

    assert [] == violations(package, ROOMS)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("tones/_a.py", "from trailbell.bells import Bell", "tones imports bells, which stands below"),
        ("tones/_a.py", "import trailbell.bells", "tones imports bells"),
        ("tones/_a.py", "from trailbell import bells", "tones imports bells"),
        ("tones/_a.py", "from ..bells import Bell", "tones imports bells"),
        ("tones/_a.py", "from .. import bells", "tones imports bells"),
        ("tones/_a.py", "def f():\n    from trailbell.gate import Gate", "_a.py:2: tones imports gate"),
        (
            "tones/_a.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from trailbell.shelf import Shelf",
            "_a.py:3: tones imports shelf",
        ),
        ("shelf/_a.py", "import importlib\nimportlib.import_module('trailbell.gate')", "shelf imports gate"),
        ("shelf/deep/_a.py", "from ...gate import Gate", "shelf imports gate"),
        (
            "gate/_a.py",
            "from trailbell.bells._bell import Bell",
            "trailbell.bells._bell.Bell, which is private",
        ),
        ("gate/_a.py", "from trailbell.bells import _bell", "private to bells"),
        ("gate/_a.py", "import trailbell.bells._bell", "private to bells"),
        ("gate/_a.py", "from trailbell.attic import Box", "trailbell.attic.Box, which is no room"),
        ("attic/__init__.py", "", "attic/: the room is missing from the table"),
        ("_stray.py", "", "_stray.py: a module stands outside all rooms"),
        (
            "_errors.py",
            "from trailbell.bells import Bell",
            "stands outside all rooms and imports the room bells",
        ),
        (
            "__init__.py",
            "from trailbell.bells import Bell",
            "stands outside all rooms and imports the room bells",
        ),
        ("bells/_a.py", "import threading", "the core imports threading"),
        ("bells/_a.py", "import os", "the core imports os"),
        ("bells/_a.py", "import os.path", "the core imports os.path"),
        ("bells/_a.py", "from pathlib import Path", "the core imports pathlib.Path"),
        ("bells/_a.py", "from urllib.request import urlopen", "the core imports urllib.request.urlopen"),
        ("bells/_a.py", "def f():\n    import time", "the core imports time"),
        ("bells/_a.py", "import sqlalchemy", "the core imports sqlalchemy"),
        ("bells/_a.py", "import logging", "the core imports logging"),
        ("bells/_a.py", "import random", "the core imports random"),
        ("bells/_a.py", "open('bell')", "the core uses open"),
        ("bells/_a.py", "read = open", "the core uses open"),
        ("bells/_a.py", "print('ding')", "the core uses print"),
        ("bells/_a.py", "import codecs\ncodecs.open('bell')", "the core uses codecs.open"),
        ("bells/_a.py", "import io\nio.BytesIO(io.open('bell').read())", "the core uses io.open"),
        ("bells/_a.py", "from codecs import open", "the core uses codecs.open"),
        ("bells/_a.py", "import datetime\ndatetime.datetime.now()", "the core uses datetime.datetime.now"),
        (
            "bells/_a.py",
            "from datetime import datetime as d\nd.utcnow()",
            "the core uses datetime.datetime.utcnow",
        ),
        ("bells/_a.py", "import datetime as d\nclock = d.date.today", "the core uses datetime.date.today"),
        ("bells/_a.py", "n = 0\ndef f():\n    global n\n    n += 1", "the core changes the global n"),
    ],
)
def test_each_kind_of_violation_is_found(tmp_path: Path, file: str, text: str, words: str) -> None:
    found = violations(house(tmp_path, {file: text}), ROOMS)

    assert len(found) == 1, found
    assert words in found[0]


def test_a_row_without_a_folder_is_found(tmp_path: Path) -> None:
    found = violations(house(tmp_path, {}), [*ROOMS, Room(5, "tower")])

    assert ["tower/: the table lists a room that is no folder"] == found


def test_floors_out_of_order_are_found(tmp_path: Path) -> None:
    found = violations(house(tmp_path, {}), [ROOMS[3], *ROOMS[:3]])

    assert ["the table's floors are not in order"] == found


def test_the_table_is_read_from_its_rows() -> None:
    page = "| floor | room | what |\n|---|---|---|\n| 1 core | `bells/` | a |\n| 2 shell | `shelf/` | b |\n"

    assert [Room(1, "bells"), Room(2, "shelf")] == read_rooms(page)
