"""Request and response bodies as JSON literals with `$kind` where a name or ID goes.

A list whose one element is `{"$many": element, "low": 1, "high": 5}` becomes a run of elements, each with
names and IDs of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from trailbell.simulate._chance import Chance
from trailbell.simulate._people import Caller
from trailbell.simulate._places import Place
from trailbell.simulate._times import iso_seconds

__all__ = ["Scene", "Template"]

_BLANK = re.compile(r"\$([a-z_]+)")
_RUN_MARK = "$$run"
_TOKEN_MS = 3_600_000


class Scene:
    """What one record is about; a `$kind` that occurs twice in a record means the same thing twice."""

    __slots__ = ("_known", "at_ms", "caller", "chance", "place")

    def __init__(self, place: Place, caller: Caller, at_ms: int, chance: Chance) -> None:
        self.place = place
        self.caller = caller
        self.at_ms = at_ms
        self.chance = chance
        self._known: dict[str, str] = {}

    def value(self, kind: str) -> str:
        """Returns the name or ID of this kind that the record is about."""
        known = self._known.get(kind)
        if known is None:
            known = self._known[kind] = self.another(kind)
        return known

    def another(self, kind: str) -> str:
        """Returns any name or ID of this kind."""
        stock = self.place.resources.get(kind)
        return self.chance.favourite(stock) if stock is not None else _MADE[kind](self)


class Template:
    """A JSON literal made ready for filling in.

    Args:
        literal: Objects, lists, text and numbers.
    """

    __slots__ = ("_pieces",)

    def __init__(self, literal: object) -> None:
        runs: list[_Run] = []
        text = msgspec.json.encode(_without_runs(literal, runs)).decode()
        self._pieces: list[str | Callable[[Scene], str]] = []
        for number, part in enumerate(text.split(f'"{_RUN_MARK}"')):
            if number:
                self._pieces.append(runs[number - 1].write)
            self._pieces.extend(_pieces(part, _fill))

    def write(self, scene: Scene) -> msgspec.Raw:
        """Returns the literal with its blanks filled, as JSON."""
        return msgspec.Raw(_filled(self._pieces, scene).encode())


def _without_runs(literal: object, runs: list[_Run]) -> object:
    if isinstance(literal, dict):
        if "$many" in literal:
            runs.append(_Run(literal["$many"], literal["low"], literal["high"]))
            return _RUN_MARK
        return {name: _without_runs(value, runs) for name, value in literal.items()}
    if isinstance(literal, list):
        return [_without_runs(value, runs) for value in literal]
    return literal


def _pieces(text: str, fill: Callable[[str], Callable[[Scene], str]]) -> list[str | Callable[[Scene], str]]:
    # re.split with one group gives literal, kind, literal, kind, ..., literal.
    return [part if number % 2 == 0 else fill(part) for number, part in enumerate(_BLANK.split(text))]


def _fill(kind: str) -> Callable[[Scene], str]:
    return lambda scene: scene.value(kind)


def _fill_anew(kind: str) -> Callable[[Scene], str]:
    return lambda scene: scene.another(kind)


class _Run:
    """A run of list elements, each about another thing."""

    def __init__(self, element: object, low: int, high: int) -> None:
        self._pieces = _pieces(msgspec.json.encode(element).decode(), _fill_anew)
        self._low = low
        self._high = high

    def write(self, scene: Scene) -> str:
        """Returns the elements, without the brackets."""
        elements = scene.chance.between(self._low, self._high)
        return ",".join(_filled(self._pieces, scene) for _ in range(elements))


def _filled(pieces: list[str | Callable[[Scene], str]], scene: Scene) -> str:
    return "".join([piece if isinstance(piece, str) else piece(scene) for piece in pieces])


_MADE: Mapping[str, Callable[[Scene], str]] = {
    "account": lambda scene: scene.place.account_id,
    "region": lambda scene: scene.place.region,
    "zone": lambda scene: f"{scene.place.region}a",
    "caller": lambda scene: scene.caller.principal.name,
    "session": lambda scene: scene.caller.seat.session_name,
    "now": lambda scene: iso_seconds(scene.at_ms),
    "later": lambda scene: iso_seconds(scene.at_ms + _TOKEN_MS),
    "uuid": lambda scene: scene.chance.uuid(),
    "digits": lambda scene: str(scene.chance.between(100_000, 999_999)),
    "number": lambda scene: str(scene.chance.between(1, 4000)),
    "text": lambda scene: scene.chance.alphanumeric(24),
    "blob": lambda scene: scene.chance.alphanumeric(56),
    "token": lambda scene: scene.chance.alphanumeric(120),
    "hash": lambda scene: scene.chance.hexadecimal(64),
    "new_instance": lambda scene: f"i-0{scene.chance.hexadecimal(16)}",
    "new_snapshot": lambda scene: f"snap-0{scene.chance.hexadecimal(16)}",
    "new_interface": lambda scene: f"eni-0{scene.chance.hexadecimal(16)}",
    "new_rule": lambda scene: f"sgr-0{scene.chance.hexadecimal(16)}",
    "temporary_key": lambda scene: scene.chance.access_key_id("ASIA"),
    "inner_address": lambda scene: f"192.0.2.{scene.chance.between(1, 254)}",
}
