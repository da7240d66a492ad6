"""What every operation is held to: its structs name AWS's members, and demand no more than AWS does."""

import typing
from collections.abc import Iterator

import msgspec

from trailbell.aws_api import OPERATIONS
from trailbell.aws_api._models import is_operation_of_aws, operation_model
from trailbell.aws_api._shapes import Shape


def _strange(known: msgspec.inspect.Type, shape: Shape, path: str, *, is_request: bool) -> Iterator[str]:
    match known:
        case msgspec.inspect.UnionType(types=types):
            for each in types:
                yield from _strange(each, shape, path, is_request=is_request)
        case msgspec.inspect.StructType(fields=fields):
            for field in fields:
                yield from _strange_field(field, shape, f"{path}.{field.encode_name}", is_request=is_request)
        case (
            msgspec.inspect.ListType(item_type=held)
            | msgspec.inspect.VarTupleType(item_type=held)
            | msgspec.inspect.DictType(value_type=held)
        ):
            if shape.element is not None:
                yield from _strange(held, shape.element, f"{path}[]", is_request=is_request)
            elif not shape.members:
                yield f"{path}: AWS has one value there"
        case _:
            pass


def _strange_field(
    field: msgspec.inspect.Field, shape: Shape, path: str, *, is_request: bool
) -> Iterator[str]:
    member = shape.members.get(field.encode_name)
    if member is None:
        yield f"{path}: AWS has no such member"
        return
    if is_request and field.required and field.encode_name not in shape.required:
        yield f"{path}: AWS does not demand it"
    yield from _strange(field.type, member, path, is_request=is_request)


def test_no_operation_is_listed_twice_and_aws_has_all() -> None:
    names = [(each.service, each.name) for each in OPERATIONS]

    assert len(set(names)) == len(names)
    assert [] == [name for name in names if not is_operation_of_aws(*name)]


def test_requests_have_the_members_of_aws_and_demand_no_more() -> None:
    strange = [
        found
        for each in OPERATIONS
        for found in _strange(
            msgspec.inspect.type_info(each.request_type),
            operation_model(each.service, each.name).input,
            each.name,
            is_request=True,
        )
    ]

    assert [] == strange


def test_results_have_the_members_of_aws() -> None:
    strange = []
    for each in OPERATIONS:
        result_type = typing.get_type_hints(each.function).get("return", type(None))
        output = operation_model(each.service, each.name).output
        if result_type is type(None):
            continue
        if output is None:
            strange.append(f"{each.name}: AWS answers with nothing")
        else:
            strange += _strange(msgspec.inspect.type_info(result_type), output, each.name, is_request=False)

    assert [] == strange
