"""Calls an ASGI application directly, with a plain scope and no server."""

import asyncio
from collections.abc import Iterable
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Recorder", "Reply", "call"]

Headers = Iterable[tuple[str, str]]


class Reply(msgspec.Struct, frozen=True):
    """What was sent back, event by event."""

    events: tuple[Message, ...]

    @property
    def status(self) -> int | None:
        """The status of the answer, None where there was none."""
        starts = [event["status"] for event in self.events if event["type"] == "http.response.start"]
        return starts[0] if len(starts) == 1 else None

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the answer."""
        return {
            name.decode(): value.decode()
            for event in self.events
            if event["type"] == "http.response.start"
            for name, value in event["headers"]
        }

    @property
    def body(self) -> bytes:
        """The body of the answer."""
        return b"".join(
            event.get("body", b"") for event in self.events if event["type"] == "http.response.body"
        )


class Recorder:
    """An application that reads the whole body, keeps what it was asked, and answers 200."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.bodies: list[bytes] = []
        self.has_seen_client_go = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Takes one request."""
        self.scopes.append(scope)
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.has_seen_client_go = True
                break
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        self.bodies.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-from", b"recorder")]})
        await send({"type": "http.response.body", "body": b"passed"})


def call(app: ASGIApp, headers: Headers, body: Iterable[bytes] = (), **scope: Any) -> Reply:
    """One request; the parts of the body arrive one by one, and members of the scope may be given by name."""
    parts = list(body)
    incoming: list[Message] = [
        {"type": "http.request", "body": part, "more_body": number < len(parts)}
        for number, part in enumerate(parts, start=1)
    ] or [{"type": "http.request", "body": b"", "more_body": False}]
    events: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0) if incoming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        events.append(message)

    defaults = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
    }
    asyncio.run(app({**defaults, **scope}, receive, send))  # type: ignore[arg-type]
    return Reply(tuple(events))
