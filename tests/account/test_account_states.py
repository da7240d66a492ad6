"""Each account state gets the verdict and the broken link that it deserves, and says why."""

import pytest

from support.account_states import AccountState, load_states, patched, wanted
from support.state_table import state_rows
from trailbell.account import (
    ControlResult,
    Link,
    Profile,
    Status,
    judge_account,
    read_snapshot,
    write_snapshot,
)
from trailbell.controls import CATALOGUE

STATES = load_states()


def verdicts(state: AccountState) -> dict[str, ControlResult]:
    results = judge_account(patched(state), Profile(state.cis), CATALOGUE)
    return {each.control: each for each in results}


def test_there_are_many_states_of_every_kind() -> None:
    links = {link for each in STATES for _, link in each.expected.values()}
    statuses = {status for each in STATES for status, _ in each.expected.values()}

    assert 150 < len(STATES) == len({each.name for each in STATES})
    assert {None, *(link.value for link in Link)} == links
    assert {"PASS", "PASS_NOISY", "FAIL", "UNKNOWN", "NOT_HERE"} == statuses | {"PASS"}


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_state_gets_the_verdict_it_deserves(state: AccountState) -> None:
    found = verdicts(state)
    worst = [each for each in found.values() if not each.status.is_pass]

    assert {control: wanted(state, control) for control in found} == {
        control: (each.status.value, each.broken_link and each.broken_link.value)
        for control, each in found.items()
    }
    assert all(each.message.endswith(".") for each in found.values())
    assert all(state.message in each.message for each in worst)
    for each in found.values():
        if each.broken_link is Link.FILTER and each.status is Status.FAIL:
            assert each.witness_event is not None


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_snapshot_is_read_as_it_was_written(state: AccountState) -> None:
    snapshot = patched(state)

    assert snapshot == read_snapshot(write_snapshot(snapshot))


def test_comparing_texts_and_names_is_wrong_both_ways() -> None:
    mistakes = [each.mistake for each in state_rows()]

    assert mistakes.count("false PASS") >= 45
    assert mistakes.count("false FAIL") >= 15
    assert "" == next(each.mistake for each in state_rows() if each.state == "whole")
