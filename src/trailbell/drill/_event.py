"""The made-up event of a control, marked so that whoever is paged sees at once that it is a drill."""

import gzip
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from trailbell.account import sample_events
from trailbell.chain import FILE_MARK, VerificationOrder
from trailbell.cloudtrail import LogFileName
from trailbell.controls import CATALOGUE, Control, event_sources
from trailbell.drill._errors import DrillError
from trailbell.patterns import FilterPattern, parse_pattern

__all__ = ["DRILL_NAME", "control_events", "drill_event", "drill_order"]

DRILL_NAME = "trailbell-verify"
"""The name that every drill goes by: as caller where the event has one, as user agent, and as address."""

_MINUTE_MS = 60_000

_Event = dict[str, Any]


def control_events(control: Control, account: str) -> tuple[_Event, ...]:
    """Returns made-up events of an account that a control's own pattern matches."""
    if control.pattern is None:
        return ()
    pattern = FilterPattern(control.pattern)
    samples = sample_events(parse_pattern(control.pattern), event_sources(control), account)
    return tuple(each for each in samples if _is_matched(pattern, each))


def drill_event(control: Control, account: str, region: str, event_id: str, at_ms: int) -> _Event:
    """Makes the marked event of a control; of those there are, the one that the fewest others are about.

    Raises:
        DrillError: No event of this control can be made.
    """
    if control.pattern is None:
        raise DrillError(
            f"control {control.key} is watched by no metric filter, so no event can prove its chain"
        )
    pattern = FilterPattern(control.pattern)
    others = [FilterPattern(each.pattern) for each in CATALOGUE if each.pattern and each is not control]
    marked = [_marked(each, account, region, event_id, at_ms) for each in control_events(control, account)]
    fitting = [each for each in marked if _is_matched(pattern, each)]
    if not fitting:
        raise DrillError(f"no event can be made that the pattern of {control.key} matches")
    return min(fitting, key=lambda each: sum(_is_matched(other, each) for other in others))


def drill_order(
    control: Control, account: str, region: str, timeout_seconds: float, now_ms: int
) -> VerificationOrder:
    """Orders the proof of a control's chain: the event, in a file as CloudTrail would deliver it.

    Raises:
        DrillError: No event of this control can be made.
    """
    event_id = str(uuid.uuid4())
    event = drill_event(control, account, region, event_id, now_ms)
    name = LogFileName(
        account_id=account,
        region=region,
        minute_ms=now_ms - now_ms % _MINUTE_MS,
        unique=f"{FILE_MARK}{event_id.replace('-', '')}",
    )
    return VerificationOrder(
        id=event_id,
        control=control.key,
        filter_name=control.filter_name,
        alarm_name=control.alarm_name or "",
        file_name=name.file_name,
        content=gzip.compress(msgspec.json.encode({"Records": [event]}), mtime=0),
        timeout_ms=round(timeout_seconds * 1000),
    )


def _marked(event: Mapping[str, Any], account: str, region: str, event_id: str, at_ms: int) -> _Event:
    return dict(event) | {
        "userIdentity": _named(event["userIdentity"], account),
        "eventTime": datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "awsRegion": region,
        "sourceIPAddress": DRILL_NAME,
        "userAgent": DRILL_NAME,
        "requestID": str(uuid.uuid5(uuid.NAMESPACE_OID, event_id)),
        "eventID": event_id,
    }


def _named(identity: Mapping[str, Any], account: str) -> _Event:
    """Gives a caller the drill's name; the root user has none."""
    if identity["type"] == "IAMUser":
        return dict(identity) | {
            "principalId": "AIDATRAILBELLVERIFY",
            "arn": f"arn:aws:iam::{account}:user/{DRILL_NAME}",
            "userName": DRILL_NAME,
        }
    if identity["type"] == "AssumedRole":
        issuer = identity["sessionContext"]["sessionIssuer"] | {
            "arn": f"arn:aws:iam::{account}:role/{DRILL_NAME}",
            "userName": DRILL_NAME,
        }
        return dict(identity) | {
            "principalId": f"AROATRAILBELLVERIFY:{DRILL_NAME}",
            "arn": f"arn:aws:sts::{account}:assumed-role/{DRILL_NAME}/{DRILL_NAME}",
            "sessionContext": identity["sessionContext"] | {"sessionIssuer": issuer},
        }
    return dict(identity)


def _is_matched(pattern: FilterPattern, event: Mapping[str, Any]) -> bool:
    return pattern.matches(msgspec.json.encode(event))
