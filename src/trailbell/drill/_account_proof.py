"""A proof on an AWS account: what the audit says, what AWS makes of events, and what came of alarm drills."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from trailbell.account import (
    Connection,
    ControlResult,
    Link,
    Profile,
    Snapshot,
    Status,
    judge_account,
    read_account,
)
from trailbell.controls import Control
from trailbell.drill._alarm_drill import AlarmOutcome, Patience, drill_alarm
from trailbell.drill._alarm_plan import AlarmPlan, plan_drills
from trailbell.drill._witnesses import WitnessCheck, check_witnesses

__all__ = ["AccountProof", "ControlProof", "account_proof", "drill_plans", "with_drills"]


class ControlProof(msgspec.Struct, frozen=True, kw_only=True):
    """What is proven of one control; ``stopped_at`` and ``reason`` say where it stopped and why."""

    control: str
    id: str
    status: Status
    is_proven: bool
    stopped_at: Link | None = None
    reason: str = ""
    filters: tuple[WitnessCheck, ...] = ()


class AccountProof(msgspec.Struct, frozen=True, kw_only=True):
    """What is proven of one account; ``drills`` is empty where none was asked for."""

    account: str
    caller: str
    at: str
    regions: tuple[str, ...]
    cis: str
    controls: tuple[ControlProof, ...]
    calls: Mapping[str, int]
    drills: tuple[AlarmOutcome, ...] = ()

    @property
    def is_proven(self) -> bool:
        """Whether every control asked about is."""
        return all(each.is_proven for each in self.controls)


def account_proof(
    connection: Connection,
    profile: Profile,
    controls: Sequence[Control],
    regions: Sequence[str],
    now: datetime,
) -> tuple[AccountProof, Snapshot, tuple[ControlResult, ...]]:
    """Audits an account and has AWS test the filters of what passes; also returns what was read and judged.

    Raises:
        UnreadableAccountError: The account cannot be read.
    """
    snapshot = read_account(connection, tuple(regions), now, with_hub=False)
    results = judge_account(snapshot, profile, [each for each in controls if each.pattern is not None])
    by_key = {each.key: each for each in controls}
    proofs = tuple(_proof(connection, by_key[each.control], each) for each in results)
    proof = AccountProof(
        account=snapshot.account,
        caller=snapshot.caller,
        at=now.astimezone(UTC).isoformat(timespec="seconds"),
        regions=snapshot.regions,
        cis=profile.name,
        controls=proofs,
        calls=dict(connection.calls),
    )
    return proof, snapshot, results


def drill_plans(
    connection: Connection, proof: AccountProof, snapshot: Snapshot, results: Sequence[ControlResult]
) -> tuple[AlarmPlan, ...]:
    """Plans the drills of the controls that are proven so far."""
    proven = {each.control for each in proof.controls if each.is_proven}
    return plan_drills(connection, snapshot, [each for each in results if each.control in proven])


def with_drills(
    connection: Connection,
    proof: AccountProof,
    plans: Sequence[AlarmPlan],
    patience: Patience,
    tell: Callable[[str], None],
) -> AccountProof:
    """Carries drills out, one after the other, and returns the proof with what came of them."""
    outcomes = tuple(drill_alarm(connection, each, patience, tell) for each in plans)
    stopped = {key: each for each in outcomes if not each.is_proven for key in each.controls}
    # One that was not rung was left as it stood, and nothing is to be said of it.
    alarms = {each.arn for each in outcomes if not each.actions and not each.left}
    controls = tuple(
        each
        if each.control not in stopped
        else replace(
            each,
            is_proven=False,
            stopped_at=Link.ALARM if stopped[each.control].arn in alarms else Link.ACTION,
            reason=stopped[each.control].reason,
        )
        for each in proof.controls
    )
    return replace(proof, controls=controls, drills=outcomes, calls=dict(connection.calls))


def _proof(connection: Connection, control: Control, result: ControlResult) -> ControlProof:
    if not result.status.is_pass:
        return ControlProof(
            control=result.control,
            id=result.id,
            status=result.status,
            is_proven=False,
            stopped_at=result.broken_link,
            reason=result.message,
        )
    checks = check_witnesses(connection, control, result)
    reason = _reason(control, checks)
    return ControlProof(
        control=result.control,
        id=result.id,
        status=result.status,
        is_proven=not reason,
        stopped_at=Link.FILTER if reason else None,
        reason=reason,
        filters=checks,
    )


def _reason(control: Control, checks: Sequence[WitnessCheck]) -> str:
    for each in checks:
        name = each.filter.rpartition(":")[2]
        if each.problem:
            return f"What AWS makes of filter {name} is not known: {each.problem}."
        for disagreement in each.disagreements:
            theirs, ours = (
                ("matches", "does not") if disagreement.is_matched_by_aws else ("does not match", "does")
            )
            event: Mapping[str, Any] = disagreement.event
            return (
                f"AWS disagrees about filter {name}: by it the pattern {theirs} {event.get('eventName')} of "
                f"{event.get('eventSource')}, and by Trailbell it {ours}."
            )
    if not any(each.matched for each in checks):
        return f"AWS matches none of the events of {control.key} by its filters, so nothing is proven."
    return ""
