"""What `trailbell pattern explain` shows: an outline of clauses, coloured on a terminal alone, or JSON."""

from collections.abc import Iterator

import click

from trailbell.cli._pattern_argument import LONGEST_ESCAPE, encodable
from trailbell.cli._tables import print_json
from trailbell.evidence import shown
from trailbell.patterns import Clause, Explanation

__all__ = ["print_explanation", "print_explanation_as_json"]

_MARK = {True: ">", False: " "}
_VERDICT = {True: "true", False: "false"}
_STYLE = {True: "green", False: "red"}


def print_explanation(sentence: str, explanation: Explanation | None) -> None:
    """Writes the sentence and, of an event, the verdict with one line for each clause."""
    for line in sentence.split("\n"):
        click.echo(_safe(line))
    if explanation is None:
        return
    from rich.console import Console  # noqa: PLC0415 - the CLI starts without it
    from rich.text import Text  # noqa: PLC0415

    # Text, not markup: what stands in a log must not style our terminal.
    console = Console(highlight=False)
    console.print()
    console.print(Text(_safe(explanation.reason), f"bold {_STYLE[explanation.matches]}"), soft_wrap=True)
    for depth, clause in _walk(explanation.clause, 0):
        console.print(Text.assemble(*_pieces(depth, clause)), soft_wrap=True)
    console.print(Text("\n> decides"))


def print_explanation_as_json(pattern: str, sentence: str, explanation: Explanation | None) -> None:
    """Writes one JSON object."""
    told: dict[str, object] = {"pattern": encodable(pattern), "sentence": encodable(sentence)}
    if explanation is not None:
        told["matches"] = explanation.matches
        told["reason"] = encodable(explanation.reason)
        told["clause"] = _shape(explanation.clause)
    print_json(told)


def _walk(clause: Clause, depth: int) -> Iterator[tuple[int, Clause]]:
    yield depth, clause
    for inner in clause.clauses:
        yield from _walk(inner, depth + 1)


def _pieces(depth: int, clause: Clause) -> Iterator[tuple[str, str]]:
    """Yields the parts of a clause's line, each with its style."""
    style = "" if clause.is_ignored else _STYLE[clause.holds]
    verdict = "-" if clause.is_ignored else _VERDICT[clause.holds]
    yield f"{_MARK[clause.decides]} ", "bold"
    yield f"{verdict:<5}  ", f"bold {style}" if clause.decides else style
    yield "  " * depth + _safe(clause.words) + (":" if clause.joint else ""), ""
    if clause.met:
        yield f"  [{_safe(clause.met)}]", "cyan"
    if clause.note:
        yield f"  ({clause.note})", "yellow"


def _shape(clause: Clause) -> dict[str, object]:
    told: dict[str, object] = {
        "text": encodable(clause.text),
        "words": encodable(clause.words),
        "holds": clause.holds,
        "decides": clause.decides,
    }
    if clause.joint:
        told["joint"] = clause.joint
        told["clauses"] = [_shape(inner) for inner in clause.clauses]
    else:
        told["met"] = encodable(clause.met)
        told["note"] = clause.note
    return told


def _safe(text: str) -> str:
    return shown(text, LONGEST_ESCAPE * len(text))
