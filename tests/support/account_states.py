"""Account states of `tests/cases/account-states`: one whole account, and one line for each way it may "
"differ."""

import copy
from pathlib import Path
from typing import Any

import msgspec

from support.project import ROOT
from trailbell.account import Snapshot
from trailbell.controls import CATALOGUE, Control, control_of

__all__ = ["AccountState", "is_about_a_pattern", "load_states", "patched", "state_named", "trimmed", "wanted"]

_HUB = "security_hub_enabled"
FOLDER = ROOT / "tests" / "cases" / "account-states"


class Clone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An element that is copied to the end of its list, with members that differ."""

    path: str
    set: dict[str, Any] = {}


class AccountState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one account differs from the whole one, and what is to be said of it.

    Paths go from list to element by index, name or end of the ARN: ``alarms/root-usage-alarm/definition``.
    Clones are made first, then members are set, then elements appended (``add``) and removed. ``expected``
    gives status and broken link by control; ``*`` stands for all others, and is PASS where it is not given.
    ``message`` is part of what is said of each control that does not pass.
    """

    name: str
    why: str
    expected: dict[str, tuple[str, str | None]] = {}
    clone: tuple[Clone, ...] = ()
    set: dict[str, Any] = {}
    add: dict[str, list[Any]] = {}
    remove: tuple[str, ...] = ()
    cis: str = "7.0.0"
    message: str = ""

    def __str__(self) -> str:
        return self.name


def load_states() -> list[AccountState]:
    """Reads the states, each line one."""
    lines = (FOLDER / "states.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=AccountState) for line in lines if line.strip()]


def state_named(name: str) -> AccountState:
    """Finds one state."""
    return next(each for each in load_states() if each.name == name)


def wanted(state: AccountState, control: str) -> tuple[str, str | None]:
    """The status and the broken link that a control deserves."""
    default = ("PASS", None) if control == _HUB else state.expected.get("*", ("PASS", None))
    return state.expected.get(control, default)


def trimmed(state: AccountState, snapshot: Snapshot) -> tuple[Snapshot, tuple[Control, ...]]:
    """The account with the filters and alarms that the state is about, and their controls: calls take "
    "time."""
    text = msgspec.json.encode(state).decode()
    usual = {each.name for each in patched(AccountState("whole", "")).filters}
    controls = [each for each in CATALOGUE if each.pattern is not None]
    kept = [each for each in controls if each.filter_name in text or str(each.alarm_name) in text]
    kept = [*kept, *(each for each in controls if each.key in text and each not in kept)] or controls[2:4]
    names = {each.filter_name for each in kept} | {
        each.name for each in snapshot.filters if each.name not in usual
    }
    dropped = {str(each.alarm_name) for each in controls if each not in kept}
    return (
        msgspec.structs.replace(
            snapshot,
            filters=tuple(each for each in snapshot.filters if each.name in names),
            alarms=tuple(each for each in snapshot.alarms if each.arn.rpartition(":")[2] not in dropped),
        ),
        (*kept, control_of("security_hub_enabled")),
    )


def is_about_a_pattern(state: AccountState) -> bool:
    """Whether it differs by the text of one pattern alone, which is read like any other."""
    changed = list(state.set)
    is_only_that = not (state.clone or state.add or state.remove)
    return is_only_that and len(changed) == 1 and changed[0].endswith("/pattern")


def whole_account(folder: Path = FOLDER) -> dict[str, Any]:
    """Reads the account in which every control passes."""
    document: dict[str, Any] = msgspec.json.decode((folder / "whole.json").read_bytes())
    return document


def patched(state: AccountState) -> Snapshot:
    """Returns the account of a state."""
    document = whole_account()
    for clone in state.clone:
        owner, index = _place(document, clone.path)
        made = copy.deepcopy(owner[index])
        for path, value in clone.set.items():
            _set(made, path, value)
        owner.append(made)
    for path, value in state.set.items():
        _set(document, path, value)
    for path, values in state.add.items():
        owner, key = _place(document, path)
        owner[key].extend(values)
    for path in state.remove:
        owner, index = _place(document, path)
        del owner[index]
    return msgspec.convert(document, Snapshot)


def _set(document: Any, path: str, value: Any) -> None:
    owner, key = _place(document, path)
    owner[key] = value


def _place(document: Any, path: str) -> tuple[Any, Any]:
    *before, last = path.split("/")
    owner = document
    for part in before:
        owner = _step(owner, part)
    return owner, _index(owner, last) if isinstance(owner, list) else last


def _step(owner: Any, part: str) -> Any:
    return owner[_index(owner, part) if isinstance(owner, list) else part]


def _index(elements: list[Any], part: str) -> int:
    if part.isdigit():
        return int(part)
    for index, each in enumerate(elements):
        if each.get("name") == part or each.get("region") == part or each.get("arn", "").endswith(":" + part):
            return index
    raise KeyError(part)
