"""The report of an audit as JUnit's XML, for build servers: one suite per account, one case per control."""

from collections.abc import Iterator
from xml.etree import ElementTree

from trailbell.account._report_words import LINK_WORDS, json_text, profile_words, title_words
from trailbell.account._result import AccountResult, Audit, ControlResult, Status
from trailbell.evidence import shown

__all__ = ["junit_report"]

_LONGEST = 2_048
_MOST_ELEMENTS = 50
_OUTCOMES = {
    Status.FAIL: "failure",
    Status.UNKNOWN: "error",
    Status.NOT_HERE: "skipped",
    Status.EXCEPTION: "skipped",
}
_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def junit_report(audit: Audit) -> str:
    """Returns the report as XML in ASCII, which every encoding of a terminal or a pipe can hold.

    A pass has no child but its words; an account that could not be read is one case with an error, so that
    a build does not pass without it.
    """
    root = ElementTree.Element("testsuites", name="Trailbell audit")
    for account in audit.accounts:
        _suite(root, account, audit.version)
    for attribute in ("tests", *_COUNTED.values()):
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="us-ascii", xml_declaration=True)
    return text.decode("ascii") + "\n"


def _suite(root: ElementTree.Element, account: AccountResult, version: str) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name=_safe(account.account))
    if account.at:
        suite.set("timestamp", _safe(account.at))
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in (
        ("audited against", profile_words(account.cis)),
        ("regions", ", ".join(account.regions)),
        ("caller", account.caller),
        ("calls", str(sum(account.calls.values()))),
        ("trailbell", version),
    ):
        ElementTree.SubElement(properties, "property", name=name, value=_safe(value))
    class_name = f"{_safe(account.account)}.{_safe(account.cis)}"
    if not account.was_read:
        case = ElementTree.SubElement(suite, "testcase", classname=class_name, name="the account is read")
        message = "; ".join(account.problems[:_MOST_ELEMENTS]) or "The account could not be read."
        ElementTree.SubElement(case, "error", type=Status.UNKNOWN.value, message=_safe(message))
    for result in account.controls:
        _case(suite, class_name, result)
    suite.set("tests", str(len(suite.findall("testcase"))))
    for outcome, attribute in _COUNTED.items():
        suite.set(attribute, str(len(suite.findall(f"testcase/{outcome}"))))
    said = [*account.notes[:_MOST_ELEMENTS], *account.problems[:_MOST_ELEMENTS]]
    if said:
        ElementTree.SubElement(suite, "system-out").text = "\n".join(map(_safe, said))


def _case(suite: ElementTree.Element, class_name: str, result: ControlResult) -> None:
    case = ElementTree.SubElement(
        suite, "testcase", classname=class_name, name=f"{_safe(result.id)} {_safe(result.control)}"
    )
    outcome = _OUTCOMES.get(result.status)
    if outcome is not None:
        told = ElementTree.SubElement(case, outcome, message=_safe(result.message))
        if outcome != "skipped":
            # The schemas that build servers use allow no type there.
            broken = result.broken_link
            told.set("type", result.status.value if broken is None else broken.value)
    ElementTree.SubElement(case, "system-out").text = "\n".join(_lines(result))


def _lines(result: ControlResult) -> Iterator[str]:
    yield f"{result.status.value}: {_safe(title_words(result.control))}"
    yield _safe(result.message)
    if result.exemption is not None:
        told = result.exemption
        yield f"attested by {_safe(told.author)} until {_safe(told.expires)}: {_safe(told.reason)}"
    if result.theoretical_gap:
        yield "theoretical gap: the filters miss only events that CloudTrail does not write"
    for remark in result.remarks[:_MOST_ELEMENTS]:
        yield _safe(remark)
    for each in result.chain[:_MOST_ELEMENTS]:
        mark = " (broken)" if each.link is result.broken_link else ""
        detail = f": {_safe(each.detail)}" if each.detail else ""
        yield f"{LINK_WORDS[each.link]}{mark} {_safe(each.name)}{detail}"
    if len(result.chain) > _MOST_ELEMENTS:
        yield f"and {len(result.chain) - _MOST_ELEMENTS:,} more"
    if result.broken_link is not None and all(each.link is not result.broken_link for each in result.chain):
        yield f"{LINK_WORDS[result.broken_link]} (broken): none"
    if result.witness_event is not None:
        yield f"witness event: {json_text(result.witness_event)}"
    for other in result.blocked:
        names = ", ".join(_safe(name) for name in other.names[:_MOST_ELEMENTS])
        yield f"another chain, {names}: {_safe(other.message)}"


def _safe(text: str) -> str:
    """Text without what XML 1.0 forbids; all that is not printable is written as an escape."""
    return shown(text, _LONGEST)
