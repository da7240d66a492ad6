"""Talking to the running server by `/api/v1`, and what the commands over it share."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode

import click

from trailbell._errors import TrailbellError
from trailbell.cli._exit_codes import ExitCode
from trailbell.cli._parameter_types import Url

if TYPE_CHECKING:
    import httpx2

__all__ = [
    "Answer",
    "NoServerError",
    "RefusedError",
    "ask",
    "download",
    "format_option",
    "path_part",
    "url_option",
]

_DEFAULT_URL = "http://127.0.0.1:4747"
_TIMEOUT_SECONDS = 30.0

Answer = dict[str, Any]
_Command = TypeVar("_Command", bound=Callable[..., Any])


class NoServerError(TrailbellError):
    """Nothing answers at the address."""

    exit_code = ExitCode.NO_SERVER

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"no Trailbell server answers at {url} ({reason}); "
            "start one with `trailbell serve --source PATH`, or name its address with --url or TRAILBELL_URL"
        )


class RefusedError(TrailbellError):
    """The server answered that it cannot do what was asked."""

    exit_code = ExitCode.REFUSED


def url_option(command: _Command) -> _Command:
    """Adds ``--url``."""
    return click.option(
        "--url",
        type=Url(),
        envvar="TRAILBELL_URL",
        default=_DEFAULT_URL,
        show_default=True,
        metavar="URL",
        help="The server's address; also TRAILBELL_URL.",
    )(command)


def format_option(command: _Command) -> _Command:
    """Adds ``--format``."""
    return click.option(
        "--format",
        "output",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="A table for people, or JSON as the server gives it.",
    )(command)


def path_part(text: str) -> str:
    """Quotes a name for use as one part of a path.

    Raises:
        UsageError: It is no text in UTF-8.
    """
    return quote(_sendable(text), safe="")


def ask(url: str, path: str, parameters: Mapping[str, str] | None = None, body: object = None) -> Answer:
    """Asks the server: a GET, or a POST where there is a body.

    Raises:
        NoServerError: Nothing answers there, or not as a Trailbell server would.
        RefusedError: The server refused, with its words.
        UsageError: A parameter is no text in UTF-8.
    """
    import msgspec  # noqa: PLC0415 - the CLI starts without it

    address = url.rstrip("/") + path
    if parameters:
        address = f"{address}?{urlencode({name: _sendable(text) for name, text in parameters.items()})}"
    with _client(url) as client:
        if body is None:
            response = client.get(address)
        else:
            headers = {"content-type": "application/json"}
            try:
                content = msgspec.json.encode(body)
            except UnicodeEncodeError as error:
                raise click.UsageError(f"{error.object!r} is no text in UTF-8.") from error
            response = client.post(address, content=content, headers=headers)
        return _answer(url, response)


def download(url: str, path: str, target: Path) -> int:
    """Asks the server for a file and writes it; returns its size in bytes.

    Raises:
        NoServerError: Nothing answers there, or not as a Trailbell server would.
        RefusedError: The server refused, with its words.
        OSError: The file cannot be written.
    """
    with _client(url) as client, client.stream("GET", url.rstrip("/") + path) as response:
        if response.status_code >= 400:
            response.read()
            _answer(url, response)
        with target.open("wb") as file:
            return sum(file.write(part) for part in response.iter_bytes())


def _sendable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise click.UsageError(f"{text!r} is no text in UTF-8.") from error
    return text


@contextlib.contextmanager
def _client(url: str) -> "Iterator[httpx2.Client]":
    import httpx2  # noqa: PLC0415 - the CLI starts without it

    try:
        with httpx2.Client(timeout=_TIMEOUT_SECONDS, trust_env=False) as client:
            yield client
    except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
        # The last is what the system's look-up raises for a name of a host that cannot be one.
        raise NoServerError(url, str(error) or type(error).__name__) from error


def _answer(url: str, response: "httpx2.Response") -> Answer:
    import msgspec  # noqa: PLC0415 - the CLI starts without it

    try:
        answer = msgspec.json.decode(response.content, type=Answer)
    except msgspec.DecodeError as error:
        raise NoServerError(url, f"the answer is not Trailbell's (status {response.status_code})") from error
    if response.status_code >= 400:
        raise RefusedError(str(answer.get("error", f"status {response.status_code}")))
    return answer
