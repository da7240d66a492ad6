"""The solver z3, told what patterns mean a second time, comes to the same answers."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from support.z3_oracle import exists_event, pattern_maker
from trailbell.patterns import JsonPattern
from trailbell.patterns._coverage import SearchResult, find_event


@given(st.integers(0, 2**32))
@settings(max_examples=60)
def test_an_event_is_found_exactly_where_z3_finds_one(seed: int) -> None:
    maker = pattern_maker(seed)
    first, second = maker.pattern(), maker.pattern()

    assert isinstance(first, JsonPattern)
    assert isinstance(second, JsonPattern)
    answer = exists_event(first, second)
    # A solver that often gives up is told by hypothesis, which finds too few examples then.
    assume(answer is not None)
    assert answer == (find_event([first], [second]).result is SearchResult.FOUND)
