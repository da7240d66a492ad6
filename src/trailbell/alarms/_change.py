"""A change of an alarm's state, as messages and history tell it."""

import msgspec

from trailbell.alarms._alarm import Alarm, AlarmState

__all__ = ["StateChange"]


class StateChange(msgspec.Struct, frozen=True, kw_only=True):
    """One move from a state to another, with the definition the alarm had at that moment.

    `reason_data` is JSON text, or empty where there is none (a state set by hand).
    `configuration_updated_ms` is when the definition was last put.
    """

    alarm: Alarm
    old_state: AlarmState
    new_state: AlarmState
    reason: str
    reason_data: str
    at_ms: int
    account_id: str
    region: str
    configuration_updated_ms: int
