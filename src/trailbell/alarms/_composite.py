"""What a composite alarm is: the parameters of PutCompositeAlarm."""

import msgspec

from trailbell.alarms._alarm import AlarmState

__all__ = ["CompositeAlarm"]


class CompositeAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """A composite alarm as defined, without its state; names are PutCompositeAlarm's.

    `rule` is the text of AlarmRule.
    `suppressor` is the name or ARN of the alarm that holds the actions back while it is in ALARM, as written.
    `check_composite` says whether AWS would take it.
    """

    name: str
    rule: str
    description: str | None = None
    actions_enabled: bool = True
    alarm_actions: tuple[str, ...] = ()
    ok_actions: tuple[str, ...] = ()
    insufficient_data_actions: tuple[str, ...] = ()
    suppressor: str | None = None
    suppressor_wait_seconds: int | None = None
    suppressor_extension_seconds: int | None = None

    def actions_for(self, state: AlarmState) -> tuple[str, ...]:
        """Returns the ARNs a change to `state` invokes unless they are held back; none if disabled."""
        if not self.actions_enabled:
            return ()
        if state == AlarmState.ALARM:
            return self.alarm_actions
        return self.ok_actions if state == AlarmState.OK else self.insufficient_data_actions
