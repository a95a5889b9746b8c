"""Reading requests: who calls, what they sent, and the answers they may get again."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from chalice.app import Request, Response
from msgspec import Struct

from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, NotAllowed, NotFound, Stale, TooLarge, invalid
from chalicelib.domain.kernel.validation import read
from chalicelib.usecases.ports import AlreadyAnswered, IdempotencyRecord, Page

T = TypeVar("T")
NO_VERSION = -1  # what an ETag names that we never gave
Headers = dict[str, str | list[str]]
MAX_PARAMETER = 400
MAX_BYTES = 256 * 1024
DEFAULT_LIMIT, MAX_LIMIT = 25, 100
SIGNATURES = frozenset({"webhook-signature", "x-shopify-hmac-sha256", "shopify-hmac-sha256", "x-wc-webhook-signature"})


class Caller(Struct, frozen=True):
    """Whom the authorizer let in."""

    id: str
    name: str
    groups: frozenset[str]

    @property
    def is_admin(self) -> bool:
        """Whether the caller manages every shop."""
        return "admin" in self.groups

    @property
    def is_second_person(self) -> bool:
        """Whether the caller may approve what another proposed."""
        return self.is_admin or "supervisor" in self.groups

    @property
    def actor(self) -> Actor:
        """The caller as events name them."""
        return Actor("agent", self.name)

    @property
    def only_shop(self) -> str | None:
        """The shop the caller belongs to, when it is one."""
        shops = [group.removeprefix("shop:") for group in self.groups if group.startswith("shop:")]
        return shops[0] if len(shops) == 1 else None

    def may_see(self, shop: str) -> bool:
        """Whether the caller belongs to this shop."""
        return self.is_admin or (f"shop:{shop}" in self.groups and bool(self.groups & {"agent", "supervisor"}))


def caller_of(request: Request) -> Caller:
    """The caller, from the claims of the token that API Gateway's authorizer verified.

    Groups come as one string: `[a b]` or `a,b`.
    """
    claims = (request.context.get("authorizer") or {}).get("claims") or {}
    groups = str(claims.get("cognito:groups", "")).strip("[]").replace(",", " ").split()
    return Caller(str(claims.get("sub", "")), str(claims.get("cognito:username", "")), frozenset(groups))


def need_shop(request: Request, shop: str, what: str) -> Caller:
    """The caller, who may see this shop; NotFound otherwise, for another shop's things do not exist for them."""
    caller = caller_of(request)
    if not caller.may_see(shop):
        raise NotFound(f"There is no {what}.")
    return caller


def need_admin(request: Request) -> Caller:
    """The caller, who must be an admin."""
    caller = caller_of(request)
    if not caller.is_admin:
        raise NotAllowed("This needs the group 'admin'.")
    return caller


def raw_body(request: Request) -> bytes:
    """Exactly the bytes that came."""
    body = request.raw_body or b""
    return body.encode() if isinstance(body, str) else body


def headers_of(request: Request) -> dict[str, str]:
    """The headers by their names in small letters. Of one that was sent several times it is the last, as API Gateway
    has it, but of signatures all, with spaces between: a proxy may have added one, and any of them may be right."""
    event = request.to_original_event()
    found = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    sent: dict[str, list[str]] = {}
    for name, values in (event.get("multiValueHeaders") or {}).items():
        sent.setdefault(name.lower(), []).extend(values)
    for name in SIGNATURES & (
        found.keys() | sent.keys()
    ):  # where repeated ones are joined, it is by a comma and a space
        found[name] = " ".join(sent.get(name) or [found[name]]).replace(", ", " ")
    return found


def body_of(request: Request, shape: type[T]) -> T:
    """The JSON body, read as this shape."""
    body = raw_body(request)
    if len(body) > MAX_BYTES:
        raise TooLarge(f"A body may have {MAX_BYTES} bytes; this one has {len(body)}.")
    return read(body, shape)


def parameter(request: Request, name: str) -> str | None:
    """A query parameter; empty is absent."""
    found = request.query_params.get(name) if request.query_params else None
    if found and len(found) > MAX_PARAMETER:
        raise invalid(name, f"is longer than {MAX_PARAMETER} characters")
    return found or None


def known_parameters(request: Request, *names: str) -> None:
    """Refuse query parameters the route does not know."""
    for name in request.query_params or {}:
        if name not in names:
            raise invalid(name, f"is not a parameter of this route; it knows {', '.join(names) or 'none'}")


def limit_of(request: Request) -> int:
    """The page size asked for, 25 unless named."""
    text = parameter(request, "limit") or str(DEFAULT_LIMIT)
    if not re.fullmatch("[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_LIMIT:
        raise invalid("limit", f"is a whole number from 1 to {MAX_LIMIT}")
    return int(text)


def cursor_of(request: Request, pattern: str = ".+") -> str | None:
    """Where the list goes on: the `next` of the page before, which has this form in this list."""
    text = parameter(request, "next")
    if text is None:
        return None
    try:
        found = base64.urlsafe_b64decode(text.encode()).decode()
    except (binascii.Error, UnicodeError):
        found = ""
    if not found.isprintable() or not re.fullmatch(pattern, found):
        raise invalid("next", "is not a cursor of this list")
    return found


def page_body(page: Page, items: list[Any]) -> dict[str, Any]:
    """A list as its answer shows it."""
    cursor = base64.urlsafe_b64encode(page.next.encode()).decode() if page.next else None
    return {"items": items, "next": cursor}


def answer(body: Any, status: int = 200, headers: Headers | None = None) -> Response:
    """A JSON answer."""
    text = msgspec.json.encode(body).decode()
    return Response(body=text, status_code=status, headers={"Content-Type": "application/json", **(headers or {})})


def expected_version(request: Request) -> int | None:
    """The version `If-Match` names; None without one or with `*`."""
    text = request.headers.get("if-match")
    if text is None or text.strip() == "*":
        return None
    digits = text.strip().removeprefix("W/").strip('"')
    return int(digits) if re.fullmatch("[0-9]{1,9}", digits) else NO_VERSION


def once_of(request: Request, caller: Caller) -> IdempotencyRecord | None:
    """The request's idempotency record, if it has a key. The key belongs to the caller who chose it."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= 255:
        raise invalid("Idempotency-Key", "has 1 to 255 characters")
    asked = f"{request.method} {request.context.get('path', '')}\n".encode() + raw_body(request)
    return IdempotencyRecord(_digest(f"{caller.id}\n{key}".encode()), _digest(asked))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:40]


def once_only(
    idempotency: IdempotencyRecord | None,
    answered: Callable[[str], IdempotencyRecord | None],
    do: Callable[[], T],
    again: Callable[[IdempotencyRecord], T],
) -> T:
    """Carry a request out, or give the answer it got before. `Invalid` when its key was used for another request."""
    before = answered(idempotency.key) if idempotency else None
    if before is None:
        try:
            return do()
        except AlreadyAnswered as known:
            before = known.idempotency
        except (Stale, Conflict):  # perhaps because the same request was carried out at the same time
            before = answered(idempotency.key) if idempotency else None
            if before is None:
                raise
    if idempotency is None or before.digest != idempotency.digest:
        raise invalid("Idempotency-Key", "was used for another request; choose a new one")
    return again(before)
