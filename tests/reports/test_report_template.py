"""Reports of all rooms share one stylesheet, and escape what they show."""

import re

import pytest

from support.project import PACKAGE
from trailbell.reports import report_template

BASE = (PACKAGE / "reports" / "templates" / "base.css").read_text(encoding="utf-8")
REPORTS = [("account", "audit.html", "audit.css"), ("replay", "report.html", "report.css")]


@pytest.mark.parametrize(("room", "page", "sheet"), REPORTS)
def test_each_report_holds_the_shared_stylesheet_and_repeats_nothing_of_it(
    room: str, page: str, sheet: str
) -> None:
    templates = PACKAGE / room / "templates"
    own = (templates / sheet).read_text(encoding="utf-8")
    shared = {line for line in BASE.splitlines() if "{ " in line}

    assert '{% include "base.css" %}' in (templates / page).read_text(encoding="utf-8")
    assert set() == shared & set(own.splitlines())
    assert set() == set(re.findall(r"--[a-z-]+(?=:)", own))
    assert report_template(room, page).environment.get_template("base.css").render() == BASE


def test_what_is_shown_is_escaped_twice_over() -> None:
    environment = report_template("replay", "report.html").environment
    text = environment.from_string("{{ text|shown }} {{ 1234567|number }}").render(text="<b>\x1b[2J")

    assert "&lt;b&gt;\\x1b[2J 1,234,567" == text
