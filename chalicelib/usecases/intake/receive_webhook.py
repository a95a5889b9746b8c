"""Take a webhook in: verify its raw bytes, store a receipt, answer. Everything else happens behind the answer."""

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.intake.webhooks import trim_body
from chalicelib.domain.kernel.enums import SOURCES, Source
from chalicelib.domain.kernel.errors import IgnoredTopic, Invalid, NotFound, TooLarge, invalid
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.shops.webhook_sources import PING
from chalicelib.usecases.intake.data_owner import data_owner
from chalicelib.usecases.intake.understand import Understood, understand
from chalicelib.usecases.intake.verify_webhook import Headers, VerifiedDelivery, verify
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.ports.services import Services

MAX_BYTES = 256 * 1024
"""What a receipt keeps of a delivery, and what one of the standard source may have."""
MAX_PLATFORM_BYTES = 5 * 1024 * 1024
"""What a platform may send: a Lambda function is called with 6 MB at most (AWS Lambda quotas)."""


class Accepted(Struct, frozen=True):
    """The receipt of a delivery, whether it was seen before, and the external id of the case it is about, if it is
    about one."""

    receipt: Receipt
    duplicate: bool
    case: str | None = None


def receive_webhook(services: Services, shop: str, source: str, headers: Headers, body: bytes) -> Accepted | None:
    """Verify and store one delivery; None for a platform's ping, from which nothing follows.

    NotFound: unknown shop or source. TooLarge: over 256 KiB, of a platform over 5 MiB. InvalidSignature: not signed by
    this shop, or too old. Invalid: signed by the standard scheme, and not understood; its receipt is kept all the same
    and named in the error. A platform's delivery that is not understood is kept, too, and accepted: platforms give up
    on those who refuse.
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
    lower = {name.lower(): value for name, value in headers.items()}
    if known == "woocommerce" and "x-wc-webhook-signature" not in lower and PING.fullmatch(body.strip()):
        return None
    return _store(services, shop, known, verify(services, shop, known, secrets, lower, body), body)


def _store(services: Services, shop: str, source: Source, delivered: VerifiedDelivery, body: bytes) -> Accepted:
    receipt, understood, wrong = _read(services, _receipt(services, shop, source, delivered, body), len(body))
    seen = services.receipts.add(replace(receipt, whose=data_owner(services, receipt, understood)))
    case = understood.case if understood is not None else None
    if seen is not None:
        return Accepted(seen, duplicate=True, case=case)
    if wrong is not None and source == "standard":
        raise Invalid(wrong.errors, receipt=receipt.id)
    return Accepted(receipt, duplicate=False, case=case)


def _receipt(services: Services, shop: str, source: Source, delivered: VerifiedDelivery, body: bytes) -> Receipt:
    now = services.now()
    topic, kept = trim_body(source, delivered.topic, body, MAX_BYTES)
    return Receipt(
        id=new_id(now, key_of("receipt", shop, source, delivered.id)),
        shop=shop,
        source=source,
        delivery=delivered.id,
        type=topic,
        received_at=now,
        body=kept,
        sent_at=min(delivered.sent_at, now) if delivered.sent_at else None,
    )


def _read(services: Services, receipt: Receipt, size: int) -> tuple[Receipt, Understood | None, Invalid | None]:
    """The receipt with its type, or with why nothing follows from it; what it says; and what is wrong with it. `size`
    is how many bytes the body had before it was trimmed."""
    try:
        if len(receipt.body) == 0 < size:
            raise invalid("body", f"has {size} bytes, and nothing of it could be kept")
        understood = understand(services, receipt)
    except IgnoredTopic as ignored:
        return replace(receipt, state="ignored", reason=str(ignored)), None, None
    except Invalid as wrong:
        return replace(receipt, state="failed", reason=str(wrong)), None, wrong
    return replace(receipt, type=understood.message.type), understood, None
