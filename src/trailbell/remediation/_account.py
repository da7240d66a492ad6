"""Planning for a real account: what is read of it, and of topics that a plan would make."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from trailbell._errors import TrailbellError
from trailbell.account import Connection, Snapshot, read_account, read_topics
from trailbell.remediation._objects import Objects
from trailbell.remediation._plan import ChangeKind, Plan
from trailbell.remediation._planner import make_plan
from trailbell.remediation._wish import Wish

__all__ = ["Planned", "WrongAccountError", "plan_account", "wait_for_confirmations"]

_POLL_SECONDS = 5.0


class WrongAccountError(TrailbellError):
    """A plan or an undo file is of another account than the one that is connected to."""


class Planned(msgspec.Struct, frozen=True):
    """A plan, with the account as it was read for it."""

    plan: Plan
    snapshot: Snapshot


def plan_account(connection: Connection, regions: tuple[str, ...], wish: Wish, now: datetime) -> Planned:
    """Reads an account and plans for it.

    Raises:
        UnreadableAccountError: Not even the account's id could be read.
        WishError: What is wished for cannot be planned.
    """
    with_hub = any(each.pattern is None for each in wish.controls)
    snapshot = read_account(connection, regions, now, with_hub=with_hub)
    looked_at: set[str] = set()
    while True:
        plan = make_plan(snapshot, wish)
        # The audit reads the topics that alarms notify; one that is to be made may be there all the same.
        made = {each.name for each in plan.changes if each.kind is ChangeKind.TOPIC} - looked_at
        if not made:
            return Planned(plan, snapshot)
        looked_at |= made
        snapshot = _with_topics(connection, snapshot, sorted(made))


def _with_topics(connection: Connection, snapshot: Snapshot, topic_arns: list[str]) -> Snapshot:
    topics, subscriptions, keys = read_topics(connection, topic_arns)
    return msgspec.structs.replace(
        snapshot,
        topics=(*snapshot.topics, *topics),
        subscriptions=(*snapshot.subscriptions, *subscriptions),
        keys=(*snapshot.keys, *keys),
        failures=tuple(connection.failures),
        calls=dict(sorted(connection.calls.items())),
    )


def wait_for_confirmations(
    plan: Plan, objects: Objects, seconds: float, pause: Callable[[float], None]
) -> tuple[str, ...]:
    """Waits until the subscriptions of a plan are confirmed; returns those that are not, by endpoint.

    Raises:
        CallFailedError: They cannot be listed.
    """
    left = seconds
    while True:
        waiting = [
            str(each.after["Endpoint"])
            for each in plan.changes
            if each.kind is ChangeKind.SUBSCRIPTION and not (objects.read(each) or {}).get("SubscriptionArn")
        ]
        if not waiting or left <= 0:
            return tuple(waiting)
        pause(min(_POLL_SECONDS, left))
        left -= _POLL_SECONDS
