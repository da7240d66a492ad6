"""Controls 9 to 16 of the monitoring section: configuration, network, organisation."""

from trailbell.controls._control import Control, Severity

__all__ = ["NETWORK_CONTROLS"]

NETWORK_CONTROLS = (
    Control(
        key="config_changes",
        title="AWS Config configuration changes",
        since="1.2.0",
        number=9,
        severity=Severity.MEDIUM,
        pattern=(
            "{ ($.eventSource = config.amazonaws.com) && "
            "(($.eventName=StopConfigurationRecorder)||($.eventName=DeleteDeliveryChannel)||"
            "($.eventName=PutDeliveryChannel)||($.eventName=PutConfigurationRecorder)) "
            "}"
        ),
        metric_name="aws-config-changes-metric",
        alarm_name="aws-config-changes-alarm",
        gaps=("DeleteConfigurationRecorder",),
        advice="Check that the recorder runs and the delivery channel is the one you expect.",
    ),
    Control(
        key="security_group_changes",
        title="Security group changes",
        since="1.2.0",
        number=10,
        severity=Severity.MEDIUM,
        pattern=(
            "{ ($.eventName = AuthorizeSecurityGroupIngress) || ($.eventName = "
            "AuthorizeSecurityGroupEgress) || ($.eventName = RevokeSecurityGroupIngress) || "
            "($.eventName = RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || "
            "($.eventName = DeleteSecurityGroup) || ($.eventName = ModifySecurityGroupRules) }"
        ),
        metric_name="security-group-changes-metric",
        alarm_name="security-group-changes-alarm",
        gaps=(
            "UpdateSecurityGroupRuleDescriptionsIngress / Egress",
            "AssociateSecurityGroupVpc / DisassociateSecurityGroupVpc",
            "ModifyNetworkInterfaceAttribute",
        ),
        advice=(
            "Find the change in your deployment history. Look first for rules that open a port "
            "to 0.0.0.0/0 or ::/0."
        ),
    ),
    Control(
        key="nacl_changes",
        title="Network ACL changes",
        since="1.2.0",
        number=11,
        severity=Severity.MEDIUM,
        pattern=(
            "{ ($.eventName = CreateNetworkAcl) || ($.eventName = CreateNetworkAclEntry) || "
            "($.eventName = DeleteNetworkAcl) || ($.eventName = DeleteNetworkAclEntry) || "
            "($.eventName = ReplaceNetworkAclEntry) || ($.eventName = "
            "ReplaceNetworkAclAssociation) }"
        ),
        metric_name="nacl-changes-metric",
        alarm_name="nacl-changes-alarm",
        gaps=(),
        advice=("Find the change in your deployment history and compare the entries with the intended ones."),
    ),
    Control(
        key="network_gateway_changes",
        title="Network gateway changes",
        since="1.2.0",
        number=12,
        severity=Severity.MEDIUM,
        pattern=(
            "{ ($.eventName = CreateCustomerGateway) || ($.eventName = DeleteCustomerGateway) || "
            "($.eventName = AttachInternetGateway) || ($.eventName = CreateInternetGateway) || "
            "($.eventName = DeleteInternetGateway) || ($.eventName = DetachInternetGateway) }"
        ),
        metric_name="network-gw-changes-metric",
        alarm_name="network-gw-changes-alarm",
        gaps=("NAT, transit, VPN, egress-only and carrier gateways are not covered",),
        advice=(
            "A new internet gateway may expose a network; check what is attached to it and the "
            "routes that use it."
        ),
    ),
    Control(
        key="route_table_changes",
        title="Route table changes",
        since="1.2.0",
        number=13,
        severity=Severity.MEDIUM,
        pattern=(
            "{ ($.eventName = CreateRoute) || ($.eventName = CreateRouteTable) || ($.eventName = "
            "ReplaceRoute) || ($.eventName = ReplaceRouteTableAssociation) || ($.eventName = "
            "DeleteRouteTable) || ($.eventName = DeleteRoute) || ($.eventName = "
            "DisassociateRouteTable) }"
        ),
        metric_name="route-table-changes-metric",
        alarm_name="route-table-changes-alarm",
        gaps=(
            "AssociateRouteTable",
            "EnableVgwRoutePropagation / DisableVgwRoutePropagation",
            ("without eventSource it also counts CreateRoute / DeleteRoute of API Gateway and App Mesh"),
        ),
        advice="Check that no route now leads traffic to an instance or gateway you do not know.",
    ),
    Control(
        key="vpc_changes",
        title="VPC and peering changes",
        since="1.2.0",
        number=14,
        severity=Severity.MEDIUM,
        pattern=(
            "{ ($.eventName = CreateVpc) || ($.eventName = DeleteVpc) || ($.eventName = "
            "ModifyVpcAttribute) || ($.eventName = AcceptVpcPeeringConnection) || ($.eventName = "
            "CreateVpcPeeringConnection) || ($.eventName = DeleteVpcPeeringConnection) || "
            "($.eventName = RejectVpcPeeringConnection) || ($.eventName = AttachClassicLinkVpc) "
            "|| ($.eventName = DetachClassicLinkVpc) || ($.eventName = DisableVpcClassicLink) || "
            "($.eventName = EnableVpcClassicLink) }"
        ),
        metric_name="vpc-changes-metric",
        alarm_name="vpc-changes-alarm",
        gaps=(
            "CreateVpcEndpoint / DeleteVpcEndpoints / ModifyVpcEndpoint",
            "AssociateVpcCidrBlock",
            "ModifyVpcPeeringConnectionOptions",
            "the four ClassicLink calls are retired",
        ),
        advice="Check new peerings first: they join networks, perhaps of another account.",
    ),
    Control(
        key="organizations_changes",
        title="AWS Organizations changes",
        since="1.3.0",
        number=15,
        severity=Severity.HIGH,
        pattern=(
            "{ ($.eventSource = organizations.amazonaws.com) && (($.eventName = "
            '"AcceptHandshake") || ($.eventName = "AttachPolicy") || ($.eventName = '
            '"CreateAccount") || ($.eventName = "CreateOrganizationalUnit") || ($.eventName = '
            '"CreatePolicy") || ($.eventName = "DeclineHandshake") || ($.eventName = '
            '"DeleteOrganization") || ($.eventName = "DeleteOrganizationalUnit") || ($.eventName '
            '= "DeletePolicy") || ($.eventName = "DetachPolicy") || ($.eventName = '
            '"DisablePolicyType") || ($.eventName = "EnablePolicyType") || ($.eventName = '
            '"InviteAccountToOrganization") || ($.eventName = "LeaveOrganization") || '
            '($.eventName = "MoveAccount") || ($.eventName = "RemoveAccountFromOrganization") || '
            '($.eventName = "UpdatePolicy") || ($.eventName = "UpdateOrganizationalUnit")) }'
        ),
        metric_name="organizations-changes-metric",
        alarm_name="organizations-changes-alarm",
        gaps=(
            "CancelHandshake, CreateOrganization, EnableAllFeatures (Prowler demands these three)",
            "RegisterDelegatedAdministrator / DeregisterDelegatedAdministrator",
            "EnableAWSServiceAccess / DisableAWSServiceAccess",
            "CloseAccount",
            "CreateGovCloudAccount",
            "PutResourcePolicy / DeleteResourcePolicy",
            (
                "most events appear only in the management (or delegated) account, in us-east-1; "
                "AcceptHandshake, DeclineHandshake and LeaveOrganization are made by member accounts"
            ),
        ),
        advice=(
            "Confirm with the owner of the management account; a detached policy may lift guard "
            "rails from every account below it."
        ),
    ),
    Control(
        key="security_hub_enabled",
        title="Security Hub is switched on",
        since="1.5.0",
        number=16,
        severity=Severity.MEDIUM,
        pattern=None,
        metric_name=None,
        alarm_name=None,
        gaps=(),
        advice="Enable AWS Security Hub in every region in use.",
    ),
)
