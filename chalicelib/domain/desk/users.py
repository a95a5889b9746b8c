"""The users of the desk: members of staff who can sign in, their role, and the shops they see."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.kernel.validation import Input
from chalicelib.domain.routing.agents import AGENT_ID
from chalicelib.domain.sla.policies import Email

Role = Literal["agent", "supervisor", "admin"]
ROLES: tuple[Role, ...] = ("admin", "supervisor", "agent")
"""The roles, the one that may most first. Each is a group of the user pool."""
UserState = Literal["invited", "active", "reset", "disabled"]
"""`invited`: has not set a password yet; `reset`: has to set a new one."""
SHOP_GROUP = "shop:"


class UserIn(Input, frozen=True, kw_only=True):
    """Somebody who is invited. `user`: the name they sign in with, and that cases show for them."""

    user: Annotated[str, Meta(pattern=AGENT_ID)]
    email: Email
    role: Role


class User(Struct, frozen=True, kw_only=True):
    """A user as the user pool has them."""

    name: str
    email: str = ""
    state: UserState
    groups: frozenset[str] = frozenset()

    @property
    def role(self) -> Role | None:
        """What they may do, in every shop they see; None when they have no role."""
        return next((role for role in ROLES if role in self.groups), None)

    @property
    def shops(self) -> tuple[str, ...]:
        """The shops they were given, in order. Admins see all shops without being given any."""
        return tuple(sorted(each.removeprefix(SHOP_GROUP) for each in self.groups if each.startswith(SHOP_GROUP)))

    def belongs_to(self, shop: str) -> bool:
        """Whether they are admin, or were given this shop."""
        return self.role == "admin" or shop in self.shops


def groups_after(groups: frozenset[str], shop: str, role: Role | None) -> frozenset[str]:
    """The groups of somebody with this role in this shop; without one they no longer see it, so they are no admin
    either. Their other shops stay: somebody has one role in all of them."""
    others = groups - {f"{SHOP_GROUP}{shop}"}
    if role is None:
        rest = others - {"admin"}
        return rest if _has_shop(rest) else rest - set(ROLES)
    has_shop = others - set(ROLES) | {role}
    return has_shop if role == "admin" else has_shop | {f"{SHOP_GROUP}{shop}"}


def _has_shop(groups: frozenset[str]) -> bool:
    return any(group.startswith(SHOP_GROUP) for group in groups)
