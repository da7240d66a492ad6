"""What a tool that compares texts and names says of an account: the way most of them go about it.

It takes the best of what audit tools do: a multi-region trail that is logging, its log group by name, a
filter whose text is accepted but for white space, an alarm by its metric, an action, any subscription.
"""

from trailbell.account import Snapshot
from trailbell.controls import Control, accepted_texts

__all__ = ["passes_by_text"]


def passes_by_text(snapshot: Snapshot, control: Control, profile: str) -> bool:
    """Whether such a tool lets the account pass."""
    groups = {
        each.log_group_arn.split(":")[6]
        for each in snapshot.trails
        if each.is_multi_region and each.log_group_arn and (each.status is None or each.status.is_logging)
    }
    wanted = {_bare(text) for text in accepted_texts(control, profile)}
    metrics = {
        each.transformations[0].name
        for each in snapshot.filters
        if each.log_group_arn.split(":")[6] in groups and _bare(each.pattern) in wanted
    }
    topics = {
        action
        for each in snapshot.alarms
        if each.definition.get("MetricName") in metrics
        for action in each.alarm_actions
    }
    return any(each.topic_arn in topics for each in snapshot.subscriptions)


def _bare(text: str) -> str:
    return "".join(text.split())
