"""Whatever lies in the folder: it is counted and named, and the rest goes on."""

import gzip
import json
import shutil
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.records import denial, log_file, record
from support.scenario import Scenario
from trailbell.chain import RecordClasses

FAR_MINUTES = 100_000_000
DEEP = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
LARGE_RECORD = json.dumps(record(requestParameters={"blob": "x" * 250_000})).encode()
DENIED = b'{"eventID":"%s","errorCode":"AccessDenied","eventName":"A","sourceIPAddress":"198.51.100.7"%s}'


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path)
    made.clock.turn(minutes=FAR_MINUTES)
    made.chain.take_all()
    yield made
    made.close()


def gzip_bomb() -> bytes:
    """Builds a gigabyte of blanks in a megabyte."""
    block = gzip.compress(b" " * 10_000_000, mtime=0)
    return block * 100


@pytest.mark.parametrize(
    ("name", "content", "counts"),
    [
        ("empty.json", b"", (0, 0, 1)),
        ("cut.json.gz", log_file([denial()])[:-5], (0, 0, 1)),
        ("bomb.json.gz", gzip_bomb(), (0, 0, 1)),
        ("garbage.json", bytes(range(256)) * 10, (0, 0, 1)),
        ("deep-alone.json", DEEP, (0, 0, 1)),
        ("deep-among.jsonl", DEEP + b"\n" + DENIED % (b"1", b"") + b"\n", (1, 0, 1)),
        ("large-record.jsonl", LARGE_RECORD + b"\n" + DENIED % (b"1", b"") + b"\n", (1, 1, 0)),
        ("nul.jsonl", b"\0\0\0\n" + DENIED % (b"1", b"") + b"\n", (1, 0, 1)),
        ("escaped-nul.jsonl", DENIED % (b"\\u0000", b"") + b"\n", (1, 0, 0)),
        ("utf8.jsonl", DENIED % (b"\xff\xfe", b"") + b"\n" + DENIED % (b"1", b"") + b"\n", (1, 0, 1)),
        ("surrogate.jsonl", DENIED % (b"\\ud800", b"") + b"\n", (1, 0, 0)),
        ("duplicate-keys.jsonl", DENIED % (b"1", b',"errorCode":"AccessDenied"') + b"\n", (1, 0, 0)),
        ("last-key-wins.jsonl", DENIED % (b"1", b',"errorCode":null') + b"\n", (0, 1, 0)),
        ("huge-number.jsonl", DENIED % (b"1", b',"n":1e999') + b"\n", (1, 0, 0)),
        ("no-records.json", b'{"Records":[]}', (0, 0, 0)),
        ("odd-records.json", b'{"Records":[1,"x",null,[],{}]}', (0, 1, 4)),
    ],
)
def test_a_hostile_file_counts_as_it_should_and_its_neighbour_is_read(
    scenario: Scenario, name: str, content: bytes, counts: tuple[int, int, int]
) -> None:
    (scenario.logs / name).write_bytes(content)
    scenario.chain.take_all()
    alone = scenario.classes()
    (scenario.logs / "neighbour.json.gz").write_bytes(log_file([denial("neighbour"), record()]))
    scenario.chain.take_all()
    both = scenario.classes()

    assert counts == (alone.matched, alone.unmatched, alone.rejected)
    assert (alone.matched + 1, alone.unmatched + 1) == (both.matched, both.unmatched)
    assert all(_adds_up(each) for each in (alone, both))
    assert counts[2] == sum(each.file == name for each in scenario.chain.report.rejected())


def _adds_up(classes: RecordClasses) -> bool:
    return classes.read == classes.matched + classes.unmatched + classes.duplicate + classes.rejected


def test_hostile_names_reach_the_message_escaped(scenario: Scenario) -> None:
    scenario.drop("x.json.gz", [denial("a\x1b]0;title\x07b\u202e")])
    scenario.clock.turn(seconds=10)
    message = scenario.delivered()

    assert not {"\x1b", "\x07", "\u202e"} & set(message)
    assert "a\\x1b]0;title\\x07b\\u202e" in message


def test_two_thousand_tiny_files_are_all_read_once(scenario: Scenario) -> None:
    for number in range(2_000):
        name = f"{number % 50}/{number}.jsonl"
        path = scenario.logs / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(DENIED % (str(number).encode(), b"") + b"\n")
    scenario.chain.take_all()
    scenario.chain.take_all()

    assert (2_000, 2_000) == (scenario.classes().matched, scenario.classes().read)


@pytest.mark.parametrize("minutes", [-90, 90, 60 * 24 * 400])
def test_a_clock_that_jumps_loses_and_doubles_nothing(scenario: Scenario, minutes: int) -> None:
    scenario.drop("one.json.gz", [denial("alice")])
    scenario.tick()
    scenario.tick(minutes)
    scenario.drop("two.json.gz", [denial("bob")])
    scenario.chain.take_all()
    scenario.tick()

    assert scenario.classes().matched == 2
    assert scenario.state() == "ALARM"


def test_a_folder_that_is_removed_and_made_again_goes_on(scenario: Scenario) -> None:
    path = scenario.drop("one.json.gz", [denial("alice")])
    path.unlink()
    scenario.logs.rmdir()
    scenario.logs.mkdir()
    scenario.drop("one.json.gz", [denial("bob")])

    assert scenario.classes().matched == 2


def test_what_cannot_be_opened_is_shown_and_read_once_it_can_be(scenario: Scenario, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_bytes(json.dumps({"Records": [denial()]}).encode())
    blocked = scenario.logs / "blocked.json"
    blocked.symlink_to(elsewhere)
    scenario.chain.take_all()
    [before] = scenario.chain.report.status().sources
    blocked.unlink()
    shutil.copy(elsewhere, blocked)
    scenario.chain.take_all()
    [after] = scenario.chain.report.status().sources

    assert (before.files_unreadable, before.records.read) == (1, 0)
    assert (after.files_unreadable, after.records.matched, after.records.read) == (0, 1, 1)


def test_files_that_could_not_be_opened_and_are_gone_are_forgotten_at_the_next_start(
    scenario: Scenario, tmp_path: Path
) -> None:
    blocked = scenario.logs / "blocked.json"
    blocked.symlink_to(tmp_path / "elsewhere.json")
    scenario.chain.take_all()
    [before] = scenario.chain.report.status().sources
    blocked.unlink()
    scenario.restart()
    scenario.chain.take_all()
    [after] = scenario.chain.report.status().sources

    assert (before.files_unreadable, after.files_unreadable) == (1, 0)


def test_a_flood_of_tiny_elements_is_counted_in_little_memory(scenario: Scenario) -> None:
    content = DENIED % (b"1", b"") + b"\n" + b"1234567\n" * 150_000
    (scenario.logs / "flood.jsonl.gz").write_bytes(gzip.compress(content, 9))
    tracemalloc.start()
    scenario.chain.take_all()
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (scenario.classes().matched, scenario.classes().rejected) == (1, 150_000)
    assert peak_bytes < 120_000_000
