"""The index of settings, and the list of what was changed."""

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.shops.setting_changes import SETTING_PAGES
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page
from chalicelib.entrypoints.http.desk.settings.cards import CARDS, may
from chalicelib.entrypoints.http.requests import BY_TIME, cursor_of, encode_cursor, parameter

SHOWN = 25


def show(desk: Desk) -> Response:
    """The pages of settings that one may open, each with its newest change."""
    from chalicelib.usecases.shops.record_change import last_changes

    cards = [card for card in CARDS if may(desk.caller, card.opens)]
    sees_changes = may(desk.caller, "supervisor")
    last = last_changes(services(), desk.shop.id, tuple(card.name for card in cards))
    return page(desk, "settings/index.html", cards=cards, last=last, sees_changes=sees_changes)


def changes(desk: Desk) -> Response:
    """What was changed, by whom and when, the newest first: on all pages of settings, or on one (`?page=`)."""
    from chalicelib.usecases.shops.record_change import list_changes

    if not may(desk.caller, "supervisor"):
        raise NotFound("There is no such page.")
    chosen = next((name for name in SETTING_PAGES if name == parameter(desk.request, "page")), None)
    after = cursor_of(desk.request, BY_TIME)
    listed = list_changes(services(), desk.shop.id, chosen, SHOWN, after)
    following = encode_cursor(listed.next) if listed.next else None
    names = [card.name for card in CARDS if may(desk.caller, card.opens)]
    return page(
        desk,
        "settings/changes.html",
        changes=listed.items,
        pages=names,
        chosen=chosen,
        following=following,
        is_first=after is None,
    )
