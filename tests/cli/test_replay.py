"""`trailbell replay`: what its tables, its JSON and its files say of log files, and how it ends."""

import gzip
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from support.records import denial, record, write_log
from support.simulated_traffic import START_MS, is_counted
from trailbell.cli import ExitCode, main
from trailbell.simulate import Company, DeliveryHabits, Profile, generate, write_deliveries

UNAUTHORIZED = "unauthorized_api_calls_alarm"
MALLORY = "arn:aws:iam::111122223333:user/mallory"
DENIED = '{ $.errorCode = "AccessDenied*" }'
NAME = "111122223333_CloudTrail_eu-west-1_20260914T{time}Z_abcdefghijklmnop.json.gz"


def run(*words: str | Path, given: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["replay", *map(str, words)], input=given)


def answer(*words: str | Path, given: bytes = b"") -> dict[str, Any]:
    done = run(*words, "--format", "json", given=given)
    assert done.exit_code in {ExitCode.DONE, ExitCode.PROBLEM}, done.output
    told = dict(json.loads(done.stdout))
    counts = told["records"]
    assert counts["read"] == sum(number for name, number in counts.items() if name != "read")
    assert done.exit_code == (ExitCode.PROBLEM if told["rejected"] else ExitCode.DONE)
    return told


def alarm_of(told: dict[str, Any], name: str = UNAUTHORIZED) -> dict[str, Any]:
    [found] = [alarm for alarm in told["alarms"] if alarm["name"] == name]
    return dict(found)


def words_of(done: Result) -> str:
    """What is shown, without what lays it out."""
    return " ".join(done.stdout.split())


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Refusals in two files half an hour apart, three by mallory and one by alice."""
    folder = tmp_path / "logs"
    write_log(folder / NAME.format(time="0540"), [denial("mallory"), denial("mallory"), record()])
    write_log(folder / NAME.format(time="0610"), [denial("mallory"), denial("alice")])
    write_log(folder / NAME.format(time="0700"), [record()])
    return folder


@pytest.fixture(scope="module")
def traffic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hours of a made-up company with an intruder."""
    folder = tmp_path_factory.mktemp("traffic")
    habits = DeliveryHabits(duplicate_share=0.05)
    deliveries = generate(Company(7), Profile.INTRUDER, START_MS, 7_200, 2, habits)
    write_deliveries(deliveries, folder, pace=None, clock=lambda: 0, wait=threading.Event().wait)
    return folder


def simulated_records(folder: Path) -> Iterator[dict[str, Any]]:
    for path in folder.rglob("*.json.gz"):
        yield from json.loads(gzip.decompress(path.read_bytes()))["Records"]


def test_the_answer_begins_with_how_often_it_would_have_paged_and_who_it_was(logs: Path) -> None:
    done = run(logs)

    lines = done.stdout.splitlines()
    assert f"Would have paged 2 times, 1 of them mostly one user: {MALLORY}." == lines[0]
    assert ExitCode.DONE == done.exit_code
    assert done.stderr == ""


def test_the_tables_tell_how_often_how_long_when_and_who(logs: Path) -> None:
    shown = words_of(run(logs))

    assert f"{UNAUTHORIZED} 2 " in shown
    assert "2026-09-14 (2)" in shown
    assert f"{UNAUTHORIZED} paged 2 times, 1 of them mostly one user: {MALLORY} 100 % " in shown
    assert f"100 % 2 pages 3 records ec2:DescribeInstances {MALLORY}" in shown
    assert "50 % 1 page 1 record ec2:DescribeInstances arn:aws:iam::111122223333:user/alice" in shown
    assert "14 alarms would not have paged: " in shown


def test_the_figures_add_up_and_the_clock_is_named(logs: Path) -> None:
    shown = words_of(run(logs))

    assert "read 6 = matched 4 + unmatched 2 + duplicate 0 + rejected 0" in shown
    assert "3 files, " in shown
    assert " records/s, " in shown
    assert "clock: delivery: the minute in each file's name" in shown


def test_the_json_form_has_all_of_it(logs: Path) -> None:
    told = answer(logs, "--control", "unauthorized-api-calls")

    [counted] = told["filters"]
    assert ("unauthorized-api-calls", 4, 2) == tuple(
        counted[name] for name in ("name", "matches", "periods_with_matches")
    )
    assert ("2026-09-14T05:40:00Z", "2026-09-14T06:10:00Z") == (counted["first"], counted["last"])
    [alarm] = told["alarms"]
    assert 2 == alarm["times_in_alarm"] == [move["to"] for move in alarm["transitions"]].count("ALARM")
    assert 4 == alarm["evidence"]["total"]
    assert {"read": 6, "matched": 4, "unmatched": 2, "duplicate": 0, "rejected": 0} == told["records"]


def test_made_up_traffic_is_counted_as_by_hand(traffic: Path) -> None:
    told = answer(traffic, "--control", "unauthorized_api_calls")

    counted = [each["eventID"] for each in simulated_records(traffic) if is_counted(each)]
    assert len(set(counted)) == told["records"]["matched"] == told["filters"][0]["matches"] > 100
    assert len(counted) - len(set(counted)) == told["records"]["duplicate"] > 0
    assert sum(1 for _ in simulated_records(traffic)) == told["records"]["read"]


def test_without_deduplication_what_was_delivered_twice_counts_twice(traffic: Path) -> None:
    told = answer(traffic, "--control", "unauthorized_api_calls", "--no-deduplicate")

    assert sum(map(is_counted, simulated_records(traffic))) == told["records"]["matched"]
    assert 0 == told["records"]["duplicate"]


def test_the_way_of_reading_changes_nothing_of_the_answer(traffic: Path) -> None:
    told = [
        answer(traffic, *words) for words in ([], ["--exact"], ["--jobs", "2"], ["--jobs", "1", "--exact"])
    ]

    for each in told:
        del each["seconds"]
    assert all(told[0] == each for each in told)


def test_a_pattern_can_be_given_with_its_threshold(logs: Path) -> None:
    once = answer(logs, "--pattern", DENIED)
    never = answer(logs, "--pattern", DENIED, "--threshold", "3")
    together = answer(logs, "--pattern", DENIED, "--threshold", "4", "--period", "3600")

    assert [2, 0] == [each["alarms"][0]["times_in_alarm"] for each in (once, never)]
    [first, *_] = [move for move in together["alarms"][0]["transitions"] if move["to"] == "ALARM"]
    assert first["at"].startswith("2026-09-14T06:11:")
    assert DENIED == once["filters"][0]["pattern"]


def test_periods_can_be_several_of_which_some_must_be_over(logs: Path) -> None:
    words = ("--pattern", DENIED, "--period", "1800", "--evaluation-periods", "4")
    all_of_them = answer(logs, *words)
    two_of_them = answer(logs, *words, "--datapoints-to-alarm", "2")

    assert [0, 1] == [each["alarms"][0]["times_in_alarm"] for each in (all_of_them, two_of_them)]


def test_missing_data_is_treated_as_told(logs: Path) -> None:
    told = answer(logs, "--pattern", DENIED, "--treat-missing-data", "missing")

    assert "INSUFFICIENT_DATA" in {move["to"] for move in told["alarms"][0]["transitions"]}


def test_from_and_to_leave_the_rest_out(logs: Path) -> None:
    early = answer(logs, "--to", "2026-09-14T06:00Z")
    late = answer(logs, "--from", "2026-09-14T06:00Z", "--to", "2026-09-14T06:30Z")

    assert [1, 1] == [alarm_of(each)["times_in_alarm"] for each in (early, late)]
    assert [2, 2] == [each["records"]["matched"] for each in (early, late)]


def test_by_the_clock_of_events_the_calls_own_time_counts(logs: Path) -> None:
    told = answer(logs, "--clock", "event")

    # All the calls were made in one minute.
    assert 1 == alarm_of(told)["times_in_alarm"]
    assert "event" == told["clock"]
    assert "clock: event: the time of each call (eventTime)" in words_of(run(logs, "--clock", "event"))


def test_standard_input_is_read_and_said_to_have_no_minute(logs: Path) -> None:
    given = (logs / NAME.format(time="0540")).read_bytes()
    done = run("-", given=given)

    assert "read 3 = matched 2 + unmatched 1" in done.stdout
    assert 2 == done.stdout.count("\nclock: ")


def test_files_can_be_named_by_a_pattern_of_names(logs: Path) -> None:
    assert 2 == answer(f"{logs}/*T06*.json.gz")["records"]["matched"]


def test_each_counted_record_can_be_written_to_a_file(logs: Path, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    answer(logs, "--events", events)

    lines = [json.loads(line) for line in events.read_text().splitlines()]
    assert 4 == len(lines)


def test_the_answer_can_go_to_a_file_and_the_finding_is_still_said(logs: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    done = run(logs, "--format", "html", "--output", target)

    assert f"Would have paged 2 times, 1 of them mostly one user: {MALLORY}.\n" == done.stdout
    assert target.read_text().startswith("<!doctype html>")
    assert f"{MALLORY}.</h1>" in target.read_text()
    assert [target] == [path for path in tmp_path.iterdir() if path.is_file()]


@pytest.mark.parametrize(
    ("form", "words"), [("table", "read 6 = "), ("json", '"records": {'), ("html", "<h1>")]
)
def test_every_form_is_the_same_on_standard_output_and_in_a_file(
    logs: Path, tmp_path: Path, form: str, words: str
) -> None:
    target = tmp_path / "answer"
    run(logs, "--format", form, "--output", target)

    assert words in target.read_text()
    assert words in run(logs, "--format", form).stdout


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(logs: Path) -> None:
    (logs / "broken.json.gz").write_bytes(gzip.compress(b'{"Records":[]}')[:-9])
    done = run(logs)

    assert "+ rejected 1" in done.stdout
    assert f"trailbell: {logs}/broken.json.gz: " in done.stderr
    assert ExitCode.PROBLEM == done.exit_code
    assert [f"{logs}/broken.json.gz"] == [each["file"] for each in answer(logs)["rejected"]]


def test_names_out_of_a_log_cannot_move_the_terminal(tmp_path: Path) -> None:
    evil = "mallory\x1b[2J\u202e<script>"
    file = write_log(tmp_path / "log.json.gz", [denial(evil, eventName="Get\x1b]0;owned\x07")])
    done = run(file)

    assert (
        "ec2:Get\\x1b]0;owned\\x07 arn:aws:iam::111122223333:user/mallory\\x1b[2J\\u202e<script>"
        in words_of(done)
    )
    assert [] == [each for each in done.output if not each.isprintable() and each != "\n"]


def test_a_file_name_cannot_move_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "evil\x1b[2J.json").write_text("{")
    done = run(tmp_path)

    assert "evil\\x1b[2J.json" in done.stderr
    assert "\x1b" not in done.output


def test_the_simulator_and_the_command_agree_through_their_own_doors(tmp_path: Path) -> None:
    made = CliRunner().invoke(main, ["simulate", "--out", str(tmp_path), "--duration", "600"])
    told = answer(tmp_path)

    assert f"{told['records']['read']} records in {told['files']} files" in made.output
    assert 1 <= alarm_of(told)["times_in_alarm"]


RULES = f"""\
[[filter]]
filter_name = "denials"
filter_pattern = '{DENIED}'
metric_transformations = [{{ metric_namespace = "App", metric_name = "denials" }}]

[[alarm]]
alarm_name = "denials"
evaluation_periods = 1
threshold = 4
comparison_operator = "GreaterThanOrEqualToThreshold"
treat_missing_data = "notBreaching"

[[alarm.metrics]]
id = "twice"
expression = "denials * 2"

[[alarm.metrics]]
id = "denials"
metric_stat.metric = {{ namespace = "App", metric_name = "denials" }}
metric_stat.period = 300
metric_stat.stat = "Sum"
return_data = false

[[composite_alarm]]
alarm_name = "soon-over"
alarm_rule = "ALARM(denials)"
actions_suppressor = "denials"
actions_suppressor_wait_period = 60
actions_suppressor_extension_period = 60
"""


def test_metric_math_and_composite_alarms_are_told_like_all_others(logs: Path, tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
    words = words_of(run(logs, "--rules", tmp_path / "rules.toml"))

    assert f"Would have paged 2 times, 1 of them mostly one user: {MALLORY}." in words
    assert "denials 2 30 min 2026-09-14 05:41:05 2026-09-14 06:11:05 2026-09-14 (2)" in words
    assert "soon-over 0 30 min - - -" in words
    assert "1 alarm would not have paged: soon-over (in ALARM 2 times)" in words


def test_rules_that_cannot_be_put_are_refused_with_their_place(logs: Path, tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(RULES.replace("ALARM(denials)", "ALARM(refusals)"), encoding="utf-8")
    done = run(logs, "--rules", tmp_path / "rules.toml")

    assert ExitCode.USAGE == done.exit_code
    assert "composite alarm 'soon-over': Could not save" in " ".join(done.stderr.split())
