"""Which alarms a drill rings, who is told by it, and how each stood before."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from trailbell.account import ChainLink, Connection, ControlResult, Link, Snapshot

__all__ = ["AlarmPlan", "AlarmStanding", "described", "plan_drills", "standing_now"]

_ALARMS = "cloudwatch:DescribeAlarms"
_ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


class AlarmStanding(msgspec.Struct, frozen=True):
    """How an alarm stands, and the actions that each of its states runs."""

    state: str
    reason: str
    since: str
    actions: Mapping[str, tuple[str, ...]]


class AlarmPlan(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm to ring.

    Attributes:
        arn: The metric alarm.
        controls: The controls it serves.
        notifier: The alarm whose actions notify: itself, or a composite one on it.
        actions: The actions that have to be seen executed.
        told: Who is subscribed, as the audit tells it.
        before: How it stood; None where that could not be read.
        above: How the composite alarm stood that notifies for it; None where there is none.
        problem: Why it is not rung, or an empty text.
    """

    arn: str
    controls: tuple[str, ...]
    notifier: str
    actions: tuple[str, ...]
    told: tuple[str, ...]
    before: AlarmStanding | None = None
    above: AlarmStanding | None = None
    problem: str = ""

    @property
    def name(self) -> str:
        """The alarm's name."""
        return _name(self.arn)

    @property
    def region(self) -> str:
        """Its region."""
        return self.arn.split(":")[3]


def plan_drills(
    connection: Connection, snapshot: Snapshot, results: Sequence[ControlResult]
) -> tuple[AlarmPlan, ...]:
    """Plans one alarm for each control that passes, each alarm once, by the account as it is now."""
    plans: dict[str, AlarmPlan] = {}
    composite_arns = {each.arn for each in snapshot.composites}
    for result in results:
        alarms = _names(result.chain, Link.ALARM)
        if not result.status.is_pass or not alarms:
            continue
        arn = alarms[0]
        if arn in plans:
            controls = (*plans[arn].controls, result.control)
            plans[arn] = msgspec.structs.replace(plans[arn], controls=controls)
            continue
        composites = [each for each in alarms if each in composite_arns]
        plans[arn] = _planned(connection, arn, composites[0] if composites else arn, result)
    return tuple(plans.values())


def described(connection: Connection, arn: str) -> AlarmStanding | None:
    """Reads how an alarm stands; None where it cannot be read or is not there."""
    region, name = arn.split(":")[3], _name(arn)
    answer = connection.ask(
        _ALARMS, region, name, AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    found: Iterable[Mapping[str, Any]] = (
        []
        if answer is None
        else [*(answer.get("MetricAlarms") or ()), *(answer.get("CompositeAlarms") or ())]
    )
    for each in found:
        if each.get("AlarmName") == name:
            are_enabled = bool(each.get("ActionsEnabled", True))
            return AlarmStanding(
                state=str(each.get("StateValue")),
                reason=str(each.get("StateReason")),
                since=str(each.get("StateUpdatedTimestamp")),
                actions={
                    state: tuple(each.get(member) or ()) if are_enabled else ()
                    for state, member in _ACTIONS.items()
                },
            )
    return None


def standing_now(connection: Connection, plan: AlarmPlan) -> AlarmPlan:
    """Reads how a plan's alarms stand now, and whether that is a reason not to ring."""
    above = None
    before = described(connection, plan.arn)
    problem = _problem(connection, plan.region, before, "It is")
    if not problem and plan.notifier != plan.arn:
        above = described(connection, plan.notifier)
        who = f"Composite alarm {_name(plan.notifier)}, which notifies for it, is"
        problem = _problem(connection, plan.region, above, who)
    return msgspec.structs.replace(plan, before=before, above=above, problem=problem)


def _problem(connection: Connection, region: str, standing: AlarmStanding | None, who: str) -> str:
    if standing is None:
        return f"How it stands could not be read ({connection.code_of(_ALARMS, region) or 'not there'})."
    if standing.state == "ALARM":
        return f"{who} already in ALARM, since {standing.since}, so nothing would be sent."
    return ""


def _planned(connection: Connection, arn: str, notifier: str, result: ControlResult) -> AlarmPlan:
    plan = AlarmPlan(
        arn=arn,
        controls=(result.control,),
        notifier=notifier,
        actions=_names(result.chain, Link.ACTION),
        told=tuple(
            f"{each.detail or 'subscriber'} {each.name}".strip()
            for each in result.chain
            if each.link is Link.SUBSCRIPTION
        ),
    )
    if arn.split(":")[4] != connection.account:
        return msgspec.structs.replace(plan, problem="It is in another account: verify that one.")
    return standing_now(connection, plan)


def _names(chain: Iterable[ChainLink], link: Link) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.name for each in chain if each.link is link))


def _name(arn: str) -> str:
    return arn.split(":alarm:", 1)[-1]
