"""Composite alarms in a replay: when they move and why, which moves page and when, who is behind them."""

from pathlib import Path
from typing import Any

import pytest

from support.clock import MINUTE_MS, START_MS
from support.records import denial, record, user
from support.replay_runs import Moved, alarm, counting, deliver, json_of, replayed, replayed_moves
from trailbell.alarms import CompositeAlarm
from trailbell.replay import AlarmResult, ReplayError, ReplayResult

FILTERS = [counting("denials"), counting("logins", '{ $.eventName = "ConsoleLogin" }')]
SECONDS = {"suppressor": "logins", "suppressor_wait_seconds": 90, "suppressor_extension_seconds": 120}
OF_A_SERVER = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:"
OF_A_MINUTE = {"period_seconds": 60, "actions_enabled": False}


def login(name: str = "alice", **changes: Any) -> dict[str, Any]:
    return record(userIdentity=user(name), eventName="ConsoleLogin", **changes)


def found(
    folder: Path,
    minutes: dict[int, list[dict[str, Any]]],
    *composites: CompositeAlarm,
    **changes: Any,
) -> ReplayResult:
    """Replays records by the minute, with an alarm of a minute on denials and one on logins."""
    for minute, records in minutes.items():
        deliver(folder, START_MS + minute * MINUTE_MS, records)
    watching = [alarm("denials", **OF_A_MINUTE), alarm("logins", **OF_A_MINUTE)]
    return replayed([folder], FILTERS, watching, composites=composites, **changes)


def on_denials(**changes: Any) -> CompositeAlarm:
    return CompositeAlarm(**{"name": "composite", "rule": "ALARM(denials)", **changes})


def of(result: ReplayResult, name: str = "composite") -> AlarmResult:
    [alarm_result] = [each for each in result.alarms if each.name == name]
    return alarm_result


def seconds(result: ReplayResult, name: str = "composite") -> list[tuple[str, float, float | None]]:
    """The states an alarm came to, when, and when that paged, in seconds from the beginning."""
    return [
        (each.to_state.value, since(each.at_ms), None if each.paged_ms is None else since(each.paged_ms))
        for each in of(result, name).transitions
    ]


def since(at_ms: int) -> float:
    return (at_ms - START_MS) / 1000


def test_it_is_made_at_the_beginning_and_moves_with_the_alarms_it_mentions(tmp_path: Path) -> None:
    result = found(tmp_path, {0: [record()], 2: [denial()]}, on_denials())

    assert [("OK", 0, None), ("ALARM", 185, 185), ("OK", 365, None)] == seconds(result)
    assert (1, 1, 180) == (of(result).times_in_alarm, of(result).pages, of(result).seconds_in_alarm)
    assert [
        f"{OF_A_SERVER}composite was created and its alarm rule evaluates to OK",
        f"{OF_A_SERVER}denials transitioned to ALARM at Monday 14 September, 2026 05:43:05 UTC",
    ] == [each.reason for each in of(result).transitions[:2]]


def test_the_arns_in_its_rule_tell_where_the_alarms_are(tmp_path: Path) -> None:
    place = "arn:aws-cn:cloudwatch:cn-north-1:111122223333:alarm:"
    result = found(tmp_path, {0: [denial()]}, on_denials(rule=f"OK({place}denials)"))

    assert of(result).transitions[0].reason.startswith(f"{place}composite was created")


def test_it_does_not_flap_where_alarms_move_together(tmp_path: Path) -> None:
    minutes = {0: [record()], 3: [denial(), login()]}
    either = on_denials(rule="(ALARM(denials) AND OK(logins)) OR (OK(denials) AND ALARM(logins))")

    assert [("OK", 0, None)] == seconds(found(tmp_path, minutes, either))


def test_one_on_composite_alarms_moves_in_the_same_instant(tmp_path: Path) -> None:
    above = on_denials(name="above", rule="ALARM(composite) AND NOT ALARM(logins)")
    result = found(tmp_path, {0: [record()], 2: [denial("mallory")]}, above, on_denials())

    assert seconds(result) == seconds(result, "above")
    assert of(result).evidence == of(result, "above").evidence


def test_those_behind_it_are_those_behind_the_alarms_below_it(tmp_path: Path) -> None:
    either = on_denials(rule="ALARM(denials) OR ALARM(logins)")
    result = found(tmp_path, {0: [record()], 2: [denial("mallory")], 3: [login("bob")]}, either)
    told = json_of(result)["alarms"][-1]

    assert [("mallory", 1, 1), ("bob", 1, 1)] == sorted(
        ((each["principal"].rpartition("/")[2], each["records"], each["pages"]) for each in told["callers"]),
        reverse=True,
    )
    assert 2 == told["evidence"]["total"]


def test_without_an_alarm_of_the_suppressor_it_pages_after_the_wait_period(tmp_path: Path) -> None:
    # Else the ALARM would be over by then.
    minutes = {0: [record()], **{minute: [denial()] for minute in range(2, 6)}}
    result = found(tmp_path, minutes, on_denials(**SECONDS))

    assert ("ALARM", 185, 275) == seconds(result)[1]
    assert "2026-09-14T05:44:35Z" == json_of(result)["alarms"][-1]["transitions"][1]["paged_at"]


def test_what_is_over_before_the_wait_period_pages_nobody(tmp_path: Path) -> None:
    result = found(
        tmp_path, {0: [record()], 2: [denial()]}, on_denials(**SECONDS | {"suppressor_wait_seconds": 200})
    )

    assert ("ALARM", 185, None) == seconds(result)[1]
    assert (1, 0) == (of(result).times_in_alarm, of(result).pages)


def test_a_suppressor_that_comes_in_time_puts_the_page_off_to_the_end_of_its_extension(
    tmp_path: Path,
) -> None:
    minutes = {0: [record()], **{minute: [denial()] for minute in range(2, 12)}, 3: [login(), denial()]}
    result = found(tmp_path, minutes, on_denials(**SECONDS))

    assert [("OK", 5, None), ("ALARM", 245, None), ("OK", 425, None)] == seconds(result, "logins")
    assert ("ALARM", 185, 425 + 120) == seconds(result)[1]


def test_a_suppressor_that_moves_at_the_end_of_the_wait_period_is_in_time(tmp_path: Path) -> None:
    minutes = {0: [record()], 2: [denial()], 3: [login(), denial()]}
    at_the_end = found(tmp_path, minutes, on_denials(**SECONDS | {"suppressor_wait_seconds": 60}))

    assert ("ALARM", 185, None) == seconds(at_the_end)[1]


def test_the_replay_goes_on_until_nothing_is_held_back_any_more(tmp_path: Path) -> None:
    keeping = alarm("denials", period_seconds=60, treat_missing_data="ignore")
    deliver(tmp_path, START_MS, [denial()])
    result = replayed(
        [tmp_path],
        FILTERS,
        [keeping, alarm("logins")],
        composites=[on_denials(**SECONDS | {"suppressor_wait_seconds": 7200})],
    )

    assert ("ALARM", 65, 7265) == seconds(result)[1]


def test_disabled_actions_page_nobody(tmp_path: Path) -> None:
    result = found(tmp_path, {0: [record()], 2: [denial()]}, on_denials(actions_enabled=False))

    assert [(1, 0), (0, 0), (1, 0)] == [(each.times_in_alarm, each.pages) for each in result.alarms]


def test_what_cannot_be_put_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="composite alarm 'composite': Could not save"):
        replayed([tmp_path / "gone"], FILTERS, [alarm("denials")], composites=[on_denials(rule="OK(gone)")])


def test_alarms_that_no_composite_alarm_mentions_are_not_changed_by_any(tmp_path: Path) -> None:
    minutes = {0: [record()], 2: [denial()]}
    alone, together = found(tmp_path, minutes), found(tmp_path, minutes, on_denials())
    moved: dict[str, list[Moved]] = replayed_moves(together)

    assert replayed_moves(alone) == {name: moves for name, moves in moved.items() if name != "composite"}


def test_where_nothing_was_read_nothing_happened(tmp_path: Path) -> None:
    deliver(tmp_path, START_MS, []).rename(tmp_path / "nothing.json.gz")
    always = [on_denials(rule="TRUE"), on_denials(name="negated", rule="NOT ALARM(denials)")]
    result = replayed([tmp_path], FILTERS, [alarm(treat_missing_data="breaching")], composites=always)

    assert [(0, ())] * 3 == [(each.times_in_alarm, each.transitions) for each in result.alarms]


def test_the_time_of_a_replay_is_that_in_which_its_alarms_are_there(tmp_path: Path) -> None:
    limits = {"from_ms": START_MS + 10 * MINUTE_MS, "to_ms": START_MS + 12 * MINUTE_MS}
    result = found(tmp_path, {0: [denial()], 11: [denial()]}, on_denials(rule="NOT ALARM(denials)"), **limits)

    assert [("ALARM", 600, 600)] == seconds(result)
    assert 120 == of(result).seconds_in_alarm
