"""The words that all forms of the report share."""

import json
from collections.abc import Mapping
from typing import Any

from trailbell.account._result import Link, Profile, Status
from trailbell.controls import UnknownControlError, control_of
from trailbell.evidence import shown

__all__ = [
    "LINK_WORDS",
    "METHOD_WORDS",
    "STATUS_WORDS",
    "json_text",
    "profile_words",
    "title_words",
]

_MOST_JSON = 8_000

LINK_WORDS: Mapping[Link, str] = {
    Link.TRAIL: "trail",
    Link.LOG_GROUP: "log group",
    Link.FILTER: "metric filter",
    Link.METRIC: "metric",
    Link.ALARM: "alarm",
    Link.ACTION: "alarm action",
    Link.TOPIC: "topic",
    Link.SUBSCRIPTION: "subscription",
}

STATUS_WORDS: Mapping[Status, str] = {
    Status.PASS: "every event of the control reaches a confirmed subscription",
    Status.PASS_NOISY: "every event reaches somebody, and so do ordinary ones the control is not about",
    Status.EXCEPTION: "no chain holds, and a named person attests that something else watches the control",
    Status.NOT_HERE: "the chain is in another account, which was not part of the audit",
    Status.UNKNOWN: "a call was refused, throttled or failed, or something cannot be judged: nothing is "
    "guessed",
    Status.FAIL: "some event of the control reaches nobody",
}

METHOD_WORDS = (
    "The accounts were read and nothing in them was changed. Filter patterns were judged by what they match, "
    "not by their text. All trails, log groups, metric filters, metrics, alarms, topics and subscriptions "
    "that were found were tried as a chain, and the best one is told. The result is that of the time of "
    "reading."
)


def profile_words(cis: str) -> str:
    """Returns the full name of what was audited against."""
    if Profile(cis).is_security_hub:
        return "AWS Security Hub, controls CloudWatch.1 to CloudWatch.14"
    return f"CIS Amazon Web Services Foundations Benchmark {cis}"


def title_words(key: str) -> str:
    """Returns a control's title in the catalogue, or its key where the catalogue lacks it."""
    try:
        return control_of(key).title
    except UnknownControlError:
        return key


def json_text(value: Mapping[str, Any]) -> str:
    """Returns a value as readable JSON in printable lines, cut with a mark behind 8,000 characters."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    lines = [shown(line, _MOST_JSON) for line in text[:_MOST_JSON].split("\n")]
    return "\n".join(lines) + ("\n…" if len(text) > _MOST_JSON else "")
