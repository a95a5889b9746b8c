"""What all pages for customers share: they work without scripts, in the customer's language, and are never cached."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qs

from chalice.app import Request, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import AftercareError, Conflict, Expired, NotFound, invalid
from chalicelib.entrypoints.http.problems import STATUS
from chalicelib.entrypoints.http.requests import Headers, raw_body
from chalicelib.observability import logger

FORM = ["application/x-www-form-urlencoded"]
LANGUAGES = ("zh", "en")
MAX_FORM = 256 * 1024
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'{also}; base-uri 'none'"
HEADERS: Headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY.format(also=""),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}
MESSAGES: dict[type[AftercareError], str] = {NotFound: "unknown", Expired: "expired", Conflict: "answered"}


def paged(current: Callable[[], Request]) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Decorate a view so that its errors become pages, in the customer's language. `current` gives the request."""
    from chalicelib.usecases.ports.cases import RetryLater

    def wrap(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Response:
            language = preferred_language(current().headers.get("accept-language", ""))
            try:
                return view(*args, **kwargs)
            except AftercareError as error:
                kind = next((name for error_type, name in MESSAGES.items() if isinstance(error, error_type)), "fault")
                logger.info("page refused", extra={"error": type(error).__name__})
                return page("message.html", STATUS[type(error)][0], language, message=kind)
            except RetryLater:
                return page("message.html", 503, language, message="fault")
            except Exception:
                logger.exception("fault")
                return page("message.html", 500, language, message="fault")

        return guarded

    return wrap


def page(template: str, status: int, language: str, /, also: str = "", **values: Any) -> Response:
    """A page from a template. `also`: another origin that its forms may post to."""
    headers = HEADERS | {"Content-Security-Policy": POLICY.format(also=f" {also}" if also else "")}
    return Response(body=services().pages.render(template, language, **values), status_code=status, headers=headers)


def see_other(path: str) -> Response:
    """The answer to a form that was handled: a redirect to this path. It is relative, because the API may be served
    below a path."""
    return Response(body="", status_code=303, headers={**HEADERS, "Location": path})


def form_of(request: Request) -> dict[str, list[str]]:
    """The fields of a posted form, each with all its values."""
    text = raw_body(request)[:MAX_FORM].decode("utf-8", "replace").replace("\x00", "")
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=1_000)
    except ValueError:
        raise invalid("", "has too many fields") from None


def language_of(request: Request, stored: str | None = None) -> str:
    """The customer's stored language, or else the language the browser prefers."""
    return stored or preferred_language(request.headers.get("accept-language", ""))


def preferred_language(accept_language: str) -> str:
    """The language of ours that an Accept-Language header prefers; English when it has none of them."""
    choices: list[tuple[float, int, str]] = []
    for choice in accept_language.split(","):
        language, _, quality = choice.strip().partition(";q=")
        if language[:2].lower() in LANGUAGES:
            choices.append((-_parse_quality(quality), len(choices), language[:2].lower()))
    return min(choices)[2] if choices else "en"


def _parse_quality(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0
