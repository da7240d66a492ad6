"""Whatever statement or commit is the last before the power goes: nothing is lost, nothing counts twice."""

import contextlib
import io
import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from support.clock import ManualClock, at
from support.crash_outcome import Outcome, differences, outcome_of
from support.power_cut import Fuse, PowerCutError
from support.ready_store import ready_store
from support.records import denial, log_file, record
from trailbell.chain import Chain
from trailbell.settings import Settings
from trailbell.store import Store

PARTS = [pytest.param(part, marks=[pytest.mark.slow] if part else []) for part in range(5)]
OLD_MS = 3_600_000
# Enough to tell a store that was made whole: it ticks, and takes files.
_FIRST_STEPS = 2
CONTROLS = ("unauthorized_api_calls", "iam_policy_changes")
DENIED_CHANGE = denial("mallory", eventID="m3", eventName="PutRolePolicy", eventSource="iam.amazonaws.com")
BACKLOG = "111122223333_CloudTrail_eu-west-1_20260601T0000Z_aaaaaaaaaaaaaaaa.json.gz"
FIRST: dict[str, bytes] = {
    BACKLOG: log_file([denial("old", eventID="o1"), record(eventID="o2")]),
    "a.json.gz": log_file([denial("bob", eventID="b1"), denial("bob", eventID=None), record(eventID="b2")]),
    "copy-of-a.json.gz": log_file(
        [denial("bob", eventID="b1"), denial("bob", eventID=None), record(eventID="b2")]
    ),
    "damaged.json.gz": log_file([record(eventID="d")])[:-9],
    "live.jsonl": b'{"eventName":"A","eventID":"l1"}\n{"eventName":"B"',
}
LATER: dict[str, bytes] = {
    "again.json.gz": log_file([record(eventID="b2"), denial("bob", eventID="b1"), DENIED_CHANGE]),
    "lines.jsonl": b'{"eventName":"PutUserPolicy","eventID":"p"}\nthis is no JSON\n{"eventName":"C"}\n',
    "live.jsonl": FIRST["live.jsonl"] + b',"eventID":"l2"}\n{"eventName":"DeleteRolePolicy"}\n',
}


class Day:
    """A short history of a folder and its server; the clock stands still but for its own steps."""

    def __init__(self, folder: Path, open_store: Callable[[Path], Store]) -> None:
        self.folder = folder
        self.open_store = open_store
        self.logs = folder / "logs"
        self.logs.mkdir()
        self.clock = ManualClock(at("2026-09-14T05:40:10Z"))
        self.store: Store | None = None
        self.chain: Chain | None = None

    def run(self, fuse: Fuse, steps: int | None) -> int:
        """Lives through it; a step in which the power went is done again. Returns how often it went."""
        cuts = 0
        for happens, acts in self.steps()[:steps]:
            happens()
            while True:
                try:
                    with fuse:
                        acts(self.opened())
                except PowerCutError:
                    fuse.blows_at = None
                    cuts += 1
                    self.close()
                else:
                    break
        self.close()
        return cuts

    def steps(self) -> list[tuple[Callable[[], object], Callable[[Chain], object]]]:
        return [
            (lambda: None, lambda chain: chain.tick()),
            (lambda: self.arrive(FIRST), lambda chain: chain.take_all()),
            (lambda: self.arrive(LATER), lambda chain: chain.take_all()),
            (lambda: self.clock.turn(seconds=51), lambda chain: chain.tick()),
            (lambda: self.clock.turn(seconds=8), lambda chain: chain.deliver_all()),
        ]

    def arrive(self, files: dict[str, bytes]) -> None:
        for name, content in files.items():
            path = self.logs / name
            path.write_bytes(content)
            age_ms = OLD_MS if name.startswith("damaged") else 0
            seconds = (self.clock.now_ms() - age_ms) / 1000
            os.utime(path, (seconds, seconds))

    def opened(self) -> Chain:
        if self.chain is None:
            data = self.folder / "data"
            settings = Settings(
                data=str(data), source=(str(self.logs),), controls=CONTROLS, notify=("-",), gather_seconds=0
            )
            self.store = self.open_store(data)
            self.chain = Chain(settings, self.store, self.clock, io.StringIO(), "http://127.0.0.1:4747")
        return self.chain

    def close(self) -> None:
        if self.store is not None:
            self.store.close()
        self.store = self.chain = None


def minutes_of(data: Path) -> list[Any]:
    """In which minute how much was counted; the clock stood still, so each must be the same."""
    with contextlib.closing(sqlite3.connect(data / "trailbell.db")) as connection:
        return connection.execute("SELECT metric_id, start_ms, sum, sample_count FROM datapoint").fetchall()


def a_day(
    folder: Path, fuse: Fuse, open_store: Callable[[Path], Store] = ready_store, steps: int | None = None
) -> tuple[Outcome, list[Any], int]:
    folder.mkdir()
    day = Day(folder, open_store)
    cuts = day.run(fuse, steps)
    return outcome_of(folder / "data"), minutes_of(folder / "data"), cuts


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, list[Any], int]:
    fuse = Fuse()
    outcome, minutes, cuts = a_day(tmp_path_factory.mktemp("undisturbed") / "day", fuse)
    assert (0, 6, 6, 1, 2) == (cuts, *outcome.classes.values())
    assert {"copy": 1, "read": 5, "rejected": 1} == outcome.files
    assert {"iam-changes-metric": 3, "unauthorized_api_calls_metric": 4} == outcome.sums
    return outcome, minutes, fuse.passed


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, list[Any], int]:
    """What becomes of the first steps of the day, and how many statements make the store before them."""
    with Fuse() as fuse:
        Store(tmp_path_factory.mktemp("made")).close()
    outcome, minutes, _ = a_day(tmp_path_factory.mktemp("begun") / "day", Fuse(), steps=_FIRST_STEPS)
    return outcome, minutes, fuse.passed


def unlike_the_undisturbed(
    cuts: Iterable[int],
    undisturbed: tuple[Outcome, list[Any], int],
    folder: Path,
    open_store: Callable[[Path], Store],
    steps: int | None = None,
) -> dict[int, Any]:
    """What came out otherwise than without a cut, by the statement at which the power went."""
    outcome, minutes, _ = undisturbed
    expected = msgspec.to_builtins(outcome)
    told = {}
    for blows_at in cuts:
        found, found_minutes, blown = a_day(folder / str(blows_at), Fuse(blows_at), open_store, steps)
        assert blown == 1
        if unlike := differences(expected, found) or minutes != found_minutes:
            told[blows_at] = unlike
    return told


@pytest.mark.parametrize("part", PARTS)
def test_a_power_cut_anywhere_in_a_day_changes_nothing(
    part: int, undisturbed: tuple[Outcome, list[Any], int], tmp_path: Path
) -> None:
    statements = undisturbed[2]
    cuts = range(1 + part, statements + 1, len(PARTS))

    assert statements > 180
    assert {} == unlike_the_undisturbed(cuts, undisturbed, tmp_path, ready_store)


@pytest.mark.parametrize("part", PARTS)
def test_a_power_cut_while_the_store_is_made_changes_nothing(
    part: int, begun: tuple[Outcome, list[Any], int], tmp_path: Path
) -> None:
    statements = begun[2]
    # Each second one: neighbours differ by one table or index.
    cuts = range(1 + part, statements + 1, 2 * len(PARTS))

    assert statements > 100
    assert {} == unlike_the_undisturbed(cuts, begun, tmp_path, Store, _FIRST_STEPS)
