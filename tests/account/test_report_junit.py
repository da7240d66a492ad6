"""The report of an audit as JUnit's XML: what a build server reads, and nothing that breaks its reader."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.audited import HOSTILE, UNREAD, every_status, made_account, made_control, text_audit
from trailbell.account import Audit, Link, Status, junit_report

OUTCOMES = {
    Status.PASS: set(),
    Status.PASS_NOISY: set(),
    Status.FAIL: {"failure"},
    Status.UNKNOWN: {"error"},
    Status.NOT_HERE: {"skipped"},
    Status.EXCEPTION: {"skipped"},
}


def read(audit: Audit) -> ElementTree.Element:
    return ElementTree.fromstring(junit_report(audit))  # noqa: S314 - it is our own


def case_of(status: Status, text: str = "text") -> ElementTree.Element:
    [case] = read(Audit((made_account([made_control(text, status)]),), "1")).iter("testcase")
    return case


def test_there_is_a_suite_for_each_account_and_a_case_for_each_control() -> None:
    expected = [
        (each.account, [f"{control.id} {control.control}" for control in each.controls])
        for each in every_status().accounts
        if each.was_read
    ]
    found = [
        (suite.get("name"), [case.get("name") for case in suite.iter("testcase")])
        for suite in read(every_status())
    ]

    assert [*expected, (UNREAD, ["the account is read"])] == found


@pytest.mark.parametrize("status", Status, ids=str)
def test_each_status_has_its_outcome(status: Status) -> None:
    found = {child.tag for child in case_of(status)}

    assert OUTCOMES[status] | {"system-out"} == found


def test_the_numbers_add_up() -> None:
    root = read(every_status())
    for attribute, tag in {"failures": "failure", "errors": "error", "skipped": "skipped"}.items():
        counted = [len(list(suite.iter(tag))) for suite in root]

        assert counted == [int(suite.attrib[attribute]) for suite in root]
        assert sum(counted) == int(root.attrib[attribute]) > 0
    assert len(list(root.iter("testcase"))) == int(root.attrib["tests"])


def test_an_account_that_could_not_be_read_is_an_error() -> None:
    [suite] = [each for each in read(every_status()) if each.get("name") == UNREAD]
    [error] = suite.iter("error")

    assert "The role cannot be assumed." == error.get("message")


def test_a_failure_names_its_broken_link_and_sentence() -> None:
    [failure] = case_of(Status.FAIL, "the sentence").iter("failure")

    assert (Link.ALARM.value, "the sentence") == (failure.get("type"), failure.get("message"))


def test_a_case_tells_the_chain_the_witness_and_what_blocks_the_others() -> None:
    said = str(case_of(Status.FAIL, "said").findtext("system-out"))

    assert "FAIL: Use of the root user\nsaid\nsaid\ntrail said: said\n" in said
    assert "\nalarm (broken) said: said\n" in said
    assert '\nwitness event: {\n  "eventName": "said",\n' in said
    assert said.endswith("\nanother chain, said, said: said")


def test_every_link_of_real_chains_is_told() -> None:
    said = [case.findtext("system-out") or "" for case in read(every_status()).iter("testcase")]
    controls = [each for account in every_status().accounts for each in account.controls]

    assert [] == [
        link.name
        for text, control in zip(said, controls, strict=False)
        for link in control.chain
        if link.name not in text or link.detail not in text
    ]


def test_an_exception_and_a_theoretical_gap_are_told() -> None:
    attested = str(case_of(Status.EXCEPTION, "Ada").findtext("system-out"))
    gap = str(case_of(Status.PASS).findtext("system-out"))

    assert "attested by Ada until 2027-06-30: Ada" in attested
    assert "theoretical gap: the filters miss only events that CloudTrail does not write" in gap


def test_a_suite_says_who_asked_what_and_what_was_not_seen() -> None:
    [suite] = read(text_audit("said"))
    properties = {each.get("name"): each.get("value") for each in suite.iter("property")}

    assert {
        "audited against": "CIS Amazon Web Services Foundations Benchmark 7.0.0",
        "regions": "said, us-east-1",
        "caller": "said",
        "calls": "3",
        "trailbell": "1.2.3",
    } == properties
    assert "said\nsaid" == suite.findtext("system-out")


def shape(root: ElementTree.Element) -> list[str]:
    return [each.tag for each in root.iter()]


def test_text_out_of_an_account_is_no_markup() -> None:
    text = junit_report(text_audit(HOSTILE))

    assert shape(read(text_audit("harmless"))) == shape(read(text_audit(HOSTILE)))
    assert text.isascii()
    assert [] == [each for each in text if not each.isprintable() and each != "\n"]
    assert "<script>alert(1)</script>" in str(case_of(Status.FAIL, HOSTILE).findtext("system-out"))


@settings(max_examples=60)
@given(st.text(min_size=1))
def test_no_text_changes_the_structure(text: str) -> None:
    assert shape(read(text_audit("harmless"))) == shape(read(text_audit(text)))


def test_a_long_chain_is_cut_and_the_rest_counted() -> None:
    case = next(read(Audit((made_account([made_control(elements=20)]),), "1")).iter("testcase"))

    assert "\nand 110 more\n" in str(case.findtext("system-out"))
