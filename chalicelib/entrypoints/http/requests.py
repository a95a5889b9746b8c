"""Read requests: headers, bodies, parameters and cursors; and write answers."""

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from chalice.app import Request, Response

from chalicelib.domain.kernel.errors import TooLarge, invalid
from chalicelib.domain.kernel.validation import read

if TYPE_CHECKING:
    from chalicelib.usecases.ports.cases import Page

T = TypeVar("T")
Headers = dict[str, str | list[str]]
MAX_PARAMETER = 400
MAX_BYTES = 256 * 1024
DEFAULT_LIMIT = 25
MAX_LIMIT = 100
BY_TIME = "[0-9]{13}#[0-9A-Z]{16}"
"""The cursor of a list that is sorted by time and key."""
SIGNATURES = frozenset({"webhook-signature", "x-shopify-hmac-sha256", "shopify-hmac-sha256", "x-wc-webhook-signature"})


def raw_body(request: Request) -> bytes:
    """The exact bytes of the body."""
    body = request.raw_body or b""
    return body.encode() if isinstance(body, str) else body


def headers_of(request: Request) -> dict[str, str]:
    """The headers by their lower-case names.

    A header that was sent several times has its last value, as API Gateway gives it. A signature has all its values,
    separated by spaces: a proxy may have added one, and any of them may be right.
    """
    event = request.to_original_event()
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    all_values: dict[str, list[str]] = {}
    for name, values in (event.get("multiValueHeaders") or {}).items():
        all_values.setdefault(name.lower(), []).extend(values)
    for name in SIGNATURES & (headers.keys() | all_values.keys()):
        # where repeated values were joined, a comma and a space separate them
        headers[name] = " ".join(all_values.get(name) or [headers[name]]).replace(", ", " ")
    return headers


def body_of(request: Request, shape: type[T], most: int = MAX_BYTES) -> T:
    """The JSON body of at most so many bytes, read as this type; for a type that `may_be_missing`, no body is an empty
    object."""
    body = raw_body(request) or (b"{}" if getattr(shape, "may_be_missing", False) else b"")
    if len(body) > most:
        raise TooLarge(f"A body may have {most} bytes; this one has {len(body)}.")
    return read(body, shape)


def parameter(request: Request, name: str) -> str | None:
    """A query parameter; None when it is missing or empty."""
    value = request.query_params.get(name) if request.query_params else None
    if value and len(value) > MAX_PARAMETER:
        raise invalid(name, f"is longer than {MAX_PARAMETER} characters")
    return value or None


def known_parameters(request: Request, *names: str) -> None:
    """Refuse query parameters that the route does not know."""
    for name in request.query_params or {}:
        if name not in names:
            raise invalid(name, f"is not a parameter of this route; it knows {', '.join(names) or 'none'}")


def limit_of(request: Request) -> int:
    """The requested page size; 25 by default."""
    text = parameter(request, "limit") or str(DEFAULT_LIMIT)
    if not re.fullmatch("[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_LIMIT:
        raise invalid("limit", f"is a whole number from 1 to {MAX_LIMIT}")
    return int(text)


def cursor_of(request: Request, pattern: str = ".+") -> str | None:
    """The cursor of the page to read: the `next` of the page before, which has this pattern in this list."""
    text = parameter(request, "next")
    return cursor_in(text, pattern) if text is not None else None


def cursor_in(text: str, pattern: str = ".+") -> str:
    """The cursor that an answer has shown as this `next`."""
    try:
        cursor = base64.urlsafe_b64decode(text.encode()).decode()
    except (binascii.Error, UnicodeError):
        cursor = ""
    if not cursor.isprintable() or not re.fullmatch(pattern, cursor):
        raise invalid("next", "is not a cursor of this list")
    return cursor


def page_body(page: "Page", items: list[Any]) -> dict[str, Any]:
    """The body of an answer with a page of a list."""
    return {"items": items, "next": encode_cursor(page.next) if page.next else None}


def encode_cursor(place: str) -> str:
    """A place in a list as the `next` of a page, as `cursor_of` reads it."""
    return base64.urlsafe_b64encode(place.encode()).decode()


def answer(body: Any, status: int = 200, headers: Headers | None = None) -> Response:
    """An answer with a JSON body."""
    text = msgspec.json.encode(body).decode()
    return Response(body=text, status_code=status, headers={"Content-Type": "application/json", **(headers or {})})
