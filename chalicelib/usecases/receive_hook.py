"""Take a webhook in: verify its raw bytes, store a receipt, answer. Everything else happens behind the answer."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.errors import Invalid, NotFound, TooLarge, Unauthentic
from chalicelib.domain.hooks import News, Unheeded, understand
from chalicelib.domain.ids import key_of, new_id
from chalicelib.domain.sources import PING, HookSecrets, is_signed
from chalicelib.domain.vocabulary import SOURCES, Source
from chalicelib.usecases.desk import Desk
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.whose import whose

MAX_BYTES = 256 * 1024
Headers = Mapping[str, str]


class Taken(Struct, frozen=True):
    """The receipt of a delivery, whether it was seen before, and what it says when it was understood."""

    receipt: Receipt
    duplicate: bool
    news: News | None = None


class Delivered(Struct, frozen=True):
    """A verified delivery: what it is known by, and its topic."""

    id: str
    topic: str = ""


def receive_hook(desk: Desk, shop: str, source: str, headers: Headers, body: bytes) -> Taken | None:
    """Verify and store one delivery; None for a platform's ping, from which nothing follows.

    NotFound: unknown shop or source. TooLarge: over 256 KiB. Unauthentic: not signed by this shop, or too old.
    Invalid: signed by the standard scheme, and not understood; its receipt is kept all the same and named in the
    error. A platform's delivery that is not understood is kept, too, and taken: platforms give up on those who refuse.
    """
    known = next((one for one in SOURCES if one == source), None)
    secrets = desk.secrets.hook_secrets(shop) if known else None
    if known is None:
        raise NotFound(f"There is no webhook source {source!r}; there are {', '.join(SOURCES)}.")
    if secrets is None:
        raise NotFound(f"There is no shop {shop!r}.")
    if len(body) > MAX_BYTES:
        raise TooLarge(f"A webhook's body may have {MAX_BYTES} bytes; this one has {len(body)}.")
    told = {name.lower(): value for name, value in headers.items()}
    if known == "woocommerce" and "x-wc-webhook-signature" not in told and PING.fullmatch(body.strip()):
        return None
    return _store(desk, shop, known, _verified(desk, shop, known, secrets, told, body), body)


def _verified(desk: Desk, shop: str, source: Source, secrets: HookSecrets, told: Headers, body: bytes) -> Delivered:
    """A delivery that this shop signed: by the secrets as they were read, or else as they are now."""
    try:
        return VERIFY[source](secrets.valid(source, desk.now()), told, body)
    except Unauthentic:
        now = desk.secrets.hook_secrets(shop, fresh=True)
        if now is None or now == secrets:
            raise
        return VERIFY[source](now.valid(source, desk.now()), told, body)


def _store(desk: Desk, shop: str, source: Source, delivered: Delivered, body: bytes) -> Taken:
    now = desk.now()
    receipt = Receipt(
        id=new_id(now, key_of("receipt", shop, source, delivered.id)), shop=shop, source=source, delivery=delivered.id,
        type=delivered.topic, received_at=now, body=body,
    )  # fmt: skip
    news, wrong = None, None
    try:
        news = understand(source, delivered.topic, body, now)
        receipt = replace(receipt, type=news.type)
    except Unheeded as unheeded:
        receipt = replace(receipt, state="ignored", reason=str(unheeded))
    except Invalid as invalid:
        wrong = invalid
        receipt = replace(receipt, state="failed", reason=str(invalid))
    seen = desk.receipts.add(replace(receipt, whose=whose(desk, receipt, news)))
    if seen is not None:
        return Taken(seen, duplicate=True, news=news)
    if wrong is not None and source == "standard":
        raise Invalid(wrong.errors, receipt=receipt.id)
    return Taken(receipt, duplicate=False, news=news)


def _standard(secrets: tuple[str, ...], headers: Headers, body: bytes) -> Delivered:
    """A Standard Webhooks request that one of these secrets signed within five minutes."""
    from standardwebhooks import Webhook, WebhookVerificationError

    for secret in secrets:
        try:
            Webhook(secret).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError):  # ValueError: signatures or bodies that are not even text
            continue
        return Delivered(headers["webhook-id"])
    raise Unauthentic("The signature is missing, wrong, or older than five minutes.")


def _shopify(secrets: tuple[str, ...], headers: Headers, body: bytes) -> Delivered:
    """Shopify signs the body and no time; a delivery is known again by its `X-Shopify-Webhook-Id`."""
    if not is_signed(secrets, headers.get("x-shopify-hmac-sha256", ""), body):
        raise Unauthentic("X-Shopify-Hmac-Sha256 is missing, or no signature of this shop's secret over this body.")
    topic, delivery = headers.get("x-shopify-topic", ""), headers.get("x-shopify-webhook-id", "")
    return Delivered(delivery or key_of(topic, body.decode("utf-8", "replace")), topic[:100])


def _woocommerce(secrets: tuple[str, ...], headers: Headers, body: bytes) -> Delivered:
    """WooCommerce's delivery ids are not unique, and its times are whole seconds: what is known again is the webhook,
    and what it says."""
    if not is_signed(secrets, headers.get("x-wc-webhook-signature", ""), body):
        raise Unauthentic("X-WC-Webhook-Signature is missing, or no signature of this shop's secret over this body.")
    topic, webhook = headers.get("x-wc-webhook-topic", "")[:100], headers.get("x-wc-webhook-id", "")
    return Delivered(key_of(webhook, topic, body.decode("utf-8", "replace")), topic)


VERIFY = {"standard": _standard, "shopify": _shopify, "woocommerce": _woocommerce}
