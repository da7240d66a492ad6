"""The links from a filter to a person, for one control and one candidate.

Follows rows 5 to 9 of cis-controls section 3.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from trailbell.account._alarm_definition import Watcher, alarm_words
from trailbell.account._alarm_message import alarm_message, composite_message
from trailbell.account._candidates import Candidate, Group
from trailbell.account._coverage import Coverage, CoverageJudge
from trailbell.account._feeds import Seen
from trailbell.account._names import read_arn
from trailbell.account._result import ChainLink, Link
from trailbell.account._snapshot import FoundAlarm, Snapshot
from trailbell.account._steps import Outcome, Step, broken, sound, unsure
from trailbell.account._topic_steps import subscription_step, topic_step
from trailbell.controls import Control

__all__ = [
    "alarm_step",
    "delivery_steps",
    "event_words",
    "filter_step",
    "metric_and_alarm_steps",
    "metric_step",
    "part_steps",
]

_FILTERS = "logs:DescribeMetricFilters"
_ALARMS = "cloudwatch:DescribeAlarms"
_LONG_PERIOD_SECONDS = 3600


def filter_step(candidate: Candidate, coverage: Coverage, group: Group, snapshot: Snapshot) -> Step:
    """Judges whether the filters of a candidate match all that they have to."""
    found = tuple(
        ChainLink(Link.FILTER, f"{group.arn}:metric-filter:{each.filter.name}", each.filter.pattern)
        for each in candidate.feeds
    )
    names = ", ".join(dict.fromkeys(each.filter.name for each in candidate.feeds))
    if coverage.covers:
        transformed = [each.filter.name for each in candidate.feeds if each.filter.is_on_transformed_logs]
        if transformed:
            message = (
                f"Filter {transformed[0]} looks at transformed log events, whose fields are not known here."
            )
            return Step(Link.FILTER, Outcome.UNKNOWN, message, found)
        selecting = [each.filter for each in candidate.feeds if not each.is_selection_known]
        if selecting:
            message = (
                f"Which events filter {selecting[0].name} looks at is not known: its field selection is "
                f"{selecting[0].field_selection_criteria}."
            )
            return Step(Link.FILTER, Outcome.UNKNOWN, message, found)
        return Step(Link.FILTER, Outcome.SOUND, "", found)
    if coverage.covers is None:
        message = f"Whether filter {names} matches all events could not be decided: {coverage.reason}"
        return Step(Link.FILTER, Outcome.UNKNOWN, message, found)
    failure = snapshot.failure(_FILTERS, group.arn, region=group.place.region, account=group.place.account)
    if failure is not None:
        message = f"The metric filters of {group.arn} are not all known: {failure.words}."
        return Step(Link.FILTER, Outcome.UNKNOWN, message, found)
    if not candidate.feeds or coverage.share == 0.0:
        message = (
            f"No metric filter of log group {group.arn} matches the events of this control: add one with the "
            "control's pattern."
        )
        return Step(Link.FILTER, Outcome.BROKEN, message)
    message = (
        f"Filter {names} does not match every event of this control ({event_words(coverage.missed)} is "
        "missed): mend it, or add a filter with the control's pattern."
    )
    return Step(Link.FILTER, Outcome.BROKEN, message, found)


def event_words(event: Mapping[str, Any] | None) -> str:
    """Puts an event into a few words: ``PutBucketPolicy of s3.amazonaws.com, AccessDenied``."""
    if event is None:
        return "some event"
    name, source, error = (event.get(each) for each in ("eventName", "eventSource", "errorCode"))
    words = f"{name}" if source is None else f"{name} of {source}"
    return f"{words}, {error}" if error else words


def metric_and_alarm_steps(
    candidate: Candidate,
    group: Group,
    snapshot: Snapshot,
    control: Control,
    judge: CoverageJudge,
) -> tuple[Step, Step | None]:
    """Judges whether what the filters publish raises the alarm; no alarm step where the metric is broken."""
    metric = metric_step(candidate)
    if not candidate.watchers:
        problem = _problem_without_alarm(candidate, control, judge)
        if problem:
            return Step(Link.METRIC, Outcome.BROKEN, problem, metric.found), None
        return metric, _no_alarm_step(candidate, group, snapshot)
    seen = [each for watcher in candidate.watchers for each in group.seen(watcher)]
    raised = [each for each in seen if each.is_raised]
    patterns = [each.pattern for each in raised if each.pattern is not None]
    coverage = judge.coverage(control, patterns)
    if coverage.covers:
        return metric, alarm_step(candidate, raised)
    return _blamed(candidate, metric, seen, coverage)


def metric_step(candidate: Candidate) -> Step:
    """Tells of the metrics that a candidate's filters publish."""
    metrics = tuple(dict.fromkeys(each.metric_name for each in candidate.feeds))
    return Step(Link.METRIC, Outcome.SOUND, "", tuple(ChainLink(Link.METRIC, each) for each in metrics))


def _problem_without_alarm(candidate: Candidate, control: Control, judge: CoverageJudge) -> str:
    usable = [each.filter.pattern for each in candidate.feeds if not each.problem and each.value != 0]
    if judge.coverage(control, usable).covers is not False:
        return ""
    problems = [_metric_problem(each.problem, each.filter.name) for each in candidate.feeds]
    return next((f"{each[0].upper()}{each[1:]}." for each in problems if each), "")


def _metric_problem(problem: str, name: str) -> str:
    return problem or f"filter {name} publishes 0 for each match: let it publish 1"


def _no_alarm_step(candidate: Candidate, group: Group, snapshot: Snapshot) -> Step:
    place = group.place
    failure = snapshot.failure(_ALARMS, region=place.region, account=place.account)
    if failure is not None:
        return unsure(Link.ALARM, f"The alarms of {place.region} are not all known: {failure.words}.")
    feed = candidate.feeds[0]
    near = _near_miss(feed.transformation.name, snapshot)
    hint = f" (alarm {near[0]} watches {near[1]} in {near[2]})" if near else ""
    other = ", or let that alarm watch it" if near else ""
    return broken(
        Link.ALARM,
        f"No alarm in {place.region} watches the metric {feed.metric_name}{hint}: add one on its Sum, "
        f">= 1{other}.",
    )


def _near_miss(metric_name: str, snapshot: Snapshot) -> tuple[str, str, str] | None:
    """Finds an alarm on a metric of the same name elsewhere, which is what is mostly meant."""
    for each in snapshot.alarms:
        if each.definition.get("MetricName") == metric_name:
            place = read_arn(each.arn)
            namespace = each.definition.get("Namespace")
            region = place.region if place else "?"
            return each.arn.rpartition(":")[2], f"{namespace}/{metric_name}", region
    return None


def alarm_step(candidate: Candidate, raised: Sequence[Seen]) -> Step:
    """Tells of the alarms of a candidate that one event raises."""
    found = tuple(
        ChainLink(Link.ALARM, each.found.arn, alarm_words(each.found.definition))
        for each in candidate.watchers
    )
    if candidate.notifier is not None and not isinstance(candidate.notifier, FoundAlarm):
        found = (*found, ChainLink(Link.ALARM, candidate.notifier.arn, candidate.notifier.rule))
    remarks = []
    for watcher in candidate.watchers:
        alarm = watcher.alarm
        if alarm is not None and alarm.period_seconds > _LONG_PERIOD_SECONDS:
            remarks.append(
                f"Alarm {watcher.name} looks at {alarm.period_seconds // 3600} hours at once, and tells of "
                "nothing more until they are over."
            )
    if any(each.stays for each in raised):
        remarks.append(
            "The alarm stays in ALARM after the first event, as missing data is ignored, and rings only once."
        )
    return Step(Link.ALARM, Outcome.SOUND, "", found, tuple(remarks))


def _blamed(
    candidate: Candidate, metric: Step, seen: Sequence[Seen], coverage: Coverage
) -> tuple[Step, Step | None]:
    watchers = tuple(
        ChainLink(Link.ALARM, each.found.arn, alarm_words(each.found.definition))
        for each in candidate.watchers
    )
    at_fault = [each for each in seen if not each.is_raised]
    unknown = [each for each in at_fault if not each.is_known]
    certain = [each for each in at_fault if each.is_known]
    for link in (Link.METRIC, Link.ALARM):
        reasons = [each.reason for each in certain if each.link is link]
        if reasons and not unknown:
            step = Step(link, Outcome.BROKEN, _sentence(reasons[0]), watchers if link is Link.ALARM else ())
            if link is Link.METRIC:
                return Step(link, step.outcome, step.message, metric.found), None
            return metric, step
    if unknown:
        return metric, Step(Link.ALARM, Outcome.UNKNOWN, _sentence(unknown[0].reason), watchers)
    if coverage.covers is None:
        message = f"Whether the alarm sees all events could not be decided: {coverage.reason}"
        return metric, Step(Link.ALARM, Outcome.UNKNOWN, message, watchers)
    message = (
        f"Alarm {candidate.watchers[0].name} sees only the part of the events that its dimensions name "
        f"({event_words(coverage.missed)} is missed): let the filter publish without dimensions."
    )
    return Step(Link.METRIC, Outcome.BROKEN, message, metric.found), None


def _sentence(reason: str) -> str:
    return f"{reason[0].upper()}{reason[1:]}."


def part_steps(candidate: Candidate, group: Group, snapshot: Snapshot) -> tuple[Step, ...]:
    """Judges a candidate that has to tell of part of a control's events only, from its metric on."""
    metric = metric_step(candidate)
    if not candidate.watchers:
        return metric, _no_alarm_step(candidate, group, snapshot)
    seen = [each for watcher in candidate.watchers for each in group.seen(watcher)]
    raised = [each for each in seen if each.is_raised]
    if not raised:
        first, alarm = _blamed(candidate, metric, seen, Coverage(covers=False))
        return (first,) if alarm is None else (first, alarm)
    return metric, alarm_step(candidate, raised), *delivery_steps(candidate, snapshot)


def delivery_steps(candidate: Candidate, snapshot: Snapshot) -> tuple[Step, ...]:
    """Judges action, topic and subscription of the alarm that notifies: the best of its topics."""
    notifier = candidate.notifier
    if notifier is None:
        return ()
    name = notifier.arn.rpartition(":")[2]
    topics = [each for each in notifier.alarm_actions if _is_topic(each)]
    if not notifier.actions_enabled and notifier.alarm_actions:
        message = f"The actions of alarm {name} are disabled: enable them with EnableAlarmActions."
        return (broken(Link.ACTION, message, *notifier.alarm_actions[:1]),)
    if not notifier.alarm_actions:
        message = f"Alarm {name} has no action for the state ALARM: give it a topic with a subscriber."
        return (broken(Link.ACTION, message),)
    suppressor = _suppressor(candidate, snapshot)
    if suppressor:
        message = (
            f"The actions of alarm {name} are suppressed by alarm {suppressor}, which is in ALARM at the "
            "same time: take the suppressor off it."
        )
        return (broken(Link.ACTION, message, notifier.alarm_actions[0]),)
    if not topics:
        message = (
            f"Alarm {name} notifies no topic but {notifier.alarm_actions[0]}, which this control does not "
            "count: add a topic, or attest the alternative in an exceptions file."
        )
        return (broken(Link.ACTION, message, notifier.alarm_actions[0]),)
    text = _message(candidate)
    ways = [_way(each, notifier.arn, text, snapshot) for each in topics]
    return max(ways, key=_way_rank)


def _suppressor(candidate: Candidate, snapshot: Snapshot) -> str:
    """Returns the alarm that keeps a composite alarm silent now or whenever it rings, or an empty text."""
    notifier = candidate.notifier
    if notifier is None or isinstance(notifier, FoundAlarm) or not notifier.suppressor:
        return ""
    prefix = notifier.arn.rpartition(":")[0]
    arn = notifier.suppressor if read_arn(notifier.suppressor) else f"{prefix}:{notifier.suppressor}"
    is_ringing = any(each.arn == arn and each.state == "ALARM" for each in snapshot.alarms)
    is_its_own = all(each.found.arn == arn for each in candidate.watchers)
    return arn.rpartition(":")[2] if is_ringing or is_its_own else ""


def _is_topic(action: str) -> bool:
    place = read_arn(action)
    return place is not None and place.service == "sns"


def _message(candidate: Candidate) -> str:
    notifier = candidate.notifier
    if notifier is None or isinstance(notifier, FoundAlarm):
        watcher: Watcher = candidate.watchers[0]
        return alarm_message(watcher)
    place = read_arn(notifier.arn)
    return "" if place is None else composite_message(notifier, place)


def _way(topic: str, alarm_arn: str, message: str, snapshot: Snapshot) -> tuple[Step, ...]:
    action = sound(Link.ACTION, topic)
    reached = topic_step(topic, alarm_arn, snapshot)
    if reached.outcome is Outcome.BROKEN:
        return action, reached
    return action, reached, subscription_step(topic, message, snapshot)


def _way_rank(steps: Sequence[Step]) -> tuple[int, int]:
    outcomes = [each.outcome for each in steps]
    if Outcome.BROKEN in outcomes:
        return 0, outcomes.index(Outcome.BROKEN)
    return (1, 0) if Outcome.UNKNOWN in outcomes else (2, 0)
