"""Controls 1 to 8 of the monitoring section: access, identity, keys and the audit trail itself."""

from trailbell.controls._control import Control, Severity

__all__ = ["ACCESS_CONTROLS"]

ACCESS_CONTROLS = (
    Control(
        key="unauthorized_api_calls",
        title="API calls refused for lack of permission",
        since="1.2.0",
        number=1,
        severity=Severity.MEDIUM,
        pattern=(
            '{ ($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*") && '
            '($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket") }'
        ),
        metric_name="unauthorized_api_calls_metric",
        alarm_name="unauthorized_api_calls_alarm",
        gaps=(
            (
                "error codes outside the two globs are not counted (for example Unauthorized, "
                "UnauthorizedException, AuthFailure, Forbidden, AuthorizationError, "
                "InvalidClientTokenId)"
            ),
            "UnauthorizedOperation is never subject to the two exclusions",
        ),
        advice=(
            "Ask the owner of the principal whether the calls were theirs. If nobody claims "
            "them, deactivate the access key or revoke the role's sessions, then look at what "
            "the same principal and address did that was allowed."
        ),
    ),
    Control(
        key="console_signin_without_mfa",
        title="Console sign-in without MFA",
        since="1.2.0",
        number=2,
        severity=Severity.MEDIUM,
        pattern='{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }',
        metric_name="no-mfa-console-signin-metric",
        alarm_name="no-mfa-console-signin-alarm",
        gaps=(
            "an event without additionalEventData.MFAUsed does not satisfy !=",
            "federated sign-ins report MFAUsed No even when the identity provider enforced MFA",
        ),
        advice=(
            "Confirm the sign-in with the user. If single sign-on enforces a second factor, use "
            "the stricter accepted pattern; otherwise require MFA for the user."
        ),
    ),
    Control(
        key="root_usage",
        title="Use of the root user",
        since="1.2.0",
        number=3,
        severity=Severity.HIGH,
        pattern=(
            '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && '
            '$.eventType != "AwsServiceEvent" }'
        ),
        metric_name="root-usage-metric",
        alarm_name="root-usage-alarm",
        gaps=("centralised root sessions (sts AssumeRoot) also carry type Root",),
        advice=(
            "Confirm with whoever holds the root credentials. If nobody used them, change the "
            "root password, remove root access keys and check the account's contacts."
        ),
    ),
    Control(
        key="iam_policy_changes",
        title="IAM policy changes",
        since="1.2.0",
        number=4,
        severity=Severity.MEDIUM,
        pattern=(
            "{($.eventName=DeleteGroupPolicy)||($.eventName=DeleteRolePolicy)||"
            "($.eventName=DeleteUserPolicy)||($.eventName=PutGroupPolicy)||"
            "($.eventName=PutRolePolicy)||($.eventName=PutUserPolicy)||"
            "($.eventName=CreatePolicy)||($.eventName=DeletePolicy)||"
            "($.eventName=CreatePolicyVersion)||($.eventName=DeletePolicyVersion)||"
            "($.eventName=AttachRolePolicy)||($.eventName=DetachRolePolicy)||"
            "($.eventName=AttachUserPolicy)||($.eventName=DetachUserPolicy)||"
            "($.eventName=AttachGroupPolicy)||($.eventName=DetachGroupPolicy)}"
        ),
        metric_name="iam-changes-metric",
        alarm_name="iam-changes-alarm",
        gaps=(
            "SetDefaultPolicyVersion",
            "UpdateAssumeRolePolicy",
            "PutRolePermissionsBoundary / DeleteRolePermissionsBoundary",
            "PutUserPermissionsBoundary / DeleteUserPermissionsBoundary",
            "without eventSource it also counts Organizations and IoT CreatePolicy / DeletePolicy",
        ),
        advice=(
            "Find the change in your deployment history. If it is not there, compare the policy "
            "with its previous version and detach what was granted."
        ),
    ),
    Control(
        key="cloudtrail_config_changes",
        title="CloudTrail configuration changes",
        since="1.2.0",
        number=5,
        severity=Severity.HIGH,
        pattern=(
            "{ ($.eventName = CreateTrail) || ($.eventName = UpdateTrail) || ($.eventName = "
            "DeleteTrail) || ($.eventName = StartLogging) || ($.eventName = StopLogging) }"
        ),
        metric_name="cloudtrail-cfg-changes-metric",
        alarm_name="cloudtrail-cfg-changes-alarm",
        gaps=(
            "PutEventSelectors",
            "PutInsightSelectors",
            "DeleteEventDataStore",
            "AddTags/RemoveTags",
            (
                "changes to the log group, filter or alarm themselves (DeleteMetricFilter, "
                "DeleteAlarms, DisableAlarmActions, DeleteSubscription)"
            ),
        ),
        advice=(
            "Check at once that the trail is still logging to the bucket you expect; an intruder "
            "stops the trail first."
        ),
    ),
    Control(
        key="console_auth_failures",
        title="Failed console sign-ins",
        since="1.2.0",
        number=6,
        severity=Severity.MEDIUM,
        pattern='{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
        metric_name="console-signin-failure-metric",
        alarm_name="console-signin-failure-alarm",
        gaps=(
            "'No username found in supplied account' and other messages are not counted",
            "federated failures happen at the identity provider",
        ),
        advice=(
            "A few failures are typing errors; many from one address or for many users are "
            "guessing. Confirm with the users and block the address if needed."
        ),
    ),
    Control(
        key="cmk_disable_or_delete",
        title="Disabling or scheduling deletion of customer KMS keys",
        since="1.2.0",
        number=7,
        severity=Severity.HIGH,
        pattern=(
            "{($.eventSource = kms.amazonaws.com) && "
            "(($.eventName=DisableKey)||($.eventName=ScheduleKeyDeletion)) }"
        ),
        metric_name="disable-or-delete-cmk-changes-metric",
        alarm_name="disable-or-delete-cmk-changes-alarm",
        gaps=(
            "DeleteImportedKeyMaterial",
            "PutKeyPolicy",
            "DisableKeyRotation",
        ),
        advice=(
            "Cancel the deletion or enable the key again if the change was not planned: data "
            "under a deleted key cannot be recovered."
        ),
    ),
    Control(
        key="s3_bucket_policy_changes",
        title="S3 bucket policy, ACL and related changes",
        since="1.2.0",
        number=8,
        severity=Severity.MEDIUM,
        pattern=(
            "{ ($.eventSource = s3.amazonaws.com) && (($.eventName = PutBucketAcl) || "
            "($.eventName = PutBucketPolicy) || ($.eventName = PutBucketCors) || ($.eventName = "
            "PutBucketLifecycle) || ($.eventName = PutBucketReplication) || ($.eventName = "
            "DeleteBucketPolicy) || ($.eventName = DeleteBucketCors) || ($.eventName = "
            "DeleteBucketLifecycle) || ($.eventName = DeleteBucketReplication)) }"
        ),
        metric_name="s3-bucket-policy-changes-metric",
        alarm_name="s3-bucket-policy-changes-alarm",
        gaps=(
            "PutBucketPublicAccessBlock / DeleteBucketPublicAccessBlock",
            "PutAccountPublicAccessBlock",
            "PutBucketVersioning",
            "PutBucketEncryption / DeleteBucketEncryption",
            "PutBucketOwnershipControls",
        ),
        advice=(
            "Read the bucket's policy and public access settings now, and compare them with what "
            "your deployment put there."
        ),
    ),
)
