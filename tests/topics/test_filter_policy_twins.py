"""Laws of filter policies, on random policies and messages, and slow twins that must agree."""

import json
import random
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trailbell.topics import (
    FilterPolicyError,
    FilterPolicyScope,
    MessageAttribute,
    parse_filter_policy,
)

ATTRIBUTES = FilterPolicyScope.MESSAGE_ATTRIBUTES
BODY = FilterPolicyScope.MESSAGE_BODY

_texts = st.text(alphabet="ab.", max_size=3)
_numbers = st.sampled_from([-1, 0, 1, 1.5, 2, 10**12])
_scalars = st.one_of(_texts, _numbers, st.booleans(), st.none())
_wildcards = st.text(alphabet="ab*", max_size=6).filter(lambda text: "**" not in text and text.count("*") < 4)
_numeric = st.one_of(
    st.tuples(st.sampled_from(["=", "<", "<=", ">", ">="]), st.sampled_from([0, 1, 1.5])).map(list),
    st.tuples(st.sampled_from([">", ">="]), st.just(0), st.sampled_from(["<", "<="]), st.just(2)).map(list),
)
_entries = st.one_of(
    _scalars,
    *(
        st.fixed_dictionaries({name: _texts})
        for name in ("prefix", "suffix", "equals-ignore-case", "anything-but")
    ),
    st.fixed_dictionaries({"wildcard": _wildcards}),
    st.fixed_dictionaries({"numeric": _numeric}),
    st.fixed_dictionaries({"exists": st.booleans()}),
    st.fixed_dictionaries({"anything-but": st.lists(_texts, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"anything-but": st.lists(_numbers, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"anything-but": st.fixed_dictionaries({"wildcard": _wildcards})}),
)
_lists = st.lists(_entries, min_size=1, max_size=3)
_flat_policies = st.dictionaries(st.sampled_from("abc"), _lists, max_size=3)
_attributes = st.dictionaries(
    st.sampled_from("abcd"),
    st.one_of(
        st.builds(MessageAttribute, data_type=st.just("String"), string_value=_texts),
        st.builds(MessageAttribute, data_type=st.just("Number"), string_value=_numbers.map(str)),
        st.builds(
            MessageAttribute,
            data_type=st.just("String.Array"),
            string_value=st.lists(_scalars, max_size=3).map(json.dumps),
        ),
        st.builds(MessageAttribute, data_type=st.just("Binary"), binary_value=st.just(b"a")),
    ),
)
_body_values = st.recursive(
    st.sampled_from(["x", "y"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "a.b"]), inner, max_size=3)
    ),
    max_leaves=10,
)
_bodies = st.dictionaries(st.sampled_from(["a", "b", "a.b"]), _body_values, max_size=3)
_body_policies = st.dictionaries(
    st.sampled_from(["a", "b", "a.b", "b.a", "a.a", "a.b.a"]),
    st.lists(st.sampled_from(["x", "y"]), min_size=1, max_size=2),
    min_size=1,
    max_size=4,
)

_letters = st.one_of(st.sampled_from("xy"), st.lists(st.sampled_from("xy"), min_size=2, max_size=2))
_pairs = st.fixed_dictionaries({}, optional={"a": _letters, "b": _letters})
_records = st.lists(
    st.fixed_dictionaries({"a": _letters, "b": _letters, "c": st.lists(_pairs, min_size=1, max_size=2)}),
    min_size=2,
    max_size=3,
)
_record_policies = st.dictionaries(
    st.sampled_from(["r.a", "r.b", "r.c.a", "r.c.b"]),
    st.sampled_from("xy").map(lambda letter: [letter]),
    min_size=2,
)


def _shuffled(value: Any, chance: random.Random) -> Any:
    """Puts keys and list entries in another order, except inside operators."""
    if isinstance(value, dict):
        items = [
            (key, chance.sample(inner, len(inner)) if isinstance(inner, list) else _shuffled(inner, chance))
            for key, inner in value.items()
        ]
        return dict(chance.sample(items, len(items)))
    return value


def _alternatives(value: Any, path: str) -> Iterator[list[tuple[str, Any]]]:
    """Gives, for each choice of one element in every array, all values with their paths."""
    if isinstance(value, list):
        for element in value:
            yield from _alternatives(element, path)
    elif isinstance(value, dict):
        members = [
            list(_alternatives(member, f"{path}.{name}" if path else name)) or [[]]
            for name, member in value.items()
        ]
        for choice in product(*members):
            yield [leaf for leaves in choice for leaf in leaves]
    else:
        yield [(path, value)]


def _fits_a_choice(policy: dict[str, list[str]], body: dict[str, Any]) -> bool:
    return any(
        all(any(path == key and value in values for path, value in leaves) for key, values in policy.items())
        for leaves in _alternatives(body, "")
    )


def _fits_wildcard(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_fits_wildcard(pattern[1:], text[at:]) for at in range(len(text) + 1))
    return text[:1] == pattern[0] and _fits_wildcard(pattern[1:], text[1:])


@given(policy=_flat_policies, attributes=_attributes, chance=st.randoms(use_true_random=False))
def test_the_order_of_keys_and_entries_does_not_matter(
    policy: dict[str, Any], attributes: dict[str, MessageAttribute], chance: random.Random
) -> None:
    straight = parse_filter_policy(json.dumps(policy), ATTRIBUTES)
    shuffled = parse_filter_policy(json.dumps(_shuffled(policy, chance)), ATTRIBUTES)

    assert straight.matches(attributes, "") == shuffled.matches(attributes, "")


@given(policy=_body_policies, body=_bodies, chance=st.randoms(use_true_random=False))
def test_the_order_of_keys_and_elements_does_not_matter_in_bodies(
    policy: dict[str, Any], body: dict[str, Any], chance: random.Random
) -> None:
    straight = parse_filter_policy(json.dumps(policy), BODY)
    shuffled = parse_filter_policy(json.dumps(_shuffled(policy, chance)), BODY)

    assert straight.matches({}, json.dumps(body)) == shuffled.matches({}, json.dumps(_shuffled(body, chance)))


@given(excluded=st.lists(st.text(max_size=3), min_size=1, max_size=3), value=st.text(max_size=3))
def test_anything_but_is_the_negation_of_exact_on_one_string(excluded: list[str], value: str) -> None:
    exact = parse_filter_policy(json.dumps({"k": excluded}), BODY)
    anything_but = parse_filter_policy(json.dumps({"k": [{"anything-but": excluded}]}), BODY)
    body = json.dumps({"k": value})

    assert exact.matches({}, body) != anything_but.matches({}, body)


@given(pattern=_wildcards, value=st.text(alphabet="ab", max_size=8))
def test_wildcards_fit_as_their_literal_twin_says(pattern: str, value: str) -> None:
    policy = parse_filter_policy(json.dumps({"k": [{"wildcard": pattern}]}), BODY)

    assert _fits_wildcard(pattern, value) == policy.matches({}, json.dumps({"k": value}))


@given(policy=_body_policies, body=_bodies)
def test_paths_lead_where_a_list_of_all_choices_says(policy: dict[str, Any], body: dict[str, Any]) -> None:
    assert _fits_a_choice(policy, body) == parse_filter_policy(json.dumps(policy), BODY).matches(
        {}, json.dumps(body)
    )


@given(policy=_record_policies, records=_records)
def test_conditions_hold_in_one_element_as_a_list_of_all_choices_says(
    policy: dict[str, Any], records: list[Any]
) -> None:
    body = {"r": records}

    assert _fits_a_choice(policy, body) == parse_filter_policy(json.dumps(policy), BODY).matches(
        {}, json.dumps(body)
    )


@given(first=_flat_policies, second=_flat_policies, attributes=_attributes)
def test_branches_match_where_one_of_them_does(
    first: dict[str, Any], second: dict[str, Any], attributes: dict[str, MessageAttribute]
) -> None:
    branches = [branch for branch in (first, second) if branch]
    if len(branches) < 2:
        return
    both = parse_filter_policy(json.dumps({"$or": branches}), ATTRIBUTES)
    single = [parse_filter_policy(json.dumps(branch), ATTRIBUTES) for branch in branches]

    assert any(each.matches(attributes, "") for each in single) == both.matches(attributes, "")


_words = st.sampled_from(
    ["$or", "a", "a.b", "prefix", "numeric", "wildcard", "anything-but", "cidr", "exists", "=", "<", ">"]
)
_any_json = st.recursive(
    st.one_of(_words, st.text(max_size=4), st.integers(), st.floats(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_words, inner, max_size=4)),
    max_leaves=25,
)


@given(
    text=st.one_of(st.text(), _any_json.map(json.dumps)),
    scope=st.sampled_from(FilterPolicyScope),
    body=st.one_of(st.text(), _any_json.map(json.dumps)),
    attributes=_attributes,
)
def test_any_text_is_a_policy_or_is_refused_and_matching_never_fails(
    text: str, scope: FilterPolicyScope, body: str, attributes: dict[str, MessageAttribute]
) -> None:
    with suppress(FilterPolicyError):
        assert parse_filter_policy(text, scope).matches(attributes, body) in (True, False)
