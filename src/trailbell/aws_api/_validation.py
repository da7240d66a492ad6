"""The demands of AWS's models on parameters, all at once and in AWS's words."""

import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.aws_api._deviations import FILLED, NAME_TOO_LONG, UNCHECKED_CHOICES
from trailbell.aws_api._printing import printed
from trailbell.aws_api._shapes import OperationModel, Shape, ShapeKind

__all__ = ["validate"]

_NOT_NULL = "Member must not be null"
_NUMBERS = frozenset({ShapeKind.INTEGER, ShapeKind.LONG, ShapeKind.FLOAT, ShapeKind.DOUBLE})

# As for Java, in which these patterns are written: letters beyond ASCII are no `\w`, and `\p{L}` is known.
_UNICODE_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_SURROGATE_RANGE = r"\uD800\uDC00-\uDBFF\uDFFF"

_KINDS = {"logs": RefusalKind.INVALID_PARAMETER}


def validate(model: OperationModel, parameters: dict[str, Any]) -> dict[str, Any]:
    """Returns the parameters that an operation may be given; none that AWS's model forbids are among them.

    Members whose absence has a text of its own are filled in, for the operation to find.

    Raises:
        RequestRefusedError: With all faults there are, as AWS lists them.
    """
    filled = {
        name: FILLED[model.service, model.name, name]
        for name in model.input.required
        if name not in parameters and (model.service, model.name, name) in FILLED
    }
    parameters = parameters | filled
    if model.service == "sns":
        _check_required_by_name(model.input, parameters)
    _check_name_limits(model.service, parameters)
    unchecked = {member for service, name, member in UNCHECKED_CHOICES if (service, name) == _identity(model)}
    faults = list(_structure_faults(model.input, parameters, "", unchecked))
    if faults:
        noun = "error" if len(faults) == 1 else "errors"
        raise RequestRefusedError(
            _KINDS.get(model.service, RefusalKind.VALIDATION),
            f"{len(faults)} validation {noun} detected: {'; '.join(faults)}",
        )
    return parameters


def _identity(model: OperationModel) -> tuple[str, str]:
    return model.service, model.name


def _check_required_by_name(shape: Shape, parameters: dict[str, Any]) -> None:
    for name in shape.members:
        if name in shape.required and name not in parameters:
            raise RequestRefusedError(
                RefusalKind.INVALID_PARAMETER,
                f"Invalid parameter: {name} Reason: no value for required parameter",
            )


def _check_name_limits(service: str, parameters: dict[str, Any]) -> None:
    limit = NAME_TOO_LONG.get(service)
    if limit is None:
        return
    for name in limit.members & parameters.keys():
        if len(parameters[name]) > limit.maximum:
            raise RequestRefusedError(RefusalKind.INVALID_PARAMETER, limit.message)


def _structure_faults(
    shape: Shape, parameters: dict[str, Any], path: str, unchecked: Iterable[str] = ()
) -> Iterator[str]:
    for name, member in shape.members.items():
        where = f"{path}{name[0].lower()}{name[1:]}"
        value = parameters.get(name)
        if value is not None:
            yield from _faults(member, value, where, has_free_choice=name in unchecked)
        elif name in shape.required:
            yield _fault(member, None, where, _NOT_NULL)


def _faults(shape: Shape, value: Any, path: str, *, has_free_choice: bool = False) -> Iterator[str]:
    if has_free_choice and shape.kind is not ShapeKind.LIST:
        return
    yield from (_fault(shape, value, path, demand) for demand in _broken(shape, value))
    match shape.kind:
        case ShapeKind.STRUCTURE:
            yield from _structure_faults(shape, value, f"{path}.")
        case ShapeKind.LIST if shape.element is not None and not has_free_choice:
            yield from _element_faults(shape, shape.element, dict(enumerate(value, 1)), path, "Member")
        case ShapeKind.MAP if shape.element is not None and shape.key is not None:
            if any(_is_broken(shape.key, key) for key in value):
                yield _fault(shape, value, path, _all_demands("Map keys", shape.key))
            yield from _element_faults(shape, shape.element, value, path, "Map value")


def _element_faults(
    shape: Shape, element: Shape, values: dict[Any, Any], path: str, noun: str
) -> Iterator[str]:
    """Yields what is wrong with elements: each by itself where they have parts, else once for all of them."""
    has_parts = element.kind in {ShapeKind.STRUCTURE, ShapeKind.LIST, ShapeKind.MAP}
    is_reported = False
    for place, value in values.items():
        where = f"{path}.{place}.member"
        if value is None:
            yield _fault(element, None, where, _NOT_NULL)
        elif has_parts:
            yield from _faults(element, value, where)
        elif not is_reported and _is_broken(element, value):
            is_reported = True
            yield _fault(
                shape,
                list(values.values()) if noun == "Member" else values,
                path,
                _all_demands(noun, element),
            )


def _fault(shape: Shape, value: Any, path: str, demand: str) -> str:
    return f"Value {printed(shape, value)} at '{path}' failed to satisfy constraint: {demand}"


def _all_demands(noun: str, shape: Shape) -> str:
    return f"{noun} must satisfy constraint: [{', '.join(text for text, _ in _demands(shape))}]"


def _is_broken(shape: Shape, value: Any) -> bool:
    if shape.maximum is not None and _size(shape, value) > shape.maximum:
        return True
    if shape.minimum is not None and _size(shape, value) < shape.minimum:
        return True
    if shape.choices and value not in shape.choices:
        return True
    return bool(shape.pattern) and not _matches(shape.pattern or "", value)


def _broken(shape: Shape, value: Any) -> Iterator[str]:
    if not _is_broken(shape, value):
        return
    # AWS names the pattern first where one value breaks several demands.
    for text, kind in sorted(_demands(shape), key=lambda demand: demand[1] not in {"pattern", "choices"}):
        match kind:
            case "maximum" if shape.maximum is not None:
                is_met = _size(shape, value) <= shape.maximum
            case "minimum" if shape.minimum is not None:
                is_met = _size(shape, value) >= shape.minimum
            case "choices":
                is_met = value in shape.choices
            case _:
                is_met = _matches(shape.pattern or "", value)
        if not is_met:
            yield text


def _demands(shape: Shape) -> Iterator[tuple[str, str]]:
    measure = "value" if shape.kind in _NUMBERS else "length"
    if shape.maximum is not None:
        yield f"Member must have {measure} less than or equal to {shape.maximum}", "maximum"
    if shape.minimum is not None:
        yield f"Member must have {measure} greater than or equal to {shape.minimum}", "minimum"
    if shape.choices:
        yield f"Member must satisfy enum value set: [{', '.join(shape.choices)}]", "choices"
    if shape.pattern:
        yield f"Member must satisfy regular expression pattern: {shape.pattern}", "pattern"


def _size(shape: Shape, value: Any) -> float:
    size: float = value if shape.kind in _NUMBERS else len(value)
    return size


def _matches(pattern: str, value: str) -> bool:
    return _compiled(pattern).fullmatch(value) is not None


@functools.cache
def _compiled(pattern: str) -> Any:
    import re2  # type: ignore[import-untyped]  # noqa: PLC0415 - the server starts without it

    spelled = pattern.replace(_SURROGATE_RANGE, r"\x{10000}-\x{10FFFF}").replace(r"\w-_", r"\w\-_")
    return re2.compile(_UNICODE_ESCAPE.sub(r"\\x{\1}", spelled))
