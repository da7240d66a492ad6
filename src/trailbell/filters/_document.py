"""One pass over all records of a file as AWS writes it, decoded at once.

It spares cutting the file into records first, which costs as much as reading them. Whatever is out of the
ordinary is left to the readers of files and ``fold``, which give the same.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from trailbell.cloudtrail import MAXIMUM_RECORD_BYTES, facts_of
from trailbell.filters._filter_set import FilterSet
from trailbell.filters._fold import Match, Partial, minute_of

__all__ = ["Documents", "Locate"]

Locate = Callable[[bytes], Callable[[msgspec.Raw], int]]
"""Gives, for a text, what says where in it a value begins that was decoded from it; -1 for any other."""

_DOCUMENT_START = b'{"Records":[{"eventVersion":'
_RECORD_START = b'{"eventVersion":'
_BETWEEN = b" \t\r\n,"
_SPACE = b" \t\r\n"
_VALUE = msgspec.json.Decoder(msgspec.Raw)


class Documents:
    """Runs the filters of a set over documents.

    Args:
        filters: The set.
        locate: How to find a decoded value in its text.
    """

    def __init__(self, filters: FilterSet, locate: Locate) -> None:
        self._filters = filters
        self._locate = locate
        self._match = filters.patterns.match_fields
        self._decoder = _decoder_of(filters)

    def fold(self, text: bytes, at_ms: int) -> Partial | None:
        """Runs every filter over every record of a document, all of which arrived at one instant.

        Returns:
            What ``fold`` gives for the records that ``read_records`` cuts out of the text; None where those
            have to be asked.
        """
        if self._decoder is None or self._match is None or not text.startswith(_DOCUMENT_START):
            return None
        try:
            if not text.isascii():
                # The decoder does not look inside the text it skips.
                text.decode()
            document = self._decoder.decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        records = document.records
        if document.version is not msgspec.UNSET:
            return None
        match = self._match
        hits = [(number, found) for number, found in enumerate(map(match, records)) if found]
        places = _Places(text, records, self._locate)
        if not places.are_small():
            return None
        matches = []
        for number, found in hits:
            message = places.record(number)
            if message is None:
                return None
            matches.append(self._matched(message, found, at_ms))
        unmatched = len(records) - len(hits)
        return Partial(
            tuple(matches), self._misses(hits, len(records), at_ms), unmatched, (), from_trail=True
        )

    def _matched(self, message: bytes, found: tuple[int, ...], at_ms: int) -> Match:
        extracts = self._filters.extracts
        wanted = [index for index in found if index in extracts]
        record = self._filters.patterns.decode(message) if wanted else None
        extracted = {index: extracts[index](record, message) for index in wanted}
        return Match(at_ms, found, facts_of(message), message, extracted)

    def _misses(
        self, hits: Sequence[tuple[int, tuple[int, ...]]], number: int, at_ms: int
    ) -> dict[tuple[int, int], int]:
        misses = {
            (index, minute_of(at_ms)): number - sum(index in found for _, found in hits)
            for index in self._filters.with_default
        }
        return {place: count for place, count in misses.items() if count}


class _Places:
    """Where the records of a document are in its text."""

    def __init__(self, text: bytes, records: Sequence[Any], locate: Locate) -> None:
        self._text = text
        self._records = records
        self._place = locate(text)

    def record(self, number: int) -> bytes | None:
        """Returns the text of a record; None where its version does not come first."""
        start = self._start(number)
        if start is None:
            return None
        if number + 1 < len(self._records):
            # What lies between two records is a comma and white space.
            following = self._start(number + 1)
            return None if following is None else self._text[start:following].rstrip(_BETWEEN)
        return self._last(start)

    def are_small(self) -> bool:
        """Whether no record is larger than may be, as far as a few of them tell."""
        waiting = [(0, len(self._records))]
        while waiting:
            first, end = waiting.pop()
            start = self._start(first)
            stop = self._start(end) if end < len(self._records) else len(self._text)
            if start is None or stop is None:
                return False
            if stop - start > MAXIMUM_RECORD_BYTES:
                if end - first == 1:
                    return False
                middle = (first + end) // 2
                waiting += [(first, middle), (middle, end)]
        return True

    def _start(self, number: int) -> int | None:
        start = self._place(self._records[number].version) - len(_RECORD_START)
        return start if start >= 0 and self._text.startswith(_RECORD_START, start) else None

    def _last(self, start: int) -> bytes | None:
        """Returns the text of the last record, behind which the document goes on somehow."""
        rest = self._text[start:]
        end = rest.rfind(b"]")
        try:
            # In most documents nothing but the brackets that close it follows.
            return bytes(_VALUE.decode(rest[:end].rstrip(_SPACE)))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None


def _decoder_of(filters: FilterSet) -> "msgspec.json.Decoder[Any] | None":
    """Makes the decoder of documents; None where records cannot be decoded at once."""
    fields = filters.patterns.record_type
    if fields is None or "eventVersion" in {each.encode_name for each in msgspec.structs.fields(fields)}:
        return None
    record = msgspec.defstruct(
        "Record",
        [("version", msgspec.Raw)],
        bases=(fields,),
        rename={"version": "eventVersion"},
        kw_only=True,
        gc=False,
    )
    document = msgspec.defstruct(
        "Document",
        [("records", list[record]), ("version", msgspec.Raw | msgspec.UnsetType, msgspec.UNSET)],  # type: ignore[valid-type]
        rename={"records": "Records", "version": "eventVersion"},
    )
    return msgspec.json.Decoder(document)
