"""Auditing AWS accounts: what is read of them, and whether each control's events reach somebody."""

from trailbell.account._audit import (
    Question,
    Target,
    audit_snapshots,
    list_accounts,
    read_targets,
    targets_of,
)
from trailbell.account._calls import READ_CALLS, ReadCall, iam_policy
from trailbell.account._connection import Connection, ConnectionSettings, UnreadableAccountError, connect
from trailbell.account._exceptions import (
    ExceptionsFileError,
    StatedException,
    expired_notes,
    read_exceptions,
    with_exceptions,
)
from trailbell.account._judge import judge_account
from trailbell.account._reading import ALL_REGIONS, read_account
from trailbell.account._report_html import html_report
from trailbell.account._report_junit import junit_report
from trailbell.account._report_markdown import markdown_report
from trailbell.account._report_ocsf import ocsf_findings
from trailbell.account._result import (
    AccountResult,
    Audit,
    Blocked,
    ChainLink,
    ControlResult,
    Exemption,
    Link,
    Profile,
    Status,
    audit_document,
)
from trailbell.account._sample_events import sample_events
from trailbell.account._snapshot import (
    Failure,
    FailureKind,
    Snapshot,
    SnapshotError,
    read_snapshot,
    write_snapshot,
)

__all__ = [
    "ALL_REGIONS",
    "READ_CALLS",
    "AccountResult",
    "Audit",
    "Blocked",
    "ChainLink",
    "Connection",
    "ConnectionSettings",
    "ControlResult",
    "ExceptionsFileError",
    "Exemption",
    "Failure",
    "FailureKind",
    "Link",
    "Profile",
    "Question",
    "ReadCall",
    "Snapshot",
    "SnapshotError",
    "StatedException",
    "Status",
    "Target",
    "UnreadableAccountError",
    "audit_document",
    "audit_snapshots",
    "connect",
    "expired_notes",
    "html_report",
    "iam_policy",
    "judge_account",
    "junit_report",
    "list_accounts",
    "markdown_report",
    "ocsf_findings",
    "read_account",
    "read_exceptions",
    "read_snapshot",
    "read_targets",
    "sample_events",
    "targets_of",
    "with_exceptions",
    "write_snapshot",
]
