"""The answers of the desk: pages, redirects and errors, all with the same headers."""

from typing import Any
from urllib.parse import urlsplit

from chalice.app import Request, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.requests import Headers

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: {files}; connect-src 'self' {live};"
    " font-src 'self'; form-action 'self' {login} {files}; frame-ancestors 'none'; base-uri 'none'"
)
UTC = "UTC"
ERRORS = {401: "session", 403: "not_allowed", 404: "missing", 409: "conflict", 412: "stale", 422: "invalid"}
"""What the page about an error says, by its status; of all others: that the fault is ours."""


def page(desk: Desk, template: str, status: int = 200, /, **values: Any) -> Response:
    """A page of the desk. Templates get `desk` besides their own values."""
    time_zone = desk.shop.time_zone if desk.shop_id else UTC
    body = services().desk_pages.render(template, desk.language, time_zone, desk.now, desk=desk, **values)
    return Response(body=body, status_code=status, headers=_headers())


def see_other(address: str, *cookies: str) -> Response:
    """A redirect after a form, or to the sign-in."""
    headers: Headers = {"Location": address, "Cache-Control": "no-store"}
    if cookies:
        headers["Set-Cookie"] = list(cookies)
    return Response(body="", status_code=303, headers=headers)


def is_fragment(request: Request) -> bool:
    """Whether htmx asks for a part of a page."""
    return request.headers.get("hx-request-type") == "partial"


def error_page(desk: Desk, status: int, error: Exception | None = None) -> Response:
    """The page that says what went wrong and what to do. Details are in the language of the API, so only English pages
    have them, besides the names of fields."""
    kind = ERRORS.get(status, "fault")
    is_shown = desk.language == "en" and kind in ("conflict", "not_allowed", "stale")
    errors = error.errors if isinstance(error, Invalid) else []
    return page(desk, "error.html", status, kind=kind, detail=str(error) if is_shown and error else "", errors=errors)


def _headers() -> Headers:
    login = urlsplit(services().identity_provider.sign_out_url())
    sockets = urlsplit(services().live_url)
    policy = POLICY.format(
        login=f"{login.scheme}://{login.netloc}",
        files=services().uploads.origins,
        live=f"{sockets.scheme}://{sockets.netloc}" if sockets.netloc else "",
    )
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": " ".join(policy.split()),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
