"""What an input of fuzzing looks like, and where fuzzing begins: cases, handwritten inputs, and a dictionary.

An input stays readable: up to four patterns and then one message, a line that is only ``~`` between them.
An input without such a line is a pattern that is asked about its own text.
"""

import ast
import json
from collections.abc import Sequence
from pathlib import Path

__all__ = [
    "CORPUS",
    "DICTIONARY",
    "case_inputs",
    "dictionary_words",
    "handwritten_inputs",
    "input_parts",
    "written_input",
]

CORPUS = Path(__file__).with_name("corpus")
DICTIONARY = Path(__file__).with_name("patterns.dict")

_CASES = Path(__file__).parents[1] / "cases" / "filter-pattern-cases.jsonl"

_SEPARATOR = b"\n~\n"
_MOST_PATTERNS = 4


def input_parts(data: bytes) -> tuple[list[bytes], bytes]:
    """Takes an input apart into its patterns, one or more, and its message."""
    *patterns, message = data.split(_SEPARATOR, _MOST_PATTERNS)
    return patterns or [message], message


def written_input(patterns: Sequence[str], message: str) -> bytes:
    """Writes the input that has these patterns, at most four, and this message."""
    return _SEPARATOR.join(part.encode("utf-8", "surrogatepass") for part in (*patterns, message))


def case_inputs() -> dict[str, bytes]:
    """Gives an input for each case, by its id: its message, and its pattern between two others."""
    cases = [json.loads(line) for line in _CASES.read_bytes().splitlines()]
    patterns = [case["pattern"] for case in cases]
    # The neighbour is alike, the other one most often of another syntax.
    step = len(cases) // 3
    return {
        case["id"]: written_input([patterns[at - step], case["pattern"], patterns[at - 1]], case["message"])
        for at, case in enumerate(cases)
    }


def handwritten_inputs() -> dict[str, bytes]:
    """Gives the inputs of the corpus folder, by file name."""
    return {path.name: path.read_bytes() for path in sorted(CORPUS.iterdir())}


def dictionary_words() -> list[bytes]:
    """Gives the words of the dictionary, which is written in libFuzzer's format."""
    lines = DICTIONARY.read_text(encoding="ascii").splitlines()
    return [ast.literal_eval(f"b{line}") for line in lines if line.startswith('"')]
