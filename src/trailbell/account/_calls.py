"""The calls an audit makes, all read-only, and the IAM policy that allows them (cis-controls section 4)."""

from typing import Any

import msgspec

__all__ = ["READ_CALLS", "ReadCall", "iam_policy", "read_call"]


class ReadCall(msgspec.Struct, frozen=True):
    """One operation: ``pages`` names the list that its pages add to, empty where it has one page.

    ``is_optional`` says that it is made only where something asks for it, such as an encrypted topic.
    """

    service: str
    operation: str
    method: str
    why: str
    pages: str = ""
    is_optional: bool = False
    needs_permission: bool = True

    @property
    def action(self) -> str:
        """The call as IAM and reports name it."""
        return f"{self.service}:{self.operation}"


READ_CALLS: tuple[ReadCall, ...] = (
    ReadCall(
        "sts", "GetCallerIdentity", "get_caller_identity", "who reads, and where", needs_permission=False
    ),
    ReadCall("cloudtrail", "DescribeTrails", "describe_trails", "which trails see the account"),
    ReadCall("cloudtrail", "GetTrailStatus", "get_trail_status", "whether a trail is logging"),
    ReadCall("cloudtrail", "GetEventSelectors", "get_event_selectors", "which events a trail records"),
    ReadCall("logs", "DescribeLogGroups", "describe_log_groups", "whether the log group exists", "logGroups"),
    ReadCall("logs", "DescribeMetricFilters", "describe_metric_filters", "the filters", "metricFilters"),
    ReadCall("cloudwatch", "DescribeAlarms", "describe_alarms", "the alarms", "MetricAlarms"),
    ReadCall("sns", "GetTopicAttributes", "get_topic_attributes", "whether alarms may publish to a topic"),
    ReadCall(
        "sns",
        "ListSubscriptionsByTopic",
        "list_subscriptions_by_topic",
        "who is subscribed to a topic",
        "Subscriptions",
    ),
    ReadCall(
        "sns",
        "GetSubscriptionAttributes",
        "get_subscription_attributes",
        "whether a filter policy drops alarms",
    ),
    ReadCall("kms", "DescribeKey", "describe_key", "who manages the key of a topic", is_optional=True),
    ReadCall("kms", "GetKeyPolicy", "get_key_policy", "whether alarms may use the key", is_optional=True),
    ReadCall("securityhub", "DescribeHub", "describe_hub", "whether Security Hub is on", is_optional=True),
    ReadCall("ec2", "DescribeRegions", "describe_regions", "the regions, for `all`", is_optional=True),
    ReadCall(
        "organizations",
        "ListAccounts",
        "list_accounts",
        "the accounts of the organization",
        "Accounts",
        is_optional=True,
    ),
)

_BY_ACTION = {each.action: each for each in READ_CALLS}


def read_call(action: str) -> ReadCall:
    """Returns a call of the table.

    Raises:
        KeyError: The table does not have it, so it is not made.
    """
    return _BY_ACTION[action]


def iam_policy() -> dict[str, Any]:
    """Returns the identity policy of whoever audits; other accounts are read by assuming a role with it."""
    needed = [each for each in READ_CALLS if each.needs_permission]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Chain",
                "Effect": "Allow",
                "Action": [each.action for each in needed if not each.is_optional],
                "Resource": "*",
            },
            {
                "Sid": "Optional",
                "Effect": "Allow",
                "Action": [each.action for each in needed if each.is_optional],
                "Resource": "*",
            },
        ],
    }
