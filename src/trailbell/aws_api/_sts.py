"""STS: who calls. As long as there are no keys, whoever calls is the account itself."""

from trailbell.aws_api._operation import Context, Operation, PascalStruct

__all__ = ["OPERATIONS"]


class _GetCallerIdentityRequest(PascalStruct, frozen=True):
    """Nothing is asked."""


class _GetCallerIdentityResult(PascalStruct, frozen=True):
    """The caller's account and names."""

    user_id: str
    account: str
    arn: str


def _get_caller_identity(request: _GetCallerIdentityRequest, context: Context) -> _GetCallerIdentityResult:
    """Names the account that callers without keys share."""
    account = context.account_id
    return _GetCallerIdentityResult(account, account, f"arn:aws:iam::{account}:root")


OPERATIONS: tuple[Operation, ...] = (
    Operation("sts", "GetCallerIdentity", _get_caller_identity, "Names the caller's account."),
)
