"""The ASGI application: guards first, then the routes, errors as JSON with what to do."""

from collections.abc import Awaitable, Callable, Collection

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trailbell._errors import TrailbellError
from trailbell.access import BodyLimitMiddleware, GuardMiddleware
from trailbell.aws_api import AwsApi
from trailbell.chain import (
    Chain,
    Clock,
    UnknownAlarmError,
    UnknownRejectedError,
    UnknownVerificationError,
)
from trailbell.controls import UnknownControlError
from trailbell.store import StoreError
from trailbell.web._front_page import front_page, wants_front_page
from trailbell.web._routes import ROUTES, RouteField, json_response

__all__ = ["make_app"]

_LARGEST_BODY_BYTES = 64 * 1024
_NOT_THERE = (UnknownControlError, UnknownAlarmError, UnknownRejectedError, UnknownVerificationError)


def make_app(
    chain: Chain, clock: Clock, allowed_hosts: Collection[str], aws_api: AwsApi, public_origin: str = ""
) -> Starlette:
    """Builds the application over a running chain, with the AWS APIs at its root.

    ``public_origin`` is where the server is reached from outside, if that is not where it listens.
    """
    small = [Middleware(BodyLimitMiddleware, max_bytes=_LARGEST_BODY_BYTES)]
    return Starlette(
        routes=[
            *(
                Route(each.path, _endpoint(each, chain, clock), methods=[each.method], middleware=small)
                for each in ROUTES
            ),
            # The AWS door bounds its bodies itself, since its refusals have AWS's own form.
            Route("/", _root(aws_api), methods=["GET", "POST"]),
            Route("/service/{service}/operation/{operation}", aws_api.__call__, methods=["POST"]),
        ],
        # Links in messages are followed from elsewhere; what they open says what it does, or asks.
        middleware=[
            Middleware(
                GuardMiddleware,
                allowed_hosts=allowed_hosts,
                allow_links=True,
                public_origin=public_origin,
            )
        ],
        exception_handlers={TrailbellError: _refused, HTTPException: _no_such_route},
    )


def _endpoint(route: RouteField, chain: Chain, clock: Clock) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        route.check_parameters(request)
        request.state.body = await request.body()
        # The handlers read the database: they must not hold up the event loop.
        return await run_in_threadpool(route.handler, request, chain, clock)

    return endpoint


def _root(aws_api: AwsApi) -> Callable[[Request], Awaitable[Response]]:
    async def root(request: Request) -> Response:
        return front_page() if wants_front_page(request) else await aws_api(request)

    return root


def _refused(request: Request, error: Exception) -> Response:
    status = 400
    if isinstance(error, StoreError):
        status = 503
    elif isinstance(error, _NOT_THERE):
        status = 404
    return json_response({"error": str(error)}, status)


def _no_such_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else "internal error"
    return json_response({"error": f"{detail}: {request.method} {request.url.path}"}, status)
