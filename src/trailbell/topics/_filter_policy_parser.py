"""Reads a filter policy into alternative rules, within AWS's limits (SNS "Filter policy constraints")."""

from typing import TypeAlias

import msgspec

from trailbell.topics._filter_policy_json import Members, PolicyValue, decode_policy
from trailbell.topics._filter_policy_operators import OPERATOR_NAMES, parse_entry
from trailbell.topics._filter_policy_tree import (
    AnythingBut,
    Condition,
    FilterPolicyError,
    FilterPolicyScope,
    Rule,
    Test,
    Wildcard,
    refusal,
)

__all__ = ["parse_rules"]

_LARGEST_SIZE_BYTES = 256 * 1024
_MOST_KEYS = 5
_MOST_COMBINATIONS = 150
_MOST_WILDCARD_POINTS = 100
_TOO_COMPLEX = "Filter policy is too complex"


class _Key(msgspec.Struct, frozen=True):
    """A key with a list, as often as it is written; ``depth`` counts the objects around it."""

    path: int
    depth: int
    tests: tuple[Test, ...]


class _Or(msgspec.Struct, frozen=True):
    """The branches of an ``$or``."""

    branches: list[list["_Part"]]


_Part: TypeAlias = _Key | _Or
_Draft: TypeAlias = dict[int, _Key]


def parse_rules(text: str, scope: FilterPolicyScope) -> tuple[Rule, ...]:
    """Reads a policy; one of the rules must hold, and the rule without conditions always does.

    Raises:
        FilterPolicyError: the text is no policy for this scope, or exceeds a limit.
    """
    if len(text) > _LARGEST_SIZE_BYTES or len(text.encode(errors="surrogatepass")) > _LARGEST_SIZE_BYTES:
        raise refusal("Filter policy can not be larger than 256 KB")
    try:
        policy = decode_policy(text)
    except ValueError as error:
        raise refusal("failed to parse JSON. {}", str(error)) from error
    if not isinstance(policy, Members):
        raise refusal("Filter is not an object")
    paths = _Paths()
    parts = _Reader(paths).read(policy) if policy else []
    keys = _keys(parts)
    if scope is FilterPolicyScope.MESSAGE_ATTRIBUTES and any(key.depth > 1 for key in keys):
        raise FilterPolicyError("Filter policy scope MessageAttributes does not support nested filter policy")
    if len({key.path for key in keys}) > _MOST_KEYS:
        raise refusal(f"Filter policy can not have more than {_MOST_KEYS} keys")
    if sum(map(_wildcard_points, keys)) > _MOST_WILDCARD_POINTS:
        raise refusal(_TOO_COMPLEX)
    drafts = _expand(parts, [{}])
    if parts and sum(map(_combinations, drafts)) > _MOST_COMBINATIONS:
        raise refusal(_TOO_COMPLEX)
    names = {key.path: paths.name(key.path) for key in keys}
    return tuple(
        tuple(
            sorted(
                (Condition(names[key.path], key.tests) for key in draft.values()), key=lambda one: one.path
            )
        )
        for draft in drafts
    )


class _Paths:
    """Numbers the paths of keys; ``{"a": {"b": ..}}`` and ``{"a.b": ..}`` lead to the same one.

    Joined names are built for the few paths that a valid policy has, as long names may enclose many keys.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, str], int] = {}
        self._steps: list[tuple[int, str]] = []

    def step(self, path: int, key: str) -> int:
        """Gives the number of the path one key further; -1 is where paths begin."""
        for name in key.split("."):
            step = (path, name)
            path = self._numbers.setdefault(step, len(self._steps))
            if path == len(self._steps):
                self._steps.append(step)
        return path

    def name(self, path: int) -> str:
        """Joins the names on the way to a path."""
        names = []
        while path >= 0:
            path, name = self._steps[path]
            names.append(name)
        return ".".join(reversed(names))


class _Reader:
    """Reads the objects of a policy; errors come in the order of the text."""

    def __init__(self, paths: _Paths) -> None:
        self._paths = paths

    def read(self, members: Members) -> list[_Part]:
        """Reads the whole policy."""
        parts: list[_Part] = []
        self._read_object(members, -1, 1, parts)
        return parts

    def _read_object(self, members: Members, path: int, depth: int, parts: list[_Part]) -> None:
        if not members:
            raise refusal("Empty objects are not allowed")
        for name, value in members:
            if name == "$or" and (branches := _branches(value)):
                alternatives = _Or([])
                for branch in branches:
                    alternatives.branches.append([])
                    self._read_object(branch, path, depth, alternatives.branches[-1])
                parts.append(alternatives)
            elif isinstance(value, Members):
                self._read_object(value, self._paths.step(path, name), depth + 1, parts)
            elif isinstance(value, list):
                parts.append(_Key(self._paths.step(path, name), depth, _tests(value)))
            else:
                raise refusal('"{}" must be an object or an array', name)


def _branches(value: PolicyValue) -> list[Members]:
    """Gives the branches where the value can be the list of an ``$or``; else it is a key of that name."""
    if not isinstance(value, list):
        return []
    branches = [
        branch
        for branch in value
        if isinstance(branch, Members) and not any(name in OPERATOR_NAMES for name, _ in branch)
    ]
    return branches if len(branches) == len(value) >= 2 else []


def _tests(entries: list[PolicyValue]) -> tuple[Test, ...]:
    if not entries:
        raise refusal("Empty arrays are not allowed")
    return tuple(map(parse_entry, entries))


def _keys(parts: list[_Part]) -> list[_Key]:
    keys: list[_Key] = []
    waiting = list(parts)
    while waiting:
        part = waiting.pop()
        if isinstance(part, _Key):
            keys.append(part)
        else:
            for branch in part.branches:
                waiting.extend(branch)
    return keys


def _wildcard_points(key: _Key) -> int:
    points = [point for test in key.tests if (point := _points(test))]
    return sum(points) * len(points)


def _points(test: Test) -> int:
    match test:
        case Wildcard(pieces):
            return min(len(pieces) - 1, 1) if len(pieces) < 3 else 3
        case AnythingBut(excluded) if isinstance(excluded[0], Wildcard):
            return 1
    return 0


def _expand(parts: list[_Part], drafts: list[_Draft]) -> list[_Draft]:
    """Adds the parts to each rule so far; every branch of an ``$or`` goes on with rules of its own.

    Of a path that is written twice, the last one counts.
    """
    for part in parts:
        if isinstance(part, _Key):
            for draft in drafts:
                draft[part.path] = part
            continue
        branched: list[_Draft] = []
        for branch in part.branches:
            branched += _expand(branch, [draft.copy() for draft in drafts])
            # Every rule is at least one combination, so there is no need to go on.
            if len(branched) > _MOST_COMBINATIONS:
                raise refusal(_TOO_COMPLEX)
        drafts = branched
    return drafts


def _combinations(draft: _Draft) -> int:
    product = 1
    for key in draft.values():
        product *= len(key.tests) * key.depth
    return product
