"""Cuts the rule of a composite alarm into tokens that know their place."""

import re
from collections.abc import Iterator
from enum import StrEnum

import msgspec

__all__ = ["RuleToken", "RuleTokenKind", "quoted", "tokenize_rule"]


class RuleTokenKind(StrEnum):
    """What a token can be."""

    WORD = "a keyword, a number or a name without quotes"
    QUOTED = "a name between double quotes"
    PUNCTUATION = "a parenthesis or a comma"
    UNCLOSED = "a name whose closing quote is missing"
    END = "the end"


class RuleToken(msgspec.Struct, frozen=True, gc=False):
    """One token: its text as written, and where that stands in the rule."""

    kind: RuleTokenKind
    text: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """The alarm's name or ARN a word or a quoted token stands for."""
        return _ESCAPE.sub(r"\1", self.text[1:-1]) if self.kind == RuleTokenKind.QUOTED else self.text


# Names without quotes hold no blanks, parentheses or commas ("Combining alarms" in the CloudWatch user
# guide). A quote inside such a name is a part of it, and so are single quotes.
_TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\r\n]+)
    | (?P<punctuation>[(),])
    | (?P<quoted>"(?:\\["\\]|\\(?!["\\])|[^"\\])*")
    | (?P<unclosed>".*)
    | (?P<word>[^ \t\r\n(),]+)
    """,
    re.VERBOSE | re.DOTALL,
)
# AWS documents \" alone. Without \\ no name that ends with a backslash could stand between quotes.
_ESCAPE = re.compile(r'\\(["\\])')
_NEEDS_ESCAPE = re.compile(r'(["\\])')
_KINDS = {
    "punctuation": RuleTokenKind.PUNCTUATION,
    "quoted": RuleTokenKind.QUOTED,
    "unclosed": RuleTokenKind.UNCLOSED,
    "word": RuleTokenKind.WORD,
}


def tokenize_rule(rule: str) -> Iterator[RuleToken]:
    """Yields the tokens of a rule, and one for its end."""
    for found in _TOKEN.finditer(rule):
        if found.lastgroup in _KINDS:
            yield RuleToken(_KINDS[found.lastgroup], found.group(), found.start(), found.end())
    yield RuleToken(RuleTokenKind.END, "<EOF>", len(rule), len(rule))


def quoted(name: str) -> str:
    """Returns a name or ARN between double quotes, so that it is read as the same name."""
    return '"' + _NEEDS_ESCAPE.sub(r"\\\1", name) + '"'
