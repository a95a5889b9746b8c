"""Manage the secrets of inbound webhooks, and the accesses to the APIs of a shop's platforms."""

import base64
import binascii
import secrets
from itertools import chain, takewhile
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.enums import SOURCES, Source
from chalicelib.domain.kernel.errors import NotFound, invalid
from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.domain.platforms.reconciliation import Gaps
from chalicelib.domain.shops.webhook_sources import Access, SourceIn, WebhookSecrets
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.webhooks_out.manage_endpoints import new_secret

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasReconciliations, HasSecrets, HasShops

    class ManageSourcesServices(HasClock, HasReconciliations, HasSecrets, HasShops, Protocol):
        """The services that `manage_sources` uses."""


class SourceState(Struct, frozen=True):
    """The state of a source: the shop's host on the platform if its API can be called, and until when the old secret is
    accepted."""

    source: Source
    store: str | None
    old_until: Instant | None
    reconciled: Day | None = None
    gaps: Gaps = Gaps()
    """The result of the last nightly comparison with the platform."""


def put_source(services: "ManageSourcesServices", shop: str, name: str, source_in: SourceIn) -> SourceState:
    """Save the secret that a platform gave, and the access to its API. The old secret is accepted for another hour."""
    source, secrets_of_shop = _load(services, shop, name)
    _check_source(services, shop, source, source_in)
    if source_in.secret is not None and source_in.secret != getattr(secrets_of_shop, source):
        rotated = secrets_of_shop.rotated(source, source_in.secret, services.now())
        services.secrets.save_webhook_secrets(shop, rotated)
    if source_in.store is not None or source_in.token is not None:
        _save_access(services, shop, source, source_in)
    return read_source(services, shop, name)


def _check_source(services: "ManageSourcesServices", shop: str, source: Source, source_in: SourceIn) -> None:
    """`Invalid` if the standard source gets an access or a malformed secret, or a platform only a half of an access."""
    if source == "standard" and (source_in.store or source_in.token):
        raise invalid("store" if source_in.store else "token", "is of a platform; the standard source has none")
    if source == "standard" and source_in.secret is not None:
        _check_standard(source_in.secret)
    is_half = (source_in.store is None) != (source_in.token is None)
    if is_half and services.secrets.access(shop, source) is None:
        raise invalid("store" if source_in.store is None else "token", "is needed besides the other")


def _save_access(services: "ManageSourcesServices", shop_id: str, source: Source, source_in: SourceIn) -> None:
    before = services.secrets.access(shop_id, source) or Access("", "")
    access = Access(source_in.store or before.store, source_in.token or before.token)
    services.secrets.save_access(shop_id, source, access)
    shop = shop_of(services, shop_id)
    services.shops.save(replace(shop, asks=tuple(sorted({*shop.asks, source}))))


def rotate_source(services: "ManageSourcesServices", shop: str, name: str) -> tuple[SourceState, str]:
    """Make a new secret, which is shown only now; the old one is accepted for another hour."""
    source, secrets_of_shop = _load(services, shop, name)
    secret: str = getattr(new_secrets(), source)
    services.secrets.save_webhook_secrets(shop, secrets_of_shop.rotated(source, secret, services.now()))
    return read_source(services, shop, name), secret


def new_secrets() -> WebhookSecrets:
    """A new secret for each source, in the form that its platform uses."""
    return WebhookSecrets(standard=new_secret(), shopify=secrets.token_hex(32), woocommerce=secrets.token_urlsafe(36))


def read_source(services: "ManageSourcesServices", shop: str, name: str) -> SourceState:
    """The state of a source, without its secrets."""
    source, secrets_of_shop = _load(services, shop, name)
    access = services.secrets.access(shop, source)
    old = secrets_of_shop.before.get(source)
    old_until = old.until if old and old.until and old.until > services.now() else None
    day, gaps = _last_comparison(services, shop, source) if access else (None, Gaps())
    return SourceState(source, access.store if access else None, old_until, day, gaps)


def _last_comparison(services: "ManageSourcesServices", shop: str, source: Source) -> tuple[Day | None, Gaps]:
    """The day of the last nightly comparison, and the sum of the results of its pages."""
    pages = services.reconciliations.newest(shop, source)
    gaps = Gaps()
    first = next(pages, None)
    if first is None:
        return None, gaps
    for page in chain([first], takewhile(lambda page: page.day == first.day, pages)):
        gaps = gaps.plus(page.gaps) if page.gaps else gaps
    return first.day, gaps


def _load(services: "ManageSourcesServices", shop: str, name: str) -> tuple[Source, WebhookSecrets]:
    """The source with this name, and the secrets of the shop. `NotFound` if there is no such source or shop."""
    shop_of(services, shop)
    source = next((source for source in SOURCES if source == name), None)
    stored = services.secrets.hook_secrets(shop, fresh=True)
    if source is None or stored is None:
        raise NotFound(f"There is no webhook source {name!r}; there are {', '.join(SOURCES)}.")
    return source, stored


def _check_standard(secret: str) -> None:
    """`Invalid` unless the secret has the form of Standard Webhooks."""
    try:
        long_enough = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) >= 24
    except binascii.Error:
        long_enough = False
    if not secret.startswith("whsec_") or not long_enough:
        raise invalid("secret", "is `whsec_` and the base64 of 24 bytes or more")
