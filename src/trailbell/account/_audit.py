"""Auditing many accounts at once: each is read in a thread of its own, and its troubles stay its own."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from typing import TypeAlias

import msgspec

from trailbell._errors import TrailbellError
from trailbell._version import __version__
from trailbell.account._connection import ConnectionSettings, UnreadableAccountError, connect
from trailbell.account._exceptions import StatedException, expired_notes, with_exceptions
from trailbell.account._judge import judge_account
from trailbell.account._names import read_arn
from trailbell.account._reading import read_account
from trailbell.account._result import AccountResult, Audit, Profile
from trailbell.account._snapshot import Snapshot, merged
from trailbell.controls import Control

__all__ = ["Question", "Target", "audit_snapshots", "list_accounts", "read_targets", "targets_of"]

_MOST_AT_ONCE = 8
_MOST_ACCOUNTS = 10_000

# The role that members have is mostly missing in the account that makes them.
_OWN_ACCOUNT = "the caller's account"


class Target(msgspec.Struct, frozen=True):
    """An account to read: by a role, or with the caller's own credentials where that is empty."""

    role_arn: str = ""

    @property
    def name(self) -> str:
        """What it goes by until its id is read."""
        place = read_arn(self.role_arn)
        return place.account if place else _OWN_ACCOUNT


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of each account."""

    profile: Profile
    controls: tuple[Control, ...]
    regions: tuple[str, ...] = ()
    exceptions: tuple[StatedException, ...] = ()

    @property
    def with_hub(self) -> bool:
        """Whether Security Hub itself is asked about."""
        return any(each.pattern is None for each in self.controls)


_Reading: TypeAlias = Snapshot | TrailbellError
"""An account as it was read, or why it could not be."""


def targets_of(accounts: Sequence[str], role_arns: Sequence[str]) -> tuple[Target, ...]:
    """Returns the accounts to read.

    ``accounts`` are ids, or ARNs of roles. An id is entered by the one role of ``role_arns``, with the
    account in its ARN replaced; the caller's own, as ``list_accounts`` names it, needs none. Without
    accounts it is the roles themselves, or the caller's own account.

    Raises:
        UnreadableAccountError: An id has no role to be entered by, or is none.
    """
    if not accounts:
        return tuple(map(Target, role_arns)) or (Target(),)
    targets = []
    for each in accounts:
        if each == _OWN_ACCOUNT or read_arn(each) is not None:
            targets.append(Target("" if each == _OWN_ACCOUNT else each))
            continue
        place = read_arn(role_arns[0]) if len(role_arns) == 1 else None
        if place is None:
            raise UnreadableAccountError(
                "accounts are entered by a role: name it once with --role-arn, its account is replaced by "
                "each"
            )
        if not (len(each) == 12 and each.isdigit()):
            raise UnreadableAccountError(f"{each!r} is no account id (12 digits) and no ARN of a role")
        targets.append(Target(f"arn:{place.partition}:iam::{each}:{place.resource}"))
    return tuple(dict.fromkeys(targets))


def list_accounts(settings: ConnectionSettings) -> tuple[str, ...]:
    """Returns the ids of the organization's active accounts, with a word for the caller's own.

    Raises:
        UnreadableAccountError: They cannot be listed, or there are none.
    """
    connection = connect(settings)
    try:
        pages = connection.ask_all("organizations:ListAccounts", connection.home_region)
        caller = connection.ask("sts:GetCallerIdentity", connection.home_region) or {}
    finally:
        connection.close()
    if connection.failures:
        # Half of an organization would look like all of it.
        raise UnreadableAccountError(
            f"the accounts of the organization cannot be listed: {connection.failures[0].words}"
        )
    accounts = [each for page in pages for each in page.get("Accounts") or ()]
    active = (str(each["Id"]) for each in accounts if each.get("Status") == "ACTIVE")
    found = tuple(_OWN_ACCOUNT if each == caller.get("Account") else each for each in active)
    if not found:
        raise UnreadableAccountError("the organization has no active accounts")
    return found[:_MOST_ACCOUNTS]


def read_targets(
    targets: Sequence[Target],
    settings: ConnectionSettings,
    question: Question,
    now: datetime,
    told: Callable[[Target, _Reading], None],
) -> Mapping[Target, _Reading]:
    """Reads accounts in parallel; ``told`` hears of each when it is done, in the calling thread."""
    readings: dict[Target, _Reading] = {}
    with ThreadPoolExecutor(max_workers=min(_MOST_AT_ONCE, max(len(targets), 1))) as pool:
        waiting = {pool.submit(_read, each, settings, question, now): each for each in targets}
        for done in as_completed(waiting):
            target = waiting[done]
            readings[target] = done.result()
            told(target, readings[target])
    return {each: readings[each] for each in targets}


def _read(target: Target, settings: ConnectionSettings, question: Question, now: datetime) -> _Reading:
    try:
        connection = connect(settings, target.role_arn)
    except UnreadableAccountError as error:
        return error
    try:
        return read_account(connection, question.regions, now, with_hub=question.with_hub)
    except UnreadableAccountError as error:
        return error
    except Exception as error:
        # An answer nobody foresaw in one account must not lose the others.
        return UnreadableAccountError(f"it could not be read: {type(error).__name__}: {error}")
    finally:
        connection.close()


def audit_snapshots(readings: Mapping[str, _Reading], question: Question, now: datetime) -> Audit:
    """Judges accounts, each with what is known of the others; those that could not be read are told too.

    ``readings`` go by the name of each account.
    """
    snapshots = [each for each in readings.values() if isinstance(each, Snapshot)]
    results = []
    for name, reading in readings.items():
        if isinstance(reading, Snapshot):
            others = [each for each in snapshots if each is not reading]
            results.append(_judged(merged(reading, others), reading, question, now))
        else:
            results.append(_unread(name, reading, question))
    return Audit(tuple(results), __version__)


def _judged(whole: Snapshot, own: Snapshot, question: Question, now: datetime) -> AccountResult:
    results = judge_account(whole, question.profile, question.controls)
    today = now.astimezone(UTC).date()
    return AccountResult(
        account=own.account,
        regions=own.regions,
        cis=question.profile.name,
        controls=with_exceptions(results, question.exceptions, own.account, today),
        calls=own.calls,
        caller=own.caller,
        at=own.at,
        problems=tuple(dict.fromkeys(each.words for each in own.failures)),
        notes=expired_notes(question.exceptions, own.account, today),
    )


def _unread(name: str, error: TrailbellError, question: Question) -> AccountResult:
    return AccountResult(
        account=name,
        regions=question.regions,
        cis=question.profile.name,
        controls=(),
        calls={},
        problems=(str(error),),
        was_read=False,
    )
