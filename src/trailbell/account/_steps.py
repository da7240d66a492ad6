"""One step along a chain: what was found at a link, and whether an event gets past it."""

from enum import StrEnum

import msgspec

from trailbell.account._result import ChainLink, Link

__all__ = ["Outcome", "Step", "broken", "sound", "unsure"]


class Outcome(StrEnum):
    """Whether an event gets past a link."""

    SOUND = "sound"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"


class Step(msgspec.Struct, frozen=True):
    """A link with its outcome.

    ``message`` says in one sentence what is wrong and how it is mended; it is empty where nothing is.
    ``remarks`` tell what does not break the link but should be known.
    """

    link: Link
    outcome: Outcome
    message: str = ""
    found: tuple[ChainLink, ...] = ()
    remarks: tuple[str, ...] = ()


def sound(link: Link, name: str, detail: str = "", remarks: tuple[str, ...] = ()) -> Step:
    """Returns a step that events get past."""
    return Step(link, Outcome.SOUND, "", (ChainLink(link, name, detail),), remarks)


def broken(link: Link, message: str, name: str = "", detail: str = "") -> Step:
    """Returns a step at which events are lost."""
    return Step(link, Outcome.BROKEN, message, (ChainLink(link, name, detail),) if name else ())


def unsure(link: Link, message: str, name: str = "", detail: str = "") -> Step:
    """Returns a step that could not be seen."""
    return Step(link, Outcome.UNKNOWN, message, (ChainLink(link, name, detail),) if name else ())
