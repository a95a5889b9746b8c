"""Take a webhook in: verify its raw bytes, store a receipt, answer. Everything else happens behind the answer."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.errors import Invalid, NotFound, TooLarge, Unauthentic
from chalicelib.domain.ids import key_of, new_id
from chalicelib.domain.inputs import Hook, read_hook
from chalicelib.domain.vocabulary import Source
from chalicelib.usecases.desk import Desk
from chalicelib.usecases.ports import Receipt

MAX_BYTES = 256 * 1024


class Taken(Struct, frozen=True):
    """The receipt of a delivery, whether it was seen before, and the webhook when it was understood."""

    receipt: Receipt
    duplicate: bool
    hook: Hook | None = None


def receive_hook(desk: Desk, shop: str, source: str, headers: Mapping[str, str], body: bytes) -> Taken:
    """Verify and store one delivery.

    NotFound: unknown shop or source. TooLarge: over 256 KiB. Unauthentic: not signed by this shop, or too old.
    Invalid: signed, and not understood; its receipt is kept all the same and named in the error.
    """
    if source != "standard":
        raise NotFound(f"There is no webhook source {source!r}; this shop takes 'standard'.")
    secrets = desk.secrets.hook_secrets(shop)
    if secrets is None:
        raise NotFound(f"There is no shop {shop!r}.")
    if len(body) > MAX_BYTES:
        raise TooLarge(f"A webhook's body may have {MAX_BYTES} bytes; this one has {len(body)}.")
    delivery = _verified_standard(secrets[source], headers, body)
    return _store(desk, shop, "standard", delivery, body)


def _store(desk: Desk, shop: str, source: Source, delivery: str, body: bytes) -> Taken:
    now = desk.now()
    identifier = new_id(now, key_of("receipt", shop, source, delivery))
    receipt = Receipt(id=identifier, shop=shop, source=source, delivery=delivery, type="", received_at=now, body=body)
    hook, wrong = _understood(body, now)
    if wrong is None and hook is not None:
        receipt = replace(receipt, type=hook.type)
    else:
        receipt = replace(receipt, state="failed", reason=str(wrong))
    seen = desk.receipts.add(receipt)
    if seen is not None:
        return Taken(seen, duplicate=True, hook=hook)
    if wrong is not None:
        raise Invalid(wrong.errors, receipt=receipt.id)
    return Taken(receipt, duplicate=False, hook=hook)


def _understood(body: bytes, now: int) -> tuple[Hook | None, Invalid | None]:
    try:
        return read_hook(body, now), None
    except Invalid as wrong:
        return None, wrong


def _verified_standard(secret: str, headers: Mapping[str, str], body: bytes) -> str:
    """The delivery id of a Standard Webhooks request that this secret signed within five minutes."""
    from standardwebhooks import Webhook, WebhookVerificationError

    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: signatures or bodies that are not even text
        raise Unauthentic("The signature is missing, wrong, or older than five minutes.") from None
    return next(value for name, value in headers.items() if name.lower() == "webhook-id")
