"""Files too large to be held are read in pieces, and count exactly as small ones do."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.clock import at
from support.records import denial, record
from support.scenario import Scenario
from trailbell.chain import RecordClasses

MEBIBYTE = 1024 * 1024
FAR_MINUTES = 100_000_000


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path)
    made.clock.turn(minutes=FAR_MINUTES)
    made.chain.take_all()
    yield made
    made.close()


def lines(first: int, number: int) -> bytes:
    """Builds lines of about four kilobytes; every tenth is a denial."""
    padding = "x" * 3_800
    return b"".join(
        json.dumps((denial if each % 10 == 0 else record)(eventID=f"line-{each}", userAgent=padding)).encode()
        + b"\n"
        for each in range(first, first + number)
    )


LINES = lines(0, 5_000)
DOCUMENT = b'{"Records":[' + LINES.replace(b"\n", b",")[:-1] + b"]}"


def counts(classes: RecordClasses) -> tuple[int, int, int, int]:
    return classes.matched, classes.unmatched, classes.duplicate, classes.rejected


@pytest.mark.parametrize(
    ("name", "content"),
    [
        # Named by hand: a test is called the same in every process, whatever the time in a gzip header.
        pytest.param("large.jsonl", LINES, id="lines"),
        pytest.param("large.json", DOCUMENT, id="document"),
        pytest.param("large.jsonl.gz", gzip.compress(LINES, 1), id="compressed lines"),
        pytest.param("large.json.gz", gzip.compress(DOCUMENT, 1), id="compressed document"),
        pytest.param(
            "members.jsonl.gz",
            gzip.compress(LINES[: 9 * MEBIBYTE], 1) + gzip.compress(LINES[9 * MEBIBYTE :], 1),
            id="two members",
        ),
    ],
)
def test_a_large_file_is_read_whole_once(scenario: Scenario, name: str, content: bytes) -> None:
    (scenario.logs / name).write_bytes(content)
    scenario.chain.take_all()
    first = scenario.classes()
    (scenario.logs / f"copy-of-{name}").write_bytes(content)
    scenario.chain.take_all()

    assert len(LINES) > 18 * MEBIBYTE
    assert (500, 4_500, 0, 0) == counts(first) == counts(scenario.classes())
    assert scenario.alarm().evidence["total"] == 500


def test_a_large_file_that_is_cut_at_its_end_commits_nothing(scenario: Scenario) -> None:
    (scenario.logs / "cut.json.gz").write_bytes(gzip.compress(DOCUMENT, 1)[:-20])
    scenario.chain.take_all()

    assert (0, 0, 0, 1) == counts(scenario.classes())
    assert [] == [
        each.rows for each in scenario.chain.report.status().tables if each.table == "event" and each.rows
    ]


def test_a_large_file_of_lines_that_grows_goes_on_from_its_old_end(scenario: Scenario) -> None:
    path = scenario.logs / "growing.jsonl"
    half = len(LINES) - 5_000
    path.write_bytes(LINES[:half])
    # Just written: its last line, which is cut, may still be growing.
    scenario.clock.turn(
        seconds=(path.stat().st_mtime_ns // 1_000_000 + 1000 - scenario.clock.now_ms()) / 1000
    )
    scenario.chain.take_all()
    waiting = scenario.chain.report.status().sources[0]
    path.write_bytes(LINES + lines(5_000, 100))
    scenario.chain.take_all()
    path.write_bytes(LINES + lines(5_000, 101))
    scenario.chain.take_all()

    assert waiting.files_waiting == 1
    assert 4_990 < waiting.records.read < 5_000
    assert (511, 4_590, 0, 0) == counts(scenario.classes())


def test_bad_lines_of_a_large_file_are_named_with_their_place(scenario: Scenario) -> None:
    (scenario.logs / "bad.jsonl").write_bytes(LINES + b"nonsense\n" + lines(5_000, 1))
    scenario.chain.take_all()
    [rejected] = scenario.chain.report.rejected()

    assert len(LINES) == rejected.offset
    assert (501, 4_500, 0, 1) == counts(scenario.classes())


def test_a_large_file_of_a_first_start_is_backlog_too(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    name = "111122223333_CloudTrail_eu-west-1_20260601T0915Z_abcdefghijklmnop.json.gz"
    (scenario.logs / name).write_bytes(gzip.compress(DOCUMENT, 1))
    scenario.chain.take_all()
    scenario.tick()
    with scenario.store.read() as transaction:
        metric = next(
            each.definition.metric
            for each in transaction.alarms.all()
            if each.definition.name == "unauthorized_api_calls_alarm"
        )
        minutes = transaction.datapoints.within(metric, 0, scenario.clock.now_ms())
    state = scenario.state()
    scenario.close()

    assert ([at("2026-06-01T09:15:00Z")], "OK") == ([each.start_ms for each in minutes], state)


def test_asked_to_stop_it_leaves_off_in_the_middle_and_reads_the_file_anew_later(scenario: Scenario) -> None:
    (scenario.logs / "large.jsonl").write_bytes(LINES)
    scenario.chain.stop()
    scenario.chain.take_all()
    stopped = scenario.classes()
    scenario.restart()
    scenario.chain.take_all()

    assert (0, 0, 0, 0) == counts(stopped)
    assert (500, 4_500, 0, 0) == counts(scenario.classes())
