"""Composite alarms that depend on one another in a circle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.alarms._composite_cycles import find_cycle, is_in_cycle

graphs = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdefxy"), max_size=3))


def reachable(start: str, children: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = set(children.get(waiting.pop(), ())) - found
        found |= new
        waiting.extend(new)
    return found


@pytest.mark.parametrize(
    ("children", "expected"),
    [
        ({}, None),
        ({"a": []}, None),
        ({"a": ["metric"], "b": ["a", "metric"], "c": ["a", "b"]}, None),
        ({"a": ["a"]}, ("a",)),
        ({"a": ["b", "metric"], "b": ["a"]}, ("a", "b")),
        ({"top": ["a"], "a": ["b"], "b": ["c"], "c": ["a", "leaf"], "leaf": ["metric"]}, ("a", "b", "c")),
    ],
)
def test_a_cycle_is_named_from_parent_to_child(
    children: dict[str, list[str]], expected: tuple[str, ...] | None
) -> None:
    assert expected == find_cycle(children)


def test_only_those_on_the_circle_are_in_a_cycle() -> None:
    children = {"top": ["a"], "a": ["b", "leaf"], "b": ["a"], "leaf": ["metric"]}

    assert [name for name in (*children, "metric", "unknown") if is_in_cycle(name, children)] == ["a", "b"]


@given(graphs)
def test_a_cycle_is_found_exactly_where_there_is_one(children: dict[str, list[str]]) -> None:
    in_cycles = {name for name in children if name in reachable(name, children)}
    cycle = find_cycle(children)

    assert in_cycles == {name for name in children if is_in_cycle(name, children)}
    assert (not in_cycles) == (cycle is None)
    if cycle is not None:
        pairs = zip(cycle, (*cycle[1:], cycle[0]), strict=True)
        assert all(child in children[parent] for parent, child in pairs)
        assert len(set(cycle)) == len(cycle)


def test_long_chains_and_wide_rules_take_neither_stack_nor_time() -> None:
    length = 5000
    chain = {str(number): [str(number + 1), "metric"] for number in range(length)}
    wide = {str(number): [str(other) for other in range(number)] for number in range(100)}

    assert find_cycle(chain) is None
    assert find_cycle(wide) is None
    assert not is_in_cycle("0", chain)
    assert find_cycle(chain | {str(length): ["0"]}) == tuple(str(number) for number in range(length + 1))
