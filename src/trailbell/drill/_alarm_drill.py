"""Ringing an alarm of an account by SetAlarmState, watching what comes of it, and setting it back."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from trailbell.account import Connection
from trailbell.drill._alarm_plan import AlarmPlan, described, standing_now
from trailbell.drill._calls import CallFailedError, make_call

__all__ = ["ActionOutcome", "AlarmOutcome", "Patience", "drill_alarm"]

_SET = "cloudwatch:SetAlarmState"
_HISTORY = "cloudwatch:DescribeAlarmHistory"
_MOST_ITEMS = 100
_DONE = "Successfully executed action "

_REASON = (
    "DRILL by trailbell verify: nothing has happened. The alarm was rung by hand to see whether it notifies, "
    "and is set back in a moment."
)
_BACK = "Set back after a drill by trailbell verify."


class Patience(msgspec.Struct, frozen=True):
    """How long outcomes are waited for, by which clock."""

    timeout_seconds: float
    every_seconds: float
    monotonic: Callable[[], float]
    wait: Callable[[float], object]


class ActionOutcome(msgspec.Struct, frozen=True):
    """What the alarm's history says of an action; ``summary`` is AWS's sentence."""

    action: str
    is_executed: bool
    seconds: float
    summary: str


class AlarmOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the drill of one alarm; ``left`` says how it was left."""

    arn: str
    controls: tuple[str, ...]
    is_proven: bool
    actions: tuple[ActionOutcome, ...] = ()
    reason: str = ""
    left: str = ""


def drill_alarm(
    connection: Connection, plan: AlarmPlan, patience: Patience, tell: Callable[[str], None]
) -> AlarmOutcome:
    """Rings an alarm until the outcome of each of its topics is known, and sets it back whatever happens.

    ``tell`` hears how the alarm was left, also where the drill is interrupted.
    """
    # It may have moved since it was planned: somebody had to agree, and others were rung before it.
    plan = plan if plan.problem else standing_now(connection, plan)
    if plan.problem or plan.before is None:
        return AlarmOutcome(arn=plan.arn, controls=plan.controls, is_proven=False, reason=plan.problem)
    actions: tuple[ActionOutcome, ...] = ()
    reason = left = ""
    try:
        known = _items(connection, plan)
        began = patience.monotonic()
        make_call(connection, _SET, plan.region, AlarmName=plan.name, StateValue="ALARM", StateReason=_REASON)
        actions = _watched(connection, plan, known, patience, began)
        reason = _missing(plan, actions, patience)
    except CallFailedError as error:
        reason = f"{error}."
    finally:
        left = _set_back(connection, plan, plan.before.state)
        if left:
            tell(left)
    return AlarmOutcome(
        arn=plan.arn,
        controls=plan.controls,
        is_proven=not reason,
        actions=actions,
        reason=reason,
        left=left,
    )


def _watched(
    connection: Connection,
    plan: AlarmPlan,
    known: frozenset[tuple[str, str]],
    patience: Patience,
    began: float,
) -> tuple[ActionOutcome, ...]:
    found: dict[str, ActionOutcome] = {}
    while True:
        items = _items(connection, plan)
        seconds = patience.monotonic() - began
        for _, summary in sorted(items - known):
            for action in plan.actions:
                if action not in found and _is_about(summary, action):
                    found[action] = ActionOutcome(action, summary.startswith(_DONE), seconds, summary)
        if len(found) == len(plan.actions) or seconds >= patience.timeout_seconds:
            return tuple(found.values())
        patience.wait(patience.every_seconds)


def _is_about(summary: str, action: str) -> bool:
    """Whether a sentence names an action, and not one whose name only begins like it."""
    return re.search(re.escape(action) + r"(?![\w:/-]|\.fifo\b)", summary) is not None


def _missing(plan: AlarmPlan, actions: tuple[ActionOutcome, ...], patience: Patience) -> str:
    failed = next((each.summary for each in actions if not each.is_executed), "")
    if failed:
        return failed
    seen = {each.action for each in actions}
    silent = [each for each in plan.actions if each not in seen]
    if silent:
        return f"The alarm's history tells of no action {silent[0]} within {patience.timeout_seconds:g} s."
    return ""


def _items(connection: Connection, plan: AlarmPlan) -> frozenset[tuple[str, str]]:
    """Reads the newest items about actions, each by its instant and its sentence."""
    answer = make_call(
        connection,
        _HISTORY,
        plan.region,
        AlarmName=plan.notifier.split(":alarm:", 1)[-1],
        AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        HistoryItemType="Action",
        ScanBy="TimestampDescending",
        MaxRecords=_MOST_ITEMS,
    )
    items: list[Mapping[str, Any]] = list(answer.get("AlarmHistoryItems") or ())
    return frozenset((str(each.get("Timestamp")), str(each.get("HistorySummary"))) for each in items)


def _set_back(connection: Connection, plan: AlarmPlan, state: str) -> str:
    """Gives an alarm its state back, and says in a sentence how it was left; nothing if it was not rung."""
    standing = described(connection, plan.arn)
    if standing is not None:
        if standing.state != "ALARM":
            # As it was: the call did not come to pass. Else CloudWatch has judged it meanwhile.
            return "" if standing == plan.before else f"Alarm {plan.name} is in {standing.state}."
        if standing.reason != _REASON:
            return f"Alarm {plan.name} stays in ALARM, as something real has raised it: {standing.reason}"
    try:
        make_call(connection, _SET, plan.region, AlarmName=plan.name, StateValue=state, StateReason=_BACK)
    except CallFailedError as error:
        return (
            f"Alarm {plan.name} in {plan.region} was left in ALARM, and was in {state}: {error}. CloudWatch "
            "judges it anew by itself; or set it with `aws cloudwatch set-alarm-state`."
        )
    return f"Alarm {plan.name} is back in {state}."
