"""Whether a subscription's filter policy lets a message through (SNS "Subscription filter policies")."""

import re
from collections.abc import Mapping
from typing import Any

from trailbell.topics._filter_policy_json import decode_value
from trailbell.topics._filter_policy_outcomes import Outcome, Outcomes
from trailbell.topics._filter_policy_parser import parse_rules
from trailbell.topics._filter_policy_tree import Condition, FilterPolicyScope, Rule, Scalar
from trailbell.topics._filter_policy_values import PathTests
from trailbell.topics._message_attributes import MessageAttribute

__all__ = ["FilterPolicy", "parse_filter_policy"]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NO_LEAF = -1


def parse_filter_policy(text: str, scope: FilterPolicyScope) -> "FilterPolicy":
    """Reads the value of the attribute ``FilterPolicy``.

    Raises:
        FilterPolicyError: the text is no policy for this scope, or exceeds a limit.
    """
    return FilterPolicy(scope, parse_rules(text, scope))


class FilterPolicy:
    """A filter policy that can be asked about any number of messages.

    >>> policy = parse_filter_policy('{"team": ["red"]}', FilterPolicyScope.MESSAGE_BODY)
    >>> policy.matches({}, '{"team": ["blue", "red"]}')
    True
    """

    def __init__(self, scope: FilterPolicyScope, rules: tuple[Rule, ...]) -> None:
        self.scope = scope
        self.rules = rules
        numbers: dict[Condition, int] = {}
        for rule in rules:
            for condition in rule:
                numbers.setdefault(condition, len(numbers))
        self._needs = [sum(1 << numbers[condition] for condition in rule) for rule in rules]
        self._paths = {
            path: PathTests({number: each.tests for each, number in numbers.items() if each.path == path})
            for path in dict.fromkeys(condition.path for condition in numbers)
        }

    def matches(self, attributes: Mapping[str, MessageAttribute], body: str) -> bool:
        """Says whether a message is delivered; ``body`` is the text that the subscriber would get."""
        if 0 in self._needs:
            return True
        if self.scope is FilterPolicyScope.MESSAGE_ATTRIBUTES:
            return self._matches_attributes(attributes)
        return self._matches_body(body)

    def _matches_attributes(self, attributes: Mapping[str, MessageAttribute]) -> bool:
        if all(_values(attribute) is None for attribute in attributes.values()):
            return False
        fulfilled = 0
        for path, tests in self._paths.items():
            values = _values(attributes[path]) if path in attributes else None
            if values is None:
                fulfilled |= tests.absent_bits
            else:
                for value in values:
                    fulfilled |= tests.bits(value)
        return any(not need & ~fulfilled for need in self._needs)

    def _matches_body(self, body: str) -> bool:
        try:
            message = decode_value(body)
        except ValueError:
            return False
        if not isinstance(message, dict):
            return False
        walk = _BodyWalk(self._paths)
        outcome = walk.outcome(message)
        fulfilled = walk.absent_bits()
        return any(walk.outcomes.can_fulfil(outcome, need & ~fulfilled) for need in self._needs)

    def __repr__(self) -> str:
        return f"FilterPolicy({self.scope!r}, {self.rules!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FilterPolicy) and (other.scope, other.rules) == (self.scope, self.rules)

    def __hash__(self) -> int:
        return hash((self.scope, self.rules))

    def __reduce__(self) -> tuple[type["FilterPolicy"], tuple[FilterPolicyScope, tuple[Rule, ...]]]:
        # The compiled tests cannot be pickled; the rules say it all.
        return FilterPolicy, (self.scope, self.rules)


def _values(attribute: MessageAttribute) -> list[Scalar] | None:
    """Gives the values to test; none in the list where it cannot be read, None where filtering ignores it."""
    text = attribute.string_value
    kind, _, custom = attribute.data_type.partition(".")
    if text is None or kind not in ("String", "Number"):
        return None
    if kind == "Number":
        return [float(text)] if _NUMBER.fullmatch(text) else []
    return _array_values(text) if custom == "Array" else [text]


def _array_values(text: str) -> list[Scalar]:
    try:
        array = decode_value(text)
    except ValueError:
        return []
    elements = array if isinstance(array, list) else [array]
    return [element for element in elements if not isinstance(element, list | dict)]


class _BodyWalk:
    """Looks up all paths of a policy in one message, at any split of a path's dots and through all arrays."""

    def __init__(self, paths: Mapping[str, PathTests]) -> None:
        self.outcomes = Outcomes()
        self._names = list(paths)
        self._tests = list(paths.values())
        self._present: set[int] = set()
        self._known: dict[tuple[int, type, Scalar], int] = {}

    def outcome(self, message: dict[str, Any]) -> Outcome:
        """Gives what the message offers."""
        return self._outcome(message, _NO_LEAF, [(path, 0) for path in range(len(self._names))])

    def absent_bits(self) -> int:
        """Gives the conditions that hold because nothing was found at their path."""
        bits = 0
        for path, tests in enumerate(self._tests):
            if path not in self._present:
                bits |= tests.absent_bits
        return bits

    def _outcome(self, value: Any, leaf: int, wanted: list[tuple[int, int]]) -> Outcome:
        """Goes into a value where path ``leaf`` ends, and others go on from an offset in their name."""
        if isinstance(value, dict):
            parts: list[Outcome] = []
            for name, member in value.items():
                member_leaf, deeper = self._step(name, wanted)
                if deeper or member_leaf != _NO_LEAF:
                    parts.append(self._outcome(member, member_leaf, deeper))
            return self.outcomes.all_of(parts)
        if isinstance(value, list):
            if not value and leaf != _NO_LEAF:
                self._present.add(leaf)
            elements: set[Outcome] = set()
            for element in value:
                elements.add(self._outcome(element, leaf, wanted))
            return self.outcomes.one_of(elements)
        return 0 if leaf == _NO_LEAF else self._test(value, leaf)

    def _test(self, value: Scalar, leaf: int) -> int:
        self._present.add(leaf)
        known = (leaf, value.__class__, value)
        if known not in self._known:
            self._known[known] = self._tests[leaf].bits(value)
        return self._known[known]

    def _step(self, name: str, wanted: list[tuple[int, int]]) -> tuple[int, list[tuple[int, int]]]:
        leaf, deeper = _NO_LEAF, []
        for path, offset in wanted:
            whole = self._names[path]
            if whole.startswith(name, offset):
                end = offset + len(name)
                if end == len(whole):
                    leaf = path
                elif whole[end] == ".":
                    deeper.append((path, end + 1))
        return leaf, deeper
