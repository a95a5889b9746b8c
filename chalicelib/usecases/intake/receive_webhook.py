"""Receive a webhook: verify its raw bytes, store a receipt, answer. The intake function does the rest later."""

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.intake.webhooks import reason_of, trim_body
from chalicelib.domain.kernel.enums import SOURCES, Source
from chalicelib.domain.kernel.errors import IgnoredTopic, Invalid, NotFound, TooLarge, invalid
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant
from chalicelib.domain.shops.webhook_sources import PING
from chalicelib.usecases.intake.understand import Understood, understand
from chalicelib.usecases.intake.verify_webhook import Headers, VerifiedDelivery, verify
from chalicelib.usecases.ports.intake import NOBODY, Receipt

if TYPE_CHECKING:
    from chalicelib.usecases.ports.services import Services

MAX_BYTES = 256 * 1024
"""The largest body of a `standard` webhook, and the largest body that a receipt stores."""
MAX_PLATFORM_BYTES = 5 * 1024 * 1024
"""The largest body of a platform's webhook: a Lambda function is called with 6 MB at most (AWS Lambda quotas)."""


class Accepted(Struct, frozen=True):
    """The receipt of a delivery, whether the same delivery was received before, and the external id of the case it is
    about, if any."""

    receipt: Receipt
    duplicate: bool
    case: str | None = None


def receive_webhook(services: "Services", shop: str, source: str, headers: Headers, body: bytes) -> Accepted | None:
    """Verify and store one delivery; None for a ping of WooCommerce, which has no effect.

    NotFound: unknown shop or source. TooLarge: more than 256 KiB, or 5 MiB from a platform. InvalidSignature: not
    signed by this shop, or too old. Invalid: a signed `standard` webhook that cannot be read; its receipt is stored
    nevertheless, and the error has its id. A platform's webhook that cannot be read is stored and accepted, because
    platforms remove webhooks that are refused.
    """
    known_source = next((name for name in SOURCES if name == source), None)
    secrets = services.secrets.hook_secrets(shop) if known_source else None
    if known_source is None:
        raise NotFound(f"There is no webhook source {source!r}; there are {', '.join(SOURCES)}.")
    if secrets is None:
        raise NotFound(f"There is no shop {shop!r}.")
    _check_size(known_source, body)
    lower = {name.lower(): value for name, value in headers.items()}
    if known_source == "woocommerce" and "x-wc-webhook-signature" not in lower and PING.fullmatch(body.strip()):
        return None
    now = services.now()
    delivery = verify(services, shop, known_source, secrets, lower, body, now)
    return _store(services, _receipt(shop, known_source, delivery, body, now), len(body))


def _check_size(source: Source, body: bytes) -> None:
    limit = MAX_BYTES if source == "standard" else MAX_PLATFORM_BYTES
    if len(body) > limit:
        raise TooLarge(f"A webhook's body may have {limit} bytes; this one has {len(body)}.")


def _store(services: "Services", received: Receipt, size: int) -> Accepted:
    receipt, understood, wrong = _read(services, received, size)
    becomes = understood.becomes(receipt) if understood is not None else None
    earlier = services.receipts.add(
        replace(receipt, whose=data_owner(services, receipt, understood), becomes=becomes),
        of_new_customer=understood is not None and understood.handler.opens,
    )
    case = understood.case if understood is not None else None
    if earlier is not None:
        return Accepted(earlier, duplicate=True, case=case)
    if wrong is not None and receipt.source == "standard":
        raise Invalid(wrong.errors, receipt=receipt.id)
    return Accepted(receipt, duplicate=False, case=case)


def data_owner(services: "Services", receipt: Receipt, understood: Understood | None) -> str:
    """The name of the key of the person the message is about, as its handler determines it. A message that could not be
    read, or is about no known person, is encrypted with the key of its day."""
    owner = understood.handler.owner if understood is not None else None
    key = owner(services, receipt, understood.message.data) if owner and understood else None
    return f"{NOBODY}{receipt.received_at // DAY_MS}" if key is None else key


def _receipt(shop: str, source: Source, delivery: VerifiedDelivery, body: bytes, now: Instant) -> Receipt:
    topic, trimmed = trim_body(source, delivery.topic, body, MAX_BYTES)
    return Receipt(
        id=new_id(now, key_of("receipt", shop, source, delivery.id)),
        shop=shop,
        source=source,
        delivery=delivery.id,
        type=topic,
        received_at=now,
        body=trimmed,
        sent_at=min(delivery.sent_at, now) if delivery.sent_at else None,
    )


def _read(services: "Services", receipt: Receipt, size: int) -> tuple[Receipt, Understood | None, Invalid | None]:
    """The receipt with its type, or with the reason why it has no effect; its content; and the error if it cannot be
    read. `size`: the bytes of the body before it was trimmed."""
    try:
        if len(receipt.body) == 0 < size:
            raise invalid("body", f"has {size} bytes, and nothing of it could be kept")
        understood = understand(services, receipt)
    except IgnoredTopic as ignored:
        return replace(receipt, state="ignored", reason=reason_of(ignored)), None, None
    except Invalid as wrong:
        return replace(receipt, state="failed", reason=reason_of(wrong)), None, wrong
    return replace(receipt, type=understood.message.type), understood, None
