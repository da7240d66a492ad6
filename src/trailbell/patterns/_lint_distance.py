"""Finds the known name that another one is a misspelling of."""

from collections.abc import Iterable

__all__ = ["nearest"]

# In a short word two letters make another word.
_LONG = 12


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Finds the one known word closest to another, at most a letter or, of a long word, two letters away.

    A letter too many, missing, wrong, or changed with its neighbour counts one. None where no word is as
    close, or where two are equally so. Other digits alone are no misspelling.
    """
    most = 2 if len(word) >= _LONG else 1
    found: list[str] = []
    for candidate in known:
        if abs(len(candidate) - len(word)) > most or _letters(candidate) == _letters(word):
            continue
        distance = _distance(word, candidate, most)
        if distance < most:
            most, found = distance, [candidate]
        elif distance == most:
            found.append(candidate)
    return found[0] if len(found) == 1 else None


def _letters(word: str) -> str:
    return word.rstrip("0123456789")


def _distance(left: str, right: str, most: int) -> int:
    """Counts the letters that differ; one more than ``most`` where there are more."""
    before: list[int] = []
    last = list(range(len(right) + 1))
    for row, letter in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            least = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != other))
            is_swapped = row > 1 and column > 1 and letter == right[column - 2] and left[row - 2] == other
            current.append(min(least, before[column - 2] + 1) if is_swapped else least)
        if min(current) > most:
            return most + 1
        before, last = last, current
    return last[-1]
