"""Patterns made to be slow, each with messages of any length made to be slow for it."""

from collections.abc import Callable, Mapping

import msgspec

__all__ = ["HOSTILE_INPUTS", "HostileInput"]


class HostileInput(msgspec.Struct, frozen=True):
    """A pattern, what builds a message of about some number of bytes, and whether all of these match."""

    pattern: str
    message: Callable[[int], str]
    matches: bool


def _over(unit: str) -> Callable[[int], str]:
    """Gives what repeats a text up to a length."""
    return lambda size: unit * (size // len(unit))


def _field(unit: str) -> Callable[[int], str]:
    """Gives what builds an object whose field ``a`` is that text over and over."""
    return lambda size: f'{{"a":"{_over(unit)(size)}"}}'


def _array(element: str) -> Callable[[int], str]:
    return lambda size: f'{{"a":[{_over(element + ",")(size)}0]}}'


def _members(size: int) -> str:
    members = [f'"k{number:06}":0' for number in range(size // 12)]
    return "{" + ",".join(members) + "}"


def _with_last_member(unit: str) -> Callable[[int], str]:
    return lambda size: f'{{{_over(unit)(size)}"a":1}}'


def _number(head: str, unit: str) -> Callable[[int], str]:
    return lambda size: f'{{"a":{head}{_over(unit)(size)}}}'


def _json(test: str) -> str:
    return f"{{ $.a {test} }}"


_WILDCARDS = "*a" * 300 + "*b"
_NEARLY = "a" * 240 + "b" + "a" * 240
_STARS = "a*" * 400 + "b"

_JSON_INPUTS = {
    "many wildcards": HostileInput(_json(f'= "{_WILDCARDS}"'), _field("a"), matches=False),
    "a piece that nearly fits": HostileInput(_json(f'= "*{_NEARLY}*"'), _field("a"), matches=False),
    "pieces that nearly fit": HostileInput(
        _json(f'= "*{_NEARLY}*{_NEARLY}*x"'), _field("a" * 241 + "b" + "a" * 239), matches=False
    ),
    "differs from a piece": HostileInput(_json(f'!= "{_WILDCARDS}"'), _field("a"), matches=True),
    "stars in an expression": HostileInput(_json(f"= %{_STARS}%"), _field("a"), matches=False),
    "dots in an expression": HostileInput(_json(f"= %{'.*x' * 300}%"), _field("y"), matches=False),
    "lazy dots": HostileInput(_json(f"= %^{'.*?x' * 200}$%"), _field("xy"), matches=False),
    "a big count": HostileInput(_json("= %[a-z]{1000}0%"), _field("a"), matches=False),
    "escapes": HostileInput(_json('= "*B"'), _field("\\u0041"), matches=False),
    "halves of surrogate pairs": HostileInput(_json("= %.{9}x%"), _field("\\ud800"), matches=False),
    "backslashes": HostileInput(_json('= "*b"'), _field("\\\\"), matches=False),
    "a whole number": HostileInput(_json("> 1 && $.a != 99*8"), _number("", "9"), matches=True),
    "a fraction": HostileInput(_json("< 1 && $.a = 0.*"), _number("0.", "9"), matches=False),
    "an exponent": HostileInput(_json('= "Infinity"'), _number("1e", "9"), matches=True),
    "an exponent below": HostileInput(_json("< 1e-9"), _number("1e-", "9"), matches=True),
    "whole numbers": HostileInput("{ $.a[*] < 0 }", _array("9" * 4299), matches=False),
    "whole numbers too long for int": HostileInput("{ $.a[*] < 0 }", _array("9" * 4301), matches=False),
    "many elements": HostileInput("{ $.a[*] > 1 }", _array("1"), matches=False),
    "an element far behind": HostileInput("{ $.a[999999999] NOT EXISTS }", _array("1"), matches=True),
    "many members": HostileInput("{ $.* = 1 }", _members, matches=False),
    "equal names": HostileInput(_json("= 1"), _with_last_member('"a":0,'), matches=True),
    "nested arrays": HostileInput("{ $.b NOT EXISTS }", lambda n: '{"a":' + "[" * n, matches=False),
    "nested objects": HostileInput("{ $.b NOT EXISTS }", _over('{"a":'), matches=False),
    "quotes": HostileInput(_json("NOT EXISTS"), _over('"'), matches=False),
    "white space": HostileInput(_json("NOT EXISTS"), lambda n: " " * n + "{}" + "\n" * n, matches=True),
    "zero bytes": HostileInput(_json("NOT EXISTS"), _over("\0"), matches=False),
}

_TEXT_INPUTS = {
    "five hundred optional terms": HostileInput("?x" * 500, _over("y"), matches=False),
    "optional terms of two letters": HostileInput("?xx" * 340, _over("xy"), matches=False),
    "excluded terms": HostileInput(" ".join(["-xx"] * 250), _over("xy"), matches=True),
    "a term that nearly fits": HostileInput(f'"{_NEARLY}{_NEARLY}"', _over("a"), matches=False),
    "a long term from behind": HostileInput("b" + "a" * 1000, _over("a"), matches=False),
    "stars": HostileInput(f"%{_STARS}%", _over("a"), matches=False),
    "question marks": HostileInput(f"%{'a?' * 300}{'a' * 300}b%", _over("a"), matches=False),
    "alternatives": HostileInput(f"%{'ab|abb|' * 140}bb$%", _over("a"), matches=False),
    "a pattern for zero bytes": HostileInput(r"%\x00b%", _over("\0"), matches=False),
    "nothing but blanks": HostileInput('" x"', _over(" "), matches=False),
}

_SHAPES_OF_WORDS = {
    "letters": "a ",
    "one long word": "a",
    "blanks": " ",
    "opening brackets": "[",
    "opening brackets apart": "[ ",
    "closing brackets": "] ",
    "quotes": '"',
    "quotes apart": '" ',
    "empty brackets": "[]",
    "brackets and quotes": '[" ',
    "letters in brackets": "[a]",
    "letters in quotes": '"a"',
    "letters in brackets apart": "[a b] ",
    "brackets closed by the next line": "[a\n b]",
}

_WORDS_INPUTS = {
    **{
        f"all words of {name}": HostileInput("[..., last = nothing]", _over(unit), matches=False)
        for name, unit in _SHAPES_OF_WORDS.items()
    },
    "quotes before an open bracket": HostileInput("[..., last = x]", lambda n: '"' * n + "[", matches=False),
    "brackets before an open one": HostileInput(
        "[..., last = x]", lambda n: "[]" * (n // 2) + "[", matches=False
    ),
    "brackets before an open quote": HostileInput(
        "[..., last = x]", lambda n: "[a" * (n // 2) + '"', matches=False
    ),
    "words for no field": HostileInput("[]", _over("a "), matches=True),
    "words for 512 fields": HostileInput(f"[{',' * 511}]", _over("a "), matches=True),
    "the rest of the message": HostileInput("[a, b = x*]", _over("a "), matches=False),
    "wildcards on a word": HostileInput(f'[a = "{_WILDCARDS}"]', _over("a"), matches=False),
    "an expression on the rest": HostileInput(f"[a, b = %{_STARS}%]", _over("a "), matches=False),
    "a number of many digits": HostileInput("[a > 1]", _over("9"), matches=True),
    "a fraction of many digits": HostileInput("[a <= 9]", lambda n: f"8.{'9' * n}", matches=True),
    "an exponent of many digits": HostileInput("[a != 9]", lambda n: f"9e{'9' * n}", matches=True),
    "nearly a number": HostileInput("[a = 9 || a > 0]", lambda n: f"{'9' * n}x", matches=False),
}

HOSTILE_INPUTS: Mapping[str, HostileInput] = {**_JSON_INPUTS, **_TEXT_INPUTS, **_WORDS_INPUTS}
