"""Verify the raw bytes of a webhook by the scheme of its source, and find the id of the delivery."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.errors import Invalid, InvalidSignature
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.platforms.shopify.events import topic_of
from chalicelib.domain.shops.webhook_sources import WebhookSecrets, is_signed, parse_header_time

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import HasSecrets


Headers = Mapping[str, str]


class VerifiedDelivery(Struct, frozen=True):
    """A verified delivery. A repeated delivery has the same id. `sent_at`: when the event happened according to the
    platform."""

    id: str
    topic: str = ""
    sent_at: Instant | None = None


def verify(
    services: "HasSecrets",
    shop: str,
    source: Source,
    secrets: WebhookSecrets,
    headers: Headers,
    body: bytes,
    now: Instant,
) -> VerifiedDelivery:
    """Check that the shop signed the delivery, with the given secrets or else with the secrets as they are read now.
    The names of `headers` are in lower case; `now`: when the delivery was received. InvalidSignature: it is not signed
    by this shop, or too old."""
    try:
        return VERIFY[source](secrets.valid(source, now), headers, body)
    except InvalidSignature:
        current = services.secrets.hook_secrets(shop, fresh=True)
        if current is None or current == secrets:
            raise
        return VERIFY[source](current.valid(source, now), headers, body)


def _standard(secrets: tuple[str, ...], headers: Headers, body: bytes) -> VerifiedDelivery:
    """A Standard Webhooks request, signed with one of these secrets no more than five minutes ago."""
    from standardwebhooks import Webhook, WebhookVerificationError

    for secret in secrets:
        try:
            Webhook(secret).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError):  # ValueError: signatures or bodies that are not even text
            continue
        return VerifiedDelivery(headers["webhook-id"])
    raise InvalidSignature("The signature is missing, wrong, or older than five minutes.")


def _shopify(secrets: tuple[str, ...], headers: Headers, body: bytes) -> VerifiedDelivery:
    """Shopify signs the body but no time; a repeated delivery has the same `X-Shopify-Webhook-Id`. Shopify's Events
    have the same headers without `X-`, and their topic in the body."""
    signature = headers.get("x-shopify-hmac-sha256") or headers.get("shopify-hmac-sha256") or ""
    if not is_signed(secrets, signature, body):
        raise InvalidSignature(
            "X-Shopify-Hmac-Sha256 is missing, or no signature of this shop's secret over this body."
        )
    plain = {name.removeprefix("x-").removeprefix("shopify-"): value for name, value in headers.items()}
    topic = headers.get("x-shopify-topic", "") or _event_topic(body) or headers.get("shopify-topic", "")
    delivery = plain.get("webhook-id", "")
    return VerifiedDelivery(
        delivery or key_of(topic, body.decode("utf-8", "replace")),
        topic[:100],
        parse_header_time(plain.get("triggered-at")),
    )


def _event_topic(body: bytes) -> str:
    try:
        return topic_of(body)
    except Invalid:
        return ""


def _woocommerce(secrets: tuple[str, ...], headers: Headers, body: bytes) -> VerifiedDelivery:
    """WooCommerce's delivery ids are not unique, and its times are whole seconds: a repeated delivery is recognized by
    its webhook, topic and body."""
    if not is_signed(secrets, headers.get("x-wc-webhook-signature", ""), body):
        raise InvalidSignature(
            "X-WC-Webhook-Signature is missing, or no signature of this shop's secret over this body."
        )
    topic = headers.get("x-wc-webhook-topic", "")[:100]
    webhook = headers.get("x-wc-webhook-id", "")
    return VerifiedDelivery(key_of(webhook, topic, body.decode("utf-8", "replace")), topic)


VERIFY = {"standard": _standard, "shopify": _shopify, "woocommerce": _woocommerce}
