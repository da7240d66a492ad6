"""Evidence in words; every text out of a log is shown so that it can do no harm."""

from trailbell.cloudtrail import PrincipalKind
from trailbell.evidence._evidence import Dimension, Evidence, KeyCount, PrincipalCount

__all__ = ["sentence", "shown"]

_LISTED = 3
_KEY_LENGTH = 128

# Keys that do not say by themselves what they are.
_PREFIXES = {PrincipalKind.IDENTITY_CENTER: "Identity Center user ", PrincipalKind.ACCOUNT: "account "}
_NAMES = {"anonymous": "anonymous callers", "unknown": "unknown callers"}


def shown(text: str, limit: int = 256) -> str:
    r"""Returns text out of a log in a form that is safe to show, at most `limit` characters long.

    Control and format characters, line breaks, bidirectional overrides, half surrogates and odd spaces are
    written as `\xNN`, `\uNNNN` or `\UNNNNNNNN`. Markup is not escaped; that is up to the medium.
    """
    if len(text) <= limit and text.isprintable():
        return text
    pieces: list[str] = []
    length = 0
    # One more than fits, so that a cut is noticed.
    for character in text[: limit + 1]:
        piece = character if character.isprintable() else _escape(character)
        pieces.append(piece)
        length += len(piece)
        if length > limit:
            break
    if length <= limit:
        return "".join(pieces)
    while pieces and length > limit - 1:
        length -= len(pieces.pop())
    return "".join(pieces) + "…"


def _escape(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def sentence(evidence: Evidence) -> str:
    """Returns one plain sentence, without a full stop: who called, what, with which errors, from where."""
    if not evidence.total:
        return "no calls"
    parts = [
        _callers(evidence),
        _listed(evidence.calls, "call"),
        _listed(evidence.errors, "error"),
        _addresses(evidence.addresses),
    ]
    return "; ".join(part for part in parts if part)


def _callers(evidence: Evidence) -> str:
    number = "1 call" if evidence.total == 1 else f"{evidence.total:,} calls"
    principals = evidence.principals
    counts = principals.counts
    if principals.error_bound:
        lead = f", {_leading(counts[0], evidence.total, least=True)}" if counts else ""
        return f"{number} by many principals{lead}"
    if not counts:
        return number
    if len(counts) == 1:
        return f"{number} by {_named(counts[0])}"
    return f"{number} by {len(counts):,} principals, {_leading(counts[0], evidence.total)}"


def _leading(first: PrincipalCount, total: int, *, least: bool = False) -> str:
    word = "most by" if 2 * first.count > total else "led by"
    return f"{word} {_named(first)} ({'at least ' if least else ''}{first.count:,})"


def _named(principal: PrincipalCount) -> str:
    if principal.kind in {PrincipalKind.ANONYMOUS, PrincipalKind.UNKNOWN} and principal.key in _NAMES:
        return _NAMES[principal.key]
    return _PREFIXES.get(principal.kind, "") + shown(principal.key)


def _listed(dimension: Dimension[KeyCount], noun: str) -> str:
    least = "at least " if dimension.error_bound else ""
    first = dimension.counts[:_LISTED]
    text = ", ".join(f"{shown(one.key, _KEY_LENGTH)} {least}{one.count:,}" for one in first)
    return text + _rest(dimension, len(first), noun, f"{noun}s")


def _addresses(dimension: Dimension[KeyCount]) -> str:
    if not dimension.counts:
        return "from many addresses" if dimension.error_bound else ""
    first = dimension.counts[0]
    least = "at least " if dimension.error_bound else ""
    text = f"from {shown(first.key, _KEY_LENGTH)} ({least}{first.count:,})"
    return text + _rest(dimension, 1, "address", "addresses")


def _rest(dimension: Dimension[KeyCount], listed: int, one: str, many: str) -> str:
    if dimension.error_bound:
        return f" and many other {many}" if dimension.counts else ""
    left = len(dimension.counts) - listed
    if left <= 0:
        return ""
    return f" and {left:,} other {one if left == 1 else many}"
