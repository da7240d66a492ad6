"""The operations there are, and the door over a running system that answers them."""

from trailbell.aws_api import (
    _cloudtrail,
    _cloudwatch_alarms,
    _cloudwatch_composites,
    _cloudwatch_history,
    _cloudwatch_metric_data,
    _cloudwatch_metrics,
    _cloudwatch_tags,
    _logs_events,
    _logs_filters,
    _logs_groups,
    _logs_streams,
    _logs_tags,
    _sns_publish,
    _sns_subscriptions,
    _sns_topics,
    _sts,
)
from trailbell.aws_api._door import AwsApi
from trailbell.aws_api._operation import Context, Operation
from trailbell.chain import Chain, Clock
from trailbell.settings import Settings

__all__ = ["OPERATIONS", "make_aws_api"]

# A PutLogEvents call holds 1 MiB of text, in which JSON may write every character with six.
_MAX_BODY_BYTES = 8 * 1024 * 1024

OPERATIONS: tuple[Operation, ...] = (
    *_logs_groups.OPERATIONS,
    *_logs_streams.OPERATIONS,
    *_logs_events.OPERATIONS,
    *_logs_filters.OPERATIONS,
    *_logs_tags.OPERATIONS,
    *_sns_topics.OPERATIONS,
    *_sns_subscriptions.OPERATIONS,
    *_sns_publish.OPERATIONS,
    *_cloudwatch_metrics.OPERATIONS,
    *_cloudwatch_metric_data.OPERATIONS,
    *_sts.OPERATIONS,
    *_cloudtrail.OPERATIONS,
    *_cloudwatch_alarms.OPERATIONS,
    *_cloudwatch_composites.OPERATIONS,
    *_cloudwatch_history.OPERATIONS,
    *_cloudwatch_tags.OPERATIONS,
)


def make_aws_api(chain: Chain, clock: Clock, settings: Settings, base_url: str) -> AwsApi:
    """Builds the door over a running chain; links in messages begin with ``base_url``."""

    def make_context(request_id: str, is_signed: bool, host: str) -> Context:
        # Callers without keys all share one account and region, whatever their signature says.
        return Context(
            chain=chain,
            account_id=settings.account_id,
            region=settings.region,
            now_ms=clock.now_ms(),
            request_id=request_id,
            base_url=base_url,
            is_signed=is_signed,
        )

    return AwsApi(OPERATIONS, make_context, _MAX_BODY_BYTES)
