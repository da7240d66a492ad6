"""The short refusals of this room, as ASGI messages."""

import msgspec
from starlette.types import Send

__all__ = ["refuse"]


async def refuse(send: Send, status: int, reason: str) -> None:
    """Answers ``{"error": reason}`` and has the connection closed, since the request's body was not read."""
    body = msgspec.json.encode({"error": reason})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
