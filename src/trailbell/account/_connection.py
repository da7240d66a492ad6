"""One account's connection to AWS: makes the calls of the table and no other, and tells how each ended."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Protocol

import botocore.exceptions  # type: ignore[import-untyped]
import botocore.session  # type: ignore[import-untyped]
import msgspec
from botocore.config import Config  # type: ignore[import-untyped]

from trailbell._errors import TrailbellError
from trailbell._version import __version__
from trailbell.account._calls import read_call
from trailbell.account._snapshot import Failure, FailureKind

__all__ = ["Connection", "ConnectionSettings", "UnreadableAccountError", "connect", "kind_of_error"]

_MOST_PAGES = 2000
_TOO_LONG = f"more than {_MOST_PAGES} pages"
_ANY_KEY = "trailbell"
_SESSION_NAME = "trailbell-audit"
_THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "SlowDown",
    }
)
_REFUSED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "UnauthorizedOperation",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "ExpiredToken",
        "ExpiredTokenException",
        "OptInRequired",
        "SubscriptionRequiredException",
    }
)
_MISSING = frozenset(
    {
        "NotFound",
        "NotFoundException",
        "ResourceNotFound",
        "ResourceNotFoundException",
        "TrailNotFoundException",
    }
)


class UnreadableAccountError(TrailbellError):
    """An account that could not be entered at all: no credentials, or a role that may not be assumed."""


class ConnectionSettings(msgspec.Struct, frozen=True):
    """How AWS is reached: a profile of the AWS configuration, and an endpoint for all services.

    ``with_any_key`` makes up an access key, for a Trailbell server that has none defined takes any.
    """

    profile: str | None = None
    endpoint_url: str | None = None
    region: str | None = None
    attempts: int = 6
    timeout_seconds: float = 30.0
    with_any_key: bool = False


class _Session(Protocol):
    """The part of botocore's session that is used, so that its untyped values stay in here."""

    def create_client(self, service_name: str, **options: Any) -> Any:
        """Makes a client."""

    def get_config_variable(self, name: str) -> Any:
        """Reads a setting."""

    def get_available_regions(self, service_name: str) -> list[str]:
        """Lists the regions that botocore knows."""


class Connection:
    """Makes read-only calls with one set of credentials; counts them, and collects those that failed."""

    def __init__(self, session: _Session, settings: ConnectionSettings) -> None:
        self._session = session
        self._settings = settings
        self._clients: dict[tuple[str, str], Any] = {}
        self.account = ""
        self.calls: Counter[str] = Counter()
        self.failures: list[Failure] = []

    @property
    def home_region(self) -> str:
        """The region of the settings or of the profile, and us-east-1 where neither names one."""
        return self._settings.region or self._session.get_config_variable("region") or "us-east-1"

    def known_regions(self) -> list[str]:
        """Lists the regions that botocore knows of for CloudTrail, enabled or not."""
        return list(self._session.get_available_regions("cloudtrail"))

    def client(self, service: str, region: str) -> Any:
        """Returns the client of a service in a region, made once.

        Raises:
            UnreadableAccountError: The endpoint is no URL.
        """
        if (service, region) not in self._clients:
            config = Config(
                retries={"mode": "adaptive", "total_max_attempts": self._settings.attempts},
                connect_timeout=self._settings.timeout_seconds,
                read_timeout=self._settings.timeout_seconds,
                user_agent_extra=f"trailbell/{__version__}",
            )
            try:
                made = self._session.create_client(
                    service, region_name=region, endpoint_url=self._settings.endpoint_url, config=config
                )
            except ValueError as error:
                # This is how botocore refuses an endpoint that is no URL.
                raise UnreadableAccountError(f"there is no way in: {error}") from error
            self._clients[service, region] = made
        return self._clients[service, region]

    def ask(
        self, action: str, region: str, subject: str = "", *, is_missing_known: bool = True, **parameters: Any
    ) -> Mapping[str, Any] | None:
        """Makes a call with one answer; None where it failed, which is kept in ``failures``.

        ``is_missing_known`` says that "not found" is an answer: there is no such thing.
        """
        pages = self._pages(action, region, subject, is_missing_known, parameters)
        return pages[0] if pages else None

    def ask_all(
        self, action: str, region: str, subject: str = "", **parameters: Any
    ) -> list[Mapping[str, Any]]:
        """Makes a call as often as it has pages, and returns them; those up to a failure where one comes."""
        return self._pages(action, region, subject, True, parameters)

    def code_of(self, action: str, region: str) -> str:
        """Returns the code with which a call failed last in a region, or an empty text."""
        codes = [each.code for each in self.failures if (each.call, each.region) == (action, region)]
        return codes[-1] if codes else ""

    def _pages(
        self,
        action: str,
        region: str,
        subject: str,
        is_missing_known: bool,
        parameters: Mapping[str, Any],
    ) -> list[Mapping[str, Any]]:
        call = read_call(action)
        pages: list[Mapping[str, Any]] = []
        try:
            client = self.client(call.service, region)
            if call.pages and client.can_paginate(call.method):
                for page in client.get_paginator(call.method).paginate(**parameters):
                    self.calls[action] += 1
                    pages.append(page)
                    if len(pages) == _MOST_PAGES:
                        # What is left out may be what a control needs.
                        left_out = Failure(
                            action, FailureKind.FAILED, _TOO_LONG, self.account, region, subject
                        )
                        self.failures.append(left_out)
                        break
            else:
                self.calls[action] += 1
                pages.append(getattr(client, call.method)(**parameters))
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
            self.calls[action] += 1 if call.pages else 0
            kind, code = kind_of_error(error)
            if kind is FailureKind.MISSING and not is_missing_known:
                kind = FailureKind.FAILED
            self.failures.append(Failure(action, kind, code, self.account, region, subject))
        return pages

    def close(self) -> None:
        """Lets go of all sockets."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()


def connect(settings: ConnectionSettings, role_arn: str = "") -> Connection:
    """Connects with the credentials of the profile, or of a role that is assumed with them.

    Raises:
        UnreadableAccountError: There is no such profile, or the role may not be assumed.
    """
    try:
        session = botocore.session.Session(profile=settings.profile)
        # Read now, as a profile that is not there is noticed at the first use only.
        session.get_scoped_config()
        if settings.with_any_key:
            session.set_credentials(_ANY_KEY, _ANY_KEY)
        if role_arn:
            session = _in_role(session, settings, role_arn)
        return Connection(session, settings)
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, ValueError) as error:
        whom = f"the role {role_arn} cannot be assumed" if role_arn else "there is no way in"
        raise UnreadableAccountError(f"{whom}: {error}") from error


def _in_role(session: Any, settings: ConnectionSettings, role_arn: str) -> Any:
    region = settings.region or session.get_config_variable("region") or "us-east-1"
    client = session.create_client("sts", region_name=region, endpoint_url=settings.endpoint_url)
    try:
        given = client.assume_role(RoleArn=role_arn, RoleSessionName=_SESSION_NAME)["Credentials"]
    finally:
        client.close()
    inside = botocore.session.Session()
    inside.set_credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    inside.set_config_variable("region", region)
    return inside


def kind_of_error(error: Exception) -> tuple[FailureKind, str]:
    """Returns how a call came to nothing, with AWS's code or botocore's name for it."""
    if not isinstance(error, botocore.exceptions.ClientError):
        return FailureKind.FAILED, type(error).__name__
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if code in _THROTTLED or status == 429:
        return FailureKind.THROTTLED, code
    if code in _MISSING:
        return FailureKind.MISSING, code
    if code in _REFUSED or status in (401, 403):
        return FailureKind.REFUSED, code
    return FailureKind.FAILED, code
