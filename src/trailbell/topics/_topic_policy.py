"""A topic's access policy: the default one, and which documents are accepted."""

import json
from typing import Any

from trailbell.topics._attribute_errors import invalid

__all__ = ["default_policy", "stored_policy"]

_DEFAULT_ACTIONS = (
    "SNS:GetTopicAttributes",
    "SNS:SetTopicAttributes",
    "SNS:AddPermission",
    "SNS:RemovePermission",
    "SNS:DeleteTopic",
    "SNS:Subscribe",
    "SNS:ListSubscriptionsByTopic",
    "SNS:Publish",
)


def default_policy(topic_arn: str, account_id: str) -> str:
    """Returns the policy of a topic for which none was set."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": list(_DEFAULT_ACTIONS),
        "Resource": topic_arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": account_id}},
    }
    return _compact({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})


def stored_policy(text: str) -> str:
    """Returns a policy as it is kept.

    Raises:
        RequestRefusedError: it is no policy, or about another service; the text lacks the beginning.
    """
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        policy = None
    statements = _as_list(policy.get("Statement")) if isinstance(policy, dict) else []
    if not statements or not all(_is_statement(each) for each in statements):
        raise invalid("Policy Error: null")
    actions = [
        action for each in statements for action in _as_list(each.get("Action", each.get("NotAction")))
    ]
    if not all(action.lower().startswith("sns:") for action in actions):
        raise invalid("Policy statement action out of service scope!")
    return _compact(policy)


def _is_statement(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("Effect") not in ("Allow", "Deny"):
        return False
    if "Principal" not in value and "NotPrincipal" not in value:
        return False
    actions = _actions(value)
    return bool(actions) and all(isinstance(each, str) for each in actions)


def _actions(statement: dict[str, Any]) -> list[Any]:
    return _as_list(statement.get("Action", statement.get("NotAction")))


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
