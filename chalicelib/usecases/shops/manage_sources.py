"""What webhooks in are signed with, and how a shop's platform is asked."""

import base64
import binascii
import secrets
from itertools import chain, takewhile

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.kernel.enums import SOURCES, Source
from chalicelib.domain.kernel.errors import NotFound, invalid
from chalicelib.domain.kernel.timestamps import Day, Instant
from chalicelib.domain.platforms.reconciliation import Gaps
from chalicelib.domain.shops.webhook_sources import Access, SourceIn, WebhookSecrets
from chalicelib.usecases.ports.services import Services, shop_of
from chalicelib.usecases.webhooks_out.manage_endpoints import new_secret


class SourceState(Struct, frozen=True):
    """A source as it stands: the shop's host on the platform if the platform can be asked, and until when the secret
    before the present one is taken."""

    source: Source
    store: str | None
    old_until: Instant | None
    reconciled: Day | None = None
    gaps: Gaps = Gaps()
    """What the newest night's comparing came to."""


def put_source(services: Services, shop: str, name: str, told: SourceIn) -> SourceState:
    """Keep the secret a platform gave, and what its API is asked with. For an hour the old secret is taken, too."""
    source, known = _known(services, shop, name)
    if source == "standard" and (told.store or told.token):
        raise invalid("store" if told.store else "token", "is of a platform; the standard source has none")
    if source == "standard" and told.secret is not None:
        _check_standard(told.secret)
    if (told.store is None) != (told.token is None) and services.secrets.access(shop, source) is None:
        raise invalid("store" if told.store is None else "token", "is needed besides the other")
    if told.secret is not None and told.secret != getattr(known, source):
        services.secrets.save_webhook_secrets(shop, known.rotated(source, told.secret, services.now()))
    if told.store is not None or told.token is not None:
        before = services.secrets.access(shop, source) or Access("", "")
        services.secrets.save_access(shop, source, Access(told.store or before.store, told.token or before.token))
        found = shop_of(services, shop)
        services.shops.save(replace(found, asks=tuple(sorted({*found.asks, source}))))
    return read_source(services, shop, name)


def rotate_source(services: Services, shop: str, name: str) -> tuple[SourceState, str]:
    """Make a new secret, which is shown this once; for an hour the old one is taken, too."""
    source, known = _known(services, shop, name)
    made: str = getattr(new_secrets(), source)
    services.secrets.save_webhook_secrets(shop, known.rotated(source, made, services.now()))
    return read_source(services, shop, name), made


def new_secrets() -> WebhookSecrets:
    """Secrets of every source, each as its platform writes them."""
    return WebhookSecrets(standard=new_secret(), shopify=secrets.token_hex(32), woocommerce=secrets.token_urlsafe(36))


def read_source(services: Services, shop: str, name: str) -> SourceState:
    """A source as it stands, without its secrets."""
    source, known = _known(services, shop, name)
    access, old = services.secrets.access(shop, source), known.before.get(source)
    until = old.until if old and old.until and old.until > services.now() else None
    day, gaps = _newest(services, shop, source) if access else (None, Gaps())
    return SourceState(source, access.store if access else None, until, day, gaps)


def _newest(services: Services, shop: str, source: Source) -> tuple[Day | None, Gaps]:
    """The newest night's comparing: its day, and what all its pages came to."""
    pages, gaps = services.reconciliations.newest(shop, source), Gaps()
    first = next(pages, None)
    if first is None:
        return None, gaps
    for one in chain([first], takewhile(lambda page: page.day == first.day, pages)):
        gaps = gaps.plus(one.gaps) if one.gaps else gaps
    return first.day, gaps


def _known(services: Services, shop: str, name: str) -> tuple[Source, WebhookSecrets]:
    shop_of(services, shop)
    source = next((one for one in SOURCES if one == name), None)
    found = services.secrets.hook_secrets(shop, fresh=True)
    if source is None or found is None:
        raise NotFound(f"There is no webhook source {name!r}; there are {', '.join(SOURCES)}.")
    return source, found


def _check_standard(secret: str) -> None:
    try:
        long_enough = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) >= 24
    except binascii.Error:
        long_enough = False
    if not secret.startswith("whsec_") or not long_enough:
        raise invalid("secret", "is `whsec_` and the base64 of 24 bytes or more")
