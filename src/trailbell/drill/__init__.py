"""Proof that a chain works: a made-up event or an alarm drill, link by link."""

from trailbell.drill._account_proof import (
    AccountProof,
    ControlProof,
    account_proof,
    drill_plans,
    with_drills,
)
from trailbell.drill._alarm_drill import ActionOutcome, AlarmOutcome, Patience, drill_alarm
from trailbell.drill._alarm_plan import AlarmPlan, AlarmStanding, plan_drills
from trailbell.drill._calls import DRILL_CALLS, DrillCall, drill_iam_policy
from trailbell.drill._errors import DrillError
from trailbell.drill._event import DRILL_NAME, control_events, drill_event, drill_order
from trailbell.drill._witnesses import Disagreement, WitnessCheck

__all__ = [
    "DRILL_CALLS",
    "DRILL_NAME",
    "AccountProof",
    "ActionOutcome",
    "AlarmOutcome",
    "AlarmPlan",
    "AlarmStanding",
    "ControlProof",
    "Disagreement",
    "DrillCall",
    "DrillError",
    "Patience",
    "WitnessCheck",
    "account_proof",
    "control_events",
    "drill_alarm",
    "drill_event",
    "drill_iam_policy",
    "drill_order",
    "drill_plans",
    "plan_drills",
    "with_drills",
]
