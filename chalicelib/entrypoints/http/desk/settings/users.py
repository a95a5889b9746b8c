"""Users: who can sign in to the desk, with which role; and inviting somebody."""

from typing import get_args
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.desk.users import Role, User, UserIn
from chalicelib.domain.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.settings.cards import need_change, open_card, setting_page
from chalicelib.entrypoints.http.requests import parameter

LONGEST_NAME = 128
TYPED = ("user", "email", "role")
TAKEN = "users.fault.exists"
NO_ROLE = "none"
"""What the form sends to take a role away: a field that is missing takes nothing away."""
STEPS = ("disable", "enable", "sign_out", "invite_again")


def show(desk: Desk) -> Response:
    """The users of the shop and all admins, and the form to invite somebody."""
    open_card(desk, "users")
    return _list(desk)


def edit(desk: Desk) -> Response:
    """A user (`?user=`): their role, and ending their access."""
    need_change(desk, "users")
    return _user(desk, _find(parameter(desk.request, "user") or ""))


def invite(desk: Desk) -> Response:
    """Invite somebody; the user pool emails them a first password."""
    from chalicelib.usecases.desk.users.manage_users import invite_user

    need_change(desk, "users")
    typed = {name: desk.form.get(name, "").strip() for name in TYPED}
    try:
        is_sent = invite_user(services(), desk.shop.id, form_body(typed, UserIn), desk.caller.name)
    except (Invalid, Conflict) as error:
        faults = dict(error.errors) if isinstance(error, Invalid) else {"user": TAKEN}
        return _list(desk, typed, faults, 422)
    return _edited(desk, typed["user"], sent="invited" if is_sent else "unsent")


def change_role(desk: Desk) -> Response:
    """Give a user a role in this shop, or take it away."""
    from chalicelib.usecases.desk.users import manage_users

    need_change(desk, "users")
    user = _find(desk.form.get("user", ""))
    wanted: Role | None = next((role for role in get_args(Role) if role == desk.form.get("role")), None)
    if wanted is None and desk.form.get("role") != NO_ROLE:
        raise NotFound("There is no such page.")
    try:
        manage_users.change_role(services(), desk.shop.id, user.name, wanted, desk.caller.name)
    except Conflict:
        return _user(desk, user, "users.fault.own", 409)
    except Invalid:
        return _user(desk, user, "users.fault.disabled", 422)
    return _edited(desk, user.name, saved="1")


def change_access(desk: Desk) -> Response:
    """Let a user sign in or no longer, end their sessions, or send the invitation again."""
    from chalicelib.usecases.desk.users import manage_users

    need_change(desk, "users")
    user, step = _find(desk.form.get("user", "")), desk.form.get("step", "")
    if step not in STEPS:
        raise NotFound("There is no such page.")
    try:
        if step in ("disable", "enable"):
            manage_users.set_enabled(services(), desk.shop.id, user.name, step == "enable", desk.caller.name)
        elif step == "sign_out":
            manage_users.sign_out_everywhere(services(), user.name)
        elif not manage_users.invite_again(services(), user.name):
            return _edited(desk, user.name, sent="unsent")
    except Conflict:
        return _user(desk, user, "users.fault.set" if step == "invite_again" else "users.fault.own", 409)
    except Invalid:
        return _user(desk, user, "users.unsent", 422)
    return _edited(desk, user.name, saved="1")


def _find(name: str) -> User:
    """Any user of the pool: admins manage every shop, and may give this one to whoever has another."""
    user = services().staff.load(name) if 0 < len(name) <= LONGEST_NAME else None
    if user is None:
        raise NotFound("There is no such page.")
    return user


def _edited(desk: Desk, name: str, **what: str) -> Response:
    return see_other(desk.address(f"settings/users/edit?{urlencode({'user': name} | what)}"))


def _list(
    desk: Desk, typed: dict[str, str] | None = None, faults: dict[str, str] | None = None, status: int = 200
) -> Response:
    from chalicelib.usecases.desk.users.manage_users import list_users

    words = services().desk_pages.words(desk.language)
    return setting_page(
        desk,
        "users",
        "users.html",
        status,
        listed=list_users(services(), desk.shop.id),
        roles=get_args(Role),
        typed=dict.fromkeys(TYPED, "") | (typed or {}),
        faults={path: words.get(text, text) for path, text in (faults or {}).items()},
        is_taken=TAKEN in (faults or {}).values(),
        at_work=set(desk.staff),
    )


def _user(desk: Desk, user: User, fault: str = "", status: int = 200) -> Response:
    return setting_page(
        desk,
        "users",
        "user.html",
        status,
        user=user,
        roles=get_args(Role),
        fault=fault,
        sent=parameter(desk.request, "sent") if desk.request.method == "GET" else None,
        is_own=user.name == desk.caller.name,
        is_at_work=user.name in desk.staff,
    )
