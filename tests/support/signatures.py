"""Webhooks as their senders sign them, computed apart from the code under test."""

import base64
import hashlib
import hmac


def signature(secret: str, delivery: str, stamp: int, body: bytes) -> dict[str, str]:
    """The headers of a standard webhook; `stamp` is its time in seconds."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{delivery}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(stamp),
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }


def platform_signature(secret: str, body: bytes) -> str:
    """A body as Shopify and WooCommerce sign it: HMAC-SHA256 in base64."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
