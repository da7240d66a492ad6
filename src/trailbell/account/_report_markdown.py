r"""The report of an audit in Markdown, for tickets, wikis and pull requests.

Whatever comes out of an account, unless it is a plain word, stands in a code span: there nothing becomes a
link, markup or HTML in any dialect. In tables a ``|`` is written ``\x7c``, for dialects differ in how a code
span there may hold one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from trailbell.account._report_content import (
    AccountPart,
    ControlPart,
    Evidence,
    LinkPart,
    ReportContent,
    report_content,
)
from trailbell.account._report_words import METHOD_WORDS, STATUS_WORDS
from trailbell.account._result import Audit, Status
from trailbell.evidence import shown

__all__ = ["markdown_report"]

_LONGEST = 2_048
_EMPTY = "(empty)"
_PLAIN = re.compile(
    r"(?P<before>[('\"]*)(?P<word>[^\W_]+(?:['\u2019-][^\W_]+)*)(?P<after>['\").,;:!?\u2026]*)"
)
_NUMBER = re.compile(r"[0-9]{1,6}")
_LETTERS = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*|[A-Z][A-Za-z]{0,3}[0-9]{1,2}")


def markdown_report(audit: Audit) -> str:
    """Returns the report as Markdown with GitHub's tables; its bounds are those of the HTML report."""
    return "\n".join(_lines(report_content(audit))) + "\n"


def _lines(content: ReportContent) -> Iterator[str]:
    yield f"# Trailbell audit: {_text(content.headline)}"
    yield ""
    if content.unread:
        yield f"**{_plural(content.unread, 'account')} could not be read.** The reasons are told below."
        yield ""
    if content.problems_total:
        yield (
            f"**Not everything could be looked at.** {_plural(content.problems_total, 'problem')} of "
            "reading, such as calls that were refused, told with each account."
        )
        yield ""
    yield from _summary(content)
    yield from _scope(content)
    yield from _exceptions(content)
    for part in content.parts:
        yield from _account(part)
    if content.parts_left_off:
        yield f"{_plural(content.parts_left_off, 'account')} with fewer failures not told in full."
        yield ""
    if content.evidence_left_off:
        yield f"The evidence of {_plural(content.evidence_left_off, 'control')} left out for want of room."
        yield ""
    yield f"Made by Trailbell {_code(content.version)}."


def _summary(content: ReportContent) -> Iterator[str]:
    yield "## Summary"
    yield ""
    if content.totals:
        yield from _table(
            ("status", "controls", "which means"),
            ((_status(status), f"{count:,}", STATUS_WORDS[status]) for status, count in content.totals),
        )
    yield from _table(
        ("account", *(_status(status) for status in content.statuses), "read"),
        (
            (_cell(row.account), *(f"{count:,}" for count in row.counts), "yes" if row.was_read else "no")
            for row in content.rows
        ),
    )
    if content.rows_left_off:
        yield f"{_plural(content.rows_left_off, 'more account')} not listed; the JSON form has them all."
        yield ""


def _scope(content: ReportContent) -> Iterator[str]:
    read_at = " to ".join(dict.fromkeys(_code(each) for each in (content.first_at, content.last_at) if each))
    yield "## Scope and method"
    yield ""
    yield METHOD_WORDS
    yield ""
    yield f"- audited against: {', '.join(map(_text, content.profiles)) or 'nothing'}"
    yield f"- accounts: {content.accounts:,}"
    yield f"- read at: {read_at or 'not known'}"
    yield f"- made by: Trailbell {_code(content.version)}"
    yield f"- calls made: {content.calls_total:,}"
    yield f"- problems of reading: {content.problems_total:,}"
    yield ""
    if content.controls:
        yield from _table(
            ("id", "control", "what is to be watched"),
            (
                (_cell(each), _cell(key), _text(_without_pipes(title)))
                for each, key, title in content.controls
            ),
        )


def _exceptions(content: ReportContent) -> Iterator[str]:
    if not content.exceptions:
        return
    yield "## Exceptions"
    yield ""
    for row in content.exceptions:
        told = row.exemption
        yield (
            f"- {_code(row.id)} {_code(row.control)} of account {_code(row.account)}: by "
            f"{_text(told.author)}, holds until {_code(told.expires)}: {_text(told.reason)}"
        )
    yield from _more(content.exceptions_left_off)
    yield ""


def _account(part: AccountPart) -> Iterator[str]:
    account = part.result
    yield f"## Account {_code(account.account)}"
    yield ""
    yield f"- read by: {_code(account.caller) if account.caller else 'not known'}"
    yield f"- read at: {_code(account.at) if account.at else 'not known'}"
    left_off = f" and {part.regions_left_off:,} more" if part.regions_left_off else ""
    yield f"- regions: {', '.join(map(_code, part.regions)) or 'none'}{left_off}"
    counts = ", ".join(f"{count:,} {_status(status)}" for status, count in part.counts)
    yield f"- statuses: {counts or 'none'}"
    yield f"- calls made: {part.calls_total:,}"
    for name, count in part.calls:
        yield f"  - {_code(name)}: {count:,}"
    yield from _more(part.calls_left_off, "  ")
    yield ""
    if not account.was_read:
        yield "**This account could not be read.** No control was judged."
        yield ""
    if part.problems:
        yield "What could not be looked at:"
        yield ""
        yield from _listed(part.problems, part.problems_left_off)
    yield from _listed(part.notes, part.notes_left_off)
    for control in part.controls:
        yield from _control(control)


def _control(control: ControlPart) -> Iterator[str]:
    result = control.result
    yield f"### {_code(result.id)} {_text(control.title)}: {_status(result.status)}"
    yield ""
    broken = f"**First broken link: {control.broken_words}.** " if control.broken_words else ""
    yield f"{broken}{_text(result.message)}"
    yield ""
    yield f"- control: {_code(result.control)}"
    if result.exemption is not None:
        yield f"- attested by: {_text(result.exemption.author)}"
        yield f"- holds until: {_code(result.exemption.expires)}"
        yield f"- reason: {_text(result.exemption.reason)}"
    if result.theoretical_gap:
        yield (
            "- theoretical gap: the filters miss events that the control's text matches, but none that "
            "CloudTrail could write"
        )
    if control.evidence is None:
        yield "- the evidence is left out for want of room; the JSON form has it"
        yield ""
        return
    yield from _evidence(control, control.evidence)


def _evidence(control: ControlPart, evidence: Evidence) -> Iterator[str]:
    for remark in evidence.remarks:
        yield f"- {_text(remark)}"
    yield ""
    for number, link in enumerate(evidence.links, 1):
        yield from _link(number, link)
    if evidence.links:
        yield ""
    if evidence.witness:
        fence = "`" * max(3, _longest_run(evidence.witness) + 1)
        yield f"{control.witness_words}:"
        yield ""
        yield f"{fence}json"
        yield evidence.witness
        yield fence
        yield ""
    if evidence.blocked:
        yield "What blocks other chains:"
        yield ""
        for each in evidence.blocked:
            yield f"- {', '.join(map(_code, each.names)) or 'a chain'}: {_text(each.message)}"
        yield ""


def _link(number: int, link: LinkPart) -> Iterator[str]:
    yield f"{number}. {link.words}: **{link.state.value}**"
    for each in link.found:
        yield f"   - {_code(each.name)}{': ' + _code(each.detail) if each.detail else ''}"
    yield from _more(link.left_off, "   ")


def _listed(texts: Iterable[str], left_off: int) -> Iterator[str]:
    lines = [f"- {_text(each)}" for each in texts]
    yield from lines
    yield from _more(left_off)
    if lines:
        yield ""


def _more(count: int, indent: str = "") -> Iterator[str]:
    if count:
        yield f"{indent}- and {count:,} more"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _plural(count: int, word: str) -> str:
    return f"{count:,} {word}{'s' * (count != 1)}"


def _status(status: Status) -> str:
    return f"`{status.value}`"


def _cell(text: str) -> str:
    return _code(_without_pipes(text))


def _without_pipes(text: str) -> str:
    return text.replace("|", r"\x7c")


def _code(text: str) -> str:
    """A code span that shows a text as it is."""
    kept = shown(text, _LONGEST)
    if not kept.strip():
        return _EMPTY
    fence = "`" * (_longest_run(kept) + 1)
    # One space at both ends is taken off by readers, and is needed beside a backtick or a space.
    space = " " if kept[0] in "` " or kept[-1] in "` " else ""
    return f"{fence}{space}{kept}{space}{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _text(text: str) -> str:
    """A sentence: plain words as they are, runs of all else as code spans."""
    pieces: list[str] = []
    odd: list[str] = []
    for word in shown(text, _LONGEST).split():
        before, core, after = _parted(word)
        if core is None:
            odd.append(word)
            continue
        if odd:
            pieces.append(_code_before_punctuation(" ".join(odd)))
            odd = []
        pieces.append(f"{before}{core}{after}")
    if odd:
        pieces.append(_code_before_punctuation(" ".join(odd)))
    return " ".join(pieces) or _EMPTY


def _parted(word: str) -> tuple[str, str | None, str]:
    """A plain word and the punctuation around it, or None for anything else.

    A word of letters alone, one like S3, or a small number, is nothing in any dialect. A number before a full
    stop would begin a list, so that one is none.
    """
    found = _PLAIN.fullmatch(word)
    if found is None or word.lower().startswith("www."):
        return "", None, ""
    core = found["word"]
    is_number = _NUMBER.fullmatch(core) is not None and not found["after"].startswith((".", ")"))
    is_word = _LETTERS.fullmatch(core) is not None
    return (found["before"], core, found["after"]) if is_number or is_word else ("", None, "")


def _code_before_punctuation(text: str) -> str:
    kept = text.rstrip(".,:;")
    return f"{_code(kept)}{text[len(kept) :]}" if kept else _code(text)
