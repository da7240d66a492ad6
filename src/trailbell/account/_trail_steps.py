"""The first links: does a trail record all management events, and bring them to a log group that can filter?

Follows rows 1 to 4 of cis-controls section 3.
"""

from trailbell.account._names import log_group_arn, read_arn
from trailbell.account._result import ChainLink, Link
from trailbell.account._selectors import recorded
from trailbell.account._snapshot import FoundTrail, Snapshot
from trailbell.account._steps import Outcome, Step, broken, sound, unsure

__all__ = ["log_group_step", "trail_step"]

_STATUS = "cloudtrail:GetTrailStatus"
_SELECTORS = "cloudtrail:GetEventSelectors"


def trail_step(trail: FoundTrail, snapshot: Snapshot, sources: tuple[str, ...]) -> Step:
    """Judges a trail for a control whose events come from some sources (none: from any)."""
    name = trail.arn
    if not trail.is_multi_region:
        return broken(
            Link.TRAIL,
            f"Trail {name} records {trail.home_region} only: make it a multi-region trail.",
            name,
        )
    steps = [_status_step(trail, snapshot), _selector_step(trail, snapshot, sources)]
    lost = [each for each in steps if each.outcome is Outcome.BROKEN]
    unseen = [each for each in steps if each.outcome is Outcome.UNKNOWN]
    if lost or unseen:
        return (lost or unseen)[0]
    kind = "organization trail" if trail.is_organization else "trail"
    remarks = tuple(remark for each in steps for remark in each.remarks)
    return sound(Link.TRAIL, name, f"multi-region {kind}, logging, all management events", remarks)


def _status_step(trail: FoundTrail, snapshot: Snapshot) -> Step:
    name, status = trail.arn, trail.status
    if status is None:
        return _unread(trail, snapshot, _STATUS, "whether it is logging")
    if not status.is_logging:
        return broken(Link.TRAIL, f"Trail {name} is not logging: start it with StartLogging.", name)
    if status.logs_delivery_error:
        return broken(
            Link.TRAIL,
            f"Trail {name} cannot deliver to its log group ({status.logs_delivery_error}): mend the role "
            "that the trail writes with, or the log group.",
            name,
        )
    if status.delivery_error:
        remark = f"Trail {name} cannot deliver to its bucket ({status.delivery_error})."
        return sound(Link.TRAIL, name, "", (remark,))
    return sound(Link.TRAIL, name)


def _selector_step(trail: FoundTrail, snapshot: Snapshot, sources: tuple[str, ...]) -> Step:
    name = trail.arn
    if trail.selection is None:
        return _unread(trail, snapshot, _SELECTORS, "which events it records")
    seen = recorded(trail.selection, sources)
    if not (seen.reads and seen.writes):
        what = "only reading calls" if seen.reads else "only writing calls" if seen.writes else "none"
        limits = f" (its selectors are narrowed by {', '.join(seen.limits)})" if seen.limits else ""
        return broken(
            Link.TRAIL,
            f"Trail {name} records {what} of the management events{limits}: let it record all of them.",
            name,
        )
    # The calls that a control names are changes and sign-ins: all of them count as writing.
    lost = [each for each in seen.unwritten if each in sources]
    if lost:
        return broken(
            Link.TRAIL,
            f"Trail {name} leaves out the events of {', '.join(lost)}: take that exclusion out of its event "
            "selectors.",
            name,
        )
    half = [each for each in seen.unread if each not in seen.unwritten]
    left_out = {
        "events": seen.unwritten,
        "reading calls": half,
    }
    remarks = tuple(
        f"Trail {name} leaves out the {what} of {', '.join(which)}."
        for what, which in left_out.items()
        if which
    )
    return sound(Link.TRAIL, name, "", remarks)


def _unread(trail: FoundTrail, snapshot: Snapshot, call: str, what: str) -> Step:
    failure = snapshot.failure(call, subject=trail.arn)
    why = "it was not read" if failure is None else failure.words
    return unsure(Link.TRAIL, f"It is not known of trail {trail.arn} {what}: {why}.", trail.arn)


def log_group_step(trail: FoundTrail, snapshot: Snapshot) -> Step:
    """Judges where a trail's events go."""
    arn = log_group_arn(trail.log_group_arn)
    place = read_arn(arn)
    if place is None:
        return broken(
            Link.LOG_GROUP,
            f"Trail {trail.arn} writes to its bucket only: give it a CloudWatch Logs log group.",
        )
    found = ChainLink(Link.LOG_GROUP, arn)
    if place.account not in snapshot.readable_accounts:
        return Step(
            Link.LOG_GROUP,
            Outcome.ELSEWHERE,
            f"The chain lives in account {place.account}, which owns the log group {arn}: audit that "
            "account, or add it to the accounts of this audit.",
            (found,),
        )
    group = next((each for each in snapshot.log_groups if log_group_arn(each.arn) == arn), None)
    if group is None:
        failure = snapshot.failure("logs:DescribeLogGroups", arn, region=place.region, account=place.account)
        if failure is not None:
            return unsure(Link.LOG_GROUP, f"Log group {arn} could not be looked at: {failure.words}.", arn)
        return broken(
            Link.LOG_GROUP,
            f"Log group {arn} does not exist, so trail {trail.arn} delivers nowhere: make it again, or let "
            "the trail write to one that exists.",
            arn,
        )
    if group.group_class not in ("", "STANDARD"):
        return broken(
            Link.LOG_GROUP,
            f"Log group {arn} is of the class {group.group_class}, which has no metric filters: let the "
            "trail write to one of the class STANDARD.",
            arn,
        )
    kept = "for ever" if group.retention_days is None else f"{group.retention_days} days"
    return sound(Link.LOG_GROUP, arn, f"events kept {kept}")
