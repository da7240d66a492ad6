"""Which composite alarms are evaluated when alarms have moved, in which order, and what is the reason."""

from collections.abc import Collection, Mapping, Sequence

import msgspec
import pytest

from trailbell.alarms._alarm import AlarmState
from trailbell.alarms._composite import CompositeAlarm
from trailbell.alarms._composite_change import ChildState, CompositeConfiguration
from trailbell.alarms._composite_settling import change_after, follow_moves

ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
NOW_MS = 1_789_384_732_496


class Graph(msgspec.Struct):
    """Composite alarms with those they mention."""

    children: Mapping[str, Collection[str]]

    def parents(self, names: Collection[str]) -> dict[str, list[str]]:
        found = {
            parent: [each for each in children if each in names] for parent, children in self.children.items()
        }
        return {parent: mentioned for parent, mentioned in found.items() if mentioned}

    def inner_children(self) -> dict[str, list[str]]:
        return {
            parent: [each for each in children if each in self.children]
            for parent, children in self.children.items()
        }


def followed(
    children: Mapping[str, Collection[str]],
    moved: Sequence[str],
    still: Collection[str] = (),
    released: Collection[str] = (),
) -> list[tuple[str, list[str]]]:
    """What is evaluated, with what of its rule has moved, where all move but some."""
    evaluated: list[tuple[str, list[str]]] = []

    def evaluate(name: str, mentioned: Sequence[str]) -> str | None:
        evaluated.append((name, [*mentioned]))
        return None if name in still else name

    done = follow_moves(Graph(children), moved, evaluate, released)
    assert [name for name, _ in evaluated if name not in still] == list(done)
    return evaluated


@pytest.mark.parametrize(
    ("children", "moved", "expected"),
    [
        ({"top": ["a"]}, ["b"], []),
        ({"top": ["a", "b"]}, ["b", "a"], [("top", ["a", "b"])]),
        (
            {"top": ["middle", "a"], "middle": ["a", "b"]},
            ["a"],
            [("middle", ["a"]), ("top", ["a", "middle"])],
        ),
        ({"one": ["two", "a"], "two": ["one"], "free": ["a"]}, ["a"], [("free", ["a"])]),
    ],
    ids=["none", "together", "after all it mentions", "not in a cycle"],
)
def test_each_is_evaluated_once_after_all_that_it_mentions(
    children: Mapping[str, Collection[str]], moved: Sequence[str], expected: list[tuple[str, list[str]]]
) -> None:
    assert expected == followed(children, moved)


def test_what_stands_on_one_that_stays_is_left_alone() -> None:
    assert [("middle", ["a"])] == followed({"top": ["middle"], "middle": ["a"]}, ["a"], still=["middle"])


def test_one_that_was_in_a_cycle_is_evaluated_in_any_case() -> None:
    assert [("top", [])] == followed({"top": ["a"]}, [], released=["top"])


def configuration(rule: str, **states: AlarmState) -> CompositeConfiguration:
    return CompositeConfiguration(
        alarm=CompositeAlarm(name="top", rule=rule),
        account_id="123456789012",
        region="us-east-1",
        configuration_updated_ms=0,
        state=AlarmState.OK,
        state_updated_ms=0,
        children=tuple(
            ChildState(arn=ARN + name, state=state, transitioned_ms=NOW_MS + number, updated_ms=NOW_MS)
            for number, (name, state) in enumerate(states.items())
        ),
    )


@pytest.mark.parametrize(
    ("mentioned", "cause"),
    [(["a", "b"], "b transitioned to ALARM"), (["a"], "a transitioned to OK"), ([], "b")],
)
def test_of_those_that_moved_together_one_that_moved_the_same_way_is_the_reason(
    mentioned: list[str], cause: str
) -> None:
    found = configuration("OK(a) AND ALARM(b)", a=AlarmState.OK, b=AlarmState.ALARM)
    change = change_after(found, mentioned, NOW_MS)

    assert change is not None
    assert change.reason.startswith(f"{ARN}{cause}")


def test_a_rule_that_holds_as_before_changes_nothing() -> None:
    assert change_after(configuration("ALARM(a)", a=AlarmState.OK), ["a"], NOW_MS) is None
    assert change_after(configuration("TRUE"), [], NOW_MS) is None
