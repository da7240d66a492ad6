"""Alarms: definitions, evaluation and the state machine of CloudWatch metric alarms, and what they publish.

Pure functions of a definition, datapoints, the present state and the time.
"""

from trailbell.alarms._alarm import (
    INITIAL_STATE_REASON,
    Alarm,
    AlarmDefinitionError,
    AlarmState,
    ComparisonOperator,
    LowSampleCount,
    TreatMissingData,
)
from trailbell.alarms._change import StateChange
from trailbell.alarms._check import check_alarm
from trailbell.alarms._comparison import comparison_phrase
from trailbell.alarms._composite import CompositeAlarm
from trailbell.alarms._composite_change import ChildState, CompositeChange, CompositeConfiguration
from trailbell.alarms._composite_check import check_composite, check_composite_references
from trailbell.alarms._composite_cycles import alarms_in_cycles, find_cycle, is_in_cycle
from trailbell.alarms._composite_history import composite_configuration_history
from trailbell.alarms._composite_message import composite_facts, composite_message_body
from trailbell.alarms._composite_reason import DefinitionEvent
from trailbell.alarms._composite_settling import CompositeGraph, change_after, follow_moves
from trailbell.alarms._composite_transition import child_names, composite_transition
from trailbell.alarms._decision import VerdictCause
from trailbell.alarms._eager import evaluate_eagerly
from trailbell.alarms._episode import MOST_LEAVES, AlarmEpisode, composite_episode_start
from trailbell.alarms._evaluate import Verdict, evaluate
from trailbell.alarms._history import (
    AlarmConfiguration,
    ConfigurationChange,
    configuration_history,
    state_update_history,
)
from trailbell.alarms._message import message_body, message_subject
from trailbell.alarms._parameters import AlarmParameters, alarm_of
from trailbell.alarms._readings import AlarmData, reads_clock
from trailbell.alarms._region import alarm_arn, region_name
from trailbell.alarms._rule_errors import AlarmRuleError
from trailbell.alarms._rule_evaluate import evaluate_rule
from trailbell.alarms._rule_parser import MAXIMUM_RULE_LENGTH, parse_rule
from trailbell.alarms._rule_printer import print_rule
from trailbell.alarms._rule_reference import AlarmReference, alarm_name_of, read_reference
from trailbell.alarms._rule_tree import referenced_alarms
from trailbell.alarms._slots import Slot, coming_tick, evaluation_range, slots_at, tick_interval_seconds
from trailbell.alarms._suppression import (
    LATEST_END_MS,
    SuppressedBy,
    Suppression,
    SuppressionStep,
    end_period,
    follow_suppressor,
    suppress_change,
    update_suppressor,
)

__all__ = [
    "INITIAL_STATE_REASON",
    "LATEST_END_MS",
    "MAXIMUM_RULE_LENGTH",
    "MOST_LEAVES",
    "Alarm",
    "AlarmConfiguration",
    "AlarmData",
    "AlarmDefinitionError",
    "AlarmEpisode",
    "AlarmParameters",
    "AlarmReference",
    "AlarmRuleError",
    "AlarmState",
    "ChildState",
    "ComparisonOperator",
    "CompositeAlarm",
    "CompositeChange",
    "CompositeConfiguration",
    "CompositeGraph",
    "ConfigurationChange",
    "DefinitionEvent",
    "LowSampleCount",
    "Slot",
    "StateChange",
    "SuppressedBy",
    "Suppression",
    "SuppressionStep",
    "TreatMissingData",
    "Verdict",
    "VerdictCause",
    "alarm_arn",
    "alarm_name_of",
    "alarm_of",
    "alarms_in_cycles",
    "change_after",
    "check_alarm",
    "check_composite",
    "check_composite_references",
    "child_names",
    "coming_tick",
    "comparison_phrase",
    "composite_configuration_history",
    "composite_episode_start",
    "composite_facts",
    "composite_message_body",
    "composite_transition",
    "configuration_history",
    "end_period",
    "evaluate",
    "evaluate_eagerly",
    "evaluate_rule",
    "evaluation_range",
    "find_cycle",
    "follow_moves",
    "follow_suppressor",
    "is_in_cycle",
    "message_body",
    "message_subject",
    "parse_rule",
    "print_rule",
    "read_reference",
    "reads_clock",
    "referenced_alarms",
    "region_name",
    "slots_at",
    "state_update_history",
    "suppress_change",
    "tick_interval_seconds",
    "update_suppressor",
]
