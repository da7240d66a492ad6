"""AWS's delivery policy: how often an http(s) message is tried again, when, how fast, and as what type.

https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from trailbell.topics._attribute_errors import invalid, json_object, unsupported
from trailbell.topics._retry import BACKOFF_NAMES, RetryPolicy, retry_delay_ms

__all__ = [
    "DEFAULT_CONTENT_TYPE",
    "HttpPolicy",
    "effective_subscription_policy",
    "effective_topic_policy",
    "http_policy",
    "stored_subscription_policy",
    "stored_topic_policy",
]

DEFAULT_CONTENT_TYPE = "text/plain; charset=UTF-8"

_LONGEST_DELAY_SECONDS = 3600
_MOST_RETRIES = 100
_LONGEST_TOTAL_SECONDS = 3600
_INTEGERS = (
    ("minDelayTarget", 1, _LONGEST_DELAY_SECONDS),
    ("maxDelayTarget", 1, _LONGEST_DELAY_SECONDS),
    ("numRetries", 0, _MOST_RETRIES),
    ("numMaxDelayRetries", 0, None),
    ("numNoDelayRetries", 0, None),
    ("numMinDelayRetries", 0, None),
)
_ENVELOPE_TYPES = frozenset({"application/json", "text/plain"})
_RAW_TYPES = _ENVELOPE_TYPES | {
    "application/atom+xml",
    "application/octet-stream",
    "application/soap+xml",
    "application/x-www-form-urlencoded",
    "application/xhtml+xml",
    "application/xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/xml",
}
_CONTENT_TYPE = re.compile(r"([a-z+/-]+)(?: *; *charset=[A-Za-z0-9_-]{1,40})?", re.IGNORECASE)

# What a topic calls each part that a subscription may override.
_TOPIC_NAMES = {
    "healthyRetryPolicy": "defaultHealthyRetryPolicy",
    "throttlePolicy": "defaultThrottlePolicy",
    "requestPolicy": "defaultRequestPolicy",
}


class HttpPolicy(msgspec.Struct, frozen=True):
    """What holds for one http(s) subscription; ``max_receives_per_second`` None sets no limit."""

    retry: RetryPolicy = RetryPolicy()
    max_receives_per_second: int | None = None
    content_type: str = DEFAULT_CONTENT_TYPE


def stored_topic_policy(text: str) -> str:
    """Returns a topic's delivery policy as it is kept.

    Raises:
        RequestRefusedError: it is not valid; the text lacks the operation's beginning.
    """
    policy = json_object("DeliveryPolicy", text)
    _check_names(policy, {"http"})
    http = {} if policy.get("http") is None else _members(policy["http"], "http")
    _check_names(http, {*_TOPIC_NAMES.values(), "defaultSicklyRetryPolicy", "disableSubscriptionOverrides"})
    kept = {name: value for name, value in http.items() if value is not None}
    _refuse_sickly("defaultSicklyRetryPolicy", kept)
    _check_flag(kept, "disableSubscriptionOverrides", "http.")
    for name, default_name in _TOPIC_NAMES.items():
        if default_name in kept:
            kept[default_name] = _checked(name, kept[default_name], f"http.{default_name}", _ENVELOPE_TYPES)
    return _json({"http": {**kept, "disableSubscriptionOverrides": _overrides_off(kept)}})


def stored_subscription_policy(text: str, *, is_raw: bool) -> str:
    """Returns a subscription's delivery policy as it is kept: all five members, null where not given.

    Raises:
        RequestRefusedError: it is not valid; the text lacks the operation's beginning.
    """
    policy = json_object("DeliveryPolicy", text)
    _check_names(policy, {*_TOPIC_NAMES, "sicklyRetryPolicy", "guaranteed"})
    _refuse_sickly("sicklyRetryPolicy", policy)
    _check_flag(policy, "guaranteed")
    if policy.get("guaranteed"):
        raise unsupported(
            "DeliveryPolicy: guaranteed is obsolete and not supported by this version; leave it out."
        )
    content_types = _RAW_TYPES if is_raw else _ENVELOPE_TYPES
    kept: dict[str, Any] = {}
    for name in ("healthyRetryPolicy", "sicklyRetryPolicy", "throttlePolicy", "requestPolicy"):
        value = policy.get(name)
        kept[name] = None if value is None else _checked(name, value, name, content_types)
    if kept["healthyRetryPolicy"] is not None:
        kept["healthyRetryPolicy"] = _filled(kept["healthyRetryPolicy"])
    return _json({**kept, "guaranteed": False})


def effective_topic_policy(stored: str | None) -> str:
    """Returns what holds for a topic: what is kept, over the defaults, member by member."""
    http = _topic_part(stored)
    effective = {
        "defaultHealthyRetryPolicy": _filled(http.get("defaultHealthyRetryPolicy") or {}),
        "disableSubscriptionOverrides": _overrides_off(http),
    }
    if throttle := http.get("defaultThrottlePolicy"):
        effective["defaultThrottlePolicy"] = throttle
    effective["defaultRequestPolicy"] = _request(http.get("defaultRequestPolicy"))
    return _json({"http": effective})


def effective_subscription_policy(stored: str | None, topic_stored: str | None) -> str:
    """Returns what holds for a subscription: its own parts, then the topic's, then the defaults."""
    return _json(_effective(stored, topic_stored))


def http_policy(stored: str | None, topic_stored: str | None, *, is_raw: bool = False) -> HttpPolicy:
    """Reads what holds for a subscription from the two policies that are kept.

    A type that only raw messages may have falls back to the default once messages are no longer raw.
    """
    effective = _effective(stored, topic_stored)
    content_type = effective["requestPolicy"]["headerContentType"]
    return HttpPolicy(
        retry=msgspec.convert(effective["healthyRetryPolicy"], RetryPolicy),
        max_receives_per_second=(effective["throttlePolicy"] or {}).get("maxReceivesPerSecond"),
        content_type=content_type
        if _media_type(content_type) in (_RAW_TYPES if is_raw else _ENVELOPE_TYPES)
        else DEFAULT_CONTENT_TYPE,
    )


def _effective(stored: str | None, topic_stored: str | None) -> dict[str, Any]:
    topic = _topic_part(topic_stored)
    own: dict[str, Any] = {} if stored is None or _overrides_off(topic) else json.loads(stored)
    parts = {name: own.get(name) or topic.get(_TOPIC_NAMES[name]) for name in _TOPIC_NAMES}
    return {
        "healthyRetryPolicy": _filled(parts["healthyRetryPolicy"] or {}),
        "sicklyRetryPolicy": None,
        "throttlePolicy": parts["throttlePolicy"] or None,
        "requestPolicy": _request(parts["requestPolicy"]),
        "guaranteed": False,
    }


def _topic_part(stored: str | None) -> dict[str, Any]:
    return {} if stored is None else _members(json.loads(stored)["http"], "http")


def _filled(retry: Mapping[str, Any]) -> dict[str, Any]:
    defaults: dict[str, Any] = msgspec.to_builtins(RetryPolicy())
    return {**defaults, **retry}


def _request(part: Mapping[str, Any] | None) -> dict[str, str]:
    return {"headerContentType": (part or {}).get("headerContentType") or DEFAULT_CONTENT_TYPE}


def _overrides_off(http: Mapping[str, Any]) -> bool:
    return http.get("disableSubscriptionOverrides") is True


def _checked(name: str, value: object, path: str, content_types: frozenset[str]) -> dict[str, Any]:
    """One part of a policy without its null members, checked by what the subscription calls it."""
    part = {member: each for member, each in _members(value, path).items() if each is not None}
    if name == "healthyRetryPolicy":
        _check_retry(part, path)
    elif name == "throttlePolicy":
        _check_names(part, {"maxReceivesPerSecond"})
        _check_integer(part, "maxReceivesPerSecond", path, 1, None)
    else:
        _check_names(part, {"headerContentType"})
        _check_content_type(part, path, content_types)
    return part


def _check_retry(part: Mapping[str, Any], path: str) -> None:
    _check_names(part, {*(name for name, _, _ in _INTEGERS), "backoffFunction"})
    for name, lowest, highest in _INTEGERS:
        _check_integer(part, name, path, lowest, highest)
    if part.get("backoffFunction", "linear") not in BACKOFF_NAMES:
        raise invalid(f"DeliveryPolicy: {path}.backoffFunction must be one of {', '.join(BACKOFF_NAMES)}")
    policy = msgspec.convert(_filled(part), RetryPolicy)
    if policy.min_delay_target > policy.max_delay_target:
        raise invalid(
            f"DeliveryPolicy: {path}.minDelayTarget must be less than or equal to maxDelayTarget, "
            f"which is {policy.max_delay_target}"
        )
    if policy.num_backoff_retries < 0:
        raise invalid(
            f"DeliveryPolicy: {path}: numNoDelayRetries, numMinDelayRetries and numMaxDelayRetries together "
            f"must be less than or equal to numRetries, which is {policy.num_retries}"
        )
    total_ms = sum(retry_delay_ms(policy, each) or 0 for each in range(1, policy.num_retries + 1))
    if total_ms > _LONGEST_TOTAL_SECONDS * 1000:
        raise invalid(
            f"DeliveryPolicy: {path}: all delays together must be less than or equal to "
            f"{_LONGEST_TOTAL_SECONDS} seconds and are {total_ms // 1000}"
        )


def _check_integer(part: Mapping[str, Any], name: str, path: str, lowest: int, highest: int | None) -> None:
    if name not in part:
        return
    value = part[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid(f"DeliveryPolicy: {path}.{name} must be an integer")
    if value < lowest:
        raise invalid(f"DeliveryPolicy: {path}.{name} must be greater than or equal to {lowest}")
    if highest is not None and value > highest:
        raise invalid(f"DeliveryPolicy: {path}.{name} must be less than or equal to {highest}")


def _check_content_type(part: Mapping[str, Any], path: str, allowed: frozenset[str]) -> None:
    value = part.get("headerContentType", DEFAULT_CONTENT_TYPE)
    if not isinstance(value, str) or _media_type(value) not in allowed:
        raise invalid(f"DeliveryPolicy: {path}.headerContentType must be one of {', '.join(sorted(allowed))}")


def _media_type(content_type: str) -> str:
    """The type without its character set; empty if it is not written as one."""
    found = _CONTENT_TYPE.fullmatch(content_type)
    return found[1].lower() if found else ""


def _check_names(part: Mapping[str, Any], known: set[str]) -> None:
    for name in part:
        if name not in known:
            raise invalid(f"DeliveryPolicy: Unexpected JSON member: {name}")


def _check_flag(part: Mapping[str, Any], name: str, path: str = "") -> None:
    if not isinstance(part.get(name), bool | None):
        raise invalid(f"DeliveryPolicy: {path}{name} must be true or false")


def _refuse_sickly(name: str, part: Mapping[str, Any]) -> None:
    if part.get(name) is not None:
        raise unsupported(
            f"DeliveryPolicy: {name} is obsolete and not supported by this version; leave it out."
        )


def _members(value: object, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid(f"DeliveryPolicy: {path} must be a JSON object")
    return value


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
