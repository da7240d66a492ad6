"""CloudTrail: what the sources are, told as trails. The settings make trails, so nothing here changes one."""

import msgspec

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.aws_api._operation import Context, Operation, PascalStruct
from trailbell.chain import Trail

__all__ = ["OPERATIONS"]


class _DescribeTrailsRequest(PascalStruct, frozen=True, rename="camel"):
    """Which trails to describe; none named means all."""

    trail_name_list: tuple[str, ...] = ()
    include_shadow_trails: bool = True


class _TrailDescription(PascalStruct, frozen=True, kw_only=True):
    """A trail. It has no bucket of its own: the source is where its files lie."""

    name: str
    include_global_service_events: bool
    is_multi_region_trail: bool
    home_region: str
    trail_arn: str = msgspec.field(name="TrailARN")
    log_file_validation_enabled: bool
    cloud_watch_logs_log_group_arn: str
    has_custom_event_selectors: bool
    has_insight_selectors: bool
    is_organization_trail: bool


class _DescribeTrailsResult(PascalStruct, frozen=True, rename="camel"):
    """The trails described."""

    trail_list: tuple[_TrailDescription, ...]


class _TrailRequest(PascalStruct, frozen=True):
    """A trail by its name or ARN."""

    name: str


class _GetTrailResult(PascalStruct, frozen=True):
    """One trail."""

    trail: _TrailDescription


class _ListTrailsRequest(PascalStruct, frozen=True):
    """Nothing is asked; there is one page."""

    next_token: str = ""


class _TrailSummary(PascalStruct, frozen=True, kw_only=True):
    """A trail in a list."""

    trail_arn: str = msgspec.field(name="TrailARN")
    name: str
    home_region: str


class _ListTrailsResult(PascalStruct, frozen=True):
    """The trails there are."""

    trails: tuple[_TrailSummary, ...]


class _GetTrailStatusResult(PascalStruct, frozen=True, kw_only=True):
    """When a trail last delivered; members are left out before the first delivery."""

    is_logging: bool
    latest_delivery_time: int | None = None
    latest_cloud_watch_logs_delivery_time: int | None = None
    start_logging_time: int | None = None


class _GetEventSelectorsRequest(PascalStruct, frozen=True):
    """A trail by its name or ARN."""

    trail_name: str


class _EventSelector(PascalStruct, frozen=True):
    """Which events are let through: here all that the files hold."""

    read_write_type: str
    include_management_events: bool
    data_resources: tuple[str, ...]
    exclude_management_event_sources: tuple[str, ...]


class _GetEventSelectorsResult(PascalStruct, frozen=True, kw_only=True):
    """The selectors of a trail."""

    trail_arn: str = msgspec.field(name="TrailARN")
    event_selectors: tuple[_EventSelector, ...]


def _describe_trails(request: _DescribeTrailsRequest, context: Context) -> _DescribeTrailsResult:
    """Describes the trails named, or all; names of no trail are passed over, as on AWS."""
    asked = set(request.trail_name_list)
    trails = [each for each in context.chain.trails.all() if not asked or {each.name, each.arn} & asked]
    return _DescribeTrailsResult(tuple(_described(each, context) for each in trails))


def _get_trail(request: _TrailRequest, context: Context) -> _GetTrailResult:
    """Describes one trail."""
    return _GetTrailResult(_described(context.chain.trails.find(request.name), context))


def _list_trails(request: _ListTrailsRequest, context: Context) -> _ListTrailsResult:
    """Lists all trails, on one page.

    Raises:
        RequestRefusedError: Another page is asked for.
    """
    if request.next_token:
        raise RequestRefusedError(RefusalKind.INVALID_TOKEN, "The token is not one of a page of trails.")
    trails = context.chain.trails.all()
    return _ListTrailsResult(
        tuple(
            _TrailSummary(trail_arn=each.arn, name=each.name, home_region=context.region) for each in trails
        )
    )


def _get_trail_status(request: _TrailRequest, context: Context) -> _GetTrailStatusResult:
    """Says whether a trail is read, and when it last brought something."""
    source = context.chain.trails.find(request.name).source
    return _GetTrailStatusResult(
        is_logging=True,
        latest_delivery_time=source.last_read_ms,
        latest_cloud_watch_logs_delivery_time=source.last_read_ms,
        start_logging_time=source.created_ms,
    )


def _get_event_selectors(request: _GetEventSelectorsRequest, context: Context) -> _GetEventSelectorsResult:
    """Says that everything the files hold is let through."""
    trail = context.chain.trails.find(request.trail_name)
    return _GetEventSelectorsResult(
        trail_arn=trail.arn, event_selectors=(_EventSelector("All", True, (), ()),)
    )


def _described(trail: Trail, context: Context) -> _TrailDescription:
    group = f"arn:aws:logs:{context.region}:{context.account_id}:log-group:{trail.source.log_group}:*"
    return _TrailDescription(
        name=trail.name,
        # A source may hold the files of any region and account: as much as the most a trail can have.
        include_global_service_events=True,
        is_multi_region_trail=True,
        home_region=context.region,
        trail_arn=trail.arn,
        log_file_validation_enabled=False,
        cloud_watch_logs_log_group_arn=group,
        has_custom_event_selectors=False,
        has_insight_selectors=False,
        is_organization_trail=False,
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation("cloudtrail", "DescribeTrails", _describe_trails, "Describes the sources as trails."),
    Operation("cloudtrail", "GetTrail", _get_trail, "Describes one source as a trail."),
    Operation("cloudtrail", "ListTrails", _list_trails, "Lists the sources as trails."),
    Operation("cloudtrail", "GetTrailStatus", _get_trail_status, "Says when a source last brought files."),
    Operation(
        "cloudtrail", "GetEventSelectors", _get_event_selectors, "Says that all events are let through."
    ),
)
