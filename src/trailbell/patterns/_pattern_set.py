"""Runs many patterns over one record in one pass: a typed decode of what they read, then generated code."""

from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn

import msgspec

from trailbell.patterns._events import decode_event, message_text
from trailbell.patterns._fields import DecodedRecord, Fields
from trailbell.patterns._messages import BytesTest, TextTest, regex_test, terms_test, words_test
from trailbell.patterns._nodes import condition_predicate, reach
from trailbell.patterns._source import MatchFunction, build_match, build_reader
from trailbell.patterns._tree import (
    DelimitedPattern,
    EveryEvent,
    JsonPattern,
    Pattern,
    RegexPattern,
    Selector,
    TermsPattern,
    selectors,
)

__all__ = ["PatternSet", "compile_patterns"]


class PatternSet:
    """Patterns compiled together; a match is named by the pattern's index.

    A set cannot be pickled: ship the patterns' text and compile it once per worker.

    Args:
        patterns: The patterns.
        read: Selectors of fields that ``reader`` will be asked for, without a wildcard.
    """

    def __init__(self, patterns: Sequence[Pattern], read: Iterable[Selector] = ()) -> None:
        self.patterns = tuple(patterns)
        self._conditions = [
            (number, pattern.condition)
            for number, pattern in enumerate(self.patterns)
            if isinstance(pattern, JsonPattern)
        ]
        self._on_anything = tuple(
            number for number, pattern in enumerate(self.patterns) if isinstance(pattern, EveryEvent)
        )
        self._bytes_tests, self._text_tests = _message_tests(self.patterns)
        self._reads_messages = bool(self._bytes_tests or self._text_tests)
        read = tuple(read)
        fields = Fields([*(each for pattern in self.patterns for each in selectors(pattern)), *read])
        self._fields = fields
        self._record_class = dict if fields.is_whole else fields.record_type
        self._decode = msgspec.json.Decoder(fields.record_type).decode
        self._match = build_match(self._conditions, fields, self._on_anything)
        self.reads_json = bool(self._conditions or read)

    def decode(self, message: bytes) -> DecodedRecord | None:
        """Reads the fields that the patterns look at; None where the message is not one JSON object."""
        try:
            if not message.isascii():
                # The typed decoder does not look inside the text it skips.
                message.decode()
            record: DecodedRecord = self._decode(message)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            # Also what msgspec alone refuses: 1e309, half a surrogate pair.
            return decode_event(message)
        return record

    def match(self, record: DecodedRecord | None, message: bytes) -> tuple[int, ...]:
        """Gives the ascending indexes of the patterns that match.

        Args:
            record: What ``decode`` gave of the message; it may be None where ``reads_json`` is false.
            message: The message itself, which terms, expressions and space-delimited patterns look at.
        """
        if record is None:
            hits = self._on_anything
        elif record.__class__ is self._record_class:
            hits = self._match(record)
        else:
            slow = [
                number for number, condition in self._conditions if condition_predicate(condition)(record)
            ]
            hits = tuple(sorted((*self._on_anything, *slow)))
        return self._with_messages(hits, message) if self._reads_messages else hits

    @property
    def record_type(self) -> type[msgspec.Struct] | None:
        """What records are decoded to, so that many can be decoded at once; None where they stay dicts."""
        record_type: type[msgspec.Struct] | None = None if self._fields.is_whole else self._fields.record_type
        return record_type

    @property
    def match_fields(self) -> MatchFunction | None:
        """Gives the matching patterns of a record of ``record_type``, or of a type made from it.

        None where a pattern looks at messages as they are, or records stay dicts.
        """
        return None if self._reads_messages or self._fields.is_whole else self._match

    def matching(self, message: bytes) -> tuple[int, ...]:
        """Gives the ascending indexes of the patterns that match a message."""
        return self.match(self.decode(message) if self.reads_json else None, message)

    def reader(self, selector: Selector) -> Callable[[DecodedRecord], object]:
        """Gives the function that reads a field of a decoded record.

        It returns None, a boolean, a string, an ``int``, ``float`` or ``Decimal``, ``MISSING``, or something
        else for an object or array. The selector is one of those the set was made with.
        """
        fast, record_class = build_reader(selector, self._fields), self._record_class

        def read(record: DecodedRecord) -> object:
            return fast(record) if record.__class__ is record_class else reach(record, selector.steps)

        return read

    def _with_messages(self, hits: tuple[int, ...], message: bytes) -> tuple[int, ...]:
        found = [number for number, test in self._bytes_tests if test(message)]
        if self._text_tests:
            text = message_text(message)
            found += [number for number, test in self._text_tests if test(text)]
        return tuple(sorted((*hits, *found))) if found else hits

    def __reduce__(self) -> NoReturn:
        raise TypeError("a PatternSet cannot be pickled; ship the patterns' text and compile it per worker")


def compile_patterns(patterns: Sequence[Pattern], read: Iterable[Selector] = ()) -> PatternSet:
    """Compiles patterns into one evaluator; some milliseconds for a dozen."""
    return PatternSet(patterns, read)


def _message_tests(
    patterns: Sequence[Pattern],
) -> tuple[list[tuple[int, BytesTest]], list[tuple[int, TextTest]]]:
    """Builds the tests of those patterns that look at messages as they are, by number."""
    bytes_tests: list[tuple[int, BytesTest]] = []
    text_tests: list[tuple[int, TextTest]] = []
    for number, pattern in enumerate(patterns):
        if isinstance(pattern, TermsPattern):
            bytes_tests.append((number, terms_test(pattern)))
        elif isinstance(pattern, RegexPattern):
            text_tests.append((number, regex_test(pattern)))
        elif isinstance(pattern, DelimitedPattern):
            text_tests.append((number, _has_words(pattern)))
    return bytes_tests, text_tests


def _has_words(pattern: DelimitedPattern) -> TextTest:
    words = words_test(pattern)
    return lambda text: words(text) is not None
