"""Reading one account: only what the chains of its trails lead to, in the places where they lead.

Follows rows 1 to 9 of cis-controls section 3.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from trailbell.account._connection import Connection, UnreadableAccountError
from trailbell.account._names import log_group_arn, read_arn
from trailbell.account._reading_topics import read_topics
from trailbell.account._snapshot import (
    EventSelection,
    FoundAlarm,
    FoundComposite,
    FoundFilter,
    FoundHub,
    FoundLogGroup,
    FoundTrail,
    FoundTransformation,
    Snapshot,
    TrailStatus,
)

__all__ = ["ALL_REGIONS", "found_alarm", "found_filter", "identify", "read_account"]

ALL_REGIONS = "all"
_IDENTITY = "sts:GetCallerIdentity"
_NO_CREDENTIALS = frozenset({"NoCredentialsError", "PartialCredentialsError"})
_HUB = "securityhub:DescribeHub"
_HUB_OFF = frozenset({"InvalidAccessException", "ResourceNotFoundException"})
_DEFINITION = (
    "AlarmDescription",
    "MetricName",
    "Namespace",
    "Dimensions",
    "Statistic",
    "ExtendedStatistic",
    "Period",
    "Unit",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "EvaluateLowSampleCountPercentile",
    "ThresholdMetricId",
    "Metrics",
)
_OTHERS = (
    "OKActions",
    "InsufficientDataActions",
    "EvaluationCriteria",
    "EvaluationInterval",
    "EvaluationWindow",
    "ActionConfiguration",
    "WarmUpConfiguration",
)


def identify(connection: Connection) -> Mapping[str, Any]:
    """Asks whose credentials these are, and returns the answer; the connection knows its account then.

    Raises:
        UnreadableAccountError: There is no answer.
    """
    caller = connection.ask(_IDENTITY, connection.home_region)
    if caller is None:
        failure = connection.failures[-1]
        if failure.code in _NO_CREDENTIALS:
            raise UnreadableAccountError(
                "no AWS credentials were found: name a profile with --profile, or set AWS_PROFILE"
            )
        raise UnreadableAccountError(f"the account cannot be read: {failure.words}")
    connection.account = str(caller["Account"])
    return caller


def read_account(
    connection: Connection, regions: Sequence[str], now: datetime, *, with_hub: bool
) -> Snapshot:
    """Reads an account in the regions named (none: the connection's own; ``all``: all that are enabled).

    Raises:
        UnreadableAccountError: Not even the account's id could be read.
    """
    caller = identify(connection)
    account = connection.account
    asked = _regions(connection, regions)
    trails = _trails(connection, asked)
    groups: list[FoundLogGroup] = []
    filters: list[FoundFilter] = []
    places = []
    for arn in dict.fromkeys(log_group_arn(each.log_group_arn) for each in trails):
        place = read_arn(arn)
        if place is not None and place.account == account:
            places.append(place)
            groups.extend(_log_group(connection, arn, place.region, place.log_group_name))
            filters.extend(_filters(connection, arn, place.region, place.log_group_name))
    alarms: list[FoundAlarm] = []
    composites: list[FoundComposite] = []
    for region in dict.fromkeys(each.region for each in places):
        found, above = _alarms(connection, region)
        alarms.extend(found)
        composites.extend(above)
    topics, subscriptions, keys = read_topics(connection, _topic_arns(filters, alarms, composites))
    return Snapshot(
        account=account,
        regions=asked,
        at=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        caller=str(caller.get("Arn", "")),
        trails=trails,
        log_groups=tuple(groups),
        filters=tuple(filters),
        alarms=tuple(alarms),
        composites=tuple(composites),
        topics=topics,
        subscriptions=subscriptions,
        keys=keys,
        hubs=_hubs(connection, asked) if with_hub else (),
        failures=tuple(connection.failures),
        calls=dict(sorted(connection.calls.items())),
    )


def _regions(connection: Connection, regions: Sequence[str]) -> tuple[str, ...]:
    if ALL_REGIONS not in regions:
        return tuple(dict.fromkeys(regions)) or (connection.home_region,)
    answer = connection.ask("ec2:DescribeRegions", connection.home_region)
    if answer is None:
        return tuple(sorted(connection.known_regions()))
    return tuple(sorted(str(each["RegionName"]) for each in answer.get("Regions") or ()))


def _trails(connection: Connection, regions: Iterable[str]) -> tuple[FoundTrail, ...]:
    found: dict[str, FoundTrail] = {}
    for region in regions:
        # Shadow trails are included: a multi-region trail shows in every region, with one ARN.
        answer = connection.ask("cloudtrail:DescribeTrails", region, includeShadowTrails=True)
        for each in (answer or {}).get("trailList") or ():
            arn = str(each.get("TrailARN", ""))
            if arn and arn not in found:
                found[arn] = _trail(connection, arn, each, region)
    return tuple(found.values())


def _trail(connection: Connection, arn: str, described: Mapping[str, Any], region: str) -> FoundTrail:
    home = str(described.get("HomeRegion") or region)
    # By name, trails of other accounts and regions are not found: the ARN is asked for, at home.
    status = connection.ask("cloudtrail:GetTrailStatus", home, arn, is_missing_known=False, Name=arn)
    selection = connection.ask(
        "cloudtrail:GetEventSelectors", home, arn, is_missing_known=False, TrailName=arn
    )
    return FoundTrail(
        arn=arn,
        home_region=home,
        is_multi_region=bool(described.get("IsMultiRegionTrail")),
        is_organization=bool(described.get("IsOrganizationTrail")),
        log_group_arn=str(described.get("CloudWatchLogsLogGroupArn") or ""),
        status=None
        if status is None
        else TrailStatus(
            is_logging=bool(status.get("IsLogging")),
            logs_delivery_error=str(status.get("LatestCloudWatchLogsDeliveryError") or ""),
            delivery_error=str(status.get("LatestDeliveryError") or ""),
        ),
        selection=None
        if selection is None
        else EventSelection(
            basic=tuple(selection.get("EventSelectors") or ()),
            advanced=tuple(selection.get("AdvancedEventSelectors") or ()),
        ),
    )


def _log_group(connection: Connection, arn: str, region: str, name: str) -> Iterable[FoundLogGroup]:
    pages = connection.ask_all("logs:DescribeLogGroups", region, arn, logGroupNamePrefix=name)
    for each in (group for page in pages for group in page.get("logGroups") or ()):
        if each.get("logGroupName") == name:
            yield FoundLogGroup(
                arn, str(each.get("logGroupClass") or "STANDARD"), each.get("retentionInDays")
            )


def _filters(connection: Connection, arn: str, region: str, name: str) -> Iterable[FoundFilter]:
    pages = connection.ask_all("logs:DescribeMetricFilters", region, arn, logGroupName=name)
    for each in (found for page in pages for found in page.get("metricFilters") or ()):
        yield found_filter(arn, each)


def found_filter(log_group_arn: str, described: Mapping[str, Any]) -> FoundFilter:
    """Returns a metric filter of DescribeMetricFilters."""
    return FoundFilter(
        log_group_arn=log_group_arn,
        name=str(described.get("filterName", "")),
        pattern=str(described.get("filterPattern") or ""),
        transformations=tuple(map(_transformation, described.get("metricTransformations") or ())),
        is_on_transformed_logs=bool(described.get("applyOnTransformedLogs")),
        field_selection_criteria=str(described.get("fieldSelectionCriteria") or ""),
        system_dimensions=tuple(described.get("emitSystemFieldDimensions") or ()),
    )


def _transformation(each: Mapping[str, Any]) -> FoundTransformation:
    unit = each.get("unit")
    return FoundTransformation(
        namespace=str(each.get("metricNamespace", "")),
        name=str(each.get("metricName", "")),
        value=str(each.get("metricValue", "")),
        default_value=each.get("defaultValue"),
        unit=None if unit in (None, "", "None") else str(unit),
        dimensions={str(name): str(field) for name, field in (each.get("dimensions") or {}).items()},
    )


def _alarms(connection: Connection, region: str) -> tuple[list[FoundAlarm], list[FoundComposite]]:
    pages = connection.ask_all(
        "cloudwatch:DescribeAlarms", region, AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    alarms = [found_alarm(each) for page in pages for each in page.get("MetricAlarms") or ()]
    composites = [
        FoundComposite(
            arn=str(each["AlarmArn"]),
            rule=str(each.get("AlarmRule") or ""),
            actions_enabled=bool(each.get("ActionsEnabled", True)),
            alarm_actions=tuple(each.get("AlarmActions") or ()),
            suppressor=str(each.get("ActionsSuppressor") or ""),
            description=str(each.get("AlarmDescription") or ""),
        )
        for page in pages
        for each in page.get("CompositeAlarms") or ()
    ]
    return alarms, composites


def found_alarm(described: Mapping[str, Any]) -> FoundAlarm:
    """Returns a metric alarm of DescribeAlarms."""
    return FoundAlarm(
        arn=str(described["AlarmArn"]),
        definition=_given(described, _DEFINITION),
        actions_enabled=bool(described.get("ActionsEnabled", True)),
        alarm_actions=tuple(described.get("AlarmActions") or ()),
        state=str(described.get("StateValue") or ""),
        others=_given(described, _OTHERS),
    )


def _given(described: Mapping[str, Any], members: Iterable[str]) -> dict[str, Any]:
    return {name: described[name] for name in members if described.get(name) not in (None, "", [])}


def _topic_arns(
    filters: Iterable[FoundFilter], alarms: Iterable[FoundAlarm], composites: Iterable[FoundComposite]
) -> tuple[str, ...]:
    """Returns the topics events could get to: of composite alarms, and of alarms on the filters' metrics."""
    metrics = {(each.namespace, each.name) for found in filters for each in found.transformations}
    actions: dict[str, None] = {}
    for alarm in alarms:
        if metrics & _watched(alarm.definition):
            actions.update(dict.fromkeys(alarm.alarm_actions))
    for composite in composites:
        actions.update(dict.fromkeys(composite.alarm_actions))
    places = ((each, read_arn(each)) for each in actions)
    return tuple(each for each, place in places if place is not None and place.service == "sns")


def _watched(definition: Mapping[str, Any]) -> set[tuple[str, str]]:
    stats = [(each.get("MetricStat") or {}).get("Metric") or {} for each in definition.get("Metrics") or ()]
    return {(str(each.get("Namespace")), str(each.get("MetricName"))) for each in (definition, *stats)}


def _hubs(connection: Connection, regions: Iterable[str]) -> tuple[FoundHub, ...]:
    hubs = []
    for region in regions:
        answer = connection.ask(_HUB, region)
        if answer is not None:
            hubs.append(FoundHub(region, is_on=True))
        elif connection.code_of(_HUB, region) in _HUB_OFF:
            # AWS says so by an error; what was answered is no failure.
            connection.failures.pop()
            hubs.append(FoundHub(region, is_on=False))
    return tuple(hubs)
