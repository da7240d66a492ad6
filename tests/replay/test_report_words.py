"""The words that all reports of a replay share."""

import msgspec
import pytest

from support.replay_results import ROLE, START_MS, made_alarm, made_result, page
from trailbell.cloudtrail import PrincipalKind
from trailbell.evidence import Dimension, Evidence, PrincipalCount
from trailbell.replay import (
    AlarmResult,
    FilterResult,
    ReplayResult,
    Transition,
    bytes_text,
    duration_text,
    headline,
    instant_text,
    quiet_text,
    ringing,
    unpaged_text,
)

USER = ("arn:aws:iam::1:user/ada", PrincipalKind.USER)
HOUR_MS = 3_600_000


def nobody(at_ms: int) -> Transition:
    """A page that two callers share, and a third has a part in."""
    two = (PrincipalCount("a", PrincipalKind.USER, 2), PrincipalCount("b", PrincipalKind.USER, 2))
    evidence = Evidence(total=4, principals=Dimension(two))
    model = page(at_ms)
    return Transition(at_ms, model.from_state, model.to_state, model.reason, evidence, at_ms)


def found(*pages: Transition) -> ReplayResult:
    return made_result([made_alarm(pages)])


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (found(), "Would not have paged at all"),
        (found(page(START_MS)), f"Would have paged once, mostly one role: {ROLE}"),
        (
            found(page(START_MS), page(START_MS + HOUR_MS)),
            f"Would have paged 2 times, all of them mostly one role: {ROLE}",
        ),
        (
            found(page(START_MS, *USER), page(START_MS + 1), page(START_MS + 2, *USER)),
            f"Would have paged 3 times, 2 of them mostly one user: {USER[0]}",
        ),
        (
            found(page(START_MS, "anonymous", PrincipalKind.ANONYMOUS)),
            "Would have paged once, mostly anonymous callers",
        ),
        (found(nobody(START_MS)), "Would have paged once"),
        (
            found(nobody(START_MS), page(START_MS + 1, "a\x1b[2J", PrincipalKind.USER)),
            "Would have paged 2 times, 1 of them mostly one user: a\\x1b[2J",
        ),
        (made_result([]), "No alarm was asked for; the filters count 0 matches"),
        (
            made_result([], filters=[FilterResult("f", "", 1, 1, 0, 0)]),
            "No alarm was asked for; the filters count 1 match",
        ),
    ],
    ids=["none", "once", "all", "most", "anonymous", "shared", "hostile", "no alarm", "one match"],
)
def test_the_headline_says_how_often_and_who_was_behind_most(result: ReplayResult, words: str) -> None:
    assert words == headline(result)


def held_back(*at_ms: int, pages: int) -> AlarmResult:
    """An alarm that was in ALARM some times, of which the first paged."""
    moves = [page(each) for each in at_ms]
    moves[pages:] = [msgspec.structs.replace(each, paged_ms=None) for each in moves[pages:]]
    return msgspec.structs.replace(made_alarm(moves, "composite"), pages=pages)


@pytest.mark.parametrize(
    ("alarm", "unpaged", "quiet"),
    [
        (held_back(pages=0), "", "composite"),
        (held_back(START_MS, pages=0), "in ALARM once without a page", "composite (in ALARM once)"),
        (
            held_back(START_MS, START_MS + HOUR_MS, pages=0),
            "in ALARM 2 times without a page",
            "composite (in ALARM 2 times)",
        ),
    ],
    ids=["never", "once", "twice"],
)
def test_an_alarm_without_pages_is_told_with_how_often_it_was_in_alarm(
    alarm: AlarmResult, unpaged: str, quiet: str
) -> None:
    assert (unpaged, quiet) == (unpaged_text(alarm), quiet_text(alarm))
    assert "Would not have paged at all" == headline(made_result([alarm]))


def test_only_what_paged_is_counted_and_led() -> None:
    alarm = held_back(START_MS, START_MS + HOUR_MS, START_MS + 2 * HOUR_MS, pages=1)

    assert f"Would have paged once, mostly one role: {ROLE}" == headline(made_result([alarm]))
    assert "in ALARM 2 times without a page" == unpaged_text(alarm)


def test_alarms_with_the_most_pages_come_first_and_those_never_in_alarm_not_at_all() -> None:
    alarms = [
        held_back(pages=0),
        held_back(START_MS, START_MS + 1, START_MS + 2, pages=0),
        held_back(START_MS, pages=1),
    ]

    assert [1, 3] == [each.times_in_alarm for each in ringing(alarms)]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (300, "5 min"),
        (3_600, "1 h"),
        (3_601, "1 h"),
        (93_784, "1 d 2 h"),
        (86_400 * 1_234.0, "1,234 d"),
    ],
)
def test_a_duration_is_told_by_its_two_largest_units(seconds: float, words: str) -> None:
    assert words == duration_text(seconds)


@pytest.mark.parametrize(
    ("at_ms", "words"),
    [
        (None, "-"),
        (0, "1970-01-01 00:00"),
        (1_789_000_000_000, "2026-09-10 00:26:40"),
        (10**18, "9999-12-31 23:59:00"),
        (-(10**18), "0001-01-01 00:00:00"),
    ],
)
def test_an_instant_is_told_in_utc_however_odd(at_ms: int | None, words: str) -> None:
    assert words == instant_text(at_ms)


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1 kB"), (2_053_000_000, "2.05 GB"), (10**18, "1e+03 PB")],
)
def test_a_size_is_told_in_powers_of_a_thousand(number: int, words: str) -> None:
    assert words == bytes_text(number)
