"""The part of a record that a set of patterns reads, as generated msgspec types.

Decoding only these fields costs a fifth of building dicts of the whole record.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias

import msgspec

from trailbell.patterns._tree import IndexStep, NameStep, Selector, Step

__all__ = ["DecodedRecord", "Fields"]

DecodedRecord: TypeAlias = msgspec.Struct | dict[str, Any]
"""A record as ``PatternSet.decode`` gives it; only the same set's ``match`` can read it."""

# Deeper fields are rare, and each level is one more pair of brackets in the generated source.
_MAXIMUM_DEPTH = 8


class _FieldNode:
    """A field: the members read inside it, or the whole value where a selector goes on by other means."""

    def __init__(self, attribute: str = "") -> None:
        # Names of patterns never become identifiers: attributes are numbered.
        self.attribute = attribute
        self.members: dict[str, _FieldNode] = {}
        self.is_whole = False
        self.object_type: Any = None

    def member(self, name: str) -> "_FieldNode":
        """Gives the node of a member, made where it is new."""
        return self.members.setdefault(name, _FieldNode(f"f{len(self.members)}"))

    def build_types(self) -> None:
        """Builds the type of an object with these members, each of them ``UNSET`` where it is missing."""
        if self.is_whole:
            self.object_type = dict[str, Any]
            return
        for member in self.members.values():
            member.build_types()
        self.object_type = msgspec.defstruct(
            "Fields",
            [(member.attribute, member.value_type(), msgspec.UNSET) for member in self.members.values()],
            rename={member.attribute: name for name, member in self.members.items()},
            # Decoded JSON holds no cycles, so the collector need not look at it.
            gc=False,
        )

    def value_type(self) -> Any:
        """Gives the type that takes every JSON value and keeps of an object only what is read."""
        return Any if self.is_whole else self.object_type | None | str | bool | int | float | list


class Fields:
    """The union of the fields that some selectors read."""

    def __init__(self, selectors: Iterable[Selector]) -> None:
        self._root = _FieldNode()
        for selector in selectors:
            self._add(selector)
        self._root.build_types()
        self.record_type: Any = self._root.object_type

    @property
    def is_whole(self) -> bool:
        """Whether some selector can reach any field, so that records stay dicts."""
        return self._root.is_whole

    def split(self, selector: Selector) -> tuple[tuple[str, ...], tuple[Step, ...]]:
        """Divides a selector into the names that are fields and the steps to walk from there."""
        node = self._root
        for at, step in enumerate(selector.steps):
            if node.is_whole or not isinstance(step, NameStep) or step.name not in node.members:
                return _names(selector.steps[:at]), selector.steps[at:]
            node = node.members[step.name]
        return _names(selector.steps), ()

    def path(self, names: Iterable[str]) -> list[_FieldNode]:
        """Lists the nodes from the record itself to the field that the names lead to."""
        nodes = [self._root]
        for name in names:
            nodes.append(nodes[-1].members[name])
        return nodes

    def _add(self, selector: Selector) -> None:
        node = self._root
        for depth, step in enumerate(selector.steps):
            if isinstance(step, IndexStep):
                return
            if not isinstance(step, NameStep) or depth == _MAXIMUM_DEPTH or not _can_be_member(step.name):
                node.is_whole = True
                return
            node = node.member(step.name)


def _names(steps: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(step.name for step in steps if isinstance(step, NameStep))


def _can_be_member(name: str) -> bool:
    """Says whether msgspec takes the name: it refuses characters that JSON must escape."""
    is_plain = all(character >= " " and character not in '"\\' for character in name)
    return is_plain and not any("\ud800" <= character <= "\udfff" for character in name)
