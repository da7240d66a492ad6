"""Alarms: definitions, evaluation and the state machine of CloudWatch metric alarms, and what they publish.

Pure functions of a definition, datapoints, the present state and the time.
"""

from trailbell.alarms._alarm import (
    INITIAL_STATE_REASON,
    Alarm,
    AlarmDefinitionError,
    AlarmState,
    ComparisonOperator,
    TreatMissingData,
)
from trailbell.alarms._change import StateChange
from trailbell.alarms._check import check_alarm
from trailbell.alarms._comparison import comparison_phrase
from trailbell.alarms._decision import VerdictCause
from trailbell.alarms._eager import evaluate_eagerly
from trailbell.alarms._evaluate import Verdict, evaluate
from trailbell.alarms._history import (
    AlarmConfiguration,
    ConfigurationChange,
    configuration_history,
    state_update_history,
)
from trailbell.alarms._message import message_body, message_subject
from trailbell.alarms._parameters import AlarmParameters, alarm_of
from trailbell.alarms._region import alarm_arn, region_name
from trailbell.alarms._slots import Slot, coming_tick, evaluation_range, slots_at, tick_interval_seconds

__all__ = [
    "INITIAL_STATE_REASON",
    "Alarm",
    "AlarmConfiguration",
    "AlarmDefinitionError",
    "AlarmParameters",
    "AlarmState",
    "ComparisonOperator",
    "ConfigurationChange",
    "Slot",
    "StateChange",
    "TreatMissingData",
    "Verdict",
    "VerdictCause",
    "alarm_arn",
    "alarm_of",
    "check_alarm",
    "coming_tick",
    "comparison_phrase",
    "configuration_history",
    "evaluate",
    "evaluate_eagerly",
    "evaluation_range",
    "message_body",
    "message_subject",
    "region_name",
    "slots_at",
    "state_update_history",
    "tick_interval_seconds",
]
