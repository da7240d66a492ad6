"""The report of an audit in HTML: one file, valid, complete, readable, bounded, and harmless."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.audited import HOSTILE, every_status, made_account, made_control, text_audit
from support.html_pages import Page
from trailbell.account import Audit, Link, Status, html_report

WRITTEN = re.compile(r"--(?P<name>[a-z-]+): (?P<colour>#[0-9a-f]{6});")


def report(audit: Audit) -> Page:
    return Page(html_report(audit))


def test_the_states_have_every_status() -> None:
    audit = every_status()

    assert set(Status) == {each.status for account in audit.accounts for each in account.controls}


@pytest.mark.parametrize("status", Status, ids=str)
def test_every_status_is_shown(status: Status) -> None:
    assert f"status {status.value}" in report(every_status()).values("class")
    assert status.value in report(every_status()).text


def test_every_control_of_every_account_is_told_with_its_chain_and_sentence() -> None:
    found = report(every_status()).text
    controls = [each for account in every_status().accounts for each in account.controls]
    wanted = [word for each in controls for word in (f"{each.id} ", each.control, each.message)]
    links = [word for each in controls for link in each.chain for word in (link.name, link.detail)]

    assert [] == [word for word in (*wanted, *links) if " ".join(word.split()) not in found]
    assert len(controls) == html_report(every_status()).count("<article")


def test_each_link_says_whether_it_was_found_broken_or_not_reached() -> None:
    [account] = [each for each in every_status().accounts if each.account == "100000000003"]
    [control] = [each for each in account.controls if each.control == "root_usage"]
    found = report(Audit((made_account([control]),), "1")).text
    states = re.findall(
        r"(trail|log group|metric filter|metric|alarm|alarm action|topic|subscription)"
        r" (found|broken|not reached)\b",
        found.partition("First broken link")[2],
    )

    reached = [("trail", "found"), ("log group", "found"), ("metric filter", "broken")]
    behind = ["metric", "alarm", "alarm action", "topic", "subscription"]
    assert [*reached, *((name, "not reached") for name in behind)] == states
    assert len(Link) == len(states)


@pytest.mark.parametrize(
    "words",
    [
        "7 accounts, CIS Amazon Web Services Foundations Benchmark 7.0.0",
        "1 account could not be read.",
        "The role cannot be assumed.",
        "First broken link: metric filter.",
        "An event that nobody is told of",
        "An event that is told of needlessly",
        "attested by Ada Smith holds until 2027-06-30 reason The SIEM watches it",
        "100000000006 5.3 root_usage Ada Smith 2027-06-30 The SIEM watches it",
        "The exception of root_usage by Bob Jones expired on 2025-06-30 and does not count.",
        "Without the exception: FAIL.",
        "read by arn:aws:sts::111122223333:assumed-role/Auditor/audit",
        "calls made",
    ],
)
def test_it_tells_what_an_auditor_asks_for(words: str) -> None:
    assert words in report(every_status()).text


def test_it_says_at_the_top_how_many_controls_pass() -> None:
    controls = [each for account in every_status().accounts for each in account.controls]
    passed = sum(each.status.is_pass for each in controls)

    words = f"Trailbell audit {passed} of {len(controls)} controls pass, and 1 account could not be read."
    assert words in report(every_status()).text


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ([], "No control was asked about."),
        ([Status.PASS], "The one control passes."),
        ([Status.FAIL], "The one control does not pass."),
        ([Status.PASS, Status.PASS_NOISY], "All of 2 controls pass."),
        ([Status.PASS, Status.EXCEPTION], "1 of 2 controls pass."),
    ],
    ids=["none", "one", "other", "all", "some"],
)
def test_the_headline_is_a_sentence(statuses: list[Status], words: str) -> None:
    audit = Audit((made_account(made_control(status=each) for each in statuses),), "1")

    assert f"Trailbell audit {words}" in report(audit).text


def test_version_calls_problems_blocked_chains_and_theoretical_gaps_are_told() -> None:
    found = report(text_audit("said")).text

    assert "Made by Trailbell 1.2.3." in found
    assert "3 calls made" in found
    assert "What could not be looked at: said" in found
    assert "What blocks 1 other chain said , said : said" in " ".join(found.replace(",", " , ").split())
    assert "Theoretical gap. The filters miss events" in found
    assert "The event that CloudTrail does not write" in found


def test_it_needs_no_other_file_no_server_and_no_script() -> None:
    text = html_report(every_status())
    found = Page(text)

    assert 0 == found.tags["script"] + found.tags["link"] + found.tags["img"] + found.tags["iframe"]
    assert [] == found.values("src") + found.values("style")
    assert [] == [href for href in found.values("href") if not (href or "").startswith("#")]
    assert [] == re.findall(r"https?:|url\(|@import", text)
    assert "default-src 'none'; style-src 'unsafe-inline'" in found.values("content")


def test_ids_are_distinct_and_every_link_and_label_leads_to_one() -> None:
    found = report(every_status())

    ids = found.values("id")
    links = [(href or "").removeprefix("#") for href in found.values("href")]
    assert len(ids) == len(set(ids))
    assert set() == {*links, *found.values("aria-labelledby")} - set(ids)
    assert len(every_status().accounts) == len(links)


def test_text_out_of_an_account_is_neither_markup_nor_moves_other_text() -> None:
    text = html_report(text_audit(HOSTILE))
    found = Page(text)

    assert report(text_audit("harmless")).tags == found.tags
    assert [] == [name for name, _ in found.attributes if name.startswith("on")]
    assert [] == [each for each in text if not each.isprintable() and each != "\n"]
    assert "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}" in found.text
    assert text.encode()


@settings(max_examples=40)
@given(st.text(min_size=1))
def test_no_text_changes_the_structure(text: str) -> None:
    assert report(text_audit("harmless")).tags == report(text_audit(text)).tags


def test_a_large_audit_makes_no_large_report_and_says_what_it_leaves_out() -> None:
    evil = "<" * 2000
    controls = [made_control(evil, each, elements=30) for each in Status]
    passing = [made_control("fine", Status.PASS)]
    audit = Audit(
        tuple(
            made_account(controls if number >= 1100 else passing, account=f"{number:012}")
            for number in range(1300)
        ),
        "1",
    )
    text = html_report(audit)
    found = Page(text)

    assert len(text) < 60_000_000
    assert "300 more accounts not listed" in found.text
    assert "1,200 accounts with fewer failures not told in full." in found.text
    left_off = found.text.count("The evidence is left out for want of room")
    assert 500 < left_off < 600
    assert f"The evidence of {left_off} controls left out" in found.text
    assert "and 5 more" in found.text
    assert "Account 000000001199" in found.text
    assert "Account 000000001099" not in found.text


def test_failures_keep_their_evidence_longest() -> None:
    big = "x" * 2000
    statuses = [Status.PASS] * 15 + [Status.FAIL]
    controls = [made_control(big, each, elements=25) for each in statuses]
    text = html_report(Audit((made_account(controls),), "1"))
    articles = text.split("<article")[1:]

    assert ["The evidence is left out" in each for each in articles][-1] is False
    assert any("The evidence is left out" in each for each in articles)


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
    light, _, dark = html_report(every_status()).partition("prefers-color-scheme: dark")
    colours = dict(WRITTEN.findall(light if scheme == "light" else dark))

    texts = ("text", "quiet", "link", "alarm", "warn", "ok")
    assert [] == [name for name in texts if contrast(colours[name], colours["page"]) < 4.5]
    assert [] == [
        name for name in ("text", "quiet", "alarm") if contrast(colours[name], colours["panel"]) < 4.5
    ]
    assert contrast(colours["text"], colours["warn-page"]) >= 4.5
