"""The search for messages that patterns may match."""

import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from support.message_strategies import lines, terms_patterns
from support.pattern_strategies import bare_json_patterns, messages
from trailbell.patterns import JsonPattern, Pattern, Term, TermsPattern, matches, parse_pattern
from trailbell.patterns._literals import required_literals
from trailbell.patterns._prefilter import Prefilter

SIGN_IN = '{ $.eventName = "ConsoleLogin" }'
ANY_SIGN_IN = b'{"eventName":"ConsoleLogin"}'

WITHOUT_HYPERSCAN = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "hyperscan":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Blocked())
from trailbell.patterns import parse_pattern
from trailbell.patterns._prefilter import Prefilter
print(Prefilter.of([parse_pattern("ERROR")]))
"""

_patterns_with_literals = (bare_json_patterns() | terms_patterns()).filter(required_literals)
# Longer ones may hold more hits than are worth looking at.
_texts = (messages() | lines().map(str.encode)).filter(lambda text: len(text) < 2000)


def _prefilter(*patterns: str) -> Prefilter:
    prefilter = Prefilter.of([parse_pattern(pattern) for pattern in patterns])
    assert prefilter is not None
    return prefilter


def _among_others(*texts: bytes) -> list[bytes]:
    """Puts each message first of five, so that a quarter of all is never reached."""
    return [message for text in texts for message in (text, b"", b"{}", b"no", b"\n")]


def _holders(patterns: Sequence[Pattern], texts: Sequence[bytes]) -> list[int]:
    """Searches in the plain way."""
    literals = {literal for pattern in patterns for literal in required_literals(pattern) or ()}
    if any(isinstance(pattern, JsonPattern) for pattern in patterns):
        literals.add(b"\\u")
    return [at for at, text in enumerate(texts) if any(literal in text for literal in literals)]


@given(
    st.lists(_patterns_with_literals, min_size=1, max_size=3),
    st.lists(_texts, max_size=6),
)
@settings(max_examples=100, deadline=None)
@example([parse_pattern(SIGN_IN)], [b'{"eventName":"Console', b'Login"}', b"\\", b"u0041"])
@example([parse_pattern("abcdef ?x")], [b"abc", b"def", b"abc\ndef", b"abcdef", b"\xffabcdef\x00"])
@example(
    [TermsPattern((Term("\x00abc"),)), parse_pattern(SIGN_IN)], [b"\x00abc", b"abc", b"\xff", b"\\u0041"]
)
@example([TermsPattern((Term("ab\ncdef"),))], [b"ab\ncdef", b"cdef", b"ab", b"cde"])
def test_candidates_are_exactly_the_messages_that_hold_a_literal(
    drawn: list[Pattern], texts: list[bytes]
) -> None:
    prefilter = Prefilter.of(drawn)
    spread = _among_others(*texts)

    assert prefilter is not None
    assert _holders(drawn, spread) == prefilter.candidates(spread)


@given(
    st.lists(_patterns_with_literals, min_size=1, max_size=3),
    st.lists(_texts, max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_every_message_that_matches_is_a_candidate(drawn: list[Pattern], texts: list[bytes]) -> None:
    prefilter = Prefilter.of(drawn)
    spread = _among_others(*texts)
    matching = {at for at, text in enumerate(spread) if any(matches(pattern, text) for pattern in drawn)}

    assert prefilter is not None
    assert matching.issubset(prefilter.candidates(spread) or ())


def test_an_escaped_text_makes_a_candidate_for_json_patterns_only() -> None:
    escaped = _among_others(b'{"errorCode":"\\u0041ccessDenied"}')

    assert [0] == _prefilter("{ $.errorCode = AccessDenied }").candidates(escaped)
    assert [] == _prefilter("AccessDenied").candidates(escaped)


def test_a_literal_across_the_border_of_two_messages_counts_for_neither() -> None:
    assert [] == _prefilter("abcdef").candidates([b"xxabc", b"defxx", b"abc", b"", b"def"])


def test_odd_bytes_are_searched_like_any_others() -> None:
    odd = (b"", b"\n", b"\x00", b"\xff\xfe", b"\n\x00\xffConsoleLogin\n\x00", b"\xed\xa0\x80ConsoleLogin")

    assert [20, 25] == _prefilter("ConsoleLogin").candidates(_among_others(*odd))


def test_one_message_is_passed_over_or_left_to_the_caller() -> None:
    prefilter = _prefilter(SIGN_IN)

    assert [] == prefilter.candidates([b"{}"])
    assert prefilter.candidates([ANY_SIGN_IN]) is None
    assert [] == prefilter.candidates([])


def test_a_quarter_of_the_messages_may_be_candidates_but_no_more() -> None:
    prefilter = _prefilter(SIGN_IN)

    assert [1, 5] == prefilter.candidates([b"{}", ANY_SIGN_IN, b"", b""] * 2)
    assert prefilter.candidates([b"{}", ANY_SIGN_IN, b"", b"", ANY_SIGN_IN, b"", b""]) is None


def test_too_many_candidates_among_the_first_messages_are_enough_to_give_up() -> None:
    wide = b" " * 2000
    crowded = [ANY_SIGN_IN + wide] * 300 + [wide] * 3000

    assert _prefilter(SIGN_IN).candidates(crowded) is None
    assert list(range(3000, 3300)) == _prefilter(SIGN_IN).candidates(crowded[::-1])


def test_a_message_with_a_literal_in_every_word_is_not_worth_the_search() -> None:
    assert _prefilter("{ $.a = abc }").candidates(_among_others(b"\\u" * 5000)) is None


def test_indexes_stay_right_over_many_megabytes_and_in_messages_of_any_length() -> None:
    lengths = [0, 1, 9, 100, 5000, 262_143, 262_144, 262_145, 700_000]
    texts = [b"x" * lengths[at * at % 9] + (b"ConsoleLogin" if at % 7 == 0 else b"") for at in range(200)]

    assert list(range(0, 200, 7)) == _prefilter("ConsoleLogin").candidates(texts)


def test_more_literals_than_a_database_is_filled_up_to_are_all_found() -> None:
    names = [f"Name{number:04}" for number in range(600)]
    prefilter = _prefilter(
        *(" ".join(f"?{name}" for name in names[at : at + 60]) for at in range(0, 600, 60))
    )

    assert [at * 5 for at in range(600)] == prefilter.candidates(_among_others(*map(str.encode, names)))


def test_threads_share_a_prefilter() -> None:
    prefilter = _prefilter(SIGN_IN, "{ $.errorCode = AccessDenied* }")
    batches = [_among_others(*[ANY_SIGN_IN] * number, b"{}" * 100_000) for number in range(1, 9)]
    alone = [prefilter.candidates(batch) for batch in batches]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(prefilter.candidates, batches * 25))

    assert alone * 25 == together
    assert None not in alone


@pytest.mark.parametrize(
    "patterns",
    [
        (),
        ("",),
        (SIGN_IN, "-ERROR"),
        (SIGN_IN, "{ $.a NOT EXISTS }"),
        (SIGN_IN, "%ERROR%"),
    ],
)
def test_patterns_that_need_nothing_in_particular_have_no_prefilter(patterns: tuple[str, ...]) -> None:
    assert Prefilter.of([parse_pattern(pattern) for pattern in patterns]) is None


def test_a_prefilter_is_not_pickled() -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(_prefilter("ERROR"))


def test_without_hyperscan_there_is_no_prefilter() -> None:
    printed = subprocess.run(
        [sys.executable, "-c", WITHOUT_HYPERSCAN], check=True, capture_output=True, text=True
    )

    assert "None\n" == printed.stdout
