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
from trailbell.account._connection import (
    Connection,
    ConnectionSettings,
    UnreadableAccountError,
    connect,
    kind_of_error,
)
from trailbell.account._exceptions import (
    ExceptionsFileError,
    StatedException,
    expired_notes,
    read_exceptions,
    with_exceptions,
)
from trailbell.account._judge import judge_account
from trailbell.account._names import Arn, log_group_arn, read_arn
from trailbell.account._reading import ALL_REGIONS, found_alarm, found_filter, identify, read_account
from trailbell.account._reading_topics import read_topics
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
    FoundAlarm,
    FoundComposite,
    FoundFilter,
    FoundSubscription,
    FoundTopic,
    FoundTransformation,
    Snapshot,
    SnapshotError,
    read_snapshot,
    write_snapshot,
)
from trailbell.account._steps import Outcome
from trailbell.account._topic_steps import topic_step

__all__ = [
    "ALL_REGIONS",
    "READ_CALLS",
    "AccountResult",
    "Arn",
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
    "FoundAlarm",
    "FoundComposite",
    "FoundFilter",
    "FoundSubscription",
    "FoundTopic",
    "FoundTransformation",
    "Link",
    "Outcome",
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
    "found_alarm",
    "found_filter",
    "html_report",
    "iam_policy",
    "identify",
    "judge_account",
    "junit_report",
    "kind_of_error",
    "list_accounts",
    "log_group_arn",
    "markdown_report",
    "ocsf_findings",
    "read_account",
    "read_arn",
    "read_exceptions",
    "read_snapshot",
    "read_targets",
    "read_topics",
    "sample_events",
    "targets_of",
    "topic_step",
    "with_exceptions",
    "write_snapshot",
]
