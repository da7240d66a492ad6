"""What a composite alarm publishes to its topics: AWS's JSON, plus one last member of ours.

Members and their order are those of metrics-and-alarms section 10.1; `message_subject` writes the subject.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from trailbell.alarms._composite_change import ChildState, CompositeChange
from trailbell.alarms._instant import iso_text
from trailbell.alarms._region import alarm_arn, region_name
from trailbell.alarms._trailbell_member import trailbell_member

__all__ = ["composite_facts", "composite_message_body"]

_MOST_TOLD = 10


def composite_message_body(change: CompositeChange, evidence: Mapping[str, Any] | None, url: str) -> str:
    """Returns the JSON text of the notification.

    `evidence` is ready for JSON and goes into the last member, `Trailbell`, which takes at most 16 KiB: that
    of the children, merged. `url` is the page of the alarm.
    """
    alarm = change.alarm
    return msgspec.json.encode(
        {
            "AlarmName": alarm.name,
            "AlarmDescription": alarm.description,
            "AWSAccountId": change.account_id,
            "NewStateValue": change.new_state,
            "NewStateReason": change.reason,
            "StateChangeTime": iso_text(change.at_ms),
            "Region": region_name(change.region),
            "AlarmArn": alarm_arn(change.region, change.account_id, alarm.name),
            "OKActions": alarm.ok_actions,
            "AlarmActions": alarm.alarm_actions,
            "InsufficientDataActions": alarm.insufficient_data_actions,
            "ActionExecutedAfterMuteWindow": False,
            "OldStateValue": change.old_state,
            "AlarmRule": alarm.rule,
            "TriggeringChildren": [_triggering(child) for child in change.triggering],
            "Trailbell": trailbell_member(evidence, url),
        }
    ).decode()


def composite_facts(change: CompositeChange) -> tuple[tuple[str, str], ...]:
    """Returns what a mail says of a composite alarm beyond what it says of every alarm: (label, text) rows.

    They are the rule, and up to ten of the children that led to the change, each with its state and since
    when (metrics-and-alarms 10.2). Texts are as their authors wrote them, so they are to be escaped.
    Who did it, the state and the reason are told as for any alarm, and before these.
    """
    rows = [("rule", change.alarm.rule)]
    told = [_told(child) for child in change.triggering[:_MOST_TOLD]]
    if len(change.triggering) > _MOST_TOLD:
        told.append(f"and {len(change.triggering) - _MOST_TOLD} more")
    rows.extend(("children" if number == 0 else "", text) for number, text in enumerate(told))
    return tuple(rows)


def _triggering(child: ChildState) -> dict[str, object]:
    return {"Arn": child.arn, "State": {"Value": child.state, "Timestamp": iso_text(child.transitioned_ms)}}


def _told(child: ChildState) -> str:
    since = datetime.fromtimestamp(child.transitioned_ms / 1000, UTC)
    return f"{child.name} is {child.state} since {since:%Y-%m-%d %H:%M:%S} UTC"
