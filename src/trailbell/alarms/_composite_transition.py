"""Which state a composite alarm moves to, and why (metrics-and-alarms 11.2)."""

import functools
from collections.abc import Mapping

from trailbell.alarms._alarm import AlarmState
from trailbell.alarms._composite_change import ChildState, CompositeChange, CompositeConfiguration
from trailbell.alarms._composite_reason import (
    DefinitionEvent,
    child_reason,
    definition_reason,
    triggers_json,
)
from trailbell.alarms._rule_evaluate import evaluate_rule
from trailbell.alarms._rule_parser import parse_rule
from trailbell.alarms._rule_reference import alarm_name_of
from trailbell.alarms._rule_tree import RuleNode, referenced_alarms

__all__ = ["child_names", "composite_transition"]

# Whenever an alarm moves that it mentions, a rule would be parsed again.
_parsed = functools.lru_cache(1024)(parse_rule)


def child_names(tree: RuleNode, region: str, account_id: str) -> tuple[str, ...]:
    """Returns the names of the alarms a rule mentions, by name or by ARN, each once, in order of mention."""
    names = (alarm_name_of(each, region, account_id) for each in referenced_alarms(tree))
    return tuple(dict.fromkeys(names))


def composite_transition(
    configuration: CompositeConfiguration, trigger: ChildState | DefinitionEvent, at_ms: int
) -> CompositeChange | None:
    """Evaluates a composite alarm's rule; returns the change it leads to, None if the state stays.

    `trigger` is the child whose state changed, in its new state, or what was done to the definition.
    `children` of the configuration are as they stand now, the trigger included.
    A new alarm stands in INSUFFICIENT_DATA and leaves it at once for OK or ALARM, never to come back by
    evaluation. An update is evaluated too, as AWS was seen to do, although its reference says that the state
    is left unchanged.
    An alarm in a cycle is not to be evaluated (`is_in_cycle`).

    Raises:
        AlarmRuleError: The rule is not valid.
    """
    alarm, region, account_id = configuration.alarm, configuration.region, configuration.account_id
    tree = _parsed(alarm.rule)
    children = {child.name: child for child in configuration.children}

    def state_of(reference: str) -> AlarmState | None:
        child = children.get(alarm_name_of(reference, region, account_id))
        return None if child is None else child.state

    state = AlarmState.ALARM if evaluate_rule(tree, state_of) else AlarmState.OK
    if state == configuration.state:
        return None
    triggering = _triggering(child_names(tree, region, account_id), children, state)
    if isinstance(trigger, ChildState):
        reason = child_reason(trigger)
    else:
        reason = definition_reason(configuration.arn, trigger, state)
    return CompositeChange(
        alarm=alarm,
        old_state=configuration.state,
        new_state=state,
        reason=reason,
        reason_data=triggers_json(triggering),
        triggering=triggering,
        at_ms=at_ms,
        account_id=account_id,
        region=region,
    )


def _triggering(
    names: tuple[str, ...], children: Mapping[str, ChildState], state: AlarmState
) -> tuple[ChildState, ...]:
    """Returns the children that are in the state the composite alarm moved to, latest change first.

    All captures of AWS fit this: `NOT ALARM(x)` that turns false names x in the reason and lists nobody.
    The order is that of the one capture with two of them.
    """
    found = [children[name] for name in names if name in children and children[name].state == state]
    return tuple(sorted(found, key=lambda child: -child.transitioned_ms))
