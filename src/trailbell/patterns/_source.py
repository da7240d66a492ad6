"""Generates the Python source that runs a set of patterns over one decoded record.

Nothing of a pattern's text is ever written into the source: texts, numbers and predicates are passed by name.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from trailbell.patterns._fields import DecodedRecord, Fields
from trailbell.patterns._nodes import MISSING, reach, test_predicate
from trailbell.patterns._requirements import assume_text, needs_presence, required_texts
from trailbell.patterns._tree import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    IsTest,
    Keyword,
    NameStep,
    NotExists,
    Operator,
    Selector,
    Test,
    TextLiteral,
)
from trailbell.patterns._values import TextMatch, TextShape, text_match

__all__ = ["MatchFunction", "build_match", "build_reader"]

MatchFunction: TypeAlias = Callable[[DecodedRecord], tuple[int, ...]]
_Numbered: TypeAlias = tuple[int, Condition | bool]

# The two fields by which records are told apart soonest.
# Looking a name up replaces dozens of comparisons; almost all records lack an error code.
_EVENT_NAME = Selector((NameStep("eventName"),))
_ERROR_CODE = Selector((NameStep("errorCode"),))

_TEXT_TESTS = {
    TextShape.EXACT: "{value} == {text}",
    TextShape.PREFIX: "{value}.startswith({text})",
    TextShape.SUFFIX: "{value}.endswith({text})",
    TextShape.CONTAINS: "{text} in {value}",
}


def build_match(
    conditions: Iterable[tuple[int, Condition]], fields: Fields, always: tuple[int, ...]
) -> MatchFunction:
    """Builds the function that gives the numbers of the conditions that hold, and ``always``, ascending."""
    named: list[tuple[int, Condition]] = []
    coded: list[_Numbered] = []
    others: list[_Numbered] = []
    for number, condition in conditions:
        if required_texts(condition, _EVENT_NAME) is not None:
            named.append((number, condition))
        elif needs_presence(condition, _ERROR_CODE):
            coded.append((number, condition))
        else:
            others.append((number, condition))
    module = _Module(fields)
    lines = [f"hits = {module.constant(always)}"]
    if named:
        lines += _lookup_lines(module, named)
    if coded:
        lines.append(f"if {module.load(_ERROR_CODE)} is not MISSING:")
        lines += _indented(module.hit_lines(coded))
    lines += module.hit_lines(others)
    lines.append("return ordered(hits) if hits else hits")
    return module.function(lines)


def build_reader(selector: Selector, fields: Fields) -> Callable[[DecodedRecord], object]:
    """Builds the function that gives the node a selector reaches in a record of these fields."""
    load = _Module(fields).reader(selector)
    rest = fields.split(selector)[1]
    return (lambda record: reach(load(record), rest)) if rest else load


def _lookup_lines(module: "_Module", named: list[tuple[int, Condition]]) -> list[str]:
    handlers = module.constant(_handlers(module, named).get)
    # A name that is a number equals its text, so it is compared the long way.
    unnamed = module.constant(module.function(["hits = ()", *module.hit_lines(named), "return hits"]))
    return [
        f"name = {module.load(_EVENT_NAME)}",
        "if name.__class__ is str:",
        f"    handler = {handlers}(name)",
        "    if handler is not None:",
        "        hits += handler(record)",
        "elif name is not MISSING:",
        f"    hits += {unnamed}(record)",
    ]


def _handlers(module: "_Module", named: list[tuple[int, Condition]]) -> dict[str, MatchFunction]:
    """Builds, for each name, what is left to test once the name is known; equal rests share a function."""
    rests: dict[str, list[_Numbered]] = {}
    for number, condition in named:
        for text in required_texts(condition, _EVENT_NAME) or ():
            rest = assume_text(condition, _EVENT_NAME, text)
            if rest is not False:
                rests.setdefault(text, []).append((number, rest))
    functions: dict[tuple[_Numbered, ...], MatchFunction] = {}
    for numbered in map(tuple, rests.values()):
        if numbered not in functions:
            functions[numbered] = module.function(["hits = ()", *module.hit_lines(numbered), "return hits"])
    return {text: functions[tuple(numbered)] for text, numbered in rests.items()}


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _ordered(hits: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(hits))


class _Module:
    """The names that generated functions share, and the expressions they are made of."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._names: dict[str, Any] = {
            "__builtins__": {},
            "MISSING": MISSING,
            "ordered": _ordered,
            "str": str,
        }

    def constant(self, value: object) -> str:
        """Makes a value known to the generated source under a made-up name."""
        name = f"c{len(self._names)}"
        self._names[name] = value
        return name

    def function(self, body: Iterable[str]) -> MatchFunction:
        """Compiles a function of one record."""
        source = "\n".join(["def match(record):", *_indented(body)])
        exec(compile(source, "<trailbell patterns>", "exec"), self._names)  # noqa: S102 - see the module's docstring
        function: MatchFunction = self._names.pop("match")
        return function

    def reader(self, selector: Selector) -> Callable[[DecodedRecord], object]:
        """Compiles a function that gives the node where a selector's walk begins."""
        source = f"def read(record): return {self.load(selector)}"
        exec(compile(source, "<trailbell patterns>", "exec"), self._names)  # noqa: S102 - see the module's docstring
        function: Callable[[DecodedRecord], object] = self._names.pop("read")
        return function

    def hit_lines(self, numbered: Iterable[_Numbered]) -> list[str]:
        """Writes one statement per condition that adds its number where it holds."""
        lines = []
        for number, condition in numbered:
            hit = f"hits += {self.constant((number,))}"
            if isinstance(condition, bool):
                lines.append(hit)
            else:
                lines.append(f"if {self.expression(condition)}: {hit}")
        return lines

    def expression(self, condition: Condition) -> str:
        """Writes a condition as a Python expression over ``record``."""
        if isinstance(condition, AllOf | AnyOf):
            joint = " and " if isinstance(condition, AllOf) else " or "
            return f"({joint.join(map(self.expression, condition.terms))})"
        return self._test(condition)

    def load(self, selector: Selector) -> str:
        """Writes the expression that reads the node where a selector's walk begins."""
        root, *nodes = self._fields.path(self._fields.split(selector)[0])
        expression = "record"
        parent = root
        for depth, node in enumerate(nodes):
            if parent is root:
                expression = f"record.{node.attribute}"
            else:
                kind = self.constant(parent.object_type)
                is_object = f"(n{depth} := {expression}).__class__ is {kind}"
                expression = f"(n{depth}.{node.attribute} if {is_object} else MISSING)"
            parent = node
        return expression

    def _test(self, test: Test) -> str:
        rest = self._fields.split(test.selector)[1]
        value = self.load(test.selector)
        if not rest and isinstance(test, NotExists):
            return f"{value} is MISSING"
        if not rest and isinstance(test, IsTest) and test.keyword is not Keyword.NULL:
            return f"{value} is {test.keyword.value.capitalize()}"
        predicate = self.constant(test_predicate(test, rest))
        if not rest and isinstance(test, Comparison) and isinstance(test.value, TextLiteral):
            match = text_match(test.value)
            if match.shape in _TEXT_TESTS and not match.can_be_number:
                return self._text_test(value, match, test.operator, predicate)
        return f"{predicate}({value})"

    def _text_test(self, value: str, match: TextMatch, operator: Operator, predicate: str) -> str:
        """Compares strings in place; other nodes cannot equal the text, but numbers differ from it."""
        holds = _TEXT_TESTS[match.shape].format(value="v", text=self.constant(match.pieces[0]))
        if operator is Operator.EQUAL:
            return f"((v := {value}).__class__ is str and {holds})"
        return f"(not {holds} if (v := {value}).__class__ is str else {predicate}(v))"
