"""The formats of an audit's report, by the word that --format knows them by."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import click

from trailbell.account import (
    AccountResult,
    Audit,
    Status,
    audit_document,
    html_report,
    junit_report,
    markdown_report,
    ocsf_findings,
)
from trailbell.cli._tables import plural, print_json, print_table
from trailbell.evidence import shown

__all__ = ["FORMATS"]

_LONGEST = 2048


def _table(audit: Audit) -> None:
    for number, account in enumerate(audit.accounts):
        if number:
            click.echo()
        _account(account)


def _account(account: AccountResult) -> None:
    click.echo(f"account {account.account}, {account.cis}, regions {', '.join(account.regions) or '-'}")
    if account.was_read:
        print_table(
            ["id", "control", "status", "broken link", "what and why"],
            [
                (
                    each.id,
                    each.control,
                    each.status.value,
                    each.broken_link.value if each.broken_link else None,
                    each.message,
                )
                for each in account.controls
            ],
            "No controls.",
        )
        counts = Counter(each.status for each in account.controls)
        told = [f"{counts[status]} {status.value}" for status in Status if counts[status]]
        click.echo(f"{', '.join(told)}; {plural(sum(account.calls.values()), 'call')}.")
    remarks = dict.fromkeys(remark for each in account.controls for remark in each.remarks)
    for line in (*remarks, *account.notes, *account.problems):
        click.echo(f"note: {shown(line, _LONGEST)}")


def _json(audit: Audit) -> None:
    print_json(audit_document(audit))


def _markdown(audit: Audit) -> None:
    # As bytes, for a page's encoding is not that of the terminal.
    click.echo(markdown_report(audit).encode(), nl=False)


def _html(audit: Audit) -> None:
    click.echo(html_report(audit).encode(), nl=False)


def _ocsf(audit: Audit) -> None:
    print_json(ocsf_findings(audit, datetime.now(UTC)))


def _junit(audit: Audit) -> None:
    click.echo(junit_report(audit), nl=False)


FORMATS: dict[str, Callable[[Audit], None]] = {
    "table": _table,
    "json": _json,
    "markdown": _markdown,
    "html": _html,
    "ocsf": _ocsf,
    "junit": _junit,
}
"""Each writes to standard output."""
