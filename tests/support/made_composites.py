"""Made-up composite alarms over other alarms and one another, with and without a suppressor."""

from collections.abc import Sequence
from random import Random
from typing import Any

from support.replay_runs import ACTION
from trailbell.alarms import CompositeAlarm

__all__ = ["made_composites"]

_PERIODS_SECONDS = [0, 7, 50, 60, 90, 200, 600]


def made_composites(chance: Random, names: Sequence[str], number: int) -> list[CompositeAlarm]:
    """Makes some, in an order in which they can be put."""
    known = list(names)
    made: list[CompositeAlarm] = []
    for _ in range(number):
        name = f"composite {len(made)}"
        suppression: dict[str, Any] = {}
        if chance.random() < 0.6:
            suppression = {
                "suppressor": chance.choice(known),
                "suppressor_wait_seconds": chance.choice(_PERIODS_SECONDS),
                "suppressor_extension_seconds": chance.choice(_PERIODS_SECONDS),
            }
        made.append(
            CompositeAlarm(
                name=name,
                rule=_rule(chance, known, 3),
                alarm_actions=(ACTION,),
                actions_enabled=chance.random() < 0.9,
                **suppression,
            )
        )
        # Those made before are chosen as often as all the others.
        known += [name] * 3
    return made


def _rule(chance: Random, names: Sequence[str], depth: int) -> str:
    kind = chance.choice(["test", "and", "or", "not", "at least"]) if depth else "test"
    if kind in {"and", "or"}:
        left, right = _rule(chance, names, depth - 1), _rule(chance, names, depth - 1)
        return f"({left} {kind.upper()} {right})"
    if kind == "not":
        return f"NOT ({_rule(chance, names, depth - 1)})"
    if kind == "at least":
        listed = ", ".join(f'"{each}"' for each in chance.sample(sorted(set(names)), 3))
        return f"AT_LEAST({chance.randint(1, 3)}, {chance.choice(['ALARM', 'NOT OK'])}, ({listed}))"
    return f'{chance.choice(["ALARM", "ALARM", "OK", "INSUFFICIENT_DATA"])}("{chance.choice(names)}")'
