"""Cuts a message into space-delimited words and gives them to fields (filter-patterns section 5)."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from trailbell.patterns._lexer import WHITE_SPACE
from trailbell.patterns._tree import DelimitedPattern, EllipsisField, WordField

__all__ = ["NamedWord", "assign_words"]

# Line breaks were not recorded; they part words like blanks do (uncertain point U16).
_WORD = re.compile(f"[^{WHITE_SPACE}]+")
_CLOSERS = {'"': '"', "[": "]"}


class NamedWord(msgspec.Struct, frozen=True, gc=False):
    """A word with the name it is extracted by: its field's, or its position counted from 1."""

    name: str
    text: str


class _Word(msgspec.Struct, frozen=True, gc=False):
    """A word without its delimiters; ``start`` and ``end`` are offsets that include them."""

    text: str
    start: int
    end: int


def assign_words(pattern: DelimitedPattern, message: str) -> list[NamedWord] | None:
    """Gives the words of a message to the fields of a pattern; None where there are too few.

    The words come in the order of the message, so those of fields in the order of the fields.
    Without an ellipsis the last field takes the rest of the message.
    """
    fields = pattern.fields
    before = [field for field in fields if isinstance(field, WordField)]
    if fields and len(before) == len(fields):
        return _assign_all(before, message)
    words = [word.text for word in _words(message)]
    if len(words) < len(before):
        return None
    leading = fields.index(EllipsisField()) if fields else 0
    behind = len(words) - (len(before) - leading)
    names = [
        *_names(before[:leading], 1),
        *map(str, range(leading + 1, behind + 1)),
        *_names(before[leading:], behind + 1),
    ]
    return list(map(NamedWord, names, words))


def _assign_all(fields: Sequence[WordField], message: str) -> list[NamedWord] | None:
    words = list(islice(_words(message), len(fields)))
    if len(words) < len(fields):
        return None
    texts = [word.text for word in words]
    last = words[-1]
    if _WORD.search(message, last.end):
        # The rest of the message as it stands, inner quotes and trailing blanks kept.
        texts[-1] = message[last.start :]
    return list(map(NamedWord, _names(fields, 1), texts))


def _names(fields: Sequence[WordField], first: int) -> list[str]:
    return [field.name or str(position) for position, field in enumerate(fields, first)]


def _words(message: str) -> Iterator[_Word]:
    """Cuts off word after word.

    A delimiter without its closer is an ordinary character; each closer is sought in vain at most once,
    as a message of nothing but brackets must not take quadratic time.
    """
    unclosed: set[str] = set()
    at = 0
    while (found := _WORD.search(message, at)) is not None:
        start, end = found.span()
        opening = message[start]
        closer = _CLOSERS.get(opening)
        if closer is not None and opening not in unclosed:
            closing = message.find(closer, start + 1)
            if closing >= 0:
                yield _Word(message[start + 1 : closing], start, closing + 1)
                at = closing + 1
                continue
            unclosed.add(opening)
        yield _Word(found[0], start, end)
        at = end
