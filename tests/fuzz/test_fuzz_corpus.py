"""What fuzzing checks holds for the whole corpus and thousands of changed inputs, without its engine."""

import random
from collections.abc import Callable, Sequence

import pytest

from fuzz.inputs import case_inputs, dictionary_words, handwritten_inputs, input_parts, written_input
from fuzz.pattern_target import check_input

SEEDS = {**case_inputs(), **handwritten_inputs()}
WORDS = dictionary_words()
LONGEST = 4096


def splice(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Puts a piece of another input somewhere."""
    at, start = chance.randint(0, len(data)), chance.randint(0, len(other))
    return data[:at] + other[start : start + chance.choice([1, 8, 64])] + data[at:]


def swap_messages(data: bytes, other: bytes, _: random.Random) -> bytes:
    """Asks the patterns about another input's message."""
    return b"\n~\n".join([*input_parts(data)[0], input_parts(other)[1]])


def insert_word(data: bytes, _: bytes, chance: random.Random) -> bytes:
    """Puts a word of the dictionary somewhere."""
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(WORDS) + data[at:]


def replace_piece(data: bytes, _: bytes, chance: random.Random) -> bytes:
    """Puts a word of the dictionary in the place of some bytes."""
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(WORDS) + data[at + chance.choice([1, 2, 8]) :]


def erase(data: bytes, _: bytes, chance: random.Random) -> bytes:
    """Leaves some bytes out."""
    at = chance.randint(0, len(data))
    return data[:at] + data[at + chance.choice([1, 1, 4, 16]) :]


def repeat(data: bytes, _: bytes, chance: random.Random) -> bytes:
    """Writes some bytes many times."""
    at = chance.randint(0, len(data))
    end = at + chance.choice([1, 2, 8, 32])
    return data[:end] + data[at:end] * chance.choice([1, 3, 100]) + data[end:]


def change_byte(data: bytes, _: bytes, chance: random.Random) -> bytes:
    """Puts any byte in the place of one."""
    at = chance.randint(0, len(data))
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


Change = Callable[[bytes, bytes, random.Random], bytes]
CHANGES: Sequence[Change] = (
    splice,
    swap_messages,
    insert_word,
    insert_word,
    replace_piece,
    erase,
    repeat,
    change_byte,
)


@pytest.mark.parametrize("name", SEEDS)
def test_the_rules_hold_for_an_input_of_the_corpus(name: str) -> None:
    check_input(SEEDS[name])


@pytest.mark.parametrize("seed", range(8))
def test_the_rules_hold_for_changed_inputs(seed: int) -> None:
    chance = random.Random(seed)
    inputs = list(SEEDS.values())
    for _ in range(250):
        data = chance.choice(inputs)
        for _ in range(chance.randint(1, 4)):
            data = chance.choice(CHANGES)(data, chance.choice(inputs), chance)
        check_input(data[:LONGEST])


def test_an_input_is_read_as_it_was_written() -> None:
    data = written_input(["{ $.a = 1 }", "a\nb", "\ud800"], "one\n\ntwo\n")

    assert ([b"{ $.a = 1 }", b"a\nb", b"\xed\xa0\x80"], b"one\n\ntwo\n") == input_parts(data)


def test_an_input_of_one_part_is_a_pattern_about_its_own_text() -> None:
    assert ([b"a ~ b"], b"a ~ b") == input_parts(b"a ~ b")


def test_what_stands_behind_the_fourth_pattern_is_the_message() -> None:
    assert ([b"1", b"2", b"3", b"4"], b"5\n~\n6") == input_parts(b"1\n~\n2\n~\n3\n~\n4\n~\n5\n~\n6")
