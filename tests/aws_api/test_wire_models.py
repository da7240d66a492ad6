"""The models of the services: what is written down beside botocore's agrees, and all can be used."""

import subprocess
import sys
from typing import Any

import pytest
from botocore.loaders import Loader  # type: ignore[import-untyped]
from botocore.model import ServiceModel  # type: ignore[import-untyped]

from trailbell.aws_api._deviations import CHOICES, FILLED, PATTERNS, PRINTED_MEMBERS, UNCHECKED_CHOICES
from trailbell.aws_api._models import is_operation_of_aws, operation_model
from trailbell.aws_api._services import SERVICES, Service, service_of_target
from trailbell.aws_api._shapes import Shape
from trailbell.aws_api._validation import _compiled

# The only operation of the five services whose answer may hold itself.
CYCLIC = ("logs", "GetLogFields")


def botocore_model(name: str) -> Any:
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_the_names_of_a_service_are_those_of_its_model(service: Service) -> None:
    metadata = botocore_model(service.name).metadata

    assert service.version == metadata["apiVersion"]
    assert service.signing_name == metadata.get("signingName", metadata["endpointPrefix"])
    assert service.target_prefix == metadata.get("targetPrefix", "")
    assert service.namespace == metadata.get("xmlNamespace", "")
    assert {each.value for each in service.protocols} == set(metadata["protocols"])
    if "jsonVersion" in metadata:
        assert f"application/x-amz-json-{metadata['jsonVersion']}" == service.content_type


def test_clients_shorten_the_target_of_cloudtrail() -> None:
    assert service_of_target("CloudTrail_20131101") is SERVICES["cloudtrail"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_of_aws_has_shapes_and_patterns_that_compile(service: str) -> None:
    for name in botocore_model(service).operation_names:
        if (service, name) != CYCLIC:
            compile_patterns(operation_model(service, name).input)


def compile_patterns(shape: Shape) -> None:
    if shape.pattern:
        assert _compiled(shape.pattern)
    for part in (*shape.members.values(), shape.element, shape.key):
        if part is not None:
            compile_patterns(part)


def test_every_deviation_is_from_something_that_is_there() -> None:
    models = {name: botocore_model(name) for name in SERVICES}

    for service, shape in (*PATTERNS, *CHOICES, *PRINTED_MEMBERS):
        assert models[service].shape_for(shape)
    for (service, shape), choices in CHOICES.items():
        assert set(models[service].shape_for(shape).enum) == set(choices)
    for (service, shape), members in PRINTED_MEMBERS.items():
        assert set(models[service].shape_for(shape).members) == set(members)
    for service, operation, member in (*FILLED, *UNCHECKED_CHOICES):
        assert is_operation_of_aws(service, operation)
        assert member in operation_model(service, operation).input.members


def test_botocore_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys, trailbell.aws_api as a; a.AwsApi(a.OPERATIONS, lambda *_: None); "
        "print([name for name in ('botocore', 'boto3', 're2') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()
