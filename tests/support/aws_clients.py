"""Real AWS clients against a server of the tests, in any of the protocols a service has."""

import functools
import weakref
from typing import Any

import boto3  # type: ignore[import-untyped]
import botocore.session  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.loaders import Loader  # type: ignore[import-untyped]

__all__ = ["client"]

_REGION = "us-east-1"
_TIMEOUT_SECONDS = 20


class _OneProtocolLoader(Loader):  # type: ignore[misc] # botocore is not typed
    """Loads service models with one protocol only, so that no other is chosen."""

    def __init__(self, protocol: str) -> None:
        super().__init__()
        self._protocol = protocol

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        model = super().load_service_model(service_name, type_name, api_version)
        if type_name != "service-2":
            return model
        metadata = {**model["metadata"], "protocol": self._protocol, "protocols": [self._protocol]}
        return {**model, "metadata": metadata}


@functools.cache
def _session(protocol: str | None) -> Any:
    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    session.set_credentials("AKIDEXAMPLE", "not-a-secret")
    if protocol is not None:
        session.register_component("data_loader", _OneProtocolLoader(protocol))
    return boto3.Session(botocore_session=session, region_name=_REGION)


def client(service: str, url: str, protocol: str | None = None, config: Config | None = None) -> Any:
    """A boto3 client of a service at this address; it tries once, and closes its sockets when let go.

    ``protocol`` makes it speak ``json``, ``query`` and ``smithy-rpc-v2-cbor``, not botocore's choice;
    ``config`` overrides more of its ways.
    """
    usual = Config(
        retries={"total_max_attempts": 1, "mode": "standard"},
        connect_timeout=_TIMEOUT_SECONDS,
        read_timeout=_TIMEOUT_SECONDS,
        proxies={},
        ignore_configured_endpoint_urls=True,
    )
    made = _session(protocol).client(
        service, endpoint_url=url, config=usual if config is None else usual.merge(config)
    )
    weakref.finalize(made, made._endpoint.http_session.close)
    return made
