"""Who calls the API, and what they may do."""

from chalice.app import Request
from msgspec import Struct

from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import NotAllowed, NotFound


class Caller(Struct, frozen=True):
    """A member of staff whom the authorizer let in."""

    id: str
    name: str
    groups: frozenset[str]

    @property
    def is_admin(self) -> bool:
        """Whether the caller manages every shop."""
        return "admin" in self.groups

    @property
    def is_second_person(self) -> bool:
        """Whether the caller may approve what somebody else proposed."""
        return self.is_admin or "supervisor" in self.groups

    @property
    def actor(self) -> Actor:
        """The caller as the actor of events."""
        return Actor("agent", self.name)

    @property
    def only_shop(self) -> str | None:
        """The shop the caller belongs to; None unless it is exactly one."""
        shops = [group.removeprefix("shop:") for group in self.groups if group.startswith("shop:")]
        return shops[0] if len(shops) == 1 else None

    def may_see(self, shop: str) -> bool:
        """Whether the caller belongs to this shop."""
        return self.is_admin or (f"shop:{shop}" in self.groups and bool(self.groups & {"agent", "supervisor"}))


def caller_of(request: Request) -> Caller:
    """The caller, from the claims of the token that API Gateway's authorizer has verified.

    The groups come as one string: `[a b]` or `a,b`.
    """
    claims = (request.context.get("authorizer") or {}).get("claims") or {}
    groups = str(claims.get("cognito:groups", "")).strip("[]").replace(",", " ").split()
    return Caller(str(claims.get("sub", "")), str(claims.get("cognito:username", "")), frozenset(groups))


def need_shop(request: Request, shop: str, what: str) -> Caller:
    """The caller, if they may see this shop; otherwise NotFound, because other shops' data does not exist for them."""
    caller = caller_of(request)
    if not caller.may_see(shop):
        raise NotFound(f"There is no {what}.")
    return caller


def need_admin(request: Request) -> Caller:
    """The caller, if they are an admin; NotAllowed otherwise."""
    caller = caller_of(request)
    if not caller.is_admin:
        raise NotAllowed("This needs the group 'admin'.")
    return caller
