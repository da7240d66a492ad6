"""A body beyond the bound is refused, whether it is announced or only turns out so."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from support.asgi_calls import Recorder, call
from trailbell.access import BodyLimitMiddleware

LIMIT = 10


@given(st.lists(st.binary(max_size=6), max_size=5), st.booleans())
def test_a_body_passes_whole_or_is_refused_by_its_size_alone(parts: list[bytes], is_announced: bool) -> None:
    app = Recorder()
    body = b"".join(parts)
    headers = [("Content-Length", str(len(body)))] if is_announced else []

    reply = call(BodyLimitMiddleware(app, LIMIT), headers, parts)

    if len(body) <= LIMIT:
        assert (200, [body]) == (reply.status, app.bodies)
    else:
        assert reply.status == 413
        assert msgspec.json.decode(reply.body) == {"error": "the request body may have at most 10 bytes"}
        assert is_announced is (not app.scopes)
        assert app.has_seen_client_go is not is_announced


@pytest.mark.parametrize(
    ("lengths", "status"),
    [
        (["10"], 200),
        (["010"], 200),
        (["10", "10"], 200),
        (["11"], 413),
        (["9" * 18], 413),
        (["9" * 5000], 400),
        (["-1"], 400),
        (["+1"], 400),
        (["1e1"], 400),
        ([""], 400),
        (["1_0"], 400),
        (["\u00b2"], 400),
        (["5", "10"], 400),
    ],
)
def test_the_announced_length_is_one_number(lengths: list[str], status: int) -> None:
    app = Recorder()

    reply = call(BodyLimitMiddleware(app, LIMIT), [("content-length", length) for length in lengths])

    assert (status, status == 200) == (reply.status, bool(app.scopes))


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse((await request.body()).decode())


def test_a_framework_that_raises_when_the_client_goes_answers_413_all_the_same() -> None:
    app = Starlette(routes=[Route("/", echo, methods=["POST"])])

    assert call(BodyLimitMiddleware(app, LIMIT), [], [b"12345", b"67890"]).body == b"1234567890"
    assert call(BodyLimitMiddleware(app, LIMIT), [], [b"12345", b"67890", b"1"]).status == 413


def test_an_answer_that_has_begun_is_let_finish() -> None:
    async def early(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 202, "headers": []})
        kinds = [(await receive())["type"] for _ in range(3)]
        await send({"type": "http.response.body", "body": " ".join(kinds).encode()})

    reply = call(BodyLimitMiddleware(early, LIMIT), [], [b"12345", b"1234567", b"x"])

    assert (202, b"http.request http.disconnect http.disconnect") == (reply.status, reply.body)


def test_an_error_of_the_application_is_its_own() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError("broken")

    with pytest.raises(LookupError, match="broken"):
        call(BodyLimitMiddleware(broken, LIMIT), [])


def test_what_is_no_http_request_passes() -> None:
    app = Recorder()

    call(BodyLimitMiddleware(app, LIMIT), [("content-length", "11")], type="websocket")

    assert [scope["type"] for scope in app.scopes] == ["websocket"]
