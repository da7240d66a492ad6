"""The subset of regular expressions that filter patterns allow (filter-patterns section 3), run by RE2.

RE2 is linear in the text, takes counts up to 1000, and is imported when the first expression appears.
Its time for one character grows with the compiled expression, which counts multiply: so they are bounded.
"""

import re
import string
from collections.abc import Callable

__all__ = ["compile_regex", "first_forbidden"]

_ALLOWED = frozenset(string.ascii_letters + string.digits + ":_#=@/;,- " + "^$?[]{}|\\*+.")
_ESCAPED_CLASSES = frozenset("dDsSwW")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{2}")
_REPETITION = re.compile(r"\{([0-9]{0,4})(,[0-9]{0,4})?\}")
# Beyond, an expression of a thousand characters could take a minute to compile and another for each message.
_MOST_REPETITIONS = 1000


def first_forbidden(text: str) -> int | None:
    """Finds the first character that no expression may hold; None when there is none."""
    return next((at for at, character in enumerate(text) if character not in _ALLOWED), None)


def compile_regex(text: str) -> Callable[[str], bool]:
    """Turns an expression into an unanchored, case-sensitive search.

    Raises:
        ValueError: the expression does not compile.
    """
    import re2  # type: ignore[import-untyped]  # noqa: PLC0415 - few patterns should pay for it

    options = re2.Options()
    options.log_errors = False
    try:
        search = re2.compile(_translate(text), options).search
    except re2.error as error:
        raise ValueError(error.args[0].decode()) from error

    def is_found(subject: str) -> bool:
        try:
            return search(subject) is not None
        except UnicodeEncodeError:
            # Half a surrogate pair has no UTF-8 form; like any other character it fits a dot.
            return search(subject.encode("utf-16", "surrogatepass").decode("utf-16", "replace")) is not None

    return is_found


def _translate(text: str) -> str:
    """Rewrite what RE2 reads differently and refuse what it allows beyond the subset."""
    translated: list[str] = []
    at = repetitions = 0
    is_in_class = False
    while at < len(text):
        character = text[at]
        end = at + 1
        if character == "\\":
            end = _end_of_escape(text, at)
            translated.append(text[at:end])
        elif character == "{" and not is_in_class:
            piece, count, end = _repetition(text, at)
            translated.append(piece)
            repetitions += count
            if repetitions > _MOST_REPETITIONS:
                raise ValueError(f"its counts add up to more than {_MOST_REPETITIONS}")
        elif character == "[" and not is_in_class:
            is_in_class = True
            # A closing bracket in first place stands for itself.
            opening = re.match(r"\[\^?\]?", text[at:])
            end = at + (opening.end() if opening else 1)
            translated.append(text[at:end])
        else:
            is_in_class = is_in_class and character != "]"
            translated.append(character)
        at = end
    return "".join(translated)


def _end_of_escape(text: str, at: int) -> int:
    escaped = text[at + 1 : at + 2]
    if escaped == "x" and _HEXADECIMAL.match(text, at + 2):
        return at + 4
    if escaped in _ESCAPED_CLASSES or (escaped and not escaped.isalnum()):
        return at + 2
    raise ValueError(f"the escape {text[at : at + 2]!r} is not supported")


def _repetition(text: str, at: int) -> tuple[str, int, int]:
    found = _REPETITION.match(text, at)
    if found is None or found[0] in ("{}", "{,}"):
        raise ValueError("a brace must be escaped, or hold a count such as {2}, {2,}, {,5} or {2,5}")
    # RE2 takes {,n} literally.
    least, most = found[1] or "0", found[2] or ""
    return f"{{{least}{most}}}", int(most[1:] or least), found.end()
