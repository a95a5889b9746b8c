"""The sources of inbound webhooks: their secrets and signatures, and the access to their APIs."""

import base64
import hashlib
import hmac
import re
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.secret import Secret
from chalicelib.domain.kernel.timestamps import HOUR_MS, Instant, parse_instant
from chalicelib.domain.kernel.validation import Input

OLD_SECRET_LIFETIME_MS = HOUR_MS
"""How long the old secret is accepted after a rotation, as Shopify does it."""
PING = re.compile(rb"webhook_id=[0-9]{1,20}")
"""The body that WooCommerce sends, unsigned and as a form, when a webhook is created."""
Host = Annotated[str, Meta(max_length=253, pattern=r"^[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+(:[0-9]{2,5})?\Z")]


class WebhookSecrets(Struct, frozen=True, kw_only=True):
    """A shop's webhook secrets by source, and the old ones while they are still accepted."""

    standard: str
    shopify: str
    woocommerce: str
    before: dict[Source, Secret] = {}

    def valid(self, source: Source, now: Instant) -> tuple[str, ...]:
        """The secrets with which a delivery of this source may be signed now."""
        old = self.before.get(source)
        return (getattr(self, source), *((old.secret,) if old and old.until and now < old.until else ()))

    def rotated(self, source: Source, new: str, now: Instant) -> "WebhookSecrets":
        """The secrets after a source got a new one."""
        old = Secret(getattr(self, source), now + OLD_SECRET_LIFETIME_MS)
        return replace(self, **{source: new, "before": self.before | {source: old}})


class Access(Struct, frozen=True):
    """The access to the API of a platform: the shop's host there, and a token."""

    store: str
    token: str


class SourceIn(Input, frozen=True):
    """The body of `PUT /v1/shops/{shop}/sources/{source}`: a secret from the platform, and the access to its API.
    Fields that are left out are not changed."""

    secret: Annotated[str, Meta(min_length=16, max_length=200, pattern=r"^[\x21-\x7e]+\Z")] | None = None
    store: Host | None = None
    token: Annotated[str, Meta(min_length=8, max_length=500, pattern=r"^[\x21-\x7e]+\Z")] | None = None


MAX_SIGNATURES = 5
"""The most signatures of a header that are checked."""


def is_signed(secrets: tuple[str, ...], signature: str, body: bytes) -> bool:
    """Whether one of the secrets signed this body: HMAC-SHA256 of the raw bytes in base64, as Shopify
    (`X-Shopify-Hmac-Sha256`) and WooCommerce (`X-WC-Webhook-Signature`) write it. If there are several signatures, one
    valid signature is enough. They are compared in constant time."""
    received = signature.encode("utf-8", "replace").split()[:MAX_SIGNATURES]
    valid = [base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)) for secret in secrets]
    return any(hmac.compare_digest(digest, candidate) for digest in valid for candidate in received)


def parse_header_time(header: str | None) -> Instant | None:
    """The time in a header; None if there is none. It is not signed, so it is used only to sort deliveries."""
    try:
        return parse_instant(header.strip()) if header else None
    except (ValueError, OverflowError):
        return None
