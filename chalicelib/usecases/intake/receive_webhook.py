"""Take a webhook in: verify its raw bytes, store a receipt, answer. Everything else happens behind the answer."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.intake.webhooks import IgnoredTopic, InboundMessage, parse_message, trim_body
from chalicelib.domain.kernel.enums import SOURCES, Source
from chalicelib.domain.kernel.errors import Invalid, InvalidSignature, NotFound, TooLarge, invalid
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.platforms.shopify.events import topic_of
from chalicelib.domain.shops.webhook_sources import PING, WebhookSecrets, is_signed, parse_header_time
from chalicelib.usecases.intake.data_owner import data_owner
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.ports.services import Services

MAX_BYTES = 256 * 1024
"""What a receipt keeps of a delivery, and what one of the standard source may have."""
MAX_PLATFORM_BYTES = 5 * 1024 * 1024
"""What a platform may send: a Lambda function is called with 6 MB at most (AWS Lambda quotas)."""
Headers = Mapping[str, str]


class Accepted(Struct, frozen=True):
    """The receipt of a delivery, whether it was seen before, and what it says when it was understood."""

    receipt: Receipt
    duplicate: bool
    news: InboundMessage | None = None


class VerifiedDelivery(Struct, frozen=True):
    """A verified delivery: what it is known by, and its topic."""

    id: str
    topic: str = ""
    sent_at: Instant | None = None


def receive_webhook(services: Services, shop: str, source: str, headers: Headers, body: bytes) -> Accepted | None:
    """Verify and store one delivery; None for a platform's ping, from which nothing follows.

    NotFound: unknown shop or source. TooLarge: over 256 KiB, of a platform over 5 MiB. Unauthentic: not signed by this
    shop, or too old. Invalid: signed by the standard scheme, and not understood; its receipt is kept all the same and
    named in the error. A platform's delivery that is not understood is kept, too, and taken: platforms give up on
    those who refuse.
    """
    known = next((one for one in SOURCES if one == source), None)
    secrets = services.secrets.hook_secrets(shop) if known else None
    if known is None:
        raise NotFound(f"There is no webhook source {source!r}; there are {', '.join(SOURCES)}.")
    if secrets is None:
        raise NotFound(f"There is no shop {shop!r}.")
    most = MAX_BYTES if known == "standard" else MAX_PLATFORM_BYTES
    if len(body) > most:
        raise TooLarge(f"A webhook's body may have {most} bytes; this one has {len(body)}.")
    told = {name.lower(): value for name, value in headers.items()}
    if known == "woocommerce" and "x-wc-webhook-signature" not in told and PING.fullmatch(body.strip()):
        return None
    return _store(services, shop, known, _verified(services, shop, known, secrets, told, body), body)


def _verified(
    services: Services, shop: str, source: Source, secrets: WebhookSecrets, told: Headers, body: bytes
) -> VerifiedDelivery:
    """A delivery that this shop signed: by the secrets as they were read, or else as they are now."""
    try:
        return VERIFY[source](secrets.valid(source, services.now()), told, body)
    except InvalidSignature:
        now = services.secrets.hook_secrets(shop, fresh=True)
        if now is None or now == secrets:
            raise
        return VERIFY[source](now.valid(source, services.now()), told, body)


def _store(services: Services, shop: str, source: Source, delivered: VerifiedDelivery, body: bytes) -> Accepted:
    now = services.now()
    topic, kept = trim_body(source, delivered.topic, body, MAX_BYTES)
    receipt = Receipt(
        id=new_id(now, key_of("receipt", shop, source, delivered.id)),
        shop=shop,
        source=source,
        delivery=delivered.id,
        type=topic,
        received_at=now,
        body=kept,
        sent_at=min(delivered.sent_at, now) if delivered.sent_at else None,
    )
    news, wrong = None, None
    try:
        if len(kept) == 0 < len(body):
            raise invalid("body", f"has {len(body)} bytes, and nothing of it could be kept")
        news = parse_message(source, topic, kept, now, receipt.sent_at)
        receipt = replace(receipt, type=news.type)
    except IgnoredTopic as unheeded:
        receipt = replace(receipt, state="ignored", reason=str(unheeded))
    except Invalid as invalid_body:
        wrong = invalid_body
        receipt = replace(receipt, state="failed", reason=str(invalid_body))
    seen = services.receipts.add(replace(receipt, whose=data_owner(services, receipt, news)))
    if seen is not None:
        return Accepted(seen, duplicate=True, news=news)
    if wrong is not None and source == "standard":
        raise Invalid(wrong.errors, receipt=receipt.id)
    return Accepted(receipt, duplicate=False, news=news)


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
