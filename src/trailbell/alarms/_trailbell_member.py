"""The member Trailbell adds to AWS's alarm message: who did it, and where to read more."""

from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["trailbell_member"]

_MOST_BYTES = 16 * 1024
_LONGEST_TEXT = 512


def trailbell_member(evidence: Mapping[str, Any] | None, url: str) -> dict[str, object]:
    """Returns `{"version": 1, "evidence": {...}, "url": ...}`, without evidence where there is none.

    Written as a member it takes at most 16 KiB.
    If it would take more, texts over 512 characters are cut, and every list is cut to the greatest common
    length that fits, so that the longest lists lose first; as the last resort the evidence is left empty.
    `"truncated": true` says that this was done.
    """
    if evidence is None:
        return {"version": 1, "url": url}
    whole: dict[str, object] = {"version": 1, "evidence": dict(evidence), "url": url}
    if _fits(whole):
        return whole
    longest = _longest_list(evidence)

    def shortened(dropped: int) -> dict[str, object]:
        return {"version": 1, "evidence": _cut(evidence, longest - dropped), "url": url, "truncated": True}

    dropped = bisect_left(range(longest + 1), True, key=lambda tails: _fits(shortened(tails)))
    if dropped <= longest:
        return shortened(dropped)
    return {"version": 1, "evidence": {}, "url": url, "truncated": True}


def _fits(member: dict[str, object]) -> bool:
    return len(msgspec.json.encode({"Trailbell": member})) - len("{}") <= _MOST_BYTES


def _longest_list(value: Any) -> int:
    if isinstance(value, Mapping):
        return max(map(_longest_list, value.values()), default=0)
    if isinstance(value, list | tuple):
        return max(len(value), max(map(_longest_list, value), default=0))
    return 0


def _cut(value: Any, most_items: int) -> Any:
    if isinstance(value, Mapping):
        return {key: _cut(item, most_items) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cut(item, most_items) for item in value[:most_items]]
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return value[: _LONGEST_TEXT - 3] + "..."
    return value
