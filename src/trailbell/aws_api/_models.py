"""botocore's models of the services, as shapes; loaded when first asked for, since that takes a while."""

import functools
from typing import Any

from trailbell.aws_api._deviations import CHOICES, PATTERNS, PRINTED_MEMBERS
from trailbell.aws_api._shapes import OperationModel, Shape, ShapeKind

__all__ = ["is_operation_of_aws", "operation_model"]

# botocore tells these apart, the wire does not.
_KINDS = {"character": "string", "bigdecimal": "double", "short": "integer", "byte": "integer"}


@functools.cache
def operation_model(service: str, operation: str) -> OperationModel:
    """Returns the model of an operation that AWS has."""
    model = _service_model(service).operation_model(operation)
    empty = Shape(f"{operation}Request", ShapeKind.STRUCTURE)
    return OperationModel(
        service,
        operation,
        empty if model.input_shape is None else _shape(service, model.input_shape),
        None if model.output_shape is None else _shape(service, model.output_shape),
    )


def is_operation_of_aws(service: str, operation: str) -> bool:
    """Returns whether AWS's service has an operation of this name."""
    return operation in _service_model(service).operation_names


@functools.cache
def _service_model(service: str) -> Any:
    # Importing it takes longer than all else the server imports, and many servers are never called.
    from botocore.loaders import Loader  # type: ignore[import-untyped] # noqa: PLC0415
    from botocore.model import ServiceModel  # type: ignore[import-untyped] # noqa: PLC0415

    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def _shape(service: str, shape: Any) -> Shape:
    """Turns one of botocore's shapes into ours; the shapes of what is answered hold no cycles."""
    kind = ShapeKind(_KINDS.get(shape.type_name, shape.type_name))
    metadata = shape.metadata
    identity = (service, shape.name)
    if kind is ShapeKind.STRUCTURE:
        members = {name: _shape(service, member) for name, member in shape.members.items()}
        required, element, key = frozenset(shape.required_members), None, None
    else:
        members, required = {}, frozenset()
        key = _shape(service, shape.key) if kind is ShapeKind.MAP else None
        held = {ShapeKind.LIST: "member", ShapeKind.MAP: "value"}.get(kind)
        element = None if held is None else _shape(service, getattr(shape, held))
    return Shape(
        name=shape.name,
        kind=kind,
        members=members,
        required=required,
        element=element,
        key=key,
        key_name="key" if key is None else shape.key.serialization.get("name", "key"),
        value_name="value" if key is None else shape.value.serialization.get("name", "value"),
        minimum=_bound(metadata.get("min")),
        maximum=_bound(metadata.get("max")),
        pattern=PATTERNS[identity] if identity in PATTERNS else metadata.get("pattern"),
        choices=CHOICES.get(identity, tuple(metadata.get("enum", ()))),
        is_sensitive=bool(metadata.get("sensitive")),
        printed_members=PRINTED_MEMBERS.get(identity, tuple(members)),
    )


def _bound(given: Any) -> float | None:
    # The models write some of them as texts.
    if given is None:
        return None
    number = float(given)
    return int(number) if number.is_integer() else number
