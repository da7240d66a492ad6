"""The texts that a profile accepts for a control beside the newest, and where its events come from."""

import msgspec

from trailbell.controls._control import VERSIONS, Control

__all__ = ["SECURITY_HUB", "accepted_texts", "control_id", "event_sources"]

SECURITY_HUB = "security-hub"
"""The profile of AWS Security Hub's controls CloudWatch.1 to .14."""


class _Text(msgspec.Struct, frozen=True):
    control: str
    first: str
    last: str
    pattern: str


def accepted_texts(control: Control, profile: str) -> tuple[str, ...]:
    """Returns the patterns a profile accepts for a control, its main one first.

    They are patterns of filters that a version's own text gives; ``profile`` is one of ``VERSIONS`` or
    ``SECURITY_HUB``. There are none for a control that is no metric filter, or not in the profile.
    """
    if control.pattern is None or control_id(control, profile) is None:
        return ()
    if profile == SECURITY_HUB:
        return (_SECURITY_HUB_TEXTS[control.key][1],)
    at = VERSIONS.index(profile)
    others = [
        each
        for each in _OTHER_TEXTS
        if each.control == control.key and VERSIONS.index(each.first) <= at <= VERSIONS.index(each.last)
    ]
    is_newest_text = VERSIONS.index(_NEWEST_SINCE.get(control.key, control.since)) <= at
    newest = (control.pattern,) if is_newest_text else ()
    return (*newest, *(each.pattern for each in others))


def control_id(control: Control, profile: str) -> str | None:
    """Returns a control's id in a profile; None where the profile lacks the control."""
    if profile == SECURITY_HUB:
        found = _SECURITY_HUB_TEXTS.get(control.key)
        return None if found is None else f"CloudWatch.{found[0]}"
    return control.ids().get(profile)


def event_sources(control: Control) -> tuple[str, ...]:
    """Returns the event sources whose events a control is about; empty where it is about any."""
    return _EVENT_SOURCES.get(control.key, ())


# Where the newest text is younger than the control.
_NEWEST_SINCE = {"unauthorized_api_calls": "2.0.0", "security_group_changes": "5.0.0"}

_OTHER_TEXTS: tuple[_Text, ...] = (
    _Text(
        "unauthorized_api_calls",
        "1.2.0",
        "1.2.0",
        ('{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}'),
    ),
    _Text(
        "unauthorized_api_calls",
        "1.3.0",
        "1.5.0",
        (
            '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") || '
            '($.sourceIPAddress!="delivery.logs.amazonaws.com") || ($.eventName!="HeadBucket") }'
        ),
    ),
    _Text(
        "console_signin_without_mfa",
        "1.4.0",
        "7.0.0",
        (
            '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
            '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
        ),
    ),
    _Text(
        "security_group_changes",
        "1.2.0",
        "4.0.1",
        (
            "{ ($.eventName = AuthorizeSecurityGroupIngress) || "
            "($.eventName = AuthorizeSecurityGroupEgress) || "
            "($.eventName = RevokeSecurityGroupIngress) || "
            "($.eventName = RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || "
            "($.eventName = DeleteSecurityGroup) }"
        ),
    ),
    _Text(
        "route_table_changes",
        "3.0.0",
        "7.0.0",
        (
            "{($.eventSource = ec2.amazonaws.com) && ($.eventName = CreateRoute) || "
            "($.eventName = CreateRouteTable) || ($.eventName = ReplaceRoute) || "
            "($.eventName = ReplaceRouteTableAssociation) || ($.eventName = DeleteRouteTable) || "
            "($.eventName = DeleteRoute) || ($.eventName = DisassociateRouteTable)}"
        ),
    ),
)

# The number of the control, and the text the user guide gives for it.
_SECURITY_HUB_TEXTS: dict[str, tuple[int, str]] = {
    "unauthorized_api_calls": (
        2,
        ('{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}'),
    ),
    "console_signin_without_mfa": (
        3,
        (
            '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
            '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
        ),
    ),
    "root_usage": (
        1,
        (
            '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && '
            '$.eventType !="AwsServiceEvent"}'
        ),
    ),
    "iam_policy_changes": (
        4,
        (
            "{($.eventSource=iam.amazonaws.com) && (($.eventName=DeleteGroupPolicy) || "
            "($.eventName=DeleteRolePolicy) || ($.eventName=DeleteUserPolicy) || "
            "($.eventName=PutGroupPolicy) || ($.eventName=PutRolePolicy) || "
            "($.eventName=PutUserPolicy) || ($.eventName=CreatePolicy) || "
            "($.eventName=DeletePolicy) || ($.eventName=CreatePolicyVersion) || "
            "($.eventName=DeletePolicyVersion) || ($.eventName=AttachRolePolicy) || "
            "($.eventName=DetachRolePolicy) || ($.eventName=AttachUserPolicy) || "
            "($.eventName=DetachUserPolicy) || ($.eventName=AttachGroupPolicy) || "
            "($.eventName=DetachGroupPolicy))}"
        ),
    ),
    "cloudtrail_config_changes": (
        5,
        (
            "{($.eventName=CreateTrail) || ($.eventName=UpdateTrail) || ($.eventName=DeleteTrail) || "
            "($.eventName=StartLogging) || ($.eventName=StopLogging)}"
        ),
    ),
    "console_auth_failures": (
        6,
        ('{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}'),
    ),
    "cmk_disable_or_delete": (
        7,
        (
            "{($.eventSource=kms.amazonaws.com) && (($.eventName=DisableKey) || "
            "($.eventName=ScheduleKeyDeletion))}"
        ),
    ),
    "s3_bucket_policy_changes": (
        8,
        (
            "{($.eventSource=s3.amazonaws.com) && (($.eventName=PutBucketAcl) || "
            "($.eventName=PutBucketPolicy) || ($.eventName=PutBucketCors) || "
            "($.eventName=PutBucketLifecycle) || ($.eventName=PutBucketReplication) || "
            "($.eventName=DeleteBucketPolicy) || ($.eventName=DeleteBucketCors) || "
            "($.eventName=DeleteBucketLifecycle) || ($.eventName=DeleteBucketReplication))}"
        ),
    ),
    "config_changes": (
        9,
        (
            "{($.eventSource=config.amazonaws.com) && (($.eventName=StopConfigurationRecorder) || "
            "($.eventName=DeleteDeliveryChannel) || ($.eventName=PutDeliveryChannel) || "
            "($.eventName=PutConfigurationRecorder))}"
        ),
    ),
    "security_group_changes": (
        10,
        (
            "{($.eventName=AuthorizeSecurityGroupIngress) || "
            "($.eventName=AuthorizeSecurityGroupEgress) || "
            "($.eventName=RevokeSecurityGroupIngress) || ($.eventName=RevokeSecurityGroupEgress) || "
            "($.eventName=CreateSecurityGroup) || ($.eventName=DeleteSecurityGroup)}"
        ),
    ),
    "nacl_changes": (
        11,
        (
            "{($.eventName=CreateNetworkAcl) || ($.eventName=CreateNetworkAclEntry) || "
            "($.eventName=DeleteNetworkAcl) || ($.eventName=DeleteNetworkAclEntry) || "
            "($.eventName=ReplaceNetworkAclEntry) || ($.eventName=ReplaceNetworkAclAssociation)}"
        ),
    ),
    "network_gateway_changes": (
        12,
        (
            "{($.eventName=CreateCustomerGateway) || ($.eventName=DeleteCustomerGateway) || "
            "($.eventName=AttachInternetGateway) || ($.eventName=CreateInternetGateway) || "
            "($.eventName=DeleteInternetGateway) || ($.eventName=DetachInternetGateway)}"
        ),
    ),
    "route_table_changes": (
        13,
        (
            "{($.eventSource=ec2.amazonaws.com) && (($.eventName=CreateRoute) || "
            "($.eventName=CreateRouteTable) || ($.eventName=ReplaceRoute) || "
            "($.eventName=ReplaceRouteTableAssociation) || ($.eventName=DeleteRouteTable) || "
            "($.eventName=DeleteRoute) || ($.eventName=DisassociateRouteTable))}"
        ),
    ),
    "vpc_changes": (
        14,
        (
            "{($.eventName=CreateVpc) || ($.eventName=DeleteVpc) || "
            "($.eventName=ModifyVpcAttribute) || ($.eventName=AcceptVpcPeeringConnection) || "
            "($.eventName=CreateVpcPeeringConnection) || ($.eventName=DeleteVpcPeeringConnection) || "
            "($.eventName=RejectVpcPeeringConnection) || ($.eventName=AttachClassicLinkVpc) || "
            "($.eventName=DetachClassicLinkVpc) || ($.eventName=DisableVpcClassicLink) || "
            "($.eventName=EnableVpcClassicLink)}"
        ),
    ),
}

_EVENT_SOURCES: dict[str, tuple[str, ...]] = {
    "console_signin_without_mfa": ("signin.amazonaws.com",),
    "iam_policy_changes": ("iam.amazonaws.com",),
    "cloudtrail_config_changes": ("cloudtrail.amazonaws.com",),
    "console_auth_failures": ("signin.amazonaws.com",),
    "cmk_disable_or_delete": ("kms.amazonaws.com",),
    "s3_bucket_policy_changes": ("s3.amazonaws.com",),
    "config_changes": ("config.amazonaws.com",),
    "security_group_changes": ("ec2.amazonaws.com",),
    "nacl_changes": ("ec2.amazonaws.com",),
    "network_gateway_changes": ("ec2.amazonaws.com",),
    "route_table_changes": ("ec2.amazonaws.com",),
    "vpc_changes": ("ec2.amazonaws.com",),
    "organizations_changes": ("organizations.amazonaws.com",),
}
