"""What a browser is shown at the root, where AWS's clients call: the addresses that it can open."""

import html

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trailbell.web._routes import ROUTES

__all__ = ["front_page", "wants_front_page"]

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Trailbell</title>
</head>
<body>
<main>
<h1>Trailbell is running</h1>
<p>AWS's clients call this address. What can be looked at here:</p>
<dl>
{links}</dl>
</main>
</body>
</html>
"""


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
    paths = [each for each in ROUTES if each.method == "GET" and not each.path.endswith((".html", "/backup"))]
    links = "".join(
        f'<dt><a href="{each.path}">{each.path}</a></dt>\n<dd>{html.escape(each.summary)}</dd>\n'
        for each in paths
        if "{" not in each.path
    )
    headers = {
        "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        # The same address answers AWS's clients in another form.
        "vary": "Accept",
    }
    return HTMLResponse(_PAGE.format(links=links), headers=headers)
