"""The report of an audit in Markdown: complete, and harmless whatever an account holds."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from support.audited import HOSTILE, every_status, made_account, made_control, text_audit
from trailbell.account import Audit, Status, markdown_report


def tokens(text: str) -> Iterator[Token]:
    """What a reader of CommonMark with GitHub's tables and strikethrough makes of it."""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        yield token
        yield from token.children or ()


def structure(text: str) -> Counter[str]:
    """The kinds of what is not plain text or code within a line."""
    kinds = Counter(token.type for token in tokens(text))
    return Counter({kind: count for kind, count in kinds.items() if kind not in ("text", "code_inline")})


def prose(text: str) -> str:
    """All that is not code, where some readers look for addresses."""
    return " ".join(token.content for token in tokens(text) if token.type == "text")


def read(text: str) -> str:
    """What one reads, line ends and code marks aside."""
    kinds = ("text", "code_inline", "fence")
    return " ".join(" ".join(token.content for token in tokens(text) if token.type in kinds).split())


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_control_of_every_account_is_told_with_its_chain_and_sentence() -> None:
    found = squeezed(read(markdown_report(every_status())))
    controls = [each for account in every_status().accounts for each in account.controls]
    words = [word for each in controls for word in (each.id, each.control, each.message, each.status.value)]
    links = [word for each in controls for link in each.chain for word in (link.name, link.detail)]

    assert [] == [word for word in (*words, *links) if squeezed(word) not in found]


@pytest.mark.parametrize(
    "words",
    [
        "# Trailbell audit: ",
        "1 account could not be read.",
        "The role cannot be assumed.",
        "3. metric filter: **broken**",
        "4. metric: **not reached**",
        "**First broken link: metric filter.** ",
        "- attested by: Ada Smith",
        "- holds until: `2027-06-30`",
        "- reason: The SIEM watches it",
        "- `5.3` `root_usage` of account `100000000006`: by Ada Smith, holds until `2027-06-30`: The SIEM",
        "- The exception of `root_usage` by Bob Jones expired on `2025-06-30` and does not count.",
        "- read by: `arn:aws:sts::111122223333:assumed-role/Auditor/audit`",
        "- audited against: CIS Amazon Web Services Foundations Benchmark `7.0.0`",
        "An event that nobody is told of:",
        "An event that is told of needlessly:",
        '  "eventName": "CreateAccessKey",',
    ],
)
def test_it_tells_what_an_auditor_asks_for(words: str) -> None:
    assert words in markdown_report(every_status())


def test_calls_problems_blocked_chains_and_theoretical_gaps_are_told() -> None:
    found = markdown_report(text_audit("said"))

    assert "- calls made: 3\n  - `said`: 2\n  - `cloudtrail:DescribeTrails`: 1\n" in found
    assert "What could not be looked at:\n\n- said\n" in found
    assert "What blocks other chains:\n\n- `said`, `said`: said\n" in found
    assert "- theoretical gap: the filters miss events" in found
    assert "The event that CloudTrail does not write:" in found
    assert found.endswith("Made by Trailbell `1.2.3`.\n")


def test_text_out_of_an_account_makes_no_links_tables_lists_or_html() -> None:
    found = markdown_report(text_audit(HOSTILE))
    kinds = structure(found)

    assert structure(markdown_report(text_audit("harmless"))) == kinds
    assert 0 == kinds["link_open"] + kinds["html_inline"] + kinds["html_block"] + kinds["image"]
    assert [] == [each for each in found if not each.isprintable() and each != "\n"]
    assert found.encode()


@pytest.mark.parametrize("mark", ["://", "www.", "@", "<", "javascript:", "](", "#"])
def test_outside_code_there_is_nothing_that_a_reader_makes_a_link_of(mark: str) -> None:
    assert mark in HOSTILE
    assert mark not in prose(markdown_report(text_audit(HOSTILE)))


def test_text_out_of_an_account_can_be_read_as_it_is() -> None:
    found = read(markdown_report(text_audit("{ $.a = `x` && $.b != ``y`` } | z")))

    assert 10 < found.count("{ $.a = `x` && $.b != ``y`` } | z")


words = st.text(
    st.sampled_from("ab1 .-+*_`~|<>[]()#!\\&:;@/='\"\n\t\x00\u202e\u00a0"), min_size=1, max_size=30
)


@settings(max_examples=100)
@given(st.one_of(words, st.text(min_size=1)))
def test_no_text_changes_the_structure(text: str) -> None:
    assert structure(markdown_report(text_audit("harmless"))) == structure(markdown_report(text_audit(text)))


@pytest.mark.parametrize("status", Status, ids=str)
def test_a_large_audit_makes_no_large_report(status: Status) -> None:
    controls = [made_control("`|" * 1000, status, elements=30)] * 16
    audit = Audit(tuple(made_account(controls, account=f"{number:012}") for number in range(300)), "1")
    found = markdown_report(audit)

    assert len(found) < 30_000_000
    assert "200 accounts with fewer failures not told in full." in found
    assert "The evidence of 1,59" in found
