"""The routes: each a few lines from request to the chain's answer; the table documents them all."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from trailbell.chain import Chain, ChainError, Clock, parse_instant, verification_report
from trailbell.controls import CATALOGUE, Control, control_of
from trailbell.store import EventQuery
from trailbell.web._metrics import exposition
from trailbell.web._subscription_pages import confirm, confirmation_page, unsubscribe, unsubscribe_page

__all__ = ["ROUTES", "Handler", "RouteField", "json_response"]

_LARGEST_LIMIT = 10_000
_EVENT_PARAMETERS = (
    "account",
    "address",
    "alarm",
    "call",
    "error",
    "event_id",
    "limit",
    "principal",
    "record",
    "since",
    "until",
)
_YES_OR_NO = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
# What a database counts with.
_MOST_DIGITS = 18

Handler = Callable[[Request, Chain, Clock], Response]


class RouteField(msgspec.Struct, frozen=True):
    """A route as its reader meets it, with the function that answers.

    Where ``parameters`` is not None, no others are taken, and each once.
    """

    method: str
    path: str
    summary: str
    handler: Handler
    parameters: tuple[str, ...] | None = ()

    def check_parameters(self, request: Request) -> None:
        """Refuses parameters that would do nothing, since whoever sends them expects something.

        Raises:
            ChainError: There is such a parameter.
        """
        if self.parameters is None:
            return
        names = [name for name, _ in request.query_params.multi_items()]
        for name in names:
            if name not in self.parameters:
                known = f"known are {', '.join(self.parameters)}" if self.parameters else "there is none here"
                raise ChainError(f"unknown parameter {name!r}; {known}")
            if names.count(name) > 1:
                raise ChainError(f"the parameter {name!r} is given more than once")


class _RetryRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    file: str = ""


class _VerifyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    control: str = "unauthorized_api_calls"
    timeout_seconds: Annotated[float, msgspec.Meta(ge=1, le=3600)] = 180.0


_BodyT = TypeVar("_BodyT", bound=msgspec.Struct)


def json_response(value: object, status: int = 200) -> Response:
    """Answers with a value as JSON."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def _health(request: Request, chain: Chain, clock: Clock) -> Response:
    return json_response({"status": "ok"})


def _ready(request: Request, chain: Chain, clock: Clock) -> Response:
    troubles = chain.troubles.reasons()
    if troubles:
        return json_response({"status": "in trouble", "troubles": troubles}, 503)
    if not chain.is_ready:
        return json_response({"status": "starting or stopping"}, 503)
    return json_response({"status": "ready"})


def _metrics(request: Request, chain: Chain, clock: Clock) -> Response:
    body, media_type = exposition(chain.report.status())
    return Response(body, media_type=media_type)


def _status(request: Request, chain: Chain, clock: Clock) -> Response:
    return json_response(chain.report.status())


def _alarms(request: Request, chain: Chain, clock: Clock) -> Response:
    return json_response({"alarms": chain.report.alarms()})


def _alarm(request: Request, chain: Chain, clock: Clock) -> Response:
    return json_response(chain.report.alarm(request.path_params["name"]))


def _events(request: Request, chain: Chain, clock: Clock) -> Response:
    asked = request.query_params
    now_ms = clock.now_ms()
    query = EventQuery(
        principal=asked.get("principal", ""),
        call=asked.get("call", ""),
        error=asked.get("error", ""),
        address=asked.get("address", ""),
        account=asked.get("account", ""),
        event_id=asked.get("event_id", ""),
        since_ms=_instant(request, "since", now_ms),
        until_ms=_instant(request, "until", now_ms),
        limit=_limit(asked.get("limit", "50")),
    )
    if query.since_ms is not None and query.until_ms is not None and query.since_ms >= query.until_ms:
        raise ChainError(f"since ({asked['since']}) must be before until ({asked['until']})")
    with_record = _YES_OR_NO.get(asked.get("record", "no"))
    if with_record is None:
        raise ChainError(f"record must be 1 or 0, not {asked['record']!r}")
    return json_response(
        {"events": chain.report.events(query, asked.get("alarm", ""), with_record=with_record)}
    )


def _rejected(request: Request, chain: Chain, clock: Clock) -> Response:
    asked = request.query_params
    limit = _limit(asked.get("limit", "100"))
    return json_response({"rejected": chain.report.rejected(limit, asked.get("file", ""))})


def _rejected_one(request: Request, chain: Chain, clock: Clock) -> Response:
    text = request.path_params["id"]
    if not _is_whole(text):
        raise ChainError(f"the id of what was rejected is a whole number, not {text!r}")
    return json_response(chain.report.rejected_one(int(text)))


def _controls(request: Request, chain: Chain, clock: Clock) -> Response:
    states = {each.name: each.state for each in chain.report.alarms()}
    return json_response({"controls": [_control_line(each, states) for each in CATALOGUE]})


def _control(request: Request, chain: Chain, clock: Clock) -> Response:
    control = control_of(request.path_params["key"])
    states = {each.name: each.state for each in chain.report.alarms()}
    detail = _control_line(control, states) | {
        "ids": control.ids(),
        "pattern": control.pattern,
        "gaps": control.gaps,
        "advice": control.advice,
    }
    return json_response(detail)


def _body(request: Request, kind: type[_BodyT]) -> _BodyT:
    try:
        return msgspec.json.decode(request.state.body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ChainError(f"the request's body is not as expected: {error}") from error


def _control_line(control: Control, states: dict[str, str]) -> dict[str, Any]:
    ids = control.ids()
    newest = list(ids)[-1]
    return {
        "key": control.key,
        "title": control.title,
        "id": ids[newest],
        "version": newest,
        "severity": control.severity.value,
        "filter_name": None if control.pattern is None else control.filter_name,
        "metric_name": control.metric_name,
        "alarm_name": control.alarm_name,
        "alarm_state": states.get(control.alarm_name or ""),
    }


def _retry(request: Request, chain: Chain, clock: Clock) -> Response:
    asked = _body(request, _RetryRequest)
    return json_response({"retried": chain.retry_rejected(asked.file)})


def _verify(request: Request, chain: Chain, clock: Clock) -> Response:
    from trailbell.drill import drill_order  # noqa: PLC0415 - it brings botocore, which a server can do without

    asked = _body(request, _VerifyRequest)
    control = control_of(asked.control)
    verifications = chain.verifications
    place = (verifications.account_id, verifications.region)
    order = drill_order(control, *place, asked.timeout_seconds, clock.now_ms())
    return json_response(verification_report(verifications.start(order)))


def _verification(request: Request, chain: Chain, clock: Clock) -> Response:
    return json_response(verification_report(chain.verifications.find(request.path_params["id"])))


def _backup(request: Request, chain: Chain, clock: Clock) -> Response:
    # Beside the database: the same disk has the room, and nobody else may read it there.
    handle, name = tempfile.mkstemp(prefix="backup-", suffix=".tmp", dir=chain.folder)
    os.close(handle)
    path = Path(name)
    try:
        chain.backup(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return FileResponse(
        path, media_type="application/vnd.sqlite3", background=BackgroundTask(path.unlink, missing_ok=True)
    )


def _rotate_key(request: Request, chain: Chain, clock: Clock) -> Response:
    return json_response({"certificate": chain.signing_keys.rotate()})


def _certificate(request: Request, chain: Chain, clock: Clock) -> Response:
    name = f"SimpleNotificationService-{request.path_params['id']}.pem"
    certificate = chain.signing_keys.certificate(name)
    if certificate is None:
        return json_response({"error": f"there is no certificate {name}"}, 404)
    # A certificate never changes; a new key has a new name.
    headers = {"cache-control": "public, max-age=86400, immutable"}
    return Response(certificate, media_type="application/x-pem-file", headers=headers)


def _instant(request: Request, name: str, now_ms: int) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        return parse_instant(text, now_ms)
    except ChainError as error:
        raise ChainError(f"{name}: {error}") from error


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS


def _limit(text: str) -> int:
    if not _is_whole(text) or not 1 <= int(text) <= _LARGEST_LIMIT:
        raise ChainError(f"limit must be a whole number from 1 to {_LARGEST_LIMIT}, not {text!r}")
    return int(text)


ROUTES: tuple[RouteField, ...] = (
    # Whatever watches over a server may send what it likes.
    RouteField("GET", "/healthz", "Whether the process answers.", _health, None),
    RouteField("GET", "/readyz", "Whether the chain runs: 200, or 503 with what is wrong.", _ready, None),
    RouteField("GET", "/metrics", "Metrics in the Prometheus text format.", _metrics, None),
    RouteField("GET", "/api/v1/status", "Alarms, sources with their record classes, the store.", _status),
    RouteField("GET", "/api/v1/alarms", "The alarms with state and reason.", _alarms),
    RouteField("GET", "/api/v1/alarms/{name:path}", "One alarm with evidence and history.", _alarm),
    RouteField(
        "GET",
        "/api/v1/events",
        "Matched events, newest first, by who, what, where and when.",
        _events,
        _EVENT_PARAMETERS,
    ),
    RouteField(
        "GET",
        "/api/v1/rejected",
        "Records and files that could not be read, and why.",
        _rejected,
        ("file", "limit"),
    ),
    RouteField("GET", "/api/v1/rejected/{id}", "One of them, with how it begins.", _rejected_one),
    RouteField("POST", "/api/v1/rejected/retry", 'Try again: `{"file": ""}` means all.', _retry),
    RouteField("GET", "/api/v1/backup", "A whole copy of the database, as of one moment.", _backup),
    RouteField("GET", "/api/v1/controls", "The CIS monitoring controls.", _controls),
    RouteField("GET", "/api/v1/controls/{key}", "One control: pattern, gaps, advice.", _control),
    RouteField(
        "POST",
        "/api/v1/verifications",
        'Prove the chain with a made-up event: `{"control": "unauthorized_api_calls", '
        '"timeout_seconds": 180}`.',
        _verify,
    ),
    RouteField(
        "GET",
        "/api/v1/verifications/{id}",
        "How far it got, and what could not be taken back.",
        _verification,
    ),
    RouteField("POST", "/api/v1/signing-key", "Make a new key to sign messages with.", _rotate_key),
    RouteField(
        "GET", "/confirmation.html", "The page that a confirmation mail leads to.", confirmation_page, None
    ),
    RouteField("POST", "/confirmation.html", "Confirm an e-mail subscription.", confirm, None),
    RouteField(
        "GET", "/unsubscribe.html", "The page that the way out of a mail leads to.", unsubscribe_page, None
    ),
    RouteField("POST", "/unsubscribe.html", "End an e-mail subscription.", unsubscribe, None),
    RouteField(
        "GET",
        "/SimpleNotificationService-{id}.pem",
        "The certificate that messages were signed with.",
        _certificate,
    ),
)
