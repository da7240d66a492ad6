"""One way to make a chain: planned, then applied, against any endpoint of AWS's APIs."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from trailbell.account import ConnectionSettings, connect
from trailbell.remediation import Journal, Objects, Plan, Report, Wish, apply_plan, plan_account

__all__ = ["Mended", "mend"]


class Mended(msgspec.Struct, frozen=True):
    """A plan, and what became of its changes."""

    plan: Plan
    reports: tuple[Report, ...]


def mend(
    settings: ConnectionSettings,
    regions: tuple[str, ...],
    wish: Wish,
    told: Callable[[Report], None],
    undo_file: Path | None = None,
) -> Mended:
    """Plans for the account at an endpoint and carries the plan out.

    Raises:
        TrailbellError: The account cannot be read, or what is changed cannot be noted.
    """
    connection = connect(settings)
    try:
        plan = plan_account(connection, regions, wish, datetime.now(UTC)).plan
        journal = Journal.nowhere(plan.account)
        if undo_file is not None and plan.changes:
            journal = Journal.open(undo_file, plan.account)
        return Mended(plan, apply_plan(plan, Objects(connection), journal, told, time.sleep))
    finally:
        connection.close()
