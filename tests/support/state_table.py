"""The account states beside what a text comparison says of them: ``python -m support.state_table``."""

import sys

import msgspec

from support.account_states import AccountState, load_states, patched, wanted
from support.text_checker import passes_by_text
from trailbell.controls import Control, control_of, watched_controls

__all__ = ["StateRow", "state_rows"]


class StateRow(msgspec.Struct, frozen=True):
    """One state: the control it is about, what that deserves, and what comparing texts makes of it."""

    state: str
    control: str
    status: str
    passes_by_text: bool

    @property
    def mistake(self) -> str:
        """How the text comparison is wrong, or an empty text."""
        if self.passes_by_text:
            return {"FAIL": "false PASS", "UNKNOWN": "PASS unseen"}.get(self.status, "")
        return {"PASS": "false FAIL", "PASS_NOISY": "false FAIL", "UNKNOWN": "FAIL unseen"}.get(
            self.status, ""
        )


def state_rows() -> list[StateRow]:
    """Compares all states that are about a chain."""
    rows = []
    for state in load_states():
        control = _control_of(state)
        if control.pattern is not None:
            by_text = passes_by_text(patched(state), control, state.cis)
            rows.append(StateRow(state.name, control.key, wanted(state, control.key)[0], by_text))
    return rows


def _control_of(state: AccountState) -> Control:
    named = [key for key in state.expected if key != "*"]
    if named:
        return control_of(named[0])
    text = msgspec.json.encode(state).decode()
    about = [each for each in watched_controls() if each.filter_name in text or str(each.alarm_name) in text]
    return about[0] if about else control_of("root_usage")


def _print() -> None:
    sys.stdout.write("| state | control | deserved | by text | mistake |\n|---|---|---|---|---|" + "\n")
    for each in state_rows():
        by_text = "PASS" if each.passes_by_text else "FAIL"
        sys.stdout.write(
            f"| {each.state} | {each.control} | {each.status} | {by_text} | {each.mistake} |" + "\n"
        )


if __name__ == "__main__":
    _print()
