"""The filter-pattern language of CloudWatch Logs: parse, print, explain, match one event or millions."""

from trailbell.patterns._errors import PatternError, UnsupportedSyntaxError
from trailbell.patterns._fields import DecodedRecord
from trailbell.patterns._filter_pattern import FilterPattern
from trailbell.patterns._matcher import matches
from trailbell.patterns._parser import parse_pattern, parse_selector
from trailbell.patterns._pattern_set import PatternSet, compile_patterns
from trailbell.patterns._printer import format_pattern
from trailbell.patterns._tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
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
    Selector,
    Step,
    Test,
    TextLiteral,
    Value,
    WildcardSpelling,
    WildcardStep,
    all_of,
    any_of,
    selectors,
)

__all__ = [
    "AllOf",
    "AnyOf",
    "Comparison",
    "Condition",
    "DecodedRecord",
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
    "RegexLiteral",
    "Selector",
    "Step",
    "Test",
    "TextLiteral",
    "UnsupportedSyntaxError",
    "Value",
    "WildcardSpelling",
    "WildcardStep",
    "all_of",
    "any_of",
    "compile_patterns",
    "format_pattern",
    "matches",
    "parse_pattern",
    "parse_selector",
    "selectors",
]
