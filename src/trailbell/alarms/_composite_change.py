"""A composite alarm as it stands, and a change of its state, as messages and history tell them."""

import msgspec

from trailbell.alarms._alarm import AlarmState
from trailbell.alarms._composite import CompositeAlarm
from trailbell.alarms._region import alarm_arn
from trailbell.alarms._rule_reference import read_reference

__all__ = ["ChildState", "CompositeChange", "CompositeConfiguration"]


class ChildState(msgspec.Struct, frozen=True, kw_only=True):
    """The state of an alarm that a composite alarm mentions, or is suppressed by.

    `transitioned_ms` is when its state last changed (StateTransitionedTimestamp), `updated_ms` when anything
    about its state did (StateUpdatedTimestamp).
    """

    arn: str
    state: AlarmState
    transitioned_ms: int
    updated_ms: int

    @property
    def name(self) -> str:
        """The alarm's name."""
        return read_reference(self.arn).name


class CompositeConfiguration(msgspec.Struct, frozen=True, kw_only=True):
    """A definition as it stands, with its state and those of the alarms its rule mentions.

    `children` may come in any order and may hold other alarms too; one that is missing does not exist.
    """

    alarm: CompositeAlarm
    account_id: str
    region: str
    configuration_updated_ms: int
    state: AlarmState
    state_updated_ms: int
    children: tuple[ChildState, ...] = ()

    @property
    def arn(self) -> str:
        """The ARN of the composite alarm."""
        return alarm_arn(self.region, self.account_id, self.alarm.name)


class CompositeChange(msgspec.Struct, frozen=True, kw_only=True):
    """One move of a composite alarm from a state to another, with the definition it had at that moment.

    `triggering` are the children the reason data tells of, none where a state was set by hand.
    `reason_data` is JSON text, or empty where there is none.
    """

    alarm: CompositeAlarm
    old_state: AlarmState
    new_state: AlarmState
    reason: str
    reason_data: str
    triggering: tuple[ChildState, ...]
    at_ms: int
    account_id: str
    region: str
