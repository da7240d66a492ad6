"""The sets of filter patterns that are timed: 1, 16 and 100 of them, the same in every run.

The one is CIS's unauthorized calls. The 16 are the fifteen watched controls and the text that Security Hub's
CloudWatch.3 asks for. The 100 are those and 84 that an account of some size could have beside them: changes
of twenty services, refusals, and calls by callers of note.
"""

from trailbell.controls import provision, watched_controls
from trailbell.filters import MetricFilter, MetricTransformation
from trailbell.metrics import MetricKey

__all__ = ["filter_sets"]

_LOG_GROUP = "CloudTrail/logs"

_CLOUDWATCH_3 = (
    '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
    '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
)

# Three patterns for each service: one for each group of calls, as CloudTrail names them.
_CHANGES = """
acm: RequestCertificate ImportCertificate / ExportCertificate ResendValidationEmail / DeleteCertificate
apigateway: CreateRestApi CreateDeployment / UpdateStage UpdateRestApi / DeleteRestApi DeleteStage
autoscaling: CreateAutoScalingGroup CreateLaunchConfiguration / PutScalingPolicy SetDesiredCapacity / \
DeleteAutoScalingGroup DeletePolicy
backup: CreateBackupPlan CreateBackupVault / PutBackupVaultAccessPolicy UpdateBackupPlan / \
DeleteRecoveryPoint DeleteBackupVault
cloudformation: CreateStack CreateChangeSet / UpdateStack ExecuteChangeSet / DeleteStack DeleteStackSet
cloudfront: CreateDistribution* CreateOriginAccessControl* / UpdateDistribution* / DeleteDistribution*
codebuild: CreateProject ImportSourceCredentials / UpdateProject UpdateWebhook / DeleteProject
dynamodb: CreateTable RestoreTableFromBackup / UpdateTable UpdateContinuousBackups / DeleteTable DeleteBackup
ec2: RunInstances CreateKeyPair ImportKeyPair / ModifyInstanceAttribute ModifySnapshotAttribute \
ModifyImageAttribute / DeregisterImage DeleteVolume DeleteFlowLogs
ecr: CreateRepository PutImage / SetRepositoryPolicy PutReplicationConfiguration / DeleteRepository \
BatchDeleteImage
ecs: CreateCluster RegisterTaskDefinition / UpdateService ExecuteCommand / DeleteService DeleteCluster
eks: CreateCluster CreateAccessEntry / UpdateClusterConfig AssociateAccessPolicy / DeleteCluster \
DeleteNodegroup
events: PutRule PutTargets / DisableRule PutPermission / DeleteRule RemoveTargets
guardduty: CreateFilter CreateIPSet / UpdateDetector ArchiveFindings / DeleteDetector DisassociateMembers
iam: CreateUser CreateAccessKey CreateLoginProfile / UpdateAssumeRolePolicy UpdateLoginProfile \
SetDefaultPolicyVersion / DeactivateMFADevice DeleteVirtualMFADevice DeleteAccountPasswordPolicy
lambda: CreateFunction* AddPermission* / UpdateFunctionCode* UpdateFunctionConfiguration* / DeleteFunction* \
RemovePermission*
rds: CreateDBInstance CopyDBSnapshot / ModifyDBInstance ModifyDBSnapshotAttribute / DeleteDBInstance \
DeleteDBSnapshot
route53: ChangeResourceRecordSets CreateHostedZone / AssociateVPCWithHostedZone UpdateHostedZoneComment / \
DeleteHostedZone DisassociateVPCFromHostedZone
secretsmanager: CreateSecret PutResourcePolicy / PutSecretValue CancelRotateSecret / DeleteSecret \
RemoveRegionsFromReplication
ssm: CreateDocument StartSession / ModifyDocumentPermission PutParameter / DeleteParameter DeleteDocument
"""

_REFUSING_SERVICES = (
    *("athena", "cloudtrail", "dynamodb", "ec2", "guardduty", "iam"),
    *("kms", "lambda", "organizations", "rds", "secretsmanager", "sts"),
)

_CALLERS = (
    '{ ($.userIdentity.type = "Root") && ($.eventName = "CreateAccessKey") }',
    '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) && ($.readOnly IS FALSE) }',
    '{ ($.userIdentity.type = "IAMUser") && ($.eventName = "GetSessionToken") }',
    '{ ($.userIdentity.type = "IAMUser") && ($.eventName = "GetFederationToken") }',
    '{ ($.userIdentity.type = "IAMUser") && ($.eventName = "SendSSHPublicKey") }',
    '{ ($.userIdentity.type = "FederatedUser") && ($.eventSource = "iam.amazonaws.com") }',
    '{ ($.userIdentity.type = "WebIdentityUser") && ($.errorCode = "AccessDenied*") }',
    '{ ($.userIdentity.userName = "break-glass*") && ($.eventName != "GetSessionToken") }',
    '{ ($.userIdentity.accessKeyId = "ASIAEXAMPLEEXAMPLE00") }',
    '{ ($.userIdentity.sessionContext.sessionIssuer.userName = "OrganizationAccountAccessRole") }',
    '{ ($.userIdentity.arn = "*:assumed-role/AWSReservedSSO_AdministratorAccess_*") && '
    '($.eventName = "PutKeyPolicy") }',
    '{ ($.userAgent = "*kali*") || ($.userAgent = "*pacu*") || ($.userAgent = "*parrot*") }',
)


def filter_sets() -> tuple[tuple[MetricFilter, ...], ...]:
    """Builds the three sets, the smallest first; each begins with the one before it."""
    controls = tuple(provision(control, _LOG_GROUP).metric_filter for control in watched_controls())
    made = (*_change_patterns(), *_refusal_patterns(), *_CALLERS)
    sixteen = (*controls, _filter("cloudwatch-3", _CLOUDWATCH_3))
    hundred = (*sixteen, *(_filter(f"made-{number:02}", text) for number, text in enumerate(made)))
    return controls[:1], sixteen, hundred


def _filter(name: str, pattern: str) -> MetricFilter:
    return MetricFilter(_LOG_GROUP, name, pattern, MetricTransformation(MetricKey("Benchmark", name)))


def _change_patterns() -> list[str]:
    patterns = []
    for line in _CHANGES.strip().splitlines():
        service, _, groups = line.partition(":")
        for group in groups.split("/"):
            names = " || ".join(f'($.eventName = "{name}")' for name in group.split())
            patterns.append(f'{{ ($.eventSource = "{service}.amazonaws.com") && ({names}) }}')
    return patterns


def _refusal_patterns() -> list[str]:
    return [
        f'{{ ($.errorCode = "AccessDenied*") && ($.eventSource = "{service}.amazonaws.com") }}'
        for service in _REFUSING_SERVICES
    ]
