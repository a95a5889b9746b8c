"""A new shop: the only setting for which none has to be there."""

import re

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import Invalid, NotFound, invalid
from chalicelib.domain.shops.shop import SHOP_ID
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page, see_other
from chalicelib.entrypoints.http.desk.settings.shop import LINES, faults_of, typed_lines, typed_shop


def show(desk: Desk) -> Response:
    """The form of a new shop."""
    _need_admin(desk)
    locale = "zh-CN" if desk.language == "zh" else "en"
    given = {"locale": locale, "words": "1", "calendar": ALWAYS.id}
    return _form(desk, dict.fromkeys(LINES, "") | given)


def create(desk: Desk) -> Response:
    """Create the shop, and the group of those who may see it."""
    from chalicelib.usecases.shops.change_settings import change_shop

    _need_admin(desk)
    shop = desk.form.get("id", "")
    try:
        _check_new(shop)
        change_shop(services(), shop, typed_shop(desk), desk.caller.name)
    except Invalid as error:
        return _form(desk, typed_lines(desk), 422, faults_of(desk, error))
    services().staff.ensure_group(f"shop:{shop}")
    return see_other(desk.address(f"/{shop}/settings/shop?saved=1"))


def _need_admin(desk: Desk) -> None:
    if not desk.caller.is_admin:
        raise NotFound("There is no such page.")


def _check_new(shop: str) -> None:
    """Refuse an id that no shop can have, or that one has: a form for a new shop changes none."""
    if not re.match(SHOP_ID, shop):
        raise invalid("id", "shop.fault.id")
    if services().shops.shop(shop) is not None:
        raise invalid("id", "shop.fault.taken")


def _form(desk: Desk, values: dict[str, str], status: int = 200, faults: dict[str, str] | None = None) -> Response:
    return page(desk, "new_shop.html", status, values=values, faults=faults or {}, calendars=[ALWAYS.id], is_new=True)
