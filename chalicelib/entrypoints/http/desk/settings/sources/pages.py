"""Webhook sources: the list with the receipts that had no effect, the form of one, and new secrets."""

from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.enums import SOURCES
from chalicelib.domain.kernel.errors import Invalid, NotFound, Stale
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.settings.cards import may, need_change, open_card, setting_page
from chalicelib.entrypoints.http.requests import BY_TIME, cursor_of, encode_cursor, parameter
from chalicelib.observability import logger

if TYPE_CHECKING:
    from chalicelib.usecases.shops.manage_sources import SourceState

FIELDS = ("secret", "store", "token")


def show(desk: Desk) -> Response:
    """The shop's sources, for admins; and for everybody the receipts that failed or were ignored, the newest first
    (`?source=`, `?state=`)."""
    from chalicelib.usecases.intake.list_receipts import ORIGINS, list_receipts
    from chalicelib.usecases.ports.intake import LISTED

    open_card(desk, "sources")
    source = next((name for name in ORIGINS if name == parameter(desk.request, "source")), None)
    state = next((name for name in LISTED if name == parameter(desk.request, "state")), None)
    after = cursor_of(desk.request, BY_TIME)
    receipts = list_receipts(services(), desk.shop.id, source, state, 25, after)
    is_admin = may(desk.caller, "admin")
    return setting_page(
        desk,
        "sources",
        "sources.html",
        sources=[_state(desk, name) for name in SOURCES] if is_admin else [],
        address=_hook_address(desk),
        receipts=receipts.items,
        following=encode_cursor(receipts.next) if receipts.next else None,
        is_first=after is None,
        origins=ORIGINS,
        states=LISTED,
        source=source,
        state=state,
    )


def edit(desk: Desk) -> Response:
    """The form of a source (`?source=`)."""
    need_change(desk, "sources")
    state = _state(desk, parameter(desk.request, "source") or "")
    return _form(desk, state, {"store": state.store or ""})


def save(desk: Desk) -> Response:
    """Save a secret that the platform gave, or the access to its API. Fields that are empty change nothing."""
    from chalicelib.domain.shops.webhook_sources import SourceIn
    from chalicelib.usecases.shops.change_hooks import change_source

    need_change(desk, "sources")
    state = _state(desk, desk.form.get("source", ""))
    given = {name: text for name in FIELDS if (text := desk.form.get(name, "")) and text != getattr(state, name, None)}
    try:
        change_source(services(), desk.shop.id, state.source, form_body(given, SourceIn), desk.caller.name)
    except Invalid as error:
        return _form(desk, state, {"store": desk.form.get("store", "")}, 422, [path for path, _ in error.errors])
    logger.info("source saved", extra={"shop": desk.shop.id, "source": state.source})
    return see_other(desk.address("settings/sources?saved=1"))


def rotate(desk: Desk) -> Response:
    """Make a new secret and show it, only now. Stale if somebody made one since the form was shown: yet another would
    end the one that the platform still signs with."""
    from chalicelib.usecases.shops.change_hooks import rotate_source

    need_change(desk, "sources")
    state = _state(desk, desk.form.get("source", ""))
    if desk.form.get("old_until", "") != str(state.old_until or ""):
        raise Stale("Somebody else has changed this secret meanwhile. Look at the source again.")
    after, secret = rotate_source(services(), desk.shop.id, state.source, desk.caller.name)
    logger.info("source rotated", extra={"shop": desk.shop.id, "source": state.source})
    return setting_page(
        desk, "sources", "secret.html", secret=secret, name=state.source, old_until=after.old_until, url=None
    )


def _state(desk: Desk, name: str) -> "SourceState":
    from chalicelib.usecases.shops.manage_sources import read_source

    try:
        return read_source(services(), desk.shop.id, name[:40])
    except NotFound:
        raise NotFound("There is no such page.") from None


def _topics(source: str) -> list[str]:
    """The topics or types that Aftercare reads from a source; of Shopify, its webhooks' (not those of its Events)."""
    from chalicelib.domain.platforms import shopify, woocommerce

    if source == "standard":
        return sorted(topic for handler in services().registries.intake for topic in handler.webhooks)
    platform = shopify if source == "shopify" else woocommerce
    return [topic for topic in platform.TOPICS if topic != platform.TOO_LARGE and topic.islower()]


def _hook_address(desk: Desk) -> str:
    """Where the shop's sources send their webhooks; the name of the source follows."""
    return f"{services().identity_provider.desk_url.removesuffix('/desk')}/v1/hooks/{desk.shop.id}"


def _form(
    desk: Desk, state: "SourceState", values: dict[str, str], status: int = 200, faults: list[str] | None = None
) -> Response:
    return setting_page(
        desk,
        "sources",
        "source.html",
        status,
        state=state,
        values=values,
        address=_hook_address(desk),
        topics=_topics(state.source),
        faults=[each for each in FIELDS if each in (faults or [])],
    )
