"""The pages that links in mail lead to: a button confirms or unsubscribes, the link alone changes nothing.

Mail scanners open every link they see, so a GET must be without effect (sns-and-delivery section 8).
"""

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trailbell._errors import RefusalKind, RequestRefusedError
from trailbell.chain import Chain, Clock
from trailbell.web._templates import page_template

__all__ = ["confirm", "confirmation_page", "unsubscribe", "unsubscribe_page"]

_MOST_FIELDS = 8
_CONFIRMATION_PATH = "/confirmation.html"
_UNSUBSCRIBE_PATH = "/unsubscribe.html"


class _Page(msgspec.Struct, frozen=True):
    """What a page says; ``subject`` is the ARN or address it is about, ``fields`` what the button sends."""

    title: str
    lines: tuple[str, ...]
    subject: str = ""
    button: str = ""
    action: str = ""
    fields: tuple[tuple[str, str], ...] = ()


def confirmation_page(request: Request, chain: Chain, clock: Clock) -> Response:
    """Asks whether the subscription is wanted."""
    asked = request.query_params
    topic_arn, token = asked.get("TopicArn", ""), asked.get("Token", "")
    if not topic_arn or not token:
        return _incomplete()
    return _answer(
        _Page(
            "Confirm the subscription",
            (f"Messages of this topic will be sent to {asked.get('Endpoint') or 'you'}:",),
            subject=topic_arn,
            button="Confirm",
            action=_CONFIRMATION_PATH,
            fields=(("TopicArn", topic_arn), ("Token", token)),
        )
    )


def confirm(request: Request, chain: Chain, clock: Clock) -> Response:
    """Confirms a subscription: what the button does."""
    sent = _sent(request)
    try:
        arn = chain.subscriptions.confirm(sent.get("TopicArn", ""), sent.get("Token", ""), is_signed=False)
    except RequestRefusedError as error:
        return _refused(error)
    return _answer(_Page("Subscription confirmed", ("From now on messages are sent to you.",), subject=arn))


def unsubscribe_page(request: Request, chain: Chain, clock: Clock) -> Response:
    """Asks whether the subscription is to end."""
    arn = request.query_params.get("SubscriptionArn", "")
    if not arn:
        return _incomplete()
    return _answer(
        _Page(
            "Unsubscribe",
            ("No more messages will be sent over this subscription:",),
            subject=arn,
            button="Unsubscribe",
            action=_UNSUBSCRIBE_PATH,
            fields=(("SubscriptionArn", arn),),
        )
    )


def unsubscribe(request: Request, chain: Chain, clock: Clock) -> Response:
    """Ends a subscription: what the button does, and a mail program's own (RFC 8058)."""
    arn = _sent(request).get("SubscriptionArn") or request.query_params.get("SubscriptionArn", "")
    try:
        chain.subscriptions.unsubscribe(arn, is_signed=False)
    except RequestRefusedError as error:
        return _refused(error)
    return _answer(_Page("Unsubscribed", ("No more messages are sent to you.",), subject=arn))


def _sent(request: Request) -> Mapping[str, str]:
    body: bytes = request.state.body
    try:
        return dict(parse_qsl(body.decode("ascii"), max_num_fields=_MOST_FIELDS))
    except ValueError:
        return {}


def _incomplete() -> Response:
    lines = ("The link is not complete. Copy it whole from the mail into the address bar.",)
    return _answer(_Page("This link cannot be used", lines), 400)


def _refused(error: RequestRefusedError) -> Response:
    if error.kind is RefusalKind.ACCESS_DENIED:
        owner = "Only a signed call of the topic's owner can end this subscription. Nothing was changed."
        return _answer(_Page("This page cannot unsubscribe", (owner,)), 403)
    if error.kind is RefusalKind.NOT_FOUND:
        return _answer(_Page("This link cannot be used", ("The topic was deleted.",)), 404)
    lines = (
        "A link holds for two days, and only the newest one once the subscription has ended. "
        "Nothing was changed.",
        f"The reason given: {error}.",
    )
    return _answer(_Page("This link cannot be used", lines), 400)


def _answer(page: _Page, status: int = 200) -> Response:
    nonce = secrets.token_urlsafe(16)
    text = _written(page, nonce)
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "content-security-policy": policy,
        "cache-control": "no-store",
        # The token stands in the address: nobody else is to learn it. With no-referrer the browser would hide
        # this page's origin from our own guard when the button is pressed.
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
    }
    return HTMLResponse(text, status, headers)


def _written(page: _Page, nonce: str) -> str:
    return str(page_template("subscription.html").render(msgspec.structs.asdict(page) | {"nonce": nonce}))
