"""The report of a replay in HTML: one file, valid, readable, bounded, and harmless whatever a log holds."""

import re

import msgspec
import pytest

from support.html_pages import Page
from support.replay_results import (
    DAY_MS,
    MINUTE_MS,
    ROLE,
    START_MS,
    made_alarm,
    made_request,
    made_result,
    page,
)
from trailbell.alarms import CompositeAlarm
from trailbell.cloudtrail import PrincipalKind
from trailbell.replay import FilterResult, RejectedInput, ReplayResult, html_report

HOSTILE = "</title></style></svg>\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}"
MOVING = "\x1b[2J\u202eevil\x00\r\n\ud800"
WRITTEN = re.compile(r"--(?P<name>[a-z-]+): (?P<colour>#[0-9a-f]{6});")


def full_result() -> ReplayResult:
    busy = made_alarm(page(START_MS + hour * 3_600_000) for hour in range(1, 40, 3))
    other = made_alarm([page(START_MS + DAY_MS, "arn:aws:iam::1:user/ada", PrincipalKind.USER)], "iam-alarm")
    return made_result(
        [busy, other, made_alarm([], "quiet-alarm")],
        filters=[FilterResult("f", "{ $.a = 1 }", 30, 14, START_MS, START_MS + DAY_MS)],
        rejected=[RejectedInput("broken.json.gz", "it is cut")],
        clock_notes=["1 file has no minute in its name: eventTime"],
    )


def report(result: ReplayResult, *sources: str) -> Page:
    return Page(html_report(made_request(*sources), result))


def test_a_composite_alarm_is_told_with_its_rule_and_with_what_became_of_its_pages() -> None:
    composite = CompositeAlarm(
        name="composite",
        rule="ALARM(a) OR ALARM(b)",
        suppressor="c",
        suppressor_wait_seconds=60,
        suppressor_extension_seconds=90,
    )
    moves = [page(START_MS), page(START_MS + DAY_MS), page(START_MS + 2 * DAY_MS)]
    late, never = (
        msgspec.structs.replace(move, paged_ms=paged_ms)
        for move, paged_ms in zip(moves[1:], (START_MS + DAY_MS + MINUTE_MS, None), strict=True)
    )
    found = msgspec.structs.replace(made_alarm([moves[0], late, never], "composite"), pages=2)
    request = msgspec.structs.replace(made_request(), composites=(composite,))
    text = Page(html_report(request, made_result([found]))).text

    assert "1 of 1 alarm would have paged, 2 pages in all" in text
    assert (
        f"Would have paged 2 times, all of them mostly one role: {ROLE}; in ALARM once without a page."
        in text
    )
    assert ["(paged 2026-09-05 00:01)", "(without a page)"] == re.findall(
        r"\((?:paged|without) [^)]*\)", text
    )
    assert "composite ALARM(a) OR ALARM(b); held back by c (wait 1 min, extension 1 min 30 s) -" in text


def test_an_alarm_that_paged_nobody_is_told_all_the_same() -> None:
    moves = [msgspec.structs.replace(page(START_MS), paged_ms=None)]
    found = msgspec.structs.replace(made_alarm(moves, "composite"), pages=0)
    text = report(made_result([found])).text

    assert "1 alarm would not have paged: composite (in ALARM once)" in text
    assert "Would not have paged: in ALARM once without a page. 3 calls" in text


def test_it_says_in_its_first_words_how_often_and_because_of_whom() -> None:
    found = report(full_result())

    words = f"Would have paged 14 times, 13 of them mostly one role: {ROLE}."
    assert found.text.partition("Trailbell replay ")[2].startswith(words)


@pytest.mark.parametrize(
    "words",
    [
        "2026-09-04 00:00 to 2026-09-06 23:59 UTC (2 d 23 h)",
        "2 of 3 alarms would have paged, 14 pages in all",
        "1 alarm would not have paged: quiet-alarm",
        "28 changes with the reasons",
        "2,000 records in 12 files, 2.5 MB uncompressed, in 0.50 s (4,000 records/s, 5 MB/s)",
        "matched 30 at least one filter counted the record",
        "unmatched 1,960",
        "duplicate 7",
        "rejected 3",
        "read 2,000 all of them",
        "broken.json.gz it is cut",
        "Clock: delivery: the minute in each file's name.",
        "1 file has no minute in its name: eventTime",
        "f { $.a = 1 } 30 14",
        "Sum of CISBenchmark/unauthorized_api_calls_metric greater than or equal to 1.0 in 1 of 1 x 5 min",
        "Sources: logs .",
        "arn:aws:iam::1:user/ada s3:GetObject 3 1 100 %",
        "39 calls by arn:aws:iam::111122223333:role/deploy",
    ],
)
def test_it_tells_everything_that_was_found(words: str) -> None:
    assert words in report(full_result()).text


def test_it_needs_no_other_file_no_server_and_no_script() -> None:
    text = html_report(made_request(), full_result())
    found = Page(text)

    assert 0 == found.tags["script"] + found.tags["link"] + found.tags["img"] + found.tags["iframe"]
    assert [] == found.values("src")
    assert [] == [href for href in found.values("href") if not (href or "").startswith("#")]
    assert [] == re.findall(r"https?:|url\(|@import", text)
    assert "default-src 'none'; style-src 'unsafe-inline'" in found.values("content")


def test_ids_are_distinct_and_every_link_and_label_leads_to_one() -> None:
    found = report(full_result())

    ids = found.values("id")
    links = [(href or "").removeprefix("#") for href in found.values("href")]
    assert len(ids) == len(set(ids))
    assert set() == {*links, *found.values("aria-labelledby")} - set(ids)
    assert links


def test_text_out_of_a_log_is_neither_markup_nor_moves_other_text() -> None:
    evil = HOSTILE + MOVING
    ringing = made_alarm([page(START_MS, evil, call=evil, reason=evil)], evil)
    result = made_result(
        [ringing, made_alarm([], evil + "2")],
        filters=[FilterResult(evil, evil, 1, 1, None, None)],
        rejected=[RejectedInput(evil, evil)],
        clock_notes=[evil],
    )
    harmless = made_result(
        [made_alarm([page(START_MS)]), made_alarm([], "b")],
        filters=[FilterResult("f", "p", 1, 1, None, None)],
        rejected=[RejectedInput("f", "r")],
        clock_notes=["n"],
    )
    text = html_report(made_request(evil), result)
    found = Page(text)

    assert report(harmless).tags == found.tags
    assert [] == [name for name, _ in found.attributes if name.startswith("on")]
    assert [] == [each for each in text if not each.isprintable() and each != "\n"]
    assert "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}\\x1b[2J\\u202eevil" in found.text
    assert text.encode()


def test_nothing_found_is_said_in_words() -> None:
    found = report(made_result([made_alarm([], "a")]))

    assert "Would not have paged at all." in found.text
    assert "0 of 1 alarm would have paged." in found.text
    assert ["quiet", "records", "rules"] == found.values("id")


def test_nothing_read_is_said_in_words() -> None:
    assert "No record with a time was read." in report(made_result([], days=0)).text


def test_a_replay_that_was_stopped_says_so_at_the_top() -> None:
    found = report(made_result([made_alarm([page(START_MS)])], is_interrupted=True))

    assert "Stopped before all was read." in found.text.partition("When the alarms rang")[0]


def test_rejected_inputs_are_announced_at_the_top_and_the_unnamed_counted() -> None:
    named = [RejectedInput(f"{n}.json", "cut") for n in range(700)]
    found = report(made_result([], rejected=named, rejected_total=900))

    assert "900 rejected , with the reasons" in found.text
    assert "499.json cut and 400 more." in found.text


def test_a_long_history_makes_no_long_report() -> None:
    far = [made_alarm((page(START_MS + n * 600_000) for n in range(1000)), f"alarm-{a}") for a in range(120)]
    result = made_result(
        far,
        days=8,
        filters=[FilterResult("f" * 255, "p" * 1024, 1, 1, None, None)] * 1000,
        rejected=[RejectedInput("x" * 1000, "y" * 1000)] * 1000,
    )
    text = html_report(made_request(*(["source"] * 1000)), result)
    found = Page(text)

    assert len(text) < 6_000_000
    assert "240,000 changes with the reasons (the first 2,000 are listed)" in found.text
    assert "238,000 later changes are left out here" in found.text
    assert "20 more alarms with fewer pages not shown" in found.text
    assert "80 more alarms with fewer pages not drawn" in found.text
    assert "And 800 more filters." in found.text
    assert "and 980 more." in found.text


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Returns the contrast ratio of WCAG 2."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_are_easy_to_tell_apart(scheme: str) -> None:
    light, _, dark = html_report(made_request(), full_result()).partition("prefers-color-scheme: dark")
    colours = dict(WRITTEN.findall(light if scheme == "light" else dark))

    texts = ("text", "quiet", "link", "alarm", "warn", "ok")
    assert [] == [name for name in texts if contrast(colours[name], colours["page"]) < 4.5]
    assert [] == [name for name in ("text", "quiet") if contrast(colours[name], colours["panel"]) < 4.5]
    assert contrast(colours["text"], colours["warn-page"]) >= 4.5
    assert contrast(colours["other"], colours["page"]) >= 3


def test_minutes_in_alarm_are_told_where_they_are_drawn() -> None:
    found = report(made_result([made_alarm([page(START_MS + 5 * MINUTE_MS)])]))

    assert "2026-09-04 00:05, 5 min" in found.text
    assert "in ALARM once, 5 min" in found.text
