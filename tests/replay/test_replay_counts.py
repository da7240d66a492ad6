"""What a replay counts: classes, duplicates, periods, who, and what it could not read."""

import gzip
import json
import os
from pathlib import Path

import pytest

from support.clock import MINUTE_MS, START_MS
from support.records import denial, record
from support.replay_runs import alarm, counting, deliver, document, file_name, json_of, replayed, timed
from trailbell.evidence import Evidence
from trailbell.filters import RecordCounts
from trailbell.replay import CallerShare, RejectedInput, ReplayError, ReplayResult

DAY_MS = 86_400_000


def counts(result: ReplayResult) -> tuple[int, int, int, int]:
    each = result.records
    return each.matched, each.unmatched, each.duplicate, each.rejected


def test_every_record_is_of_one_class_and_they_add_up(tmp_path: Path) -> None:
    same = denial()
    deliver(tmp_path, START_MS, [same, record(), record()])
    deliver(tmp_path, START_MS + MINUTE_MS, [same, denial()])
    (tmp_path / file_name(START_MS, "cut")).write_bytes(gzip.compress(document([denial()]))[:-20])
    result = replayed([tmp_path])

    assert (2, 2, 1, 1) == counts(result)
    assert 6 == result.records.read


def test_of_duplicates_the_earliest_delivery_counts_whatever_the_names_of_folders(tmp_path: Path) -> None:
    same = denial()
    for folder, minutes in (("a", 9), ("b", 0), ("c", 4)):
        (tmp_path / folder).mkdir()
        deliver(tmp_path / folder, START_MS + minutes * MINUTE_MS, [same, record()])
    [found] = replayed([tmp_path]).filters

    assert (1, START_MS, START_MS) == (found.matches, found.first_ms, found.last_ms)


def test_of_two_deliveries_in_a_minute_that_of_the_lesser_path_counts(tmp_path: Path) -> None:
    deliver(tmp_path, START_MS, [denial("zoe", eventID="one")], "b")
    deliver(tmp_path, START_MS, [denial("ada", eventID="one")], "a")
    [found] = replayed([tmp_path]).alarms

    assert [CallerShare("arn:aws:iam::111122223333:user/ada", "ec2:DescribeInstances", 1, 1)] == [
        *found.callers
    ]


def test_a_file_with_some_duplicates_counts_the_rest(tmp_path: Path) -> None:
    records = [denial(), denial(), denial(), record()]
    deliver(tmp_path, START_MS, records[:2])
    deliver(tmp_path, START_MS + 60 * MINUTE_MS, records)
    result = replayed([tmp_path])

    assert (3, 1, 2, 0) == counts(result)
    assert 3 == sum(each.records for each in result.alarms[0].callers)


def test_without_deduplication_everything_counts_each_time(tmp_path: Path) -> None:
    records = [denial(), denial(), record()]
    deliver(tmp_path, START_MS, records)
    deliver(tmp_path, START_MS + MINUTE_MS, records)

    assert (4, 2, 0, 0) == counts(replayed([tmp_path], deduplicate=False))


def test_a_record_counts_again_after_thirty_five_days(tmp_path: Path) -> None:
    same = denial()
    for days in (0, 35, 71):
        deliver(tmp_path, START_MS + days * DAY_MS, [same, record()])

    assert (2, 3, 1, 0) == counts(replayed([tmp_path]))


def test_periods_of_300_seconds_are_aligned_to_the_epoch(tmp_path: Path) -> None:
    for number, minutes in enumerate((4, 5, 9, 10, 300)):
        deliver(tmp_path, START_MS + minutes * MINUTE_MS, [denial()], f"f{number}")
    [found] = replayed([tmp_path]).filters

    assert (5, 4) == (found.matches, found.periods_with_matches)


def test_the_times_of_an_alarm_and_its_seconds_are_those_of_its_moves(tmp_path: Path) -> None:
    deliver(tmp_path, START_MS, [denial()])
    deliver(tmp_path, START_MS + 60 * MINUTE_MS, [denial()])
    [found] = replayed([tmp_path]).alarms
    rung = [move.at_ms for move in found.transitions if move.to_state == "ALARM"]
    ended = [move.at_ms for move in found.transitions if move.from_state == "ALARM"]

    assert 2 == found.times_in_alarm
    assert found.seconds_in_alarm == (sum(ended) - sum(rung)) / 1000
    assert [START_MS + 65_000, START_MS + 61 * MINUTE_MS + 5000] == rung


def test_an_alarm_that_goes_on_counts_to_the_end_of_the_replay(tmp_path: Path) -> None:
    deliver(tmp_path, START_MS, [denial()])
    watching = [alarm(treat_missing_data="breaching")]
    [found] = replayed([tmp_path], [counting()], watching, to_ms=START_MS + 30 * MINUTE_MS).alarms

    assert ([START_MS + 5000], 30 * 60 - 5) == (
        [move.at_ms for move in found.transitions],
        found.seconds_in_alarm,
    )


def test_callers_are_ranked_by_how_many_pages_they_stand_behind(tmp_path: Path) -> None:
    deliver(tmp_path, START_MS, [denial("bob") for _ in range(5)] + [denial("mallory")])
    deliver(tmp_path, START_MS + 60 * MINUTE_MS, [denial("mallory")])
    [found] = replayed([tmp_path]).alarms
    shares = [(each.principal.rpartition("/")[2], each.records, each.pages) for each in found.callers]

    assert [("mallory", 2, 2), ("bob", 5, 1)] == shares
    assert found.evidence is not None
    assert 7 == found.evidence.total


def test_who_keeps_an_alarm_ringing_is_among_its_callers_with_all_their_records(tmp_path: Path) -> None:
    deliver(tmp_path, START_MS, [denial("bob")])
    for minutes in range(1, 120):
        deliver(tmp_path, START_MS + minutes * MINUTE_MS, [denial("mallory"), denial("mallory")])
    [found] = replayed([tmp_path]).alarms
    shares = [(each.principal.rpartition("/")[2], each.records, each.pages) for each in found.callers]

    assert 1 == found.times_in_alarm
    assert [("mallory", 238, 1), ("bob", 1, 1)] == shares


def test_an_alarm_that_never_rang_has_no_evidence(tmp_path: Path) -> None:
    deliver(tmp_path, START_MS, [record()])
    result = replayed([tmp_path])
    [found] = result.alarms

    assert (0, 0.0, None, ()) == (
        found.times_in_alarm,
        found.seconds_in_alarm,
        found.evidence,
        found.callers,
    )
    assert 0 == json_of(result)["alarms"][0]["evidence"]["total"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_cannot_be_read_is_named_and_counted(tmp_path: Path, jobs: int) -> None:
    deliver(tmp_path, START_MS, [denial()])
    broken = tmp_path / file_name(START_MS, "broken")
    broken.write_bytes(b"\x1f\x8bnothing")
    odd = tmp_path / file_name(START_MS, "odd")
    odd.write_bytes(gzip.compress(b'{"Records":[{"eventVersion":"1"},7]}'))
    result = replayed([tmp_path], jobs=jobs)

    assert (1, 1, 0, 2) == counts(result)
    assert 2 == result.rejected_total
    assert [str(broken), str(odd)] == [each.file for each in result.rejected]
    assert "record 2: a number instead of a JSON object" == result.rejected[1].reason


def test_a_document_cut_within_a_record_is_taken_back_whole(tmp_path: Path) -> None:
    path = tmp_path / file_name(START_MS)
    path.write_bytes(document([denial(), denial()])[:-9])
    result = replayed([path])

    assert (0, 0, 0, 1) == counts(result)
    assert (RejectedInput(str(path), "the JSON text is cut short"),) == result.rejected


def test_a_digest_holds_no_records_and_is_no_damage(tmp_path: Path) -> None:
    digest = file_name(START_MS).replace("_CloudTrail_", "_CloudTrail-Digest_")
    (tmp_path / digest).write_bytes(gzip.compress(document([denial()])))

    assert RecordCounts() == replayed([tmp_path]).records


def test_a_link_that_leads_out_of_the_folder_is_named_and_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    deliver(folder, START_MS, [denial()])
    (folder / "x.json").symlink_to(deliver(tmp_path, START_MS, [denial()], "outside"))
    result = replayed([folder])

    assert (1, 0, 0, 1) == counts(result)
    assert [str(folder / "x.json")] == [each.file for each in result.rejected]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_cannot_be_opened_is_counted_once_however_often_it_is_found(tmp_path: Path, jobs: int) -> None:
    deliver(tmp_path, START_MS, [denial()])
    deliver(tmp_path, START_MS, [record()], "b")
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere")
    result = replayed([tmp_path, f"{tmp_path}/../{tmp_path.name}"], jobs=jobs)

    assert (1, 1, 0, 1) == counts(result)
    assert (1, 1) == (len(result.rejected), result.rejected_total)


def test_a_pipe_without_a_writer_is_named_and_waits_for_nobody(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    os.mkfifo(path)
    [rejected] = replayed([path]).rejected

    assert rejected.reason.startswith("not a regular file")


def test_a_source_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="there is no log file"):
        replayed([tmp_path])
    with pytest.raises(ReplayError, match="no such file"):
        replayed([tmp_path / "missing.json"])


def test_lines_about_counted_records_come_in_the_order_of_delivery(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    same = denial("bob")
    deliver(folder, START_MS + MINUTE_MS, [record(), denial("ada"), same], "a")
    deliver(folder, START_MS, [same, record()], "b", is_compact=False)
    replayed([folder], events_file=tmp_path / "events.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]

    assert [same, "ada"] == [lines[0]["record"], lines[1]["principal"].rpartition("/")[2]]
    assert {
        "at": "2026-09-14T05:40:00Z",
        "filters": ["denials"],
        "principal": "arn:aws:iam::111122223333:user/bob",
        "call": "ec2:DescribeInstances",
        "error": "AccessDenied",
        "address": "198.51.100.7",
        "file": str(folder / file_name(START_MS, "b")),
        "record": same,
    } == lines[0]
    assert 2 == len(lines)


def test_the_evidence_over_all_moves_counts_a_record_once(tmp_path: Path) -> None:
    # The first breach decides again when a later minute pushes the good one out.
    for minutes in (0, 20, 40):
        deliver(tmp_path, START_MS + minutes * MINUTE_MS, [denial()], f"f{minutes}")
    [found] = replayed([tmp_path]).alarms
    behind = found.evidence or Evidence.empty()

    assert 3 == behind.total


def test_times_of_calls_do_not_matter_to_the_clock_of_delivery(tmp_path: Path) -> None:
    deliver(tmp_path, START_MS, [timed(START_MS - 9 * DAY_MS, errorCode="AccessDenied")])
    result = replayed([tmp_path])

    assert (START_MS, START_MS, ()) == (result.first_ms, result.last_ms, result.clock_notes)
