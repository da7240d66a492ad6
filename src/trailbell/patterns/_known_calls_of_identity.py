"""The calls of IAM, STS, sign-in, Organizations, KMS and Secrets Manager as CloudTrail names them."""

from typing import Final

__all__ = ["IAM", "KMS", "ORGANIZATIONS", "SECRETSMANAGER", "SIGNIN", "STS"]

IAM: Final = """\
Accept: DelegationRequest
Acquire: Role
Add: ClientIDToOpenIDConnectProvider RoleToInstanceProfile UserToGroup
Associate: DelegationRequest
Attach: GroupPolicy RolePolicy UserPolicy
Change: Password
Create: AccessKey AccountAlias DelegationRequest Group InstanceProfile LoginProfile OpenIDConnectProvider
Create: Policy PolicyVersion Role SAMLProvider ServiceLinkedRole ServiceSpecificCredential User
Create: VirtualMFADevice
Deactivate: MFADevice
Delete: AccessKey AccountAlias AccountPasswordPolicy Group GroupPolicy InstanceProfile LoginProfile
Delete: OpenIDConnectProvider Policy PolicyVersion Role RolePermissionsBoundary RolePolicy SAMLProvider
Delete: SSHPublicKey ServerCertificate ServiceLinkedRole ServiceSpecificCredential SigningCertificate User
Delete: UserPermissionsBoundary UserPolicy VirtualMFADevice
Detach: GroupPolicy RolePolicy UserPolicy
Disable: OrganizationsRootCredentialsManagement OrganizationsRootSessions OutboundWebIdentityFederation
Enable: MFADevice OrganizationsRootCredentialsManagement OrganizationsRootSessions
Enable: OutboundWebIdentityFederation
Generate: CredentialReport OrganizationsAccessReport ServiceLastAccessedDetails
Get: AccessKeyLastUsed AccountAuthorizationDetails AccountPasswordPolicy AccountProperties AccountSummary
Get: ContextKeysForCustomPolicy ContextKeysForPrincipalPolicy CredentialReport DelegationRequest Group
Get: GroupPolicy HumanReadableSummary InstanceProfile LoginProfile MFADevice OpenIDConnectProvider
Get: OrganizationsAccessReport OutboundWebIdentityFederationInfo Policy PolicyVersion Role RolePolicy
Get: RoleTemplateVersion SAMLProvider SSHPublicKey ServerCertificate ServiceLastAccessedDetails
Get: ServiceLastAccessedDetailsWithEntities ServiceLinkedRoleDeletionStatus User UserPolicy
List: AccessKeys AccountAliases AttachedGroupPolicies AttachedRolePolicies AttachedUserPolicies
List: DelegationRequests EntitiesForPolicy GroupPolicies Groups GroupsForUser InstanceProfileTags
List: InstanceProfiles InstanceProfilesForRole MFADeviceTags MFADevices OpenIDConnectProviderTags
List: OpenIDConnectProviders OrganizationsFeatures Policies PoliciesGrantingServiceAccess PolicyTags
List: PolicyVersions RolePolicies RoleTags Roles SAMLProviderTags SAMLProviders SSHPublicKeys
List: ServerCertificateTags ServerCertificates ServiceSpecificCredentials SigningCertificates UserPolicies
List: UserTags Users VirtualMFADevices
Put: AccountProperties GroupPolicy RolePermissionsBoundary RolePolicy UserPermissionsBoundary UserPolicy
Reject: DelegationRequest
Remove: ClientIDFromOpenIDConnectProvider RoleFromInstanceProfile UserFromGroup
Reset: ServiceSpecificCredential
Resync: MFADevice
Send: DelegationToken
Set: DefaultPolicyVersion SecurityTokenServicePreferences
Simulate: CustomPolicy PrincipalPolicy
Tag: InstanceProfile MFADevice OpenIDConnectProvider Policy Role SAMLProvider ServerCertificate User
Untag: InstanceProfile MFADevice OpenIDConnectProvider Policy Role SAMLProvider ServerCertificate User
Update: AccessKey AccountPasswordPolicy AssumeRolePolicy DelegationRequest Group LoginProfile
Update: OpenIDConnectProvider OpenIDConnectProviderThumbprint Role RoleDescription SAMLProvider SSHPublicKey
Update: ServerCertificate ServiceSpecificCredential SigningCertificate User
Upload: SSHPublicKey ServerCertificate SigningCertificate
"""

STS: Final = """\
Assume: Role RoleWithSAML RoleWithWebIdentity Root
Decode: AuthorizationMessage
Get: AccessKeyInfo CallerIdentity DelegatedAccessToken FederationToken ScopedCredentials SessionToken
Get: WebIdentityToken
"""

SIGNIN: Final = """\
Batch: RevokeSessions
Check: Mfa
Console: Login
Create: BearerToken OAuth2Token OAuth2TokenWithIAM OAuth2TokenWithTokenExchange
Credential: Challenge Verification
Delete: ConsoleAuthorizationConfiguration ResourcePermissionStatement
Email: Updated
Exit: Role
Get: ConsoleAuthorizationConfiguration ResourcePolicy Session SigninToken
Introspect: OAuth2TokenWithIAM
List: ResourcePermissionStatements Sessions
Password: RecoveryCompleted RecoveryRequested Updated
Put: ConsoleAuthorizationConfiguration ResourcePermissionStatement
Renew: Role
Revoke: OAuth2TokenWithIAM
Switch: Role
User: Authentication
"""

ORGANIZATIONS: Final = """\
Accept: Handshake
Account: DepartedOrganization JoinedOrganization
Attach: Policy
Cancel: Handshake
Close: Account AccountResult
Create: Account AccountResult GovCloudAccount Organization OrganizationalUnit Policy
Decline: Handshake
Delete: Organization OrganizationalUnit Policy ResourcePolicy
Deregister: DelegatedAdministrator
Describe: Account CreateAccountStatus EffectivePolicy Handshake Organization OrganizationalUnit Policy
Describe: ResourcePolicy ResponsibilityTransfer
Detach: Policy
Disable: AWSServiceAccess PolicyType
Enable: AWSServiceAccess AllFeatures PolicyType
Invite: AccountToOrganization OrganizationToTransferResponsibility
Leave: Organization
List: AWSServiceAccessForOrganization Accounts AccountsForParent AccountsWithInvalidEffectivePolicy Children
List: CreateAccountStatus DelegatedAdministrators DelegatedServicesForAccount
List: EffectivePolicyValidationErrors HandshakesForAccount HandshakesForOrganization
List: InboundResponsibilityTransfers OrganizationalUnitsForParent OutboundResponsibilityTransfers Parents
List: Policies PoliciesForTarget Roots TagsForResource TargetsForPolicy
Move: Account
Put: ResourcePolicy
Register: DelegatedAdministrator
Remove: AccountFromOrganization
Tag: Resource
Terminate: ResponsibilityTransfer
Untag: Resource
Update: OrganizationalUnit Policy ResponsibilityTransfer
"""

KMS: Final = """\
Cancel: KeyDeletion
Connect: CustomKeyStore
Create: Alias CustomKeyStore Grant Key
Decapsulate: -
Decrypt: -
Delete: Alias CustomKeyStore ImportedKeyMaterial Key
Derive: SharedSecret
Describe: CustomKeyStores Key
Disable: Key KeyRotation
Disconnect: CustomKeyStore
Enable: Key KeyRotation
Encapsulate: -
Encrypt: -
Generate: DataKey DataKeyPair DataKeyPairWithoutPlaintext DataKeyWithoutPlaintext Mac Random
Get: KeyLastUsage KeyPolicy KeyRotationStatus ParametersForImport PublicKey
Import: KeyMaterial
List: Aliases Grants KeyPolicies KeyRotations Keys ResourceTags RetirableGrants
Put: KeyPolicy
Re: Encrypt
Replicate: Key
Retire: Grant
Revoke: Grant
Rotate: Key KeyOnDemand
Schedule: KeyDeletion
Sign: -
Synchronize: MultiRegionKey
Tag: Resource
Untag: Resource
Update: Alias CustomKeyStore KeyDescription PrimaryRegion
Verify: - Mac
"""

SECRETSMANAGER: Final = """\
Associate: CrossAccountReplica
Batch: GetSecretValue
Cancel: RotateSecret SecretVersionDelete
Create: Secret
Delete: ResourcePolicy Secret
Describe: Secret
Disassociate: CrossAccountReplica
End: SecretVersionDelete
Get: RandomPassword ResourcePolicy SecretValue
List: ResourcePolicies SecretVersionIds Secrets
Put: ResourcePolicy SecretValue
Remove: RegionsFromReplication
Replicate: SecretToRegions
Restore: Secret
Rotate: Secret
Rotation: Abandoned Failed Started Succeeded
Secret: VersionDeletion
Start: SecretVersionDelete
Stop: ReplicationToReplica
Tag: Resource
Test: RotationFailed RotationStarted RotationSucceeded
Untag: Resource
Update: Secret SecretVersionStage
Validate: ResourcePolicy
"""
