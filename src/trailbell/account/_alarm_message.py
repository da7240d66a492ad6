"""The message that an alarm found in an account would publish, for filter policies that look into it."""

import json

from trailbell.account._alarm_definition import Watcher
from trailbell.account._names import Arn
from trailbell.account._snapshot import FoundComposite
from trailbell.alarms import AlarmState, StateChange, message_body, region_name

__all__ = ["alarm_message", "composite_message"]

_AT_MS = 1_767_571_200_000
_REASON = "Threshold Crossed: 1 datapoint was greater than or equal to the threshold."
_OURS = "Trailbell"


def alarm_message(watcher: Watcher) -> str:
    """Returns the JSON text that a metric alarm publishes when it goes to ALARM."""
    described = {"AlarmDescription": watcher.found.definition.get("AlarmDescription")}
    if watcher.alarm is None:
        return json.dumps(
            _plain(watcher.name, watcher.account, watcher.region, watcher.found.arn) | described
        )
    change = StateChange(
        alarm=watcher.alarm,
        old_state=AlarmState.OK,
        new_state=AlarmState.ALARM,
        reason=_REASON,
        reason_data="",
        at_ms=_AT_MS,
        account_id=watcher.account,
        region=watcher.region,
        configuration_updated_ms=_AT_MS,
    )
    members = json.loads(message_body(change, None, ""))
    members.pop(_OURS, None)
    return json.dumps(members | described | {"AlarmActions": list(watcher.found.alarm_actions)})


def composite_message(composite: FoundComposite, place: Arn) -> str:
    """Returns the JSON text that a composite alarm publishes when it goes to ALARM."""
    name = place.resource.partition(":")[2]
    members = _plain(name, place.account, place.region, composite.arn)
    more = {
        "AlarmDescription": composite.description or None,
        "AlarmRule": composite.rule,
        "AlarmActions": list(composite.alarm_actions),
    }
    return json.dumps(members | more)


def _plain(name: str, account: str, region: str, arn: str) -> dict[str, object]:
    return {
        "AlarmName": name,
        "AlarmDescription": None,
        "AWSAccountId": account,
        "NewStateValue": AlarmState.ALARM.value,
        "NewStateReason": _REASON,
        "Region": region_name(region),
        "AlarmArn": arn,
        "OldStateValue": AlarmState.OK.value,
    }
