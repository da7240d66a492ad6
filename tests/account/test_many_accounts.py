"""Accounts that are audited together know of each other; exceptions and troubles stay with their account."""

import datetime
from datetime import UTC

import msgspec
import pytest

from support.account_states import patched, state_named
from trailbell._errors import TrailbellError
from trailbell.account import (
    AccountResult,
    Audit,
    ExceptionsFileError,
    Profile,
    Question,
    Snapshot,
    Status,
    Target,
    UnreadableAccountError,
    audit_document,
    audit_snapshots,
    read_exceptions,
    targets_of,
)
from trailbell.controls import CATALOGUE, control_of

NOW = datetime.datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
OWNER, MEMBER = "999988887777", "111122223333"
ROOT = (control_of("root_usage"),)
ROLE = "arn:aws:iam::000000000000:role/Auditor"


def owner(name: str = "organization-trail-of-its-own") -> Snapshot:
    """The whole account as the owner of an organization trail."""
    text = msgspec.json.encode(patched(state_named(name))).replace(MEMBER.encode(), OWNER.encode())
    return msgspec.json.decode(text.replace(b"trail/main", b"trail/organization"), type=Snapshot)


def member(**more: object) -> Snapshot:
    snapshot = patched(state_named("organization-trail-from-a-member"))
    return msgspec.structs.replace(snapshot, **more)


def audited(*snapshots: Snapshot, question: Question | None = None) -> dict[str, AccountResult]:
    asked = question or Question(profile=Profile("7.0.0"), controls=ROOT)
    audit = audit_snapshots({each.account: each for each in snapshots}, asked, NOW)
    return {each.account: each for each in audit.accounts}


def status(results: dict[str, AccountResult], account: str) -> Status:
    return results[account].controls[0].status


def test_a_member_alone_says_which_account_has_the_chain() -> None:
    found = audited(member())

    assert Status.NOT_HERE is status(found, MEMBER)
    assert OWNER in found[MEMBER].controls[0].message


def test_a_member_passes_by_the_chain_of_the_owner() -> None:
    found = audited(member(), owner())

    assert (Status.PASS, Status.PASS) == (status(found, MEMBER), status(found, OWNER))
    assert all(f":{OWNER}:" in each.name for each in found[MEMBER].controls[0].chain if "arn:" in each.name)


def test_a_member_fails_where_the_owners_chain_is_broken() -> None:
    found = audited(member(), owner("pending-subscription"))

    assert (Status.FAIL, Status.FAIL) == (status(found, MEMBER), status(found, OWNER))


def test_a_member_that_may_not_see_the_trail_knows_it_from_the_owner() -> None:
    [trail] = member().trails
    unseen = member(trails=(msgspec.structs.replace(trail, status=None, selection=None),))

    assert Status.PASS is status(audited(unseen, owner()), MEMBER)


def test_a_filter_for_the_owner_alone_does_not_cover_a_member() -> None:
    own = owner()
    narrowed = tuple(
        msgspec.structs.replace(
            each, pattern=each.pattern.replace("{", '{ $.recipientAccountId = "999988887777" &&')
        )
        for each in own.filters
        if each.name == "root-usage"
    )
    found = audited(member(), msgspec.structs.replace(own, filters=narrowed))

    assert (Status.FAIL, Status.PASS) == (status(found, MEMBER), status(found, OWNER))


def test_an_account_that_was_not_read_is_told_beside_the_others() -> None:
    question = Question(profile=Profile("7.0.0"), controls=CATALOGUE)
    readings: dict[str, Snapshot | TrailbellError] = {
        MEMBER: patched(state_named("whole")),
        "222233334444": UnreadableAccountError("no way in"),
    }
    audit = audit_snapshots(readings, question, NOW)

    whole, unread = audit.accounts
    assert {Status.PASS} == {each.status for each in whole.controls}
    assert (False, ("no way in",), ()) == (unread.was_read, unread.problems, unread.controls)
    assert [] == audit_document(Audit((unread,), "1"))["accounts"][0]["controls"]


def exception(**more: str) -> bytes:
    members = {"control": '"root-usage"', "account": f'"{MEMBER}"', "reason": '"SIEM"', "author": '"Ada"'}
    given = members | {"expires": "2026-11-28"} | more
    return ("[[exception]]\n" + "".join(f"{name} = {value}\n" for name, value in given.items())).encode()


@pytest.mark.parametrize(
    ("more", "state", "expected"),
    [
        ({}, "no-trail", Status.EXCEPTION),
        ({"account": '"*"'}, "no-trail", Status.EXCEPTION),
        ({"account": '"222233334444"'}, "no-trail", Status.FAIL),
        ({"control": '"vpc_changes"'}, "no-trail", Status.FAIL),
        ({"expires": "2026-11-27"}, "no-trail", Status.FAIL),
        ({}, "trails-refused", Status.EXCEPTION),
        ({}, "organization-trail-from-a-member", Status.EXCEPTION),
        ({}, "whole", Status.PASS),
        ({}, "every-json-event", Status.PASS_NOISY),
    ],
)
def test_an_exception_counts_where_the_chain_does_not_hold(
    more: dict[str, str], state: str, expected: Status
) -> None:
    question = Question(
        profile=Profile("7.0.0"), controls=ROOT, exceptions=read_exceptions(exception(**more))
    )
    found = audited(patched(state_named(state)), question=question)

    assert expected is status(found, MEMBER)
    assert (expected is Status.EXCEPTION) == (found[MEMBER].controls[0].exemption is not None)
    assert ("expires" in more) == bool(found[MEMBER].notes)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[[exception", "not valid"),
        (exception(expires='"soon"'), "not valid"),
        (exception(author='" "'), "empty author"),
        (exception(control='"root_usge"'), "did you mean root_usage"),
        (exception(color='"red"'), "color"),
    ],
)
def test_an_exceptions_file_that_is_not_valid_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(ExceptionsFileError, match=words):
        read_exceptions(content)


def test_an_account_is_entered_by_the_role_with_its_id() -> None:
    other = "arn:aws:iam::222233334444:role/Other"

    assert (Target(),) == targets_of((), ())
    assert (Target(ROLE), Target(other)) == targets_of((), (ROLE, other))
    assert (Target(f"arn:aws:iam::{MEMBER}:role/Auditor"), Target(other)) == targets_of(
        (MEMBER, other), (ROLE,)
    )


def test_the_callers_own_account_of_an_organization_needs_no_role() -> None:
    assert (Target(), Target(f"arn:aws:iam::{MEMBER}:role/Auditor")) == targets_of(
        ("the caller's account", MEMBER), (ROLE,)
    )


@pytest.mark.parametrize(
    ("accounts", "roles"),
    [(("12",), (ROLE,)), ((MEMBER,), ()), ((MEMBER,), (ROLE, ROLE)), ((MEMBER,), ("x",))],
)
def test_an_account_without_a_way_in_is_refused(accounts: tuple[str, ...], roles: tuple[str, ...]) -> None:
    with pytest.raises(UnreadableAccountError):
        targets_of(accounts, roles)
