"""The settings of a shop itself, and a new shop."""

import re
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import Invalid, invalid
from chalicelib.domain.shops.shop import SHOP_ID, Shop, ShopIn
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.settings.cards import need_change, open_card, setting_page
from chalicelib.entrypoints.http.desk.settings.lists import joined, listed
from chalicelib.entrypoints.http.requests import parameter

LINES = ("id", "name", "time_zone", "locale", "mail_from", "calendar", "public_url", "forms")


def show(desk: Desk) -> Response:
    """The settings of the shop."""
    from chalicelib.usecases.ports.shop_rules import shop_of

    open_card(desk, "shop")
    shop = shop_of(services(), desk.shop.id)
    values = {line: getattr(shop, line) or "" for line in LINES} | {"forms": joined(shop.forms)}
    return _form(desk, shop.id, values | {"words": "1" if shop.words else ""})


def new(desk: Desk) -> Response:
    """The form of a new shop."""
    need_change(desk, "shop")
    values = dict.fromkeys(LINES, "") | {"time_zone": desk.shop.time_zone, "locale": desk.shop.locale, "words": "1"}
    return _form(desk, None, values)


def save(desk: Desk) -> Response:
    """Save the settings of the shop, or create a shop."""
    from chalicelib.usecases.shops.change_settings import change_shop

    need_change(desk, "shop")
    is_new = desk.form.get("new") == "1"
    shop_id = desk.form.get("id", "") if is_new else desk.shop.id
    try:
        if is_new:
            _check_new(shop_id)
        shop: Shop = change_shop(services(), shop_id, _typed(desk), desk.caller.name)
    except Invalid as error:
        words = services().desk_pages.words(desk.language)
        faults = {path: words.get(text, text) for path, text in error.errors}
        values = {line: desk.form.get(line, "") for line in (*LINES, "words")}
        return _form(desk, None if is_new else desk.shop.id, values, 422, faults)
    services().staff.ensure_group(f"shop:{shop.id}")
    return see_other(desk.address(f"/{shop.id}/settings/shop?saved=1"))


def _check_new(shop: str) -> None:
    """Refuse an id that no shop can have, or that one has: a form for a new shop changes none."""
    if not re.match(SHOP_ID, shop):
        raise invalid("id", "shop.fault.id")
    if services().shops.shop(shop) is not None:
        raise invalid("id", "shop.fault.taken")


def _typed(desk: Desk) -> ShopIn:
    form = desk.form
    body: dict[str, Any] = {
        name: form.get(name, "") for name in ("name", "time_zone", "locale", "mail_from", "calendar")
    }
    body |= {"public_url": form.get("public_url") or None, "mail": {"forms": listed(form.get("forms", ""))}}
    return form_body(body | {"search": {"words": form.get("words") == "1"}}, ShopIn)


def _form(
    desk: Desk, shop: str | None, values: dict[str, str], status: int = 200, faults: dict[str, str] | None = None
) -> Response:
    own = [calendar.id for calendar in services().shops.newest_calendars(shop)] if shop else []
    given: dict[str, Any] = {"shop": shop, "values": values, "faults": faults or {}, "calendars": [ALWAYS.id, *own]}
    saved = parameter(desk.request, "saved") == "1"
    return setting_page(desk, "shop", "shop.html", status, saved=saved, **given)
