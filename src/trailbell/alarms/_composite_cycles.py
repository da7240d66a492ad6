"""Composite alarms that depend on one another in a circle: AWS stops evaluating them (11.3)."""

from collections.abc import Collection, Mapping

__all__ = ["alarms_in_cycles", "find_cycle", "is_in_cycle"]


def alarms_in_cycles(names: Collection[str], children: Mapping[str, Collection[str]]) -> set[str]:
    """Returns those of some composite alarms that depend on themselves; `children` as for `find_cycle`."""
    if find_cycle(children) is None:
        return set()
    return {each for each in names if is_in_cycle(each, children)}


def find_cycle(children: Mapping[str, Collection[str]]) -> tuple[str, ...] | None:
    """Returns the names of one cycle, each a child of the one before, and the first a child of the last.

    `children` are the names of the alarms each composite alarm's rule mentions (`child_names`); names that
    are no composite alarm have no children. Returns None where there is no cycle.
    """
    left = _without_ends(children)
    if not left:
        return None
    # Each of those left has a child that is left too, so walking on must come back somewhere.
    path: dict[str, int] = {}
    name = next(each for each in children if each in left)
    while name not in path:
        path[name] = len(path)
        name = next(child for child in children[name] if child in left)
    return tuple(path)[path[name] :]


def is_in_cycle(name: str, children: Mapping[str, Collection[str]]) -> bool:
    """Returns whether a composite alarm depends on itself, by its rule or by those of its children.

    `children` are as for `find_cycle`; those of alarms that cannot be reached from `name` may be left out.
    One that only depends on alarms in a cycle is in none itself.
    """
    seen: set[str] = set()
    waiting = list(children.get(name, ()))
    while waiting:
        each = waiting.pop()
        if each == name:
            return True
        if each not in seen:
            seen.add(each)
            waiting.extend(children.get(each, ()))
    return False


def _without_ends(children: Mapping[str, Collection[str]]) -> set[str]:
    """Takes away alarms with no composite child until there are none; returns those left."""
    parents: dict[str, list[str]] = {name: [] for name in children}
    open_children: dict[str, int] = {}
    for name, mentioned in children.items():
        inner = {child for child in mentioned if child in children}
        open_children[name] = len(inner)
        for child in inner:
            parents[child].append(name)
    ends = [name for name, count in open_children.items() if count == 0]
    while ends:
        name = ends.pop()
        del open_children[name]
        for parent in parents[name]:
            open_children[parent] -= 1
            if open_children[parent] == 0:
                ends.append(parent)
    return set(open_children)
