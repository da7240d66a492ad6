"""A topic's policy with one statement more: SetTopicAttributes replaces the whole, so it is merged first."""

import json
from typing import Any

from trailbell.account import read_arn

__all__ = ["merged_policy"]

_SID = "TrailbellAlarms"
_SERVICE = "cloudwatch.amazonaws.com"
# As much as SNS takes: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
_MOST_BYTES, _MOST_STATEMENTS = 30_720, 100


def merged_policy(policy: str, topic_arn: str) -> str | None:
    """Returns a topic's policy that lets the alarms of the topic's account publish too.

    None where the policy is no JSON object with statements: then there is nothing to merge with. None also
    where it has no room for one more.
    """
    place = read_arn(topic_arn)
    try:
        document: Any = json.loads(policy)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or place is None:
        return None
    statements = document.get("Statement")
    listed = statements if isinstance(statements, list) else [] if statements is None else [statements]
    if not all(isinstance(each, dict) for each in listed):
        return None
    taken = [each.get("Sid") for each in listed]
    sid = next(
        each for each in (_SID, *(f"{_SID}{n}" for n in range(2, len(listed) + 3))) if each not in taken
    )
    added = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": _SERVICE},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": place.account}},
    }
    merged = json.dumps({**document, "Statement": [*listed, added]}, separators=(",", ":"))
    return merged if len(merged) <= _MOST_BYTES and len(listed) < _MOST_STATEMENTS else None
