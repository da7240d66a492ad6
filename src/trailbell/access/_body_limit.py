"""Refuses request bodies beyond a bound, announced or streamed."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trailbell.access._answers import refuse

__all__ = ["BodyLimitMiddleware"]

_TOO_LARGE = 413
_BAD_REQUEST = 400

# No body is that long, and Python refuses to turn thousands of digits into a number.
_MAX_DIGITS = 18


class BodyLimitMiddleware:
    """Answers 413 to a request whose body is larger than ``max_bytes``, as sent and before any unpacking.

    A ``Content-Length`` beyond the bound is refused before the application is asked.
    A body that only turns out too large is cut off: the application sees the client go, and what it answers
    afterwards is dropped.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request on within the bound."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = [value for name, value in scope["headers"] if name.lower() == b"content-length"]
        if len(set(announced)) > 1 or not all(_is_number(value) for value in announced):
            await refuse(send, _BAD_REQUEST, "the Content-Length header must be one whole number")
        elif announced and int(announced[0]) > self._max_bytes:
            await refuse(send, _TOO_LARGE, self._reason())
        else:
            await self._pass_on(scope, receive, send)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        received_bytes = 0
        is_started = False
        is_cut = False

        async def receive_counted() -> Message:
            nonlocal received_bytes, is_cut
            if is_cut:
                return {"type": "http.disconnect"}
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes <= self._max_bytes:
                return message
            is_cut = True
            if not is_started:
                await refuse(send, _TOO_LARGE, self._reason())
            return {"type": "http.disconnect"}

        async def send_unless_cut(message: Message) -> None:
            nonlocal is_started
            if is_cut and not is_started:
                return
            is_started = True
            await send(message)

        try:
            await self._app(scope, receive_counted, send_unless_cut)
        except Exception:
            # An application may raise at a client that goes away; here that is what was asked of it.
            if not is_cut:
                raise

    def _reason(self) -> str:
        return f"the request body may have at most {self._max_bytes} bytes"


def _is_number(value: bytes) -> bool:
    return value.isdigit() and len(value) <= _MAX_DIGITS
