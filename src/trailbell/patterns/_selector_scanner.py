"""Reads one selector such as ``$.a.['b.c'][0]`` (filter-patterns section 4.1)."""

import re
from typing import NoReturn

from trailbell.patterns._errors import PatternError, invalid_characters
from trailbell.patterns._tree import (
    IndexStep,
    NameStep,
    Selector,
    Step,
    WildcardSpelling,
    WildcardStep,
    is_name_character,
)

__all__ = ["scan_selector"]

_WILDCARD = re.compile(r"\.\*|\[\*\]")
_BRACKETED_NAME = re.compile(r"\.\['(.*?)'\]", re.DOTALL)
_INDEX = re.compile(r"\[([0-9]+)\]")
_BROKEN_INDEX = re.compile(r"\[[0-9]*.?", re.DOTALL)


def scan_selector(body: str, at: int, pattern: str) -> tuple[Selector, int]:
    """Reads the selector whose dollar sign stands at ``at``; give it and the offset behind it.

    ``body`` is the part of ``pattern`` that may be read.

    Raises:
        PatternError: a step is broken, or there is none.
    """
    steps: list[Step] = []
    end = at + 1
    while body[end : end + 1] == "." or (body[end : end + 1] == "[" and steps):
        # The text that AWS quotes goes back to the last whole step.
        broken_from = end if steps else at
        step, end = _scan_step(body, end, broken_from, pattern)
        steps.append(step)
    if not steps:
        _refuse(pattern, at, at + 2, "'.' and a name after '$', such as $.eventName")
    return Selector(tuple(steps)), end


def _scan_step(body: str, at: int, broken_from: int, pattern: str) -> tuple[Step, int]:
    wildcard = _WILDCARD.match(body, at)
    if wildcard is not None:
        return WildcardStep(WildcardSpelling(wildcard[0])), wildcard.end()
    if body[at] == "[":
        return _scan_index(body, at, broken_from, pattern)
    bracketed = _BRACKETED_NAME.match(body, at)
    if bracketed is not None:
        return NameStep(bracketed[1]), bracketed.end()
    name, end = _scan_name(body, at + 1)
    if not name:
        is_bracket = body[end : end + 1] == "["
        expected = "a name between [' and ']" if is_bracket else "a name of letters, digits, '_' and '-'"
        _refuse(pattern, broken_from, end + 1 + is_bracket, expected)
    return NameStep(name), end


def _scan_index(body: str, at: int, broken_from: int, pattern: str) -> tuple[Step, int]:
    found = _INDEX.match(body, at)
    if found is None:
        broken = _BROKEN_INDEX.match(body, at)
        end = broken.end() if broken else at + 1
        _refuse(pattern, broken_from, end, "an index from 0 such as [0], or [*]; a name is written .['name']")
    return IndexStep(int(found[1])), found.end()


def _scan_name(body: str, at: int) -> tuple[str, int]:
    """Reads letters, digits, ``_``, ``-`` and dots that follow a backslash."""
    name: list[str] = []
    while at < len(body):
        if body.startswith("\\.", at):
            name.append(".")
            at += 2
        elif is_name_character(body[at]):
            name.append(body[at])
            at += 1
        else:
            break
    return "".join(name), at


def _refuse(pattern: str, start: int, end: int, expected: str) -> NoReturn:
    end = min(end, len(pattern))
    raise PatternError(pattern, start, end, message=invalid_characters(pattern[start:end]), expected=expected)
