"""Whether a resource's policy lets a service act: the part of IAM's rules that topics and keys need.

Follows "Policy evaluation logic" of the IAM User Guide. What depends on something that is not known
from here, such as an organization's id, has no answer.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

__all__ = ["Request", "allows"]

_MOST_STATEMENTS = 1000


class Request(msgspec.Struct, frozen=True):
    """Who wants to do what: ``service`` such as cloudwatch.amazonaws.com, ``action`` such as sns:Publish.

    ``context`` holds the condition keys that are known, in small letters, such as aws:sourceaccount.
    """

    service: str
    action: str
    resource: str
    context: Mapping[str, str]


def allows(policy: str, request: Request) -> bool | None:
    """Returns whether a policy lets a request through; None where that depends on what is not known.

    A policy that is no JSON object lets nothing through.
    """
    try:
        document = json.loads(policy)
    except (ValueError, RecursionError):
        return False
    if not isinstance(document, dict):
        return False
    statements = [each for each in _listed(document.get("Statement")) if isinstance(each, dict)]
    allowed: bool | None = False
    denied: bool | None = False
    for statement in statements[:_MOST_STATEMENTS]:
        applies = _applies(statement, request)
        if statement.get("Effect") == "Deny":
            denied = _either(denied, applies)
        elif statement.get("Effect") == "Allow":
            allowed = _either(allowed, applies)
    if denied is True or allowed is False:
        return False
    return None if denied is None or allowed is None else True


def _applies(statement: Mapping[str, Any], request: Request) -> bool | None:
    if not (_names_caller(statement, request) and _names_action(statement, request)):
        return False
    if not _names_resource(statement, request):
        return False
    return _meets_conditions(statement.get("Condition"), request.context)


def _names_caller(statement: Mapping[str, Any], request: Request) -> bool:
    if "NotPrincipal" in statement:
        return not _is_principal(statement["NotPrincipal"], request)
    return _is_principal(statement.get("Principal"), request)


def _is_principal(principal: object, request: Request) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return False
    # A principal of accounts does not mean the services, but everybody does.
    return "*" in _texts(principal.get("AWS")) or any(
        each in ("*", request.service) for each in _texts(principal.get("Service"))
    )


def _names_action(statement: Mapping[str, Any], request: Request) -> bool:
    action = request.action.lower()
    if "NotAction" in statement:
        return not any(_like(each.lower(), action) for each in _texts(statement["NotAction"]))
    return any(_like(each.lower(), action) for each in _texts(statement.get("Action")))


def _names_resource(statement: Mapping[str, Any], request: Request) -> bool:
    if "NotResource" in statement:
        return not any(_like(each, request.resource) for each in _texts(statement["NotResource"]))
    resources = _texts(statement.get("Resource", "*"))
    return any(_like(each, request.resource) for each in resources)


def _meets_conditions(conditions: object, context: Mapping[str, str]) -> bool | None:
    if not isinstance(conditions, dict):
        return True
    met: bool | None = True
    for operator, tests in conditions.items():
        for key, values in tests.items() if isinstance(tests, dict) else ():
            met = _both(met, _meets(str(operator), str(key).lower(), _texts(values), context))
    return met


_Test = Callable[[str, str], bool]


def _meets(operator: str, key: str, values: list[str], context: Mapping[str, str]) -> bool | None:
    if key not in context:
        return None
    name = operator.removesuffix("IfExists")
    if name == "Null":
        return "false" in values
    is_negated = name in _NEGATED
    test = _TESTS.get(_NEGATED.get(name, name))
    if test is None:
        return None
    return any(test(each, context[key]) for each in values) != is_negated


def _like(pattern: str, text: str) -> bool:
    """Matches ``*`` and ``?`` in time that grows with the product of both lengths at most."""
    at, star, tried = 0, -1, 0
    index = 0
    while index < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, tried = at, index
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[index]):
            at += 1
            index += 1
        elif star >= 0:
            tried += 1
            at, index = star + 1, tried
        else:
            return False
    return not pattern[at:].strip("*")


def _equal(pattern: str, text: str) -> bool:
    return pattern == text


def _equal_in_any_case(pattern: str, text: str) -> bool:
    return pattern.lower() == text.lower()


_TESTS: dict[str, _Test] = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_in_any_case,
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": _equal_in_any_case,
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def _either(one: bool | None, other: bool | None) -> bool | None:
    if one or other:
        return True
    return None if one is None or other is None else False


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _texts(value: Any) -> list[str]:
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in _listed(value)]
