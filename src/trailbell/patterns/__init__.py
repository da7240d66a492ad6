"""The filter-pattern language of CloudWatch Logs: parse, print, match, explain, lint and compare."""

from typing import TYPE_CHECKING

from trailbell.patterns._errors import PatternError
from trailbell.patterns._events import message_text
from trailbell.patterns._fields import DecodedRecord
from trailbell.patterns._filter_pattern import FilterPattern
from trailbell.patterns._matcher import matches
from trailbell.patterns._messages import words_test
from trailbell.patterns._nodes import MISSING
from trailbell.patterns._parser import parse_pattern, parse_selector
from trailbell.patterns._pattern_set import PatternSet, compile_patterns
from trailbell.patterns._prefilter import Prefilter
from trailbell.patterns._printer import format_pattern
from trailbell.patterns._tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DelimitedField,
    DelimitedPattern,
    EllipsisField,
    EveryEvent,
    IndexStep,
    IsTest,
    JsonPattern,
    Keyword,
    NameStep,
    NotExists,
    NumberLiteral,
    Operator,
    Pattern,
    RegexLiteral,
    RegexPattern,
    Selector,
    Step,
    Term,
    TermKind,
    TermsPattern,
    Test,
    TextLiteral,
    Value,
    WildcardSpelling,
    WildcardStep,
    WordField,
    WordTest,
    all_of,
    any_of,
    selectors,
)
from trailbell.patterns._values import scalar_text
from trailbell.patterns._words import word_names

if TYPE_CHECKING:
    from trailbell.patterns._coverage import Coverage, Relation, compare
    from trailbell.patterns._explain import explain
    from trailbell.patterns._explain_match import Clause, Explanation, explain_match
    from trailbell.patterns._lint import lint, mended
    from trailbell.patterns._lint_rules import RULES, Finding, Severity

__all__ = [
    "MISSING",
    "RULES",
    "AllOf",
    "AnyOf",
    "Clause",
    "Comparison",
    "Condition",
    "Coverage",
    "DecodedRecord",
    "DelimitedField",
    "DelimitedPattern",
    "EllipsisField",
    "EveryEvent",
    "Explanation",
    "FilterPattern",
    "Finding",
    "IndexStep",
    "IsTest",
    "JsonPattern",
    "Keyword",
    "NameStep",
    "NotExists",
    "NumberLiteral",
    "Operator",
    "Pattern",
    "PatternError",
    "PatternSet",
    "Prefilter",
    "RegexLiteral",
    "RegexPattern",
    "Relation",
    "Selector",
    "Severity",
    "Step",
    "Term",
    "TermKind",
    "TermsPattern",
    "Test",
    "TextLiteral",
    "Value",
    "WildcardSpelling",
    "WildcardStep",
    "WordField",
    "WordTest",
    "all_of",
    "any_of",
    "compare",
    "compile_patterns",
    "explain",
    "explain_match",
    "format_pattern",
    "lint",
    "matches",
    "mended",
    "message_text",
    "parse_pattern",
    "parse_selector",
    "scalar_text",
    "selectors",
    "word_names",
    "words_test",
]


def __getattr__(name: str) -> object:
    # What a pattern means is asked by few, and its tables take as long to import as all the rest.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from trailbell.patterns import (  # noqa: PLC0415
        _coverage,
        _explain,
        _explain_match,
        _lint,
        _lint_rules,
    )

    homes = (_coverage, _explain, _explain_match, _lint, _lint_rules)
    value: object = next(getattr(home, name) for home in homes if name in home.__all__)
    globals()[name] = value
    return value
