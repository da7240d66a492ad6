"""How one value is tested: every condition of a path at once, each a bit of the answer."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

from trailbell.topics._filter_policy_tree import (
    AnythingBut,
    Cidr,
    Constant,
    EqualsIgnoreCase,
    Exact,
    Exists,
    Numeric,
    Prefix,
    Scalar,
    Suffix,
    Test,
    Wildcard,
)

__all__ = ["PathTests"]

_Tried: TypeAlias = Prefix | Suffix | EqualsIgnoreCase | Wildcard | Numeric | Exists | AnythingBut
_Predicate: TypeAlias = Callable[[Scalar], bool]

_LONGEST_ADDRESS = 45


class PathTests:
    """The tests of all conditions on one path; the number of a condition is its bit."""

    def __init__(self, conditions: Mapping[int, tuple[Test, ...]]) -> None:
        self.absent_bits = 0
        # A policy may list a hundred plain values: they are looked up, not tried one by one.
        self._exact_bits: dict[tuple[type, Scalar], int] = {}
        self._predicates: list[tuple[int, _Predicate]] = []
        # Reading an address costs far more than the test: once per value is enough.
        self._networks: list[tuple[int, IPv4Network | IPv6Network]] = []
        for number, tests in conditions.items():
            for test in tests:
                self._add(1 << number, test)

    def bits(self, value: Scalar) -> int:
        """Gives the bits of the conditions that a value fulfils."""
        bits = self._exact_bits.get(_key(value), 0)
        for bit, fits in self._predicates:
            if not bits & bit and fits(value):
                bits |= bit
        if self._networks and isinstance(value, str) and (address := _address(value)):
            for bit, network in self._networks:
                if address in network:
                    bits |= bit
        return bits

    def _add(self, bit: int, test: Test) -> None:
        if isinstance(test, Exact | Constant):
            key = _key(test.value)
            self._exact_bits[key] = self._exact_bits.get(key, 0) | bit
        elif test == Exists(False):
            self.absent_bits |= bit
        elif isinstance(test, Cidr):
            self._networks.append((bit, test.network))
        else:
            self._predicates.append((bit, _predicate(test)))


def _key(value: Scalar) -> tuple[type, Scalar]:
    """Tells values apart that Python takes for equal: ``True`` and ``1.0``."""
    return value.__class__, value


def _predicate(test: _Tried) -> _Predicate:
    match test:
        case Exists():
            return lambda value: value is not None and value != ""
        case Numeric():
            return _numeric(test)
        case AnythingBut():
            return _anything_but(test)
    fits = _text_test(test)
    return lambda value: isinstance(value, str) and fits(value)


def _text_test(test: Prefix | Suffix | EqualsIgnoreCase | Wildcard) -> Callable[[str], bool]:
    match test:
        case Prefix(text):
            return lambda value: value.startswith(text)
        case Suffix(text):
            return lambda value: value.endswith(text)
        case EqualsIgnoreCase(text):
            folded = text.casefold()
            return lambda value: value.casefold() == folded
        case Wildcard(pieces):
            return lambda value: _fits_pieces(pieces, value)


def _numeric(test: Numeric) -> _Predicate:
    bottom, top = test.bottom, test.top
    includes_bottom, includes_top = test.includes_bottom, test.includes_top

    def is_between(value: Scalar) -> bool:
        return (
            isinstance(value, float)
            and (bottom < value or (includes_bottom and bottom == value))
            and (value < top or (includes_top and value == top))
        )

    return is_between


def _anything_but(test: AnythingBut) -> _Predicate:
    first = test.excluded[0]
    if not isinstance(first, Exact):
        fits = _text_test(first)
        return lambda value: not (isinstance(value, str) and fits(value))
    keys = frozenset(_key(excluded.value) for excluded in test.excluded if isinstance(excluded, Exact))
    return lambda value: _key(value) not in keys


def _fits_pieces(pieces: tuple[str, ...], text: str) -> bool:
    if len(pieces) == 1:
        return text == pieces[0]
    first, *middle, last = pieces
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        # Taking each piece as early as it comes leaves the most room for the others: no way back is needed.
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _address(text: str) -> IPv4Address | IPv6Address | None:
    if len(text) > _LONGEST_ADDRESS or "%" in text:
        return None
    try:
        return ip_address(text)
    except ValueError:
        return None
