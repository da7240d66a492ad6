"""Error codes and messages: refusals for lack of permission, and calls that fail for other reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping

from trailbell.simulate._calls import Call
from trailbell.simulate._people import IdentityType
from trailbell.simulate._templates import Scene

__all__ = ["failure_of", "refusal_of"]

# The JSON services answer with the Exception ending, query and REST services without it.
_JSON_SERVICES = frozenset(
    (
        "access-analyzer", "acm", "backup", "cloudtrail", "codebuild", "config", "dynamodb", "ecr", "ecs",
        "eks", "events", "guardduty", "kms", "lambda", "logs", "organizations", "secretsmanager",
        "securityhub", "servicequotas", "ssm", "sso", "states", "tagging", "wafv2",
    )
)  # fmt: skip
_ACTION_PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}
_API_DATE = re.compile(r"[0-9]{8}(v[0-9]+)?$")
_THROTTLED = ("ThrottlingException", "Rate exceeded")
_THROTTLED_SHARE = 0.4

_FAILURES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("ec2", "DescribeInstances"): (
        "Client.InvalidInstanceID.NotFound",
        "The instance ID '{instance}' does not exist",
    ),
    ("ec2", "DescribeInstanceStatus"): (
        "Client.InvalidInstanceID.NotFound",
        "The instance ID '{instance}' does not exist",
    ),
    ("ec2", "DescribeVolumes"): ("Client.InvalidVolume.NotFound", "The volume '{volume}' does not exist."),
    ("ec2", "DescribeSecurityGroups"): (
        "Client.InvalidGroup.NotFound",
        "The security group '{group}' does not exist",
    ),
    ("ec2", "DescribeNetworkInterfaces"): (
        "Client.InvalidNetworkInterfaceID.NotFound",
        "The networkInterface ID '{interface}' does not exist",
    ),
    ("ec2", "DeleteSnapshot"): (
        "Client.InvalidSnapshot.NotFound",
        "The snapshot '{snapshot}' does not exist.",
    ),
    ("ec2", "RunInstances"): (
        "Server.InsufficientInstanceCapacity",
        "We currently do not have sufficient m6i.large capacity in the Availability Zone you requested.",
    ),
    ("s3", "GetBucketPolicy"): ("NoSuchBucketPolicy", "The bucket policy does not exist"),
    ("s3", "GetBucketPolicyStatus"): ("NoSuchBucketPolicy", "The bucket policy does not exist"),
    ("s3", "GetBucketTagging"): ("NoSuchTagSet", "The TagSet does not exist"),
    ("s3", "GetBucketEncryption"): (
        "ServerSideEncryptionConfigurationNotFoundError",
        "The server side encryption configuration was not found",
    ),
    ("s3", "GetBucketPublicAccessBlock"): (
        "NoSuchPublicAccessBlockConfiguration",
        "The public access block configuration was not found",
    ),
    ("iam", "GetRole"): ("NoSuchEntityException", "The role with name {role} cannot be found."),
    ("iam", "GetUser"): ("NoSuchEntityException", "The user with name {user} cannot be found."),
    ("iam", "GetRolePolicy"): (
        "NoSuchEntityException",
        "The role policy with name {policy} cannot be found.",
    ),
    ("ssm", "GetParameter"): ("ParameterNotFound", "Parameter {parameter} not found."),
    ("secretsmanager", "GetSecretValue"): (
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret.",
    ),
    ("dynamodb", "DescribeTable"): (
        "ResourceNotFoundException",
        "Requested resource not found: Table: {table} not found",
    ),
    ("rds", "DescribeDBInstances"): ("DBInstanceNotFound", "DBInstance {database} not found."),
    ("ecr", "BatchGetImage"): ("ImageNotFoundException", "The image requested does not exist."),
    ("cloudformation", "DescribeStacks"): ("ValidationException", "Stack with id {stack} does not exist"),
}
_BLANK = re.compile(r"\{([a-z_]+)\}")


def refusal_of(call: Call, scene: Scene) -> tuple[str, str]:
    """Returns the error code and message of this call when the caller lacks the permission."""
    action = f"{_ACTION_PREFIXES.get(call.service, call.service)}:{_API_DATE.sub('', call.name)}"
    who = f"User: {_arn_of(scene)} is not authorized to perform: {action}"
    why = f"because no identity-based policy allows the {action} action"
    if call.service == "ec2":
        message = f"You are not authorized to perform this operation. {who} {why}."
        if not call.is_read_only:
            message += f" Encoded authorization failure message: {scene.chance.alphanumeric(320)}"
        return "Client.UnauthorizedOperation", message
    if call.service == "s3":
        return "AccessDenied", "Access Denied"
    code = "AccessDeniedException" if call.service in _JSON_SERVICES else "AccessDenied"
    return code, f"{who} on resource: {_resource_of(call, scene)} {why}"


def failure_of(call: Call, scene: Scene) -> tuple[str, str]:
    """Returns the error code and message of this call when it fails for a reason that is no refusal."""
    known = _FAILURES.get((call.service, call.name))
    if known is None or scene.chance.share() < _THROTTLED_SHARE:
        return (
            _THROTTLED
            if call.service != "ec2"
            else ("Client.RequestLimitExceeded", "Request limit exceeded.")
        )
    code, message = known
    return code, _BLANK.sub(lambda blank: scene.value(blank[1]), message)


def _arn_of(scene: Scene) -> str:
    principal, seat = scene.caller.principal, scene.caller.seat
    if principal.identity_type is IdentityType.ASSUMED_ROLE:
        role = principal.arn.rsplit("/", 1)[-1]
        return f"arn:aws:sts::{principal.account_id}:assumed-role/{role}/{seat.session_name}"
    return principal.arn or principal.name


def _resource_of(call: Call, scene: Scene) -> str:
    account_id, region = scene.place.account_id, scene.place.region
    match call.service:
        case "iam":
            return f"arn:aws:iam::{account_id}:*"
        case "sts":
            return f"arn:aws:iam::{account_id}:role/{scene.value('role')}"
        case "secretsmanager":
            return f"arn:aws:secretsmanager:{region}:{account_id}:secret:{scene.value('secret')}"
        case "kms":
            return f"arn:aws:kms:{region}:{account_id}:key/{scene.value('key')}"
        case _:
            return f"arn:aws:{call.service}:{region}:{account_id}:*"
