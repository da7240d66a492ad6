"""Space-delimited patterns that no message can match, because the tests of one word contradict each other."""

from collections.abc import Iterator, Sequence

from trailbell.patterns._lint_rules import Finding
from trailbell.patterns._lint_search import Searcher
from trailbell.patterns._lint_subject import finding_of
from trailbell.patterns._operator_words import quoted
from trailbell.patterns._tree import (
    Comparison,
    DelimitedPattern,
    JsonPattern,
    NameStep,
    NumberLiteral,
    Selector,
    WordField,
    WordTest,
    all_of,
)

__all__ = ["word_findings"]

_WORD = Selector((NameStep("word"),))


def word_findings(text: str, pattern: DelimitedPattern) -> Iterator[Finding]:
    """Finds fields that no word passes."""
    fields = [field for field in pattern.fields if isinstance(field, WordField) and field.alternatives]
    search = Searcher(sum(len(tests) for field in fields for tests in field.alternatives))
    for field in fields:
        if all(_is_impossible(tests, search) for tests in field.alternatives):
            start = text.index("[")
            yield finding_of(
                "never-true",
                f"no word passes all tests of {quoted(field.name)}",
                (start, text.rindex("]") + 1),
            )


def _is_impossible(tests: Sequence[WordTest], search: Searcher) -> bool:
    """Asks about a field of JSON instead, which is compared alike where all values are of one kind."""
    if len({isinstance(test.value, NumberLiteral) for test in tests}) > 1:
        return False
    condition = all_of(Comparison(_WORD, test.operator, test.value) for test in tests)
    return search.is_impossible(matches=[JsonPattern(condition)])
