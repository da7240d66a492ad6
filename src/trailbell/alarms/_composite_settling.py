"""Which composite alarms move when alarms have moved, in which order and why (metrics-and-alarms 11.2, 11.3).

A composite alarm that moves is followed by those that mention it in turn. Each is judged once, after all that
it mentions: alarms that move together lead to one move of what stands on them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Protocol, TypeVar

from trailbell.alarms._composite_change import CompositeChange, CompositeConfiguration
from trailbell.alarms._composite_cycles import alarms_in_cycles
from trailbell.alarms._composite_transition import composite_transition

__all__ = ["CompositeGraph", "change_after", "follow_moves"]

_MoveT = TypeVar("_MoveT")


class CompositeGraph(Protocol):
    """Which composite alarms mention which alarms in their rules, by name."""

    def parents(self, names: Collection[str]) -> Mapping[str, Collection[str]]:
        """Lists the composite alarms whose rule mentions any of some alarms, each with those it mentions."""
        ...

    def inner_children(self) -> Mapping[str, Collection[str]]:
        """Lists all composite alarms whose rule mentions others, each with those others."""
        ...


def follow_moves(
    graph: CompositeGraph,
    moved: Collection[str],
    evaluate: Callable[[str, Sequence[str]], _MoveT | None],
    released: Collection[str] = (),
) -> dict[str, _MoveT]:
    """Evaluates all that stands on alarms which have moved, and returns what moved of it, by name.

    Args:
        graph: Which composite alarms stand on which alarms.
        moved: Alarms of either kind that have moved.
        evaluate: Evaluates the rule of a composite alarm, given those it mentions that have moved, and writes
            the move it leads to; returns None if there is none.
        released: Composite alarms that are evaluated in any case, as they were in a cycle until now.
    """
    changed = dict.fromkeys(moved)
    done: dict[str, _MoveT] = {}
    above = _all_above(graph, changed, released)
    for name in _in_order(graph, above):
        mentioned = [each for each in sorted(above[name]) if each in changed]
        if mentioned or name in released:
            move = evaluate(name, mentioned)
            if move is not None:
                done[name] = move
                changed[name] = None
    return done


def change_after(
    configuration: CompositeConfiguration, mentioned: Collection[str], at_ms: int
) -> CompositeChange | None:
    """Returns the change of a composite alarm after some that it mentions have moved together; None if none.

    Where none of them has, as for one that was in a cycle, the latest move among its children is the reason.
    """
    children = {each.name: each for each in configuration.children}
    candidates = [children[each] for each in mentioned if each in children]
    if not candidates:
        candidates = sorted(children.values(), key=lambda child: -child.transitioned_ms)[:1]
    if not candidates:
        return None
    change = composite_transition(configuration, candidates[0], at_ms)
    if change is None:
        return None
    # Of alarms that moved together, one that moved the same way is the better reason.
    cause = next((each for each in candidates if each.state is change.new_state), candidates[0])
    return composite_transition(configuration, cause, at_ms) or change


def _all_above(
    graph: CompositeGraph, moved: Collection[str], released: Collection[str]
) -> dict[str, set[str]]:
    """Returns the composite alarms that stand on some alarms, each with those it mentions of all of them."""
    above: dict[str, set[str]] = {name: set() for name in released}
    waiting = dict.fromkeys([*moved, *released])
    asked: set[str] = set()
    while waiting:
        asked.update(waiting)
        found = graph.parents(waiting)
        for parent, mentioned in found.items():
            above.setdefault(parent, set()).update(mentioned)
        waiting = dict.fromkeys(parent for parent in found if parent not in asked)
    return above


def _in_order(graph: CompositeGraph, above: Mapping[str, set[str]]) -> Iterator[str]:
    """Yields composite alarms after those that they mention; those in a cycle are left out."""
    if not above:
        return
    stuck = alarms_in_cycles(above, graph.inner_children())
    nodes = {
        name: sorted(each for each in above[name] if each in above and each not in stuck)
        for name in sorted(above)
        if name not in stuck
    }
    yield from TopologicalSorter(nodes).static_order()
