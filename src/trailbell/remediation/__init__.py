"""Mending AWS accounts: plan, apply, undo, and the same plan as code."""

from trailbell.remediation._account import Planned, WrongAccountError, plan_account, wait_for_confirmations
from trailbell.remediation._apply import Outcome, Report, apply_plan
from trailbell.remediation._calls import WRITE_CALLS, WriteCall, iam_policy
from trailbell.remediation._export_cli import shell_commands
from trailbell.remediation._export_cloudformation import cloudformation_template
from trailbell.remediation._export_parameters import ExportError
from trailbell.remediation._export_terraform import terraform_code
from trailbell.remediation._journal import Journal, UndoFileError, read_undo_file
from trailbell.remediation._objects import CallFailedError, Objects
from trailbell.remediation._plan import (
    Change,
    ChangeKind,
    Left,
    LeftKind,
    Plan,
    PlanFileError,
    read_plan,
    write_plan,
)
from trailbell.remediation._planner import make_plan
from trailbell.remediation._simulation import after_changes
from trailbell.remediation._soundness import check_plan
from trailbell.remediation._twins import tuned_pattern
from trailbell.remediation._undo import undo_changes
from trailbell.remediation._wish import TOPIC_NAME, Recipient, Wish, WishError, recipient_of, topic_of

__all__ = [
    "TOPIC_NAME",
    "WRITE_CALLS",
    "CallFailedError",
    "Change",
    "ChangeKind",
    "ExportError",
    "Journal",
    "Left",
    "LeftKind",
    "Objects",
    "Outcome",
    "Plan",
    "PlanFileError",
    "Planned",
    "Recipient",
    "Report",
    "UndoFileError",
    "Wish",
    "WishError",
    "WriteCall",
    "WrongAccountError",
    "after_changes",
    "apply_plan",
    "check_plan",
    "cloudformation_template",
    "iam_policy",
    "make_plan",
    "plan_account",
    "read_plan",
    "read_undo_file",
    "recipient_of",
    "shell_commands",
    "terraform_code",
    "topic_of",
    "tuned_pattern",
    "undo_changes",
    "wait_for_confirmations",
    "write_plan",
]
