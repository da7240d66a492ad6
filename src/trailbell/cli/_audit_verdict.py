"""The exit code of an audit: that of its worst result, as far as the caller minds."""

from trailbell.account import Audit, Status
from trailbell.cli._exit_codes import ExitCode

__all__ = ["FAIL_ON", "exit_code"]

_CODES = {
    Status.FAIL: ExitCode.CONTROL_FAILS,
    Status.UNKNOWN: ExitCode.CONTROL_UNKNOWN,
    Status.PASS_NOISY: ExitCode.CONTROL_NOISY,
}

FAIL_ON = {
    "fail": (Status.FAIL,),
    "unknown": (Status.FAIL, Status.UNKNOWN),
    "noisy": (Status.FAIL, Status.UNKNOWN, Status.PASS_NOISY),
    "never": (),
}
"""What each value of --fail-on minds, worst first. NOT_HERE and EXCEPTION are nobody's failure."""


def exit_code(audit: Audit, fail_on: str) -> ExitCode:
    """Returns the exit code; an account that could not be read counts as UNKNOWN."""
    found = {control.status for account in audit.accounts for control in account.controls}
    if not all(account.was_read for account in audit.accounts):
        found.add(Status.UNKNOWN)
    worst = next((each for each in FAIL_ON[fail_on] if each in found), None)
    return ExitCode.DONE if worst is None else _CODES[worst]
