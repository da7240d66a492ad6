"""When records count: by the minute in the name of their file or by the time of the call, within limits."""

import io
import json
import os
from pathlib import Path

import pytest

from support.clock import MINUTE_MS, START_MS
from support.records import denial, record
from support.replay_runs import alarm, counting, deliver, document, json_of, replayed, timed
from trailbell.replay import ReplayError, ReplayResult

HOUR_MS = 60 * MINUTE_MS


def denied(at_ms: int) -> dict[str, object]:
    return timed(at_ms, errorCode="AccessDenied")


def span(result: ReplayResult) -> tuple[int | None, int | None]:
    [found] = result.filters
    return found.first_ms, found.last_ms


def test_records_of_a_file_without_a_minute_count_at_their_calls(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    path.write_bytes(document([denied(START_MS + 7000), denied(START_MS + HOUR_MS), record()]))
    result = replayed([path])

    assert (START_MS + 7000, START_MS + HOUR_MS) == span(result)
    [note] = result.clock_notes
    assert note.startswith("1 file without a minute of delivery in the name")


def test_where_the_call_has_no_time_the_file_counts_when_it_was_modified(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    path.write_bytes(document([denial(eventTime=None), denial(eventTime="soon")]))
    os.utime(path, ns=(START_MS * 1_000_000, START_MS * 1_000_000))
    result = replayed([path])

    assert (START_MS, START_MS) == span(result)
    assert any("2 records without a usable time" in note for note in result.clock_notes)


def test_by_the_clock_of_events_the_minute_in_the_name_does_not_matter(tmp_path: Path) -> None:
    deliver(tmp_path, START_MS + HOUR_MS, [denied(START_MS + 1000), timed(START_MS - HOUR_MS)])
    result = replayed([tmp_path], clock="event")

    assert (START_MS + 1000, START_MS + 1000) == span(result)
    assert (START_MS - HOUR_MS, START_MS + 1000) == (result.first_ms, result.last_ms)


def test_by_the_clock_of_events_default_values_count_in_the_minute_of_the_call(tmp_path: Path) -> None:
    deliver(tmp_path, START_MS, [timed(START_MS + each * MINUTE_MS) for each in range(5)])
    watching = [
        alarm(
            threshold=0.0,
            comparison_operator="LessThanOrEqualToThreshold",
            period_seconds=60,
            evaluation_periods=5,
        )
    ]
    result = replayed([tmp_path], [counting(default_value=0.0)], watching, clock="event")
    [rung] = [each.at_ms for each in result.alarms[0].transitions if each.to_state == "ALARM"]

    assert START_MS + 5 * MINUTE_MS + 5000 == rung


@pytest.mark.parametrize("clock", ["delivery", "event"])
def test_only_what_lies_between_the_limits_is_replayed(tmp_path: Path, clock: str) -> None:
    for minutes in range(6):
        at_ms = START_MS + minutes * MINUTE_MS
        deliver(tmp_path, at_ms, [denied(at_ms), timed(at_ms)])
    result = replayed(
        [tmp_path], clock=clock, from_ms=START_MS + 2 * MINUTE_MS, to_ms=START_MS + 4 * MINUTE_MS
    )

    assert 4 == result.records.read
    assert (START_MS + 2 * MINUTE_MS, START_MS + 3 * MINUTE_MS) == span(result)
    assert all(
        START_MS + 2 * MINUTE_MS <= each.at_ms < START_MS + 4 * MINUTE_MS
        for each in result.alarms[0].transitions
    )


def test_limits_hold_for_records_of_files_without_a_minute(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    path.write_bytes(document([denied(START_MS + each * 1000) for each in range(10)]))
    result = replayed([path], from_ms=START_MS + 3000, to_ms=START_MS + 5000)

    assert (START_MS + 3000, START_MS + 4000) == span(result)
    assert 2 == result.records.read


def test_an_alarm_begins_with_the_first_minute_or_where_the_replay_is_to_begin(tmp_path: Path) -> None:
    deliver(tmp_path, START_MS, [denial()])

    def first(from_ms: int | None) -> int:
        return replayed([tmp_path], from_ms=from_ms).alarms[0].transitions[0].at_ms

    assert START_MS + 5000 == first(None)
    assert START_MS - HOUR_MS + 5000 == first(START_MS - HOUR_MS)


def test_an_end_before_the_beginning_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="the end of the replay"):
        replayed([tmp_path], from_ms=START_MS, to_ms=START_MS)


@pytest.mark.parametrize("jobs", [1, 2])
def test_standard_input_is_read_like_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    same = denied(START_MS)
    deliver(tmp_path, START_MS, [same])
    lines = b"".join(json.dumps(each).encode() + b"\n" for each in (same, denied(START_MS), record()))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
    result = replayed(["-", tmp_path], jobs=jobs)

    assert (2, 1, 1) == (result.records.matched, result.records.unmatched, result.records.duplicate)
    assert 2 == result.files


def test_what_is_wrong_with_standard_input_is_named_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"nothing to read")))
    [rejected] = replayed(["-"]).rejected

    assert "(standard input)" == rejected.file


@pytest.mark.parametrize("year", ["0001-01-01", "9999-12-31"])
def test_records_at_the_ends_of_the_calendar_ring_an_alarm(tmp_path: Path, year: str) -> None:
    path = tmp_path / "calls.json"
    path.write_bytes(document([denial(eventTime=f"{year}T23:59:59Z")]))
    [rung] = json_of(replayed([path]))["alarms"]

    assert (1, f"{year[:4]}") == (rung["times_in_alarm"], rung["transitions"][0]["at"][:4])
