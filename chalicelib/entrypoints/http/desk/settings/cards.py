"""The pages of settings: who may open each, and who changed it last."""

from typing import Any

from chalice.app import Response
from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotAllowed, NotFound
from chalicelib.domain.shops.setting_changes import SettingPage
from chalicelib.entrypoints.http.callers import Caller
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import page
from chalicelib.entrypoints.http.requests import parameter


class Card(Struct, frozen=True):
    """A page of settings: its name, which is also its path below `settings/`, who may open it (`agent`: everybody whose
    shop it is; `supervisor`; `admin`), and who may change something there."""

    name: SettingPage
    opens: str
    changes: str


CARDS: tuple[Card, ...] = (
    Card("shop", "admin", "admin"),
    Card("agents", "agent", "supervisor"),
    Card("policy", "agent", "admin"),
    Card("calendars", "agent", "admin"),
    Card("macros", "agent", "supervisor"),
    Card("users", "admin", "admin"),
    Card("sources", "agent", "admin"),
    Card("endpoints", "agent", "admin"),
    Card("templates", "agent", "admin"),
    Card("privacy", "agent", "admin"),
    Card("imports", "admin", "admin"),
)
"""The pages in the order of the index. Their texts are `settings.<name>` and `settings.<name>.about`."""


def may(caller: Caller, role: str) -> bool:
    """Whether the caller may do what is for a role: `agent`, `supervisor` or `admin`."""
    return {"agent": True, "supervisor": caller.is_second_person, "admin": caller.is_admin}[role]


def open_card(desk: Desk, name: SettingPage) -> Card:
    """The card of a page that is being opened. NotFound unless the caller may open it."""
    card = next(card for card in CARDS if card.name == name)
    if not may(desk.caller, card.opens):
        raise NotFound("There is no such page.")
    return card


def need_change(desk: Desk, name: SettingPage) -> Card:
    """The card of a page on which something is about to be changed. NotAllowed unless the caller may."""
    card = open_card(desk, name)
    if not may(desk.caller, card.changes):
        raise NotAllowed(f"This needs the group '{card.changes}'.")
    return card


def setting_page(desk: Desk, name: SettingPage, template: str, status: int = 200, /, **values: Any) -> Response:
    """A page of settings, from `templates/settings/<template>`. Templates get `setting` (the page's name),
    `may_change`, `last` (its newest change, or None) and `saved` (whether to say so) besides their own values."""
    from chalicelib.usecases.shops.record_change import last_changes

    last = last_changes(services(), desk.shop.id, (name,)).get(name)
    may_change = may(desk.caller, open_card(desk, name).changes)
    given = {"setting": name, "may_change": may_change, "last": last, "saved": _is_saved(desk)}
    return page(desk, f"settings/{template}", status, **given, **values)


def _is_saved(desk: Desk) -> bool:
    """Whether a form that was saved led to this page."""
    return desk.request.method == "GET" and parameter(desk.request, "saved") == "1"
