"""Verify a webhook's raw bytes by its source's scheme, and say what the delivery is known by."""

from collections.abc import Mapping

from msgspec import Struct

from chalicelib.domain.kernel.enums import Source
from chalicelib.domain.kernel.errors import Invalid, InvalidSignature
from chalicelib.domain.kernel.ids import key_of
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.platforms.shopify.events import topic_of
from chalicelib.domain.shops.webhook_sources import WebhookSecrets, is_signed, parse_header_time
from chalicelib.usecases.ports.services import Services

Headers = Mapping[str, str]


class VerifiedDelivery(Struct, frozen=True):
    """A verified delivery: what it is known by, and its topic."""

    id: str
    topic: str = ""
    sent_at: Instant | None = None


def verify(
    services: Services, shop: str, source: Source, secrets: WebhookSecrets, headers: Headers, body: bytes
) -> VerifiedDelivery:
    """A delivery that this shop signed: by the secrets as they were read, or else as they are now. The names of headers
    are in lower case. InvalidSignature: it is not signed by this shop, or too old."""
    try:
        return VERIFY[source](secrets.valid(source, services.now()), headers, body)
    except InvalidSignature:
        now = services.secrets.hook_secrets(shop, fresh=True)
        if now is None or now == secrets:
            raise
        return VERIFY[source](now.valid(source, services.now()), headers, body)


def _standard(secrets: tuple[str, ...], headers: Headers, body: bytes) -> VerifiedDelivery:
    """A Standard Webhooks request that one of these secrets signed within five minutes."""
    from standardwebhooks import Webhook, WebhookVerificationError

    for secret in secrets:
        try:
            Webhook(secret).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError):  # ValueError: signatures or bodies that are not even text
            continue
        return VerifiedDelivery(headers["webhook-id"])
    raise InvalidSignature("The signature is missing, wrong, or older than five minutes.")


def _shopify(secrets: tuple[str, ...], headers: Headers, body: bytes) -> VerifiedDelivery:
    """Shopify signs the body and no time; a delivery is known again by its `X-Shopify-Webhook-Id`. Its Events have the
    same headers without `X-`, and their topic in the body."""
    signature = headers.get("x-shopify-hmac-sha256") or headers.get("shopify-hmac-sha256") or ""
    if not is_signed(secrets, signature, body):
        raise InvalidSignature(
            "X-Shopify-Hmac-Sha256 is missing, or no signature of this shop's secret over this body."
        )
    told = {name.removeprefix("x-").removeprefix("shopify-"): value for name, value in headers.items()}
    topic = headers.get("x-shopify-topic", "") or _event_topic(body) or headers.get("shopify-topic", "")
    delivery = told.get("webhook-id", "")
    return VerifiedDelivery(
        delivery or key_of(topic, body.decode("utf-8", "replace")),
        topic[:100],
        parse_header_time(told.get("triggered-at")),
    )


def _event_topic(body: bytes) -> str:
    try:
        return topic_of(body)
    except Invalid:
        return ""


def _woocommerce(secrets: tuple[str, ...], headers: Headers, body: bytes) -> VerifiedDelivery:
    """WooCommerce's delivery ids are not unique, and its times are whole seconds: what is known again is the webhook,
    and what it says."""
    if not is_signed(secrets, headers.get("x-wc-webhook-signature", ""), body):
        raise InvalidSignature(
            "X-WC-Webhook-Signature is missing, or no signature of this shop's secret over this body."
        )
    topic, webhook = headers.get("x-wc-webhook-topic", "")[:100], headers.get("x-wc-webhook-id", "")
    return VerifiedDelivery(key_of(webhook, topic, body.decode("utf-8", "replace")), topic)


VERIFY = {"standard": _standard, "shopify": _shopify, "woocommerce": _woocommerce}
