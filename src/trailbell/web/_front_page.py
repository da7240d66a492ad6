"""What a browser is shown at the root, where AWS's clients call: the addresses that it can open."""

import secrets

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trailbell.web._routes import ROUTES
from trailbell.web._templates import page_template

__all__ = ["front_page", "wants_front_page"]


def wants_front_page(request: Request) -> bool:
    """Tells a browser from a client of AWS, which asks for no page, or signs, or names an action."""
    headers = request.headers
    return (
        request.method in {"GET", "HEAD"}
        and not request.scope["query_string"]
        and "text/html" in headers.get("accept", "")
        and "authorization" not in headers
        and not any(name.startswith("x-amz-") for name in headers)
    )


def front_page() -> Response:
    """Returns a page of links to all that can be read without saying which."""
    links = [
        (each.path, each.summary)
        for each in ROUTES
        if each.method == "GET" and "{" not in each.path and not each.path.endswith((".html", "/backup"))
    ]
    nonce = secrets.token_urlsafe(16)
    headers = {
        "content-security-policy": (
            f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "x-content-type-options": "nosniff",
        # The same address answers AWS's clients in another form.
        "vary": "Accept",
    }
    text = page_template("front.html").render(links=links, nonce=nonce)
    return HTMLResponse(text, headers=headers)
