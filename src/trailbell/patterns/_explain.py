"""Says in plain English what a pattern matches: a sentence, or an outline where conditions are nested."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

from trailbell._errors import visible
from trailbell.patterns._operator_words import (
    comparison_words,
    field_words,
    group_words,
    quoted,
    test_words,
    value_words,
    word_test_words,
)
from trailbell.patterns._tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DelimitedPattern,
    EllipsisField,
    EveryEvent,
    Operator,
    Pattern,
    RegexPattern,
    Selector,
    TermKind,
    TermsPattern,
    TextLiteral,
    Value,
    WordField,
)

__all__ = ["explain", "lacks_optional_terms"]

_INDENT = "  "
_SUBJECT = "Matches events that are a JSON object in which"

# More of them are easier to read below one another than in a row.
_FEW = 3

_JOINTS = (", ", " and ", " or ")


class _Group(msgspec.Struct, frozen=True):
    """Phrases of which all or any must hold; a phrase may be a group itself."""

    is_all: bool
    items: tuple["_Phrase", ...]


_Phrase: TypeAlias = str | _Group


def explain(pattern: Pattern) -> str:
    """Says what a pattern matches, in one sentence; conditions in conditions follow as an outline.

    Control characters of the pattern are replaced, so that lines break between the outline's items alone.
    """
    match pattern:
        case EveryEvent():
            return "Matches every event."
        case TermsPattern():
            return _terms_sentence(pattern)
        case RegexPattern():
            return f"Matches events whose message {comparison_words(Operator.EQUAL, pattern.regex)}."
        case DelimitedPattern():
            phrase = _fields_phrase(pattern)
            subject = _delimited_subject(pattern)
            return _said(subject if phrase is None else f"{subject}, where", phrase)
        case _:
            return _said(_SUBJECT, _phrase(pattern.condition))


def lacks_optional_terms(pattern: TermsPattern) -> bool:
    """Says whether optional terms are ignored because others are asked for."""
    return any(term.kind is not TermKind.OPTIONAL for term in pattern.terms)


def _said(subject: str, phrase: _Phrase | None) -> str:
    if phrase is None:
        return f"{subject}."
    if isinstance(phrase, str):
        return f"{subject} {phrase}."
    plain = [item for item in phrase.items if isinstance(item, str)]
    most = 2 if any(", " in item for item in plain) else _FEW
    if len(plain) == len(phrase.items) <= most:
        return f"{subject} {_joined(plain, 'and' if phrase.is_all else 'or')}."
    return "\n".join([f"{subject} {group_words(is_all=phrase.is_all)}:", *_outline(phrase, "")])


def _outline(group: _Group, indent: str) -> list[str]:
    lines: list[str] = []
    for item in group.items:
        if isinstance(item, str):
            lines.append(f"{indent}- {item}")
        else:
            lines.append(f"{indent}- {group_words(is_all=item.is_all)}:")
            lines += _outline(item, indent + _INDENT)
    return lines


def _joined(items: Iterable[str], joint: str) -> str:
    *first, last = items
    if not first:
        return last
    is_plain = len(first) == 1 and not any(mark in item for item in (*first, last) for mark in _JOINTS)
    comma = "" if is_plain else ","
    return f"{', '.join(first)}{comma} {joint} {last}"


def _phrase(condition: Condition) -> _Phrase:
    if not isinstance(condition, AllOf | AnyOf):
        return test_words(condition)
    is_all = isinstance(condition, AllOf)
    # Tests of one field against texts are one phrase: sixteen calls read as one list of names.
    merging = Operator.NOT_EQUAL if is_all else Operator.EQUAL
    lists = _values_by_field(condition.terms, merging)
    items: list[_Phrase] = []
    done: set[Selector] = set()
    for term in condition.terms:
        if isinstance(term, Comparison) and _is_listed(term, merging) and len(lists[term.selector]) > 1:
            if term.selector not in done:
                done.add(term.selector)
                items.append(_list_words(term.selector, merging, lists[term.selector]))
        else:
            items.append(_phrase(term))
    return items[0] if len(items) == 1 else _Group(is_all, tuple(items))


def _values_by_field(terms: Sequence[Condition], operator: Operator) -> dict[Selector, list[Value]]:
    values: dict[Selector, list[Value]] = {}
    for term in terms:
        if isinstance(term, Comparison) and _is_listed(term, operator):
            values.setdefault(term.selector, []).append(term.value)
    return values


def _is_listed(test: Comparison, operator: Operator) -> bool:
    value = test.value
    is_exact = isinstance(value, TextLiteral) and len(value.pieces) == 1
    return test.operator is operator and is_exact and not test.selector.has_wildcard


def _list_words(selector: Selector, operator: Operator, values: Iterable[Value]) -> str:
    said = "is one of" if operator is Operator.EQUAL else "is present and is none of"
    return f"{field_words(selector)} {said} {', '.join(map(value_words, values))}"


def _terms_sentence(pattern: TermsPattern) -> str:
    required, excluded, optional = (
        [quoted(term.text) for term in pattern.terms if term.kind is kind]
        for kind in (TermKind.REQUIRED, TermKind.EXCLUDED, TermKind.OPTIONAL)
    )
    if not lacks_optional_terms(pattern):
        return f"Matches events whose message contains {_joined(optional, 'or')}."
    parts = []
    if required:
        parts.append(f"contains {_joined(required, 'and')}")
    if excluded:
        parts.append(f"does not contain {_joined(excluded, 'or')}")
    sentence = f"Matches events whose message {' and '.join(parts)}."
    if optional:
        verb = "is" if len(optional) == 1 else "are"
        sentence += f" {_joined(optional, 'and')} {verb} ignored, being optional beside other terms."
    return sentence


def _delimited_subject(pattern: DelimitedPattern) -> str:
    least = sum(isinstance(field, WordField) for field in pattern.fields)
    if not least:
        return "Matches every event"
    return f"Matches events whose message has {least} or more space-delimited words"


def _fields_phrase(pattern: DelimitedPattern) -> _Phrase | None:
    items: list[_Phrase] = [
        f"{visible(field.name)}, {place}, {tests}"
        for field, place in zip(pattern.fields, _places(pattern), strict=True)
        if isinstance(field, WordField) and (tests := _field_words(field))
    ]
    if len(items) <= 1:
        return items[0] if items else None
    return _Group(True, tuple(items))


def _places(pattern: DelimitedPattern) -> list[str]:
    """Says of each field which word it takes."""
    fields = pattern.fields
    ellipsis = next((at for at, field in enumerate(fields) if isinstance(field, EllipsisField)), None)
    if not fields:
        return []
    if ellipsis is None:
        return [*(f"word {at}" for at in range(1, len(fields))), f"everything from word {len(fields)} on"]
    behind = [_from_the_end(number) for number in range(len(fields) - ellipsis - 1, 0, -1)]
    return [*(f"word {at}" for at in range(1, ellipsis + 1)), "the words between", *behind]


def _from_the_end(number: int) -> str:
    return "the last word" if number == 1 else f"word {number} from the end"


def _field_words(field: WordField) -> str:
    alternatives = [
        _joined([word_test_words("", test).strip() for test in tests], "and") for tests in field.alternatives
    ]
    return _joined(alternatives, "or") if alternatives else ""
