"""Cuts a message into space-delimited words and gives them to fields (filter-patterns section 5)."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from trailbell.patterns._lexer import WHITE_SPACE
from trailbell.patterns._tree import DelimitedPattern, EllipsisField, WordField

__all__ = ["assign_words", "word_names"]

# Line breaks were not recorded; they part words like blanks do (uncertain point U16).
_NO_BLANK = re.compile(f"[^{WHITE_SPACE}]")
_WORD = re.compile(f"[^{WHITE_SPACE}]+")
_WORD_OR_DELIMITED = re.compile(rf'"([^"]*)"|\[([^\]]*)\]|[^{WHITE_SPACE}]+')
_CLOSERS = {'"': '"', "[": "]"}


class _Word(msgspec.Struct, frozen=True, gc=False):
    """A word without its delimiters; ``start`` and ``end`` are offsets that include them."""

    text: str
    start: int
    end: int


def assign_words(pattern: DelimitedPattern, message: str) -> list[str] | None:
    """Gives the words of a message to the fields of a pattern; None where there are too few.

    The words come in the order of the message, so those of fields in the order of the fields.
    Without an ellipsis the last field takes the rest of the message.
    """
    fields = pattern.fields
    if fields and EllipsisField() not in fields:
        return _assign_all(len(fields), message)
    words = [word.text for word in _words(message)]
    needed = sum(isinstance(field, WordField) for field in fields)
    return words if len(words) >= needed else None


def word_names(pattern: DelimitedPattern, number: int) -> list[str]:
    """Names so many words by their fields, those of an ellipsis or a nameless field by position from 1."""
    fields = pattern.fields
    ellipsis = next((at for at, field in enumerate(fields) if isinstance(field, EllipsisField)), None)
    if fields and ellipsis is None:
        return _names(fields, 1)
    leading = fields[: ellipsis or 0]
    trailing = fields[(ellipsis or 0) + 1 :]
    behind = number - len(trailing)
    positions = map(str, range(len(leading) + 1, behind + 1))
    return [*_names(leading, 1), *positions, *_names(trailing, behind + 1)]


def _assign_all(number: int, message: str) -> list[str] | None:
    words = list(islice(_words(message), number))
    if len(words) < number:
        return None
    texts = [word.text for word in words]
    last = words[-1]
    if _WORD.search(message, last.end):
        # The rest of the message as it stands, inner quotes and trailing blanks kept.
        texts[-1] = message[last.start :]
    return texts


def _names(fields: Sequence[object], first: int) -> list[str]:
    return [
        field.name or str(position)
        for position, field in enumerate(fields, first)
        if isinstance(field, WordField)
    ]


def _words(message: str) -> Iterator[_Word]:
    """Cuts off word after word; a delimiter without its closer is an ordinary character."""
    if message.rfind("[") > message.rfind("]"):
        yield from _words_with_unclosed(message)
        return
    # Each bracket has its closer, and only the last quote may lack one: nothing is sought in vain twice.
    for found in _WORD_OR_DELIMITED.finditer(message):
        inner = found.lastindex
        yield _Word(found[inner or 0], found.start(), found.end())


def _words_with_unclosed(message: str) -> Iterator[_Word]:
    """Cuts a message that may hold any number of brackets without a closer.

    Each kind is sought in vain at most once, as nothing but brackets must not take quadratic time.
    """
    unclosed: set[str] = set()
    at = 0
    while (first := _NO_BLANK.search(message, at)) is not None:
        start, opening = first.start(), first[0]
        closer = _CLOSERS.get(opening)
        if closer is not None and opening not in unclosed:
            closing = message.find(closer, start + 1)
            if closing >= 0:
                yield _Word(message[start + 1 : closing], start, closing + 1)
                at = closing + 1
                continue
            unclosed.add(opening)
        # Only here: words of brackets in a row are one run, which would be gone through for each of them.
        word = _WORD.match(message, start)
        at = start + 1 if word is None else word.end()
        yield _Word(message[start:at], start, at)
