"""CloudWatch: composite alarms, put and described."""

import msgspec

from trailbell.alarms import AlarmState, CompositeAlarm, SuppressedBy
from trailbell.aws_api._cloudwatch_tags import Tag, tag_map
from trailbell.aws_api._operation import Context, Operation, PascalStruct
from trailbell.store import StoredComposite

__all__ = ["OPERATIONS", "CompositeAlarmShape", "composite_kin", "described_composite"]


class _PutCompositeAlarmRequest(PascalStruct, frozen=True):
    """A composite alarm as it is to be."""

    alarm_name: str
    alarm_rule: str
    alarm_description: str | None = None
    actions_enabled: bool = True
    ok_actions: tuple[str, ...] = msgspec.field(name="OKActions", default=())
    alarm_actions: tuple[str, ...] = ()
    insufficient_data_actions: tuple[str, ...] = ()
    actions_suppressor: str | None = None
    actions_suppressor_wait_period: int | None = None
    actions_suppressor_extension_period: int | None = None
    tags: tuple[Tag, ...] = ()


class CompositeAlarmShape(PascalStruct, frozen=True):
    """A composite alarm as it is described; of one that is told as kin of another, most is left out."""

    alarm_arn: str
    alarm_name: str
    actions_enabled: bool | None = None
    alarm_actions: tuple[str, ...] | None = None
    alarm_configuration_updated_timestamp: int | None = None
    alarm_description: str | None = None
    alarm_rule: str | None = None
    insufficient_data_actions: tuple[str, ...] | None = None
    ok_actions: tuple[str, ...] | None = msgspec.field(name="OKActions", default=None)
    state_reason: str | None = None
    state_reason_data: str | None = None
    state_updated_timestamp: int | None = None
    state_value: AlarmState | None = None
    state_transitioned_timestamp: int | None = None
    actions_suppressed_by: SuppressedBy | None = None
    actions_suppressed_reason: str | None = None
    actions_suppressor: str | None = None
    actions_suppressor_wait_period: int | None = None
    actions_suppressor_extension_period: int | None = None


def _put_composite_alarm(request: _PutCompositeAlarmRequest, context: Context) -> None:
    """Puts an alarm on other alarms."""
    alarm = CompositeAlarm(
        name=request.alarm_name,
        rule=request.alarm_rule,
        description=request.alarm_description,
        actions_enabled=request.actions_enabled,
        alarm_actions=request.alarm_actions,
        ok_actions=request.ok_actions,
        insufficient_data_actions=request.insufficient_data_actions,
        suppressor=request.actions_suppressor,
        suppressor_wait_seconds=request.actions_suppressor_wait_period,
        suppressor_extension_seconds=request.actions_suppressor_extension_period,
    )
    context.chain.alarms.put_composite(alarm, tag_map(request.tags))


def described_composite(stored: StoredComposite, context: Context) -> CompositeAlarmShape:
    """Describes a composite alarm."""
    alarm, suppression = stored.definition, stored.suppression
    return CompositeAlarmShape(
        actions_enabled=alarm.actions_enabled,
        alarm_actions=alarm.alarm_actions,
        alarm_arn=context.chain.alarms.arn(alarm.name),
        alarm_configuration_updated_timestamp=stored.configuration_updated_ms,
        alarm_name=alarm.name,
        alarm_rule=alarm.rule,
        insufficient_data_actions=alarm.insufficient_data_actions,
        ok_actions=alarm.ok_actions,
        state_reason=stored.reason,
        state_updated_timestamp=stored.state_updated_ms,
        state_value=stored.state,
        state_transitioned_timestamp=stored.state_transitioned_ms,
        alarm_description=alarm.description,
        state_reason_data=stored.reason_data or None,
        actions_suppressed_by=suppression.by,
        actions_suppressed_reason=suppression.reason or None,
        actions_suppressor=alarm.suppressor,
        actions_suppressor_wait_period=alarm.suppressor_wait_seconds,
        actions_suppressor_extension_period=alarm.suppressor_extension_seconds,
    )


def composite_kin(stored: StoredComposite, context: Context, *, has_state: bool) -> CompositeAlarmShape:
    """Tells of a child or parent of another alarm as AWS does: of a parent by name alone."""
    name = stored.definition.name
    return CompositeAlarmShape(
        alarm_arn=context.chain.alarms.arn(name),
        alarm_name=name,
        state_value=stored.state if has_state else None,
        state_updated_timestamp=stored.state_updated_ms if has_state else None,
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "cloudwatch", "PutCompositeAlarm", _put_composite_alarm, "Makes or replaces an alarm on other alarms."
    ),
)
