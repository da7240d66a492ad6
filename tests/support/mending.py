"""Mending an account of the tests: plan, apply and undo as the command does, with calls that can go wrong."""

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cbor2
import msgspec
from botocore.awsrequest import AWSResponse  # type: ignore[import-untyped]

from support.account_maker import NOW, aws_session, connected
from support.plan_cases import RECIPIENT
from trailbell.account import Profile, Snapshot, judge_account, read_account
from trailbell.controls import Control
from trailbell.remediation import (
    Journal,
    Objects,
    Plan,
    Report,
    Wish,
    apply_plan,
    plan_account,
    read_undo_file,
    undo_changes,
)

__all__ = ["Mender", "Trouble", "comparable", "no_pause"]


def no_pause(seconds: float) -> None:
    """Waits for nothing: these services are at once what they were made."""
    del seconds


class Trouble:
    """Makes one call of a session fail: it raises before it is sent, or when the answer has come.

    ``seen`` are the operations of all calls, which a first run without trouble tells.
    """

    def __init__(self, number: int | None = None, *, is_after: bool = False, code: str = "") -> None:
        self.number = number
        self.is_after = is_after
        self.code = code
        self.seen: list[str] = []

    def session(self) -> Any:
        """A session whose calls are counted, and one of which fails."""
        session = aws_session()
        session.register("before-send", self._before)
        session.register("response-received", self._after)
        return session

    def _before(self, request: Any, event_name: str, **_: Any) -> Any:
        self.seen.append(event_name.removeprefix("before-send."))
        if self._is_it() and self.code:
            return _refusal(request, self.code)
        if self._is_it() and not self.is_after:
            raise KeyboardInterrupt
        return None

    def _after(self, **_: Any) -> None:
        if self._is_it() and self.is_after:
            raise KeyboardInterrupt

    def _is_it(self) -> bool:
        return self.number is not None and len(self.seen) == self.number + 1


def _refusal(request: Any, code: str) -> AWSResponse:
    """The answer of a service that refuses, in the protocol of the request."""
    status = 403 if code == "AccessDenied" else 400
    error = {"__type": code, "message": "not now"}
    if "smithy-protocol" in request.headers:
        return AWSResponse(request.url, status, {"smithy-protocol": "rpc-v2-cbor"}, _Raw(cbor2.dumps(error)))
    if "X-Amz-Target" in request.headers:
        return AWSResponse(request.url, status, {}, _Raw(json.dumps(error).encode()))
    text = f"<ErrorResponse><Error><Code>{code}</Code><Message>not now</Message></Error></ErrorResponse>"
    return AWSResponse(request.url, status, {}, _Raw(text.encode()))


class _Raw(io.BytesIO):
    """A body as botocore reads it from urllib3."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


class Mender:
    """Plans, applies and undoes on a server of the tests, with an undo file in a folder."""

    def __init__(
        self,
        url: str,
        folder: Path,
        controls: Sequence[Control],
        regions: Sequence[str] = ("us-east-1",),
        **wish: Any,
    ) -> None:
        self.url = url
        self.undo_file = folder / "undo.json"
        self.regions = tuple(regions)
        cis = wish.pop("cis", "7.0.0")
        self.wish = Wish(
            profile=Profile(cis), controls=tuple(controls), **{"recipients": (RECIPIENT,), **wish}
        )

    def plan(self, session: Any = None) -> Plan:
        """Reads the account and plans."""
        return self.read_and_plan(session)[0]

    def read_and_plan(self, session: Any = None) -> tuple[Plan, Snapshot]:
        """Reads the account and plans; gives what was read too."""
        with connected(self.url, session) as connection:
            found = plan_account(connection, self.regions, self.wish, NOW)
        return found.plan, found.snapshot

    def apply(self, plan: Plan, session: Any = None) -> tuple[Report, ...]:
        """Applies a plan."""
        with connected(self.url, session) as connection:
            journal = Journal.open(self.undo_file, plan.account)
            return apply_plan(plan, Objects(connection), journal, _told, no_pause)

    def undo(self, session: Any = None, *, is_forced: bool = False) -> tuple[Report, ...]:
        """Takes back what the undo file has."""
        with connected(self.url, session) as connection:
            account = read_undo_file(self.undo_file).account
            journal = Journal.open(self.undo_file, account)
            return undo_changes(journal, Objects(connection), _told, no_pause, is_forced=is_forced)

    def verdicts(self) -> dict[str, str]:
        """What the audit says now, by control."""
        with connected(self.url) as connection:
            snapshot = read_account(connection, self.regions, NOW, with_hub=False)
        results = judge_account(snapshot, self.wish.profile, self.wish.controls)
        return {each.control: each.status.value for each in results}


def _told(report: Report) -> None:
    del report


def comparable(snapshot: Snapshot) -> bytes:
    """What was read of an account, without what reading it says of itself."""
    return msgspec.json.encode(msgspec.structs.replace(snapshot, calls={}, failures=()))
