"""The report of an audit as one HTML file that needs nothing else: no script, no font, no server.

Everything out of an account is escaped twice over: what could move or hide text by ``shown``, markup by
Jinja2. The file's own policy forbids scripts and every address, should an escape be missing all the same.
"""

import functools
from typing import Any

from trailbell.account._report_content import report_content
from trailbell.account._report_words import METHOD_WORDS, STATUS_WORDS
from trailbell.account._result import Audit
from trailbell.evidence import shown

__all__ = ["html_report"]

_LONGEST = 2_048


def html_report(audit: Audit) -> str:
    """Returns the report as the text of an HTML file.

    Its size is bounded whatever was found: at most 1,000 accounts are listed, 100 told in full, and some
    megabytes of evidence given, that of failures first; it says how much it leaves out.
    """
    return str(_template().render(content=report_content(audit), meanings=STATUS_WORDS, method=METHOD_WORDS))


@functools.cache
def _template() -> Any:
    # Only who asks for this form waits for the library.
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    templates = Environment(
        loader=PackageLoader("trailbell.account", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["shown"] = lambda text: shown(str(text), _LONGEST)
    templates.filters["number"] = lambda number: f"{number:,}"
    return templates.get_template("audit.html")
