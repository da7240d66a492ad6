"""The filter-pattern language of CloudWatch Logs: parse, print, explain, match one event or millions."""

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

__all__ = [
    "MISSING",
    "AllOf",
    "AnyOf",
    "Comparison",
    "Condition",
    "DecodedRecord",
    "DelimitedField",
    "DelimitedPattern",
    "EllipsisField",
    "EveryEvent",
    "FilterPattern",
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
    "Selector",
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
    "compile_patterns",
    "format_pattern",
    "matches",
    "message_text",
    "parse_pattern",
    "parse_selector",
    "scalar_text",
    "selectors",
    "word_names",
    "words_test",
]
