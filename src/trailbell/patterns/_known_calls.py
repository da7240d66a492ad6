"""Which calls CloudTrail names, for the services that security patterns ask about.

The names are those of the API's operations, with the exceptions that CloudTrail is known for. A name that
is not here may exist: services grow, and most services are not here at all.
"""

import re
from functools import cache
from typing import Final

from trailbell.patterns._known_calls_ec2 import EC2
from trailbell.patterns._known_calls_of_data import LAMBDA, RDS, S3
from trailbell.patterns._known_calls_of_identity import IAM, KMS, ORGANIZATIONS, SECRETSMANAGER, SIGNIN, STS
from trailbell.patterns._known_calls_of_watching import (
    CLOUDTRAIL,
    CONFIG,
    GUARDDUTY,
    LOGS,
    MONITORING,
    SECURITYHUB,
    SNS,
)

__all__ = ["WRITTEN_OTHERWISE", "all_event_names", "event_names", "is_known_elsewhere", "without_version"]

_TABLES: Final = {
    "cloudtrail": CLOUDTRAIL,
    "config": CONFIG,
    "ec2": EC2,
    "guardduty": GUARDDUTY,
    "iam": IAM,
    "kms": KMS,
    "lambda": LAMBDA,
    "logs": LOGS,
    "monitoring": MONITORING,
    "organizations": ORGANIZATIONS,
    "rds": RDS,
    "s3": S3,
    "secretsmanager": SECRETSMANAGER,
    "securityhub": SECURITYHUB,
    "signin": SIGNIN,
    "sns": SNS,
    "sts": STS,
}

WRITTEN_OTHERWISE: Final[dict[tuple[str, str], str]] = {
    ("lambda", "AddPermission"): "AddPermission20*",
    ("lambda", "CreateEventSourceMapping"): "CreateEventSourceMapping20*",
    ("lambda", "CreateFunction"): "CreateFunction20*",
    ("lambda", "DeleteFunction"): "DeleteFunction20*",
    ("lambda", "RemovePermission"): "RemovePermission20*",
    ("lambda", "UpdateEventSourceMapping"): "UpdateEventSourceMapping20*",
    ("lambda", "UpdateFunctionCode"): "UpdateFunctionCode20*",
    ("lambda", "UpdateFunctionConfiguration"): "UpdateFunctionConfiguration20*",
    ("s3", "DeletePublicAccessBlock"): "DeleteBucketPublicAccessBlock",
    ("s3", "PutBucketAccelerateConfiguration"): "PutAccelerateConfiguration",
    ("s3", "PutBucketLifecycleConfiguration"): "PutBucketLifecycle",
    ("s3", "PutBucketNotificationConfiguration"): "PutBucketNotification",
    ("s3", "PutObjectLockConfiguration"): "PutBucketObjectLockConfiguration",
    ("s3", "PutPublicAccessBlock"): "PutBucketPublicAccessBlock",
}
"""Operations that CloudTrail writes under another name; of Lambda, with the version of the interface."""

# Calls of other services that look like a misspelt call of one above.
_LOOKALIKES: Final = """\
Add: LFTagsToResource
Batch: ExportFindings
Cancel: ExportJob
Copy: ClusterSnapshot
Create: Budget Cluster ClusterParameterGroup ClusterSnapshot Collector Connection DbCluster DbInstance
Create: DbParameterGroup Folder Instance IpGroup Member ParameterGroup Rule SubnetGroup TopicV2 Trial
Create: VPCConnection VpcConnection
Delete: Alarm AutomationRule Budget Cluster ClusterParameterGroup ClusterSnapshot Collector Connection
Delete: DbCluster DbInstance Designation Fleet Folder Instance IpGroup MLEndpoint Member ParameterGroup Rule
Delete: SshPublicKey SubnetGroup TopicV2 Trial VPCConnection VpcConnection VpcEndpoint
Describe: Address Agents AnomalyDetector ApplicationState CapacityReservation Certificate
Describe: ClusterParameterGroups ClusterParameters ClusterSnapshots Clusters EngineVersions EventBus Image
Describe: Instance Jobs Lags Page ParameterGroups Parameters Product Projects Queue Region
Describe: ReservedInstanceOfferings Snapshot SubnetGroups Tapes Task Tasks Trial VpcConnection
Describe: VpcEndpointAssociation
Disassociate: Member
Export: Snapshot
Generate: DataSet
Get: AccountSetting AgentConfiguration AutomationRule Buckets Channels Collector Connection DataAccessor
Get: DataSet Destination Detectors EventsConfiguration ExportJob ExportJobs Finding FindingStatistics
Get: FindingV2 Groups Insight Integrations Member MetricDataV2 ParametersForExport Resources Rule
Import: VmImage
List: Accesses Collectors Connections ExportJobs FindingAggregations FindingsV2 Invocations Rooms Rules
List: S3Buckets Subjects TagsForResources TopicsV2 Trials
Modify: Cluster ClusterParameterGroup
Purchase: ReservedInstanceOffering
Put: AccountSettings EventsConfiguration
Reboot: Cluster DbCluster DbInstance Instance
Register: Connector Usage
Remove: LFTagsFromResource
Reset: ClusterParameterGroup ParameterGroup
Restore: ClusterFromSnapshot
Set: Alias
Start: Cluster ImportTask Instance MonitoringMember
Stop: Instance
Tag: Resources
Test: Function
Untag: Resources
Update: AutomationRule Collector Connection Finding Folder Rule Trial
"""

# Lambda's names carry a date, and often v2.
_VERSION = re.compile(r"20[0-9]{6}(?:v[0-9])?$")


@cache
def event_names(service: str) -> frozenset[str] | None:
    """Lists the calls of a service, by its name before ``.amazonaws.com``; None where there is no table."""
    table = _TABLES.get(service)
    return None if table is None else _names(table)


@cache
def all_event_names() -> frozenset[str]:
    """Lists the calls of all services in the table."""
    return frozenset().union(*map(_names, _TABLES.values()))


def without_version(name: str) -> str:
    """Takes the version of the interface off a name that ends with one."""
    return _VERSION.sub("", name)


def is_known_elsewhere(name: str) -> bool:
    """Says whether a service that is not in the table has a call of this name; not all of them are known."""
    return name in _lookalikes()


@cache
def _lookalikes() -> frozenset[str]:
    return _names(_LOOKALIKES)


def _names(table: str) -> frozenset[str]:
    """Reads lines of a verb and what follows it; a dash means that nothing does."""
    lines = (line.partition(": ") for line in table.splitlines())
    return frozenset(
        verb if rest == "-" else f"{verb}{rest}" for verb, _, rests in lines for rest in rests.split(" ")
    )
