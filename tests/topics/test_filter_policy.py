"""What the case file leaves open: rare operands, AWS's texts for them, limits, and hostile input."""

import json
import pickle
from typing import Any

import pytest

from trailbell.topics import (
    FilterPolicyError,
    FilterPolicyScope,
    MessageAttribute,
    parse_filter_policy,
)

ATTRIBUTES = FilterPolicyScope.MESSAGE_ATTRIBUTES
BODY = FilterPolicyScope.MESSAGE_BODY
BOTH = (ATTRIBUTES, BODY)


def _refusal(policy: Any, scope: FilterPolicyScope = BODY) -> str:
    with pytest.raises(FilterPolicyError) as caught:
        parse_filter_policy(policy if isinstance(policy, str) else json.dumps(policy), scope)
    return caught.value.message


def _matches_body(policy: Any, body: Any) -> bool:
    text = body if isinstance(body, str) else json.dumps(body)
    policy_text = policy if isinstance(policy, str) else json.dumps(policy)
    return parse_filter_policy(policy_text, BODY).matches({}, text)


def _matches_attribute(entries: list[Any], data_type: str, value: str | None) -> bool:
    attributes = {
        "k": MessageAttribute(data_type=data_type, string_value=value),
        "other": MessageAttribute(data_type="String", string_value="x"),
    }
    return parse_filter_policy(json.dumps({"k": entries}), ATTRIBUTES).matches(attributes, "")


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({}, "Empty objects are not allowed"),
        ({"prefix": 1, "suffix": "a"}, "prefix match pattern must be a string"),
        ({"prefix": None}, "prefix match pattern must be a string"),
        ({"equals-ignore-case": ["a"]}, "equals-ignore-case match pattern must be a string"),
        ({"wildcard": 1}, "wildcard match pattern must be a string"),
        ({"wildcard": "a**"}, "Consecutive wildcard characters at pos 2"),
        ({"wildcard": "a\\b"}, "Invalid escape character at pos 2"),
        ({"wildcard": "é\\"}, "Invalid escape character at pos 3"),
        ({"cidr": "10.0.0.0/8/"}, "Malformed CIDR, one '/' required"),
        ({"cidr": "10.0.0.0/"}, "Malformed CIDR, mask bits must be an integer"),
        ({"cidr": "10.0.0.0/-1"}, "Malformed CIDR, mask bits must not be negative"),
        ({"cidr": "10.0.0.0/33"}, "IPv4 mask bits must be <= 32"),
        ({"cidr": "::/129"}, "IPv6 mask bits must be <= 128"),
        ({"cidr": "fe80::1%eth0/64"}, "Nonstandard IP address: fe80::1%eth0"),
        ({"numeric": "="}, "Value of numeric must be an array."),
        ({"numeric": [None, 1]}, "Invalid member in numeric match: null"),
        ({"numeric": [True, 1]}, "Invalid member in numeric match: true"),
        ({"numeric": [[1], 1]}, "Invalid member in numeric match: ["),
        ({"numeric": [{}, 1]}, "Invalid member in numeric match: {"),
        ({"numeric": ["=", True]}, "Value of equals must be numeric"),
        ({"numeric": ["=", 1, 2]}, "Too many elements in numeric expression"),
        ({"numeric": [">", 1, "<"]}, "Value of < must be numeric"),
        ({"numeric": [">", 1, "<=", "5"]}, "Value of <= must be numeric"),
        ({"numeric": [">", 9, "<", 1, "<"]}, "Too many terms in numeric range expression"),
        ({"numeric": ["=", 1000000001]}, "Value must be between -1.0E9 and 1.0E9, inclusive"),
        ({"anything-but": []}, "Empty arrays are not allowed"),
        ({"anything-but": {}}, "Empty objects are not allowed"),
        (
            {"anything-but": True},
            "Value of anything-but must be an array or single string/number value.",
        ),
        (
            {"anything-but": None},
            "Value of anything-but must be an array or single string/number value.",
        ),
        ({"anything-but": [[1]]}, "Inside anything but list, start|null|boolean is not supported."),
        ({"anything-but": ["a", None]}, "Inside anything but list, start|null|boolean is not supported."),
        (
            {"anything-but": ["a", 1]},
            "Inside anything but list, either all values are number or string, mixed type is not supported",
        ),
        (
            {"anything-but": {"equals-ignore-case": "a"}},
            "Unsupported anything-but pattern: equals-ignore-case",
        ),
        ({"anything-but": {"prefix": "a", "suffix": "b"}}, "Only one key allowed in match expression"),
    ],
)
@pytest.mark.parametrize("scope", BOTH)
def test_a_faulty_entry_is_refused_with_its_reason(
    entry: object, reason: str, scope: FilterPolicyScope
) -> None:
    assert f"FilterPolicy: {reason}" == _refusal({"k": [entry]}, scope)


def test_the_number_in_a_refusal_is_spelt_as_in_the_policy() -> None:
    assert _refusal('{"k":[{"numeric":[1.50e1]}]}').endswith(": 1.50e1")


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ("[]", "Filter is not an object"),
        ("null", "Filter is not an object"),
        ('{"k":["a"],"k":[]}', "Empty arrays are not allowed"),
        ('{"k":[{"prefix":"a","prefix":"a"}]}', "Only one key allowed in match expression"),
        ('{"$or":[{},{"a":["b"]}]}', "Empty objects are not allowed"),
        ('{"$or":[{"a":["b"]}]}', "Unrecognized match type a"),
        ('{"$or":"a"}', '"$or" must be an object or an array'),
        ('{"$or":[{"a":["b"]},1]}', "Unrecognized match type a"),
        ('{"\\ud800":1}', '"?" must be an object or an array'),
        ('{"' + "k" * 9999 + '":1}', f'"{"k" * 256}" must be an object or an array'),
    ],
)
def test_a_faulty_policy_is_refused_with_its_reason(policy: str, reason: str) -> None:
    assert f"FilterPolicy: {reason}" == _refusal(policy)


@pytest.mark.parametrize(
    "text", ["", " ", "{", '{"a":["b"]} x', '{"a":[NaN]}', "{'a':['b']}", '\ufeff{"a":["b"]}', '{"a":["b",]}']
)
def test_text_that_is_no_json_is_refused_as_such(text: str) -> None:
    assert _refusal(text).startswith("FilterPolicy: failed to parse JSON. ")


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ({"a": {"b": [1], "c": [1]}, "d.e": [1], "d": {"f": [1]}, "g": [1]}, None),
        ({"a": {"b": [1], "c": [1]}, "a.d": [1], "a.e": [1], "a.f": [1], "a.g": [1]}, "more than 5 keys"),
        ({"$or": [{"a": [1]}, {"b": [1]}, {"c": [1], "d": [1]}, {"e": [1], "f": [1]}]}, "more than 5 keys"),
        ({"a.b": [1], "a": {"b": [1]}, "c": [1], "d": [1], "e": [1], "f": [1]}, None),
        ({"k": list(range(150))}, None),
        ({"k": list(range(151))}, "too complex"),
        ({"a": {"k": list(range(75))}}, None),
        ({"a": {"k": list(range(76))}}, "too complex"),
        ({"$or": [{"a": list(range(75))}, {"b": list(range(75))}]}, None),
        ({"$or": [{"a": list(range(75))}, {"b": list(range(76))}]}, "too complex"),
        ({"k": [{"wildcard": f"*{n}"} for n in range(10)]}, None),
        ({"k": [{"wildcard": f"*{n}"} for n in range(11)]}, "too complex"),
        ({"k": [{"wildcard": f"*{n}*"} for n in range(5)]}, None),
        ({"k": [{"wildcard": f"*{n}*"} for n in range(6)]}, "too complex"),
        ({"k": [{"anything-but": {"wildcard": f"*{n}*"}} for n in range(10)]}, None),
        ({"k": [{"anything-but": {"wildcard": f"*{n}*"}} for n in range(11)]}, "too complex"),
        ({"k": [{"wildcard": "*a*b*"}]}, None),
        ({"k": [{"wildcard": r"*a*b*\*"}]}, None),
        ({"k": ["x" * 262_000]}, None),
        ({"k": ["x" * 262_144]}, "larger than 256 KB"),
    ],
)
def test_a_limit_is_kept_exactly(policy: dict[str, Any], reason: str | None) -> None:
    if reason is None:
        parse_filter_policy(json.dumps(policy), BODY)
    else:
        assert reason in _refusal(policy)


@pytest.mark.parametrize(
    ("entries", "data_type", "value", "expected"),
    [
        ([{"exists": True}], "String", "", False),
        ([{"exists": True}], "Number", "0", True),
        ([{"exists": True}], "Number", "many", False),
        ([{"exists": False}], "Number", "many", False),
        ([{"exists": False}], "Binary", None, True),
        ([{"exists": False}], "Binary.png", None, True),
        ([{"exists": False}], "String.Array", "[]", False),
        (["a"], "String.custom", "a", True),
        ([1], "Number.int", "1.0", True),
        ([1], "Number", "+1e0", True),
        ([1], "Number", "1_0", False),
        ([{"numeric": [">", 0]}], "Number", "inf", False),
        ([{"numeric": [">", 0]}], "Number", "1e999", True),
        ([True], "String.Array", "[1]", False),
        ([1], "String.Array", "[true]", False),
        ([{"exists": True}], "String.Array", '{"a":1}', False),
        ([{"exists": True}], "String.Array", '[["a"]]', False),
        ([{"anything-but": ["a"]}], "String.Array", "[null]", True),
        ([{"anything-but": {"prefix": "a"}}], "Number", "1", True),
        ([{"equals-ignore-case": "ΟΔΟΣ"}], "String", "οδος", True),
        ([{"wildcard": r"a\*b\\*"}], "String", "a*b\\c", True),
        ([{"wildcard": "ab*ba"}], "String", "aba", False),
        ([{"wildcard": "plain"}], "String", "plain", True),
        ([{"cidr": "10.0.0.9/24"}], "String", "10.0.0.1", True),
        ([{"cidr": "10.0.0.9/32"}], "String", "10.0.0.9", True),
        ([{"cidr": "::/0"}], "String", "10.0.0.1", False),
        ([{"cidr": "fe80::/10"}], "String", "fe80::1%eth0", False),
    ],
)
def test_an_attribute_is_tested_by_its_type(
    entries: list[Any], data_type: str, value: str | None, expected: bool
) -> None:
    assert expected == _matches_attribute(entries, data_type, value)


def test_binary_attributes_alone_are_no_attributes() -> None:
    policy = parse_filter_policy('{"k":[{"exists":false}]}', ATTRIBUTES)

    assert not policy.matches({"z": MessageAttribute(data_type="Binary", binary_value=b"x")}, "")


@pytest.mark.parametrize(
    ("policy", "body", "expected"),
    [
        ({}, "no JSON", True),
        ({"k": [{"exists": False}]}, [], False),
        ({"k": [{"exists": False}]}, {"k": {"x": 1}}, True),
        ({"k": [{"exists": False}]}, {"k": []}, False),
        ({"k": [{"exists": True}]}, {"k": ["", None, False]}, True),
        ({"k": [True]}, {"k": 1}, False),
        ({"k": [1]}, {"k": True}, False),
        ({"$or": [{"k": [True]}, {"k": [1]}]}, {"k": True}, True),
        ({"$or": [{"k": [True]}, {"k": [1]}]}, {"k": 1.0}, True),
        ({"k": [123456789012]}, {"k": 123456789012}, True),
        ({"": ["x"]}, {"": "x"}, True),
        ({".": ["x"]}, {"": {"": "x"}}, True),
        ({"a": ["x"], "a.b": ["y"]}, {"a": ["x", {"b": "y"}]}, False),
        ({"a": ["x"], "a.b": ["y"]}, {"a": "x", "a.b": "y"}, True),
        ('{"k":["a"],"k":["b"]}', {"k": "a"}, False),
        ('{"k":["a"],"k":["b"]}', {"k": "b"}, True),
        ('{"k":{"x":["a"]},"k.x":["b"]}', {"k": {"x": "b"}}, True),
        ('{"k":["a"],"$or":[{"k":["b"]},{"x":["c"]}]}', {"k": "b"}, True),
        ('{"$or":[{"k":["b"]},{"x":["c"]}],"k":["a"]}', {"k": "b"}, False),
        ('{"k":["a"]}', '{"k":"b","k":"a"}', True),
        ({"k": [{"wildcard": "\ud800*"}]}, '{"k":"\\ud800x"}', True),
        ({"k": [{"prefix": "a"}]}, {"k": [[["b"], ["ab"]]]}, True),
    ],
)
def test_a_body_is_tested_by_what_it_says(policy: object, body: object, expected: bool) -> None:
    assert expected == _matches_body(policy, body)


def test_a_policy_is_a_value() -> None:
    text = '{"k":["a",{"cidr":"10.0.0.0/8"}]}'
    policy = parse_filter_policy(text, BODY)

    assert policy == pickle.loads(pickle.dumps(policy))  # noqa: S301 - its own bytes
    assert {policy} == {parse_filter_policy(text, BODY)}
    assert policy != parse_filter_policy(text, ATTRIBUTES)


def _nested(depth: int, inner: str = "1") -> str:
    return '{"a":' * depth + inner + "}" * depth


HOSTILE_POLICIES = {
    "open brackets": "[" * 10_000,
    "deep lists": '{"a":' + "[" * 10_000 + "]" * 10_000 + "}",
    "deep keys": _nested(10_000, "[1]"),
    "keys that are just readable": _nested(255, "[1]"),
    "quotes in an open string": '{"a":"' + '\\"' * 100_000,
    "a long number": '{"k":[{"numeric":[">",' + "9" * 200_000 + "]}]}",
    "a great exponent": '{"k":[{"numeric":["=",1e999999999]}]}',
    "branches of branches": "{" + ",".join(['"$or":[{"a":[1]},{"b":[1]}]'] * 5_000) + "}",
    "many keys below a long one": '{"'
    + "x" * 100_000
    + '":{'
    + ",".join(f'"{n}":[1]' for n in range(10_000))
    + "}}",
    "many dots": '{"' + "." * 200_000 + '":[]}',
    "many stars": '{"k":[{"wildcard":"' + "a*" * 100_000 + '"}]}',
    "many branches": '{"$or":[' + ",".join(['{"a":[1]}'] * 20_000) + "]}",
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE_POLICIES.items()])
@pytest.mark.parametrize("scope", BOTH)
def test_a_hostile_policy_is_refused(text: str, scope: FilterPolicyScope) -> None:
    assert len(_refusal(text, scope)) < 500


def test_branches_inside_branches_are_read_to_any_depth_that_json_may_have() -> None:
    policy = '{"$or":[{"a":["x"]},' * 127 + '{"b":["y"]}' + "]}" * 127

    assert _matches_body(policy, {"b": "y"})


HOSTILE_BODIES = {
    "open brackets": "[" * 10_000,
    "deep objects": _nested(10_000),
    "deep objects that end early": '{"a":"b","z":' + _nested(10_000) + "}",
    "deep lists": '{"a":' + "[" * 10_000 + "]" * 10_000 + "}",
    "long number": '{"a":' + "9" * 250_000 + "}",
    "many values": '{"a":[' + ",".join(["1", "2"] * 60_000) + "]}",
    "many members": json.dumps({str(n): n for n in range(20_000)}),
    "quotes in an open string": '{"a":"' + '\\"' * 120_000 + "[" * 1_000,
    "long text": json.dumps({"a": "ab" * 125_000}),
    "no number": '{"a":NaN}',
    "half a pair": '{"a":"\\ud800"}',
}


@pytest.mark.parametrize("body", [pytest.param(body, id=name) for name, body in HOSTILE_BODIES.items()])
def test_a_hostile_body_is_only_not_let_through(body: str) -> None:
    policy = {
        "a": [{"wildcard": "a*ba*bb*c"}, {"cidr": "::/0"}, {"equals-ignore-case": "b"}],
        "a.a": [{"exists": True}],
    }

    assert not _matches_body(policy, body)


def test_names_with_many_dots_are_found() -> None:
    path = ".".join("a" * 50_000)

    assert _matches_body({path: ["x"]}, {path: "x"})
    assert not _matches_body({path: ["x"]}, _nested(200, '"x"'))


def test_the_deepest_body_that_is_read_has_256_levels() -> None:
    assert _matches_body({"k": ["x"]}, '{"k":"x","z":' + "[" * 255 + "]" * 255 + "}")
    assert not _matches_body({"k": ["x"]}, '{"k":"x","z":' + "[" * 256 + "]" * 256 + "}")


def test_brackets_inside_strings_are_no_levels() -> None:
    assert _matches_body({"k": [{"prefix": "["}]}, {"k": '[{"\\' * 5_000})
