"""The settings of a shop itself."""

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.shops.shop import ShopIn
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.settings.cards import need_change, open_card, setting_page
from chalicelib.entrypoints.http.desk.settings.lists import joined, listed

LINES = ("id", "name", "time_zone", "locale", "mail_from", "calendar", "public_url", "forms")


def show(desk: Desk) -> Response:
    """The settings of the shop."""
    from chalicelib.usecases.ports.shop_rules import shop_of

    open_card(desk, "shop")
    shop = shop_of(services(), desk.shop.id)
    values = {line: getattr(shop, line) or "" for line in LINES} | {"forms": joined(shop.forms)}
    return _form(desk, values | {"words": "1" if shop.words else ""})


def save(desk: Desk) -> Response:
    """Save the settings of the shop."""
    from chalicelib.usecases.shops.change_settings import change_shop

    need_change(desk, "shop")
    try:
        change_shop(services(), desk.shop.id, typed_shop(desk), desk.caller.name)
    except Invalid as error:
        return _form(desk, typed_lines(desk), 422, faults_of(desk, error))
    return see_other(desk.address("settings/shop?saved=1"))


def typed_shop(desk: Desk) -> ShopIn:
    """The settings that a form sent. Invalid for what they cannot be."""
    form = desk.form
    body: dict[str, Any] = {
        name: form.get(name, "") for name in ("name", "time_zone", "locale", "mail_from", "calendar")
    }
    body |= {"public_url": form.get("public_url") or None, "mail": {"forms": listed(form.get("forms", ""))}}
    return form_body(body | {"search": {"words": form.get("words") == "1"}}, ShopIn)


def typed_lines(desk: Desk) -> dict[str, str]:
    """What was typed, to be shown again."""
    return {line: desk.form.get(line, "") for line in (*LINES, "words")}


def faults_of(desk: Desk, error: Invalid) -> dict[str, str]:
    """What is wrong with each field, in words."""
    words = services().desk_pages.words(desk.language)
    return {path: words.get(text, text) for path, text in error.errors}


def _form(desk: Desk, values: dict[str, str], status: int = 200, faults: dict[str, str] | None = None) -> Response:
    own = [calendar.id for calendar in services().shops.newest_calendars(desk.shop.id)]
    given: dict[str, Any] = {"values": values, "faults": faults or {}, "calendars": [ALWAYS.id, *own]}
    return setting_page(desk, "shop", "shop.html", status, is_new=False, **given)
