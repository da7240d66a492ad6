"""A server that is killed at random moments while it reads a folder, and one that is left in peace."""

import enum
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from support.crash_feed import Arrival, Feed
from support.crash_outcome import Outcome, outcome_of
from support.killed_server import Life

__all__ = ["Campaign", "CampaignResult", "Moment", "counted_independently", "left_in_peace"]

_ARGUMENTS = ("--controls", "unauthorized_api_calls,iam_policy_changes", "--notify", "-")
_COUNTER = Path(__file__).with_name("count_delivered.py")
_LONGEST_LIFE_SECONDS = 0.6
_AFTER_ARRIVAL_SECONDS = (0.02, 0.2)
_SHARE_OF_FEEDING = 0.8
_SETTLED_SECONDS = 1.0
_ASKED_EVERY_SECONDS = 0.02


class Death(enum.StrEnum):
    """When a server is killed: at some age, some time after it listens, or just after files came."""

    YOUNG = "young"
    LISTENING = "listening"
    RECEIVING = "receiving"


_DEATHS = (Death.YOUNG, Death.LISTENING, Death.LISTENING, Death.RECEIVING, Death.RECEIVING)


class Moment(enum.StrEnum):
    """What a server was killed in the midst of."""

    COUNTING = "files noted and not yet counted"
    STARTING = "not yet listening"
    FINDING = "files there and not yet noted"
    RESTING = "nothing in hand"


class CampaignResult(msgspec.Struct, frozen=True):
    """What a campaign came to.

    Attributes:
        outcome: What the database says at the end.
        records: How many records were to be read, by the feed's own account.
        kills: How often the server was killed.
        moments: What it was killed in the midst of, as far as was looked at.
        ready_seconds: From each start to listening.
        caught_up_seconds: From a start to the last record that lay there, for lives that were given the time.
        seconds: How long the campaign took.
        complaints: Lines of the server's log that tell of an error.
    """

    outcome: Outcome
    records: int
    kills: int
    moments: dict[str, int]
    ready_seconds: list[float]
    caught_up_seconds: list[float]
    seconds: float
    complaints: list[str]


class Campaign:
    """Kills a server many times over while files keep coming.

    Files arrive over the first four fifths of the kills; the first few hit a server that only sets itself up.

    Args:
        folder: An empty folder to work in; the delivered files are below ``logs``.
        kills: How often to kill.
        seed: What files come and when the server is killed.
        caught_up_every: Every so many lives one may read all there is before it is killed, to be timed.
        looked_at_every: After every so many kills the database is looked at, in a copy.
    """

    def __init__(
        self, folder: Path, kills: int, seed: int, *, caught_up_every: int = 20, looked_at_every: int = 1
    ) -> None:
        self.logs = folder / "logs"
        self._folder = folder
        self._kills = kills
        self._caught_up_every = caught_up_every
        self._looked_at_every = looked_at_every
        self._chance = random.Random(seed)
        self._feed = Feed(seed)
        self._records = 0
        self._was_ready = False
        self._delivered: set[str] = set()
        self._ready_seconds: list[float] = []
        self._caught_up_seconds: list[float] = []
        self._moments: Counter[str] = Counter()

    def run(self) -> CampaignResult:
        """Runs it to the end, the last server's being a peaceful one."""
        started = time.perf_counter()
        self.logs.mkdir(parents=True)
        first_kills = max(1, self._kills // 20)
        for _ in range(first_kills):
            self._live_and_die([], Death.YOUNG)
        with self._start() as life:
            self._ready_seconds.append(life.until_ready())
            _until_at_ease(life)
            life.kill()
        left = self._kills - first_kills - 1
        slots = round(left * _SHARE_OF_FEEDING)
        for number in range(left):
            arrivals = self._feed.slot(is_last=number == slots - 1) if number < slots else []
            if number % self._caught_up_every == self._caught_up_every - 1:
                self._read_all_and_die(arrivals)
            else:
                self._live_and_die(arrivals, self._chance.choice(_DEATHS))
            if number % self._looked_at_every == 0:
                self._moments[self._moment()] += 1
        with self._start() as life:
            self._ready_seconds.append(life.until_ready())
            _until_read(life, self._records)
            life.stop()
        return CampaignResult(
            outcome=outcome_of(self._folder / "data"),
            records=self._records,
            kills=self._kills,
            moments=dict(self._moments),
            ready_seconds=self._ready_seconds,
            caught_up_seconds=self._caught_up_seconds,
            seconds=time.perf_counter() - started,
            complaints=_complaints_in(self._folder / "server.log"),
        )

    def _start(self) -> Life:
        return Life(self._folder / "data", self.logs, self._folder / "server.log", *_ARGUMENTS)

    def _deliver(self, arrivals: list[Arrival]) -> None:
        for each in arrivals:
            each.deliver(self.logs)
            self._records += each.reads
            self._delivered.add(each.name)

    def _live_and_die(self, arrivals: list[Arrival], death: Death) -> None:
        """Some files lie there at the start, others come during the life, which ends at a random moment."""
        lying = 0 if death is Death.RECEIVING else self._chance.randint(0, len(arrivals))
        self._deliver(arrivals[:lying])
        coming = arrivals[lying:]
        # The higher power since most of the work is done soon after the start.
        seconds = _LONGEST_LIFE_SECONDS * self._chance.random() ** (1 if death is Death.YOUNG else 4)
        with self._start() as life:
            if death is not Death.YOUNG:
                self._ready_seconds.append(life.until_ready())
            if death is Death.RECEIVING:
                life.live(seconds)
                self._deliver(coming)
                life.live(self._chance.uniform(*_AFTER_ARRIVAL_SECONDS))
            else:
                self._deliver_one_by_one(coming, life, seconds)
            self._was_ready = life.url is not None
            life.kill()

    def _deliver_one_by_one(self, arrivals: list[Arrival], life: Life, seconds: float) -> None:
        for each in arrivals:
            life.live(seconds / (len(arrivals) + 1))
            self._deliver([each])
        life.live(seconds / (len(arrivals) + 1))

    def _read_all_and_die(self, arrivals: list[Arrival]) -> None:
        self._deliver(arrivals)
        with self._start() as life:
            self._ready_seconds.append(life.until_ready())
            self._caught_up_seconds.append(
                life.until(
                    lambda: _source(life)["records"]["read"] >= self._records,
                    "all is read",
                    _ASKED_EVERY_SECONDS,
                )
            )
            self._was_ready = True
            life.kill()

    def _moment(self) -> str:
        """Looks at a copy of what the killed server has left, so that the next one finds it untouched."""
        copy = self._folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in (self._folder / "data").glob("trailbell.db*"):
            if not path.name.endswith("-shm"):
                shutil.copy(path, copy)
        connection = sqlite3.connect(copy / "trailbell.db")
        noted = dict(connection.execute("SELECT state, count(*) FROM source_file GROUP BY state"))
        connection.close()
        if noted.get("seen"):
            return Moment.COUNTING
        if not self._was_ready:
            return Moment.STARTING
        return Moment.FINDING if sum(noted.values()) < len(self._delivered) else Moment.RESTING


def left_in_peace(folder: Path, logs: Path, records: int) -> Outcome:
    """Has one server read what a campaign has delivered, and never kills it.

    The files appear all at once, in a folder that it already watches: as in the campaign, none is backlog.
    """
    watched = folder / "logs"
    watched.mkdir(parents=True)
    linked = folder / "linked"
    shutil.copytree(logs, linked, copy_function=os.link)
    with Life(folder / "data", watched, folder / "server.log", *_ARGUMENTS) as life:
        life.until_ready()
        _until_at_ease(life)
        for each in sorted(linked.iterdir()):
            each.rename(watched / each.name)
        _until_read(life, records)
        life.stop()
    complaints = _complaints_in(folder / "server.log")
    if complaints:
        raise AssertionError(f"the server left in peace complained: {complaints[0]}")
    return outcome_of(folder / "data")


def counted_independently(logs: Path) -> dict[str, Any]:
    """Has the program that shares no code with us count the same folder."""
    program = subprocess.run(
        [sys.executable, "-I", str(_COUNTER), str(logs)], capture_output=True, check=True
    )
    counted: dict[str, Any] = json.loads(program.stdout)
    return counted


def _until_at_ease(life: Life) -> None:
    """Waits until every alarm of a server without data is OK and its first look at the source is done."""

    def is_at_ease() -> bool:
        status = life.status()
        [source] = status["sources"]
        return source["is_caught_up"] and {each["state"] for each in status["alarms"]} == {"OK"}

    life.until(is_at_ease, "the alarms are OK", _ASKED_EVERY_SECONDS)


def _until_read(life: Life, records: int) -> None:
    """Waits until so many records are read and, for a while, nothing more comes."""

    def is_read() -> bool:
        source = _source(life)
        return bool(source["records"]["read"] >= records and source["files_waiting"] == 0)

    life.until(is_read, f"{records} records are read", _ASKED_EVERY_SECONDS)
    life.live(_SETTLED_SECONDS)


def _complaints_in(log: Path) -> list[str]:
    """Lists the lines of a server's log that tell of an error."""
    signs = ("[error", "[critical", "Traceback")
    return [line for line in log.read_text().splitlines() if any(sign in line for sign in signs)]


def _source(life: Life) -> Any:
    [source] = life.status()["sources"]
    return source
