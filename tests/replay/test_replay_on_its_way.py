"""A replay on its way: large files in parts, progress, leaving off, and what ends it."""

import gzip
import os
import signal
import threading
from pathlib import Path
from random import Random

import pytest

from support.clock import MINUTE_MS, START_MS
from support.records import denial, record
from support.replay_runs import alarm, counting, deliver, document, file_name, json_of, replayed
from trailbell.replay import Limits, Progress, ReplayError, ReplayRequest, control_rules, replay
from trailbell.replay._content import WHOLE_BYTES

PADDING = "x" * 60_000
FULL = Path("/dev/full")


def large(number: int, denied: int) -> bytes:
    """A document above what is read at once, of records of 60 KB."""
    records = [record(requestParameters={"note": PADDING}) for _ in range(number)]
    chance = Random(3)
    for at in chance.sample(range(number), denied):
        records[at] = denial(requestParameters={"note": PADDING})
    content = document(records)
    assert len(content) > WHOLE_BYTES
    return content


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_large_file_is_read_in_parts_and_counts_the_same(tmp_path: Path, jobs: int) -> None:
    (tmp_path / file_name(START_MS, "large")).write_bytes(gzip.compress(large(320, 12), 1))
    deliver(tmp_path, START_MS + MINUTE_MS, [denial()])
    result = replayed([tmp_path], jobs=jobs)

    assert (13, 308, 0, 0) == (
        result.records.matched,
        result.records.unmatched,
        result.records.duplicate,
        result.records.rejected,
    )


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_large_file_that_is_cut_is_taken_back_whole(tmp_path: Path, jobs: int) -> None:
    (tmp_path / file_name(START_MS, "large")).write_bytes(gzip.compress(large(320, 12), 1)[:-100])
    deliver(tmp_path, START_MS + MINUTE_MS, [denial()])
    result = replayed([tmp_path], jobs=jobs)

    assert (1, 0, 0, 1) == (
        result.records.matched,
        result.records.unmatched,
        result.records.duplicate,
        result.records.rejected,
    )
    assert "the gzip stream is cut short" == result.rejected[0].reason


def test_duplicates_within_and_before_a_large_file_count_once(tmp_path: Path) -> None:
    same = denial(requestParameters={"note": PADDING})
    records = [record(requestParameters={"note": PADDING}) for _ in range(320)]
    for at in (3, 150, 319):
        records[at] = same
    records[200] = denial()
    (tmp_path / file_name(START_MS + MINUTE_MS, "large")).write_bytes(gzip.compress(document(records), 1))
    alone = replayed([tmp_path])
    deliver(tmp_path, START_MS, [same, record()])
    after = replayed([tmp_path])

    assert (2, 2) == (alone.records.matched, alone.records.duplicate)
    assert (2, 3) == (after.records.matched, after.records.duplicate)
    assert [2] == [each.matches for each in after.filters]


def test_sets_of_dimensions_beyond_the_limit_of_an_hour_lose_them(tmp_path: Path) -> None:
    for part in range(3):
        records = [denial(sourceIPAddress=f"10.0.{part}.{number}") for number in range(400)]
        deliver(tmp_path, START_MS + part * MINUTE_MS, records, f"f{part}")
    filters = [counting(dimensions=(("Address", "$.sourceIPAddress"),))]
    watching = [
        alarm("without", metric_name="denials", threshold=200.0),
        alarm("within", metric_name="denials", dimensions=(("Address", "10.0.2.199"),)),
        alarm("beyond", metric_name="denials", dimensions=(("Address", "10.0.2.200"),)),
    ]
    result = replayed([tmp_path], filters, watching)

    assert [1, 1, 0] == [each.times_in_alarm for each in result.alarms]


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_ends_with_everything_done(tmp_path: Path, jobs: int) -> None:
    for number in range(5):
        deliver(tmp_path, START_MS, [denial()], f"f{number}")
    told: list[Progress] = []
    rules = control_rules(["unauthorized_api_calls"])
    replay(
        ReplayRequest(sources=(str(tmp_path),), filters=rules.filters, alarms=rules.alarms, jobs=jobs),
        progress=told.append,
    )
    last = told[-1]

    assert (5, 5) == (last.files_done, last.files_total)
    assert last.bytes_done == last.bytes_total == sum(each.stat().st_size for each in tmp_path.iterdir())


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_replay_that_is_told_to_stop_answers_with_what_is_done(tmp_path: Path, jobs: int) -> None:
    for number in range(200):
        deliver(tmp_path, START_MS + number * MINUTE_MS, [denial(), record()], f"f{number}")
    stop = threading.Event()
    rules = control_rules(["unauthorized_api_calls"])
    request = ReplayRequest(sources=(str(tmp_path),), filters=rules.filters, alarms=rules.alarms, jobs=jobs)
    result = replay(request, progress=lambda _: stop.set(), stop=stop)

    assert result.is_interrupted
    assert 0 < result.files < 200
    assert result.records.read == 2 * result.files == 2 * result.records.matched
    assert json_of(result)["interrupted"]


def test_ctrl_c_is_a_wish_to_stop(tmp_path: Path) -> None:
    for number in range(50):
        deliver(tmp_path, START_MS + number * MINUTE_MS, [denial()], f"f{number}")
    rules = control_rules(["unauthorized_api_calls"])
    request = ReplayRequest(sources=(str(tmp_path),), filters=rules.filters, alarms=rules.alarms)
    # What runs in the background may have the signal ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        result = replay(request, progress=lambda _: os.kill(os.getpid(), signal.SIGINT))
        after = signal.getsignal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)

    assert result.is_interrupted
    assert 0 < result.files < 50
    assert signal.default_int_handler is after


def test_what_cannot_be_replayed_is_refused_by_name(tmp_path: Path) -> None:
    deliver(tmp_path, START_MS, [denial()])
    request = ReplayRequest(sources=(str(tmp_path),), filters=(), alarms=())
    with pytest.raises(ReplayError, match="no metric filter"):
        replay(request)
    with pytest.raises(ReplayError, match="there is no clock 'sun'"):
        replayed([tmp_path], clock="sun")
    with pytest.raises(ReplayError, match="0 processes"):
        replayed([tmp_path], jobs=0)


def test_a_folder_for_lines_that_is_not_there_is_named(tmp_path: Path) -> None:
    deliver(tmp_path, START_MS, [denial()])
    with pytest.raises(ReplayError, match="no such file"):
        replayed([tmp_path], events_file=tmp_path / "missing" / "events.jsonl")


@pytest.mark.skipif(not FULL.exists(), reason="there is no device that is always full")
def test_a_full_disk_ends_it_with_a_word_about_room(tmp_path: Path) -> None:
    deliver(tmp_path, START_MS, [denial()])
    with pytest.raises(ReplayError, match=r"No space left on device.*is there room"):
        replayed([tmp_path], events_file=FULL)


def test_limits_of_memory_can_be_as_tight_as_one_likes(tmp_path: Path) -> None:
    same = [denial() for _ in range(30)]
    for number in range(8):
        deliver(tmp_path, START_MS + number * MINUTE_MS, [*same[number:], record()], f"f{number}")
    tight = Limits(identities=1, cache_bytes=1, waiting_bytes=0)

    assert json_of(replayed([tmp_path])) == json_of(replayed([tmp_path], limits=tight))
    assert 30 == replayed([tmp_path], limits=tight).records.matched


def test_beside_other_threads_processes_are_started_anew_and_answer_the_same(tmp_path: Path) -> None:
    for number in range(4):
        deliver(tmp_path, START_MS + number * MINUTE_MS, [denial(), record()], f"f{number}")
    done = threading.Event()
    waiting = threading.Thread(target=done.wait)
    waiting.start()
    try:
        beside = replayed([tmp_path], jobs=2)
    finally:
        done.set()
        waiting.join()

    assert json_of(replayed([tmp_path])) == json_of(beside)
