"""The report of an audit as one HTML file that needs nothing else: no script, no font, no server.

Everything out of an account is escaped twice over: what could move or hide text by ``shown``, markup by
Jinja2. The file's own policy forbids scripts and every address, should an escape be missing all the same.
"""

import functools
from typing import Any

from trailbell.account._report_content import report_content
from trailbell.account._report_words import METHOD_WORDS, STATUS_WORDS
from trailbell.account._result import Audit
from trailbell.reports import report_template

__all__ = ["html_report"]


def html_report(audit: Audit) -> str:
    """Returns the report as the text of an HTML file.

    Its size is bounded whatever was found: at most 1,000 accounts are listed, 100 told in full, and some
    megabytes of evidence given, that of failures first; it says how much it leaves out.
    """
    return str(_template().render(content=report_content(audit), meanings=STATUS_WORDS, method=METHOD_WORDS))


@functools.cache
def _template() -> Any:
    return report_template("account", "audit.html")
