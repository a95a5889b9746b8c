"""Who can sign in to a shop's desk: invite people, give them a role, take it away.

Each change of a role or of access ends the sessions of whom it is about, so that it holds at once, and is recorded.
Admins manage every shop, so they find users of every shop.

The user pool has no conditional writes: of two admins who change the same user at the same time, the later wins."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.desk.users import ROLES, SHOP_GROUP, Role, User, UserIn, groups_after
from chalicelib.domain.kernel.errors import Conflict, NotFound, invalid
from chalicelib.usecases.shops.record_change import record_change

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasSettingChanges, HasSignIn, HasStaffPool

    class ManageUsersServices(HasClock, HasSettingChanges, HasSignIn, HasStaffPool, Protocol):
        """The services that `manage_users` uses."""


class Users(Struct, frozen=True):
    """The users of a shop, by name, and whether that is all of them."""

    users: tuple[User, ...]
    is_complete: bool


def list_users(services: "ManageUsersServices", shop: str) -> Users:
    """The users of a shop, and all admins."""
    groups: dict[str, set[str]] = {}
    listed: dict[str, User] = {}
    is_complete = True
    for group in (f"{SHOP_GROUP}{shop}", *ROLES):
        members, is_all = services.staff.members(group)
        is_complete = is_complete and is_all
        for user in members:
            listed[user.name] = user
            groups.setdefault(user.name, set()).add(group)
    users = (replace(user, groups=frozenset(groups[name])) for name, user in sorted(listed.items()))
    return Users(tuple(user for user in users if user.belongs_to(shop)), is_complete)


def read_user(services: "ManageUsersServices", name: str) -> User:
    """A user with all their groups. NotFound when there is none."""
    user = services.staff.load(name)
    if user is None:
        raise NotFound(f"There is no user {name!r}.")
    return user


def invite_user(services: "ManageUsersServices", shop: str, invited: UserIn, by: str) -> bool:
    """Create a user with a role in this shop, who gets an email with a first password; whether that could be sent.
    Conflict when there is a user of that name, also one whose invitation broke off; Invalid for what the user pool
    refuses."""
    is_sent = services.staff.invite(invited.user, invited.email)
    groups = groups_after(frozenset(), shop, invited.role)
    services.staff.set_groups(invited.user, frozenset(), groups)
    _record(services, shop, None, read_user(services, invited.user), by)
    return is_sent


def invite_again(services: "ManageUsersServices", name: str) -> bool:
    """Send an invited user a new first password; whether it could be sent. Conflict when they have set their own,
    Invalid when no more may be sent today."""
    read_user(services, name)
    return services.staff.invite_again(name)


def change_role(services: "ManageUsersServices", shop: str, name: str, role: Role | None, by: str) -> User:
    """Give a user a role in this shop, or none. Conflict when an admin would take their own role away; Invalid for a
    role of somebody who may not sign in."""
    before = read_user(services, name)
    if before.name == by and role != "admin":
        raise Conflict("You cannot take your own role away: ask another admin.")
    if role is not None and before.state == "disabled":
        raise invalid("role", "is for users who may sign in: let them sign in first")
    groups = groups_after(before.groups, shop, role)
    services.staff.set_groups(before.name, before.groups, groups)
    return _changed(services, shop, before, replace(before, groups=groups), by)


def set_enabled(services: "ManageUsersServices", shop: str, name: str, is_enabled: bool, by: str) -> User:
    """Let a user sign in, or no longer, in any shop. Conflict for oneself."""
    before = read_user(services, name)
    if before.name == by:
        raise Conflict("You cannot disable yourself: ask another admin.")
    services.staff.set_enabled(before.name, is_enabled)
    return _changed(services, shop, before, read_user(services, name), by)


def sign_out_everywhere(services: "ManageUsersServices", name: str) -> None:
    """End all sessions of a user."""
    read_user(services, name)
    _end_sessions(services, name)


def _changed(services: "ManageUsersServices", shop: str, before: User, after: User, by: str) -> User:
    """End the sessions of somebody who was changed, and record it. Sessions are ended also when nothing seems to have
    changed: an earlier attempt may have changed it and failed then."""
    _end_sessions(services, before.name)
    _record(services, shop, before, after, by)
    return after


def _end_sessions(services: "ManageUsersServices", name: str) -> None:
    services.sessions.end_all(name)
    services.staff.sign_out(name)


def _record(services: "ManageUsersServices", shop: str, before: User | None, after: User, by: str) -> None:
    record_change(services, shop, "users", after.name, by, _shown(before), _shown(after))


def _shown(user: User | None) -> dict[str, Any] | None:
    """What is recorded of a user: no address."""
    return {"role": user.role, "shops": list(user.shops), "state": user.state} if user else None
