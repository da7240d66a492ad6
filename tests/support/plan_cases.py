"""The plans of the account states: ``python -m support.plan_cases`` writes the file of cases anew.

What it writes is read through before it is committed: it is what the planner is held to.
"""

from collections import Counter
from collections.abc import Iterator

import msgspec

from support.account_states import FOLDER, AccountState, load_states, patched, trimmed
from trailbell.account import Profile, Snapshot
from trailbell.controls import Control
from trailbell.remediation import Change, Plan, Recipient, Wish, make_plan

__all__ = ["RECIPIENT", "PlanCase", "load_plan_cases", "plan_of", "written"]

RECIPIENT = Recipient("email", "security-team@example.com")
_FILE = FOLDER / "plans.jsonl"


class PlanCase(msgspec.Struct, frozen=True, omit_defaults=True):
    """A state and the changes planned for it, ``+`` what is new and ``~`` what is changed.

    ``left`` counts the controls that are left to a person, by why.
    """

    state: str
    changes: tuple[str, ...] = ()
    overwriting: tuple[str, ...] = ()
    left: dict[str, int] = {}

    def __str__(self) -> str:
        return self.state


def load_plan_cases() -> list[PlanCase]:
    """Reads the cases, each line one."""
    return [msgspec.json.decode(line, type=PlanCase) for line in _FILE.read_bytes().splitlines()]


def plan_of(
    state: AccountState, *, may_overwrite: bool = False, recipients: tuple[Recipient, ...] = (RECIPIENT,)
) -> tuple[Plan, Snapshot, tuple[Control, ...]]:
    """Plans for a state that is trimmed to the controls it is about."""
    snapshot, controls = trimmed(state, patched(state))
    wish = Wish(
        profile=Profile(state.cis), controls=controls, recipients=recipients, may_overwrite=may_overwrite
    )
    return make_plan(snapshot, wish), snapshot, controls


def written(changes: tuple[Change, ...]) -> tuple[str, ...]:
    """The changes of a plan, a few words each."""
    return tuple(f"{'+' if each.before is None else '~'} {each.words}" for each in changes)


def _cases() -> Iterator[PlanCase]:
    for state in load_states():
        plan, _, _ = plan_of(state)
        changing, _, _ = plan_of(state, may_overwrite=True)
        if plan.changes or plan.left:
            other = written(changing.changes)
            yield PlanCase(
                state.name,
                written(plan.changes),
                () if other == written(plan.changes) else other,
                dict(Counter(each.kind.value for each in plan.left)),
            )


if __name__ == "__main__":
    _FILE.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in _cases()))
