"""How senders sign webhooks, implemented a second time for the tests: the code that verifies must not sign."""

import base64
import hashlib
import hmac


def signature(secret: str, delivery: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """The headers of a Standard Webhooks delivery."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.digest(key, f"{delivery}.{timestamp_s}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }


def platform_signature(secret: str, body: bytes) -> str:
    """A body as Shopify and WooCommerce sign it: HMAC-SHA256 in base64."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
