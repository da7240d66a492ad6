"""A replay's answer depends on what is in the files alone: on no order, process, path or limit of memory."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.clock import MINUTE_MS, START_MS
from support.records import denial, record
from support.replay_runs import alarm, counting, deliver, json_of, replayed, timed
from trailbell.replay import Limits

FILTERS = (
    counting("denials"),
    counting("errors", "{ $.errorCode = * }", default_value=0.0),
    counting("sizes", "{ $.requestParameters.size = * }", value="$.requestParameters.size"),
)
ALARMS = (
    alarm("denials"),
    alarm("errors", period_seconds=60, evaluation_periods=3, datapoints_to_alarm=2, threshold=2.0),
    alarm("sizes", period_seconds=60, threshold=0.35),
)
TINY = Limits(identities=2, cache_bytes=4096, waiting_bytes=0)


def made_records(chance: Random, number: int) -> list[dict[str, Any]]:
    records = []
    for _ in range(number):
        at_ms = START_MS + chance.randrange(30) * 20_000
        event_id = f"id-{chance.randrange(40)}"
        records.append(
            chance.choice(
                [
                    timed(at_ms, eventID=event_id),
                    timed(at_ms, eventID=event_id, errorCode="AccessDenied"),
                    timed(at_ms, eventID=event_id, errorCode="Throttling", userAgent="caf\u00e9"),
                    timed(at_ms, eventID=event_id, requestParameters={"size": chance.choice([0.1, 0.2, 7])}),
                ]
            )
        )
    return records


def filled(folder: Path, chance: Random, files: int = 6) -> list[Path]:
    return [
        deliver(
            folder,
            START_MS + chance.randrange(8) * MINUTE_MS,
            made_records(chance, chance.randrange(1, 9)),
            f"f{number}",
            is_compact=chance.random() < 0.7,
        )
        for number in range(files)
    ]


def answer(sources: Sequence[Path | str], **changes: Any) -> dict[str, Any]:
    return json_of(replayed(sources, FILTERS, ALARMS, **changes))


@given(st.integers(0, 1 << 32), st.sampled_from(["delivery", "event"]))
@settings(deadline=None, max_examples=25)
def test_the_order_of_files_and_the_path_do_not_matter(seed: int, clock: str) -> None:
    chance = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        paths = filled(Path(folder), chance)
        expected = answer([folder], clock=clock)
        chance.shuffle(paths)

        assert expected == answer(paths, clock=clock)
        assert expected == answer(paths, clock=clock, exact=True)
        assert expected == answer([folder, *paths, f"{folder}/*.gz"], clock=clock, limits=TINY)


@pytest.mark.parametrize("clock", ["delivery", "event"])
@pytest.mark.parametrize("limits", [Limits(), TINY], ids=["roomy", "tiny"])
def test_the_number_of_processes_does_not_matter(tmp_path: Path, clock: str, limits: Limits) -> None:
    filled(tmp_path, Random(5), 40)

    assert answer([tmp_path], clock=clock) == answer([tmp_path], clock=clock, jobs=2, limits=limits)


@given(st.integers(0, 1 << 32))
@settings(deadline=None, max_examples=25)
def test_how_records_are_split_into_files_of_a_minute_does_not_matter(seed: int) -> None:
    chance = Random(seed)
    # Each id is that of one record: of records that differ the first counts, and that is a matter of files.
    records = {each["eventID"]: each for each in made_records(chance, 20)}
    twice = [*records.values(), *chance.sample(list(records.values()), 4)]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as many:
        deliver(Path(one), START_MS, twice)
        chance.shuffle(twice)
        for number in range(0, len(twice), 5):
            deliver(Path(many), START_MS, twice[number : number + 5], f"f{number}")
        first, second = answer([one]), answer([many])

    assert _without_sums(first) == _without_sums(second)


def _without_sums(document: dict[str, Any]) -> dict[str, Any]:
    # Sums of fractions depend on their order in the last digit.
    moves = [each["transitions"] for each in document["alarms"] if each["name"] != "sizes"]
    return document | {"files": 0, "alarms": moves}


def test_many_small_records_are_the_same_on_the_exact_path(tmp_path: Path) -> None:
    chance = Random(11)
    records = [
        denial(eventID=f"{number}") if chance.random() < 0.05 else record(eventID=f"{number}")
        for number in range(400)
    ]
    deliver(tmp_path, START_MS, records)
    deliver(tmp_path, START_MS + MINUTE_MS, records[:200], "b", is_compact=False)

    assert answer([tmp_path]) == answer([tmp_path], exact=True)
    assert 600 == answer([tmp_path])["records"]["read"]
