"""Prints a tree back to the one canonical pattern that parses to it."""

from trailbell.patterns._parser import MAXIMUM_LENGTH
from trailbell.patterns._terms_parser import is_bare_term
from trailbell.patterns._tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    DelimitedField,
    DelimitedPattern,
    EllipsisField,
    EveryEvent,
    IsTest,
    NameStep,
    NumberLiteral,
    Pattern,
    RegexLiteral,
    RegexPattern,
    Step,
    Term,
    TermKind,
    TermsPattern,
    Test,
    Value,
    is_name_character,
)

__all__ = ["format_pattern"]


def format_pattern(pattern: Pattern) -> str:
    """Prints a pattern with as few parentheses as it needs; ``parse_pattern`` gives the same tree again.

    Blanks are left out where they would make the text longer than a pattern may be.
    """
    text = _pattern(pattern, " ")
    return text if len(text) <= MAXIMUM_LENGTH else _pattern(pattern, "")


def _pattern(pattern: Pattern, blank: str) -> str:
    match pattern:
        case EveryEvent():
            return ""
        case TermsPattern():
            return _terms(pattern.terms, blank)
        case RegexPattern():
            return _value(pattern.regex)
        case DelimitedPattern():
            return f"[{f',{blank}'.join(_field(field, blank) for field in pattern.fields)}]"
        case _:
            return f"{{{blank}{_condition(pattern.condition, blank)}{blank}}}"


def _terms(terms: tuple[Term, ...], blank: str) -> str:
    printed: list[str] = []
    for term in terms:
        text = term.text if is_bare_term(term.text) else _quote(term.text, '"\\')
        # A prefix begins a new term by itself; other terms need the blank.
        gap = "" if not printed else blank if term.kind is not TermKind.REQUIRED else " "
        printed.append(f"{gap}{term.kind.value}{text}")
    return "".join(printed)


def _field(field: DelimitedField, blank: str) -> str:
    if isinstance(field, EllipsisField):
        return "..."
    if not field.alternatives:
        return field.name
    return f"{blank}||{blank}".join(
        f"{blank}&&{blank}".join(
            f"{field.name}{blank}{test.operator.value}{blank}{_value(test.value)}" for test in tests
        )
        for tests in field.alternatives
    )


def _condition(condition: Condition, blank: str) -> str:
    if isinstance(condition, AnyOf):
        return f"{blank}||{blank}".join(_condition(term, blank) for term in condition.terms)
    if isinstance(condition, AllOf):
        return f"{blank}&&{blank}".join(
            f"({_condition(term, blank)})" if isinstance(term, AnyOf) else _condition(term, blank)
            for term in condition.terms
        )
    return _test(condition, blank)


def _test(test: Test, blank: str) -> str:
    selector = str(test.selector) if blank else "$" + "".join(map(_shortest_step, test.selector.steps))
    if isinstance(test, Comparison):
        return f"{selector}{blank}{test.operator.value}{blank}{_value(test.value)}"
    words = f"IS {test.keyword.value}" if isinstance(test, IsTest) else "NOT EXISTS"
    # Only a name must be parted from the word behind it.
    gap = blank if selector[-1] in "]*" else " "
    return f"{selector}{gap}{words}"


def _shortest_step(step: Step) -> str:
    """Writes a step with dots behind backslashes where that is shorter than brackets and quotes."""
    text = str(step)
    if not isinstance(step, NameStep) or not all(map(is_name_character, step.name.replace(".", ""))):
        return text
    return min(text, "." + step.name.replace(".", "\\."), key=len) if step.name else text


def _value(value: Value) -> str:
    if isinstance(value, NumberLiteral):
        return value.text
    if isinstance(value, RegexLiteral):
        return f"%{value.text}%"
    return _quote(value.text, '"\\*', value.plain_stars) if value.quoted else value.text


def _quote(text: str, escapable: str, plain_stars: tuple[int, ...] = ()) -> str:
    """Puts text in quotes; ``escapable`` are the characters that a backslash before them escapes."""
    pieces = []
    for at, character in enumerate(text):
        # A backslash needs another one only where it would otherwise escape what follows.
        is_escaped = (
            character == '"'
            or (character == "*" and at in plain_stars)
            or (character == "\\" and text[at + 1 : at + 2] in ("", *escapable))
        )
        pieces.append(f"\\{character}" if is_escaped else character)
    return f'"{"".join(pieces)}"'
