"""Space-delimited patterns in which the tests of one word contradict or cancel each other."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from trailbell.patterns._lint_rules import Finding
from trailbell.patterns._lint_search import Searcher
from trailbell.patterns._lint_subject import finding_of
from trailbell.patterns._operator_words import quoted
from trailbell.patterns._printer import format_pattern
from trailbell.patterns._tree import (
    Comparison,
    DelimitedPattern,
    JsonPattern,
    NameStep,
    NumberLiteral,
    Operator,
    Selector,
    WordField,
    WordTest,
    all_of,
)

__all__ = ["word_findings"]

_WORD = Selector((NameStep("word"),))


def word_findings(text: str, pattern: DelimitedPattern) -> Iterator[Finding]:
    """Finds fields that no word passes, and exclusions that every word passes."""
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
        elif _cancel_each_other(field, search):
            tests = tuple(test for alternative in field.alternatives for test in alternative)
            meant = replace(field, alternatives=(tests,))
            fields_meant = tuple(meant if each is field else each for each in pattern.fields)
            yield finding_of(
                "cancelling-exclusions",
                f"every word differs from one of the values of {quoted(field.name)}: they exclude nothing; "
                "&& is meant?",
                (text.index("["), text.rindex("]") + 1),
                format_pattern(DelimitedPattern(fields_meant)),
            )


def _cancel_each_other(field: WordField, search: Searcher) -> bool:
    """Says whether a field is nothing but exclusions under ``||`` of values that no word has at once."""
    tests = [test for alternative in field.alternatives for test in alternative]
    are_single = len(tests) == len(field.alternatives) > 1
    if not are_single or any(test.operator is not Operator.NOT_EQUAL for test in tests):
        return False
    return _is_impossible([replace(test, operator=Operator.EQUAL) for test in tests], search)


def _is_impossible(tests: Sequence[WordTest], search: Searcher) -> bool:
    """Asks about a field of JSON instead, which is compared alike where all values are of one kind."""
    if len({isinstance(test.value, NumberLiteral) for test in tests}) > 1:
        return False
    condition = all_of(Comparison(_WORD, test.operator, test.value) for test in tests)
    return search.is_impossible(matches=[JsonPattern(condition)])
