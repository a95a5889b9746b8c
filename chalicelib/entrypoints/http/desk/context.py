"""What every page of the desk knows: who is signed in, which shop, in which language, and what a form sent."""

import secrets
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
from chalice.app import Request

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import invalid
from chalicelib.entrypoints.http.callers import Caller, caller_of
from chalicelib.entrypoints.http.desk import cookies
from chalicelib.entrypoints.http.portal.pages import form_of, preferred_language
from chalicelib.entrypoints.http.requests import raw_body

if TYPE_CHECKING:
    from chalicelib.domain.desk.session import Session
    from chalicelib.domain.routing.agents import AgentStatus
    from chalicelib.domain.shops.shop import Shop

JSON = "application/json"
LONGEST_NUMBER = 16


class Desk:
    """A request to the desk."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.session: Session | None = None
        self.shop_id: str | None = None
        self.shop: Shop

    def enter(self, session: "Session") -> None:
        """Take the signed-in person for the caller, as the API's authorizer would."""
        self.session = session
        claims = {
            "sub": session.user,
            "cognito:username": session.user,
            "cognito:groups": ",".join(session.groups),
        }
        self.request.context["authorizer"] = {"claims": claims}

    def open_shop(self, shop: str) -> None:
        """Open a shop that the caller may see. NotFound if there is no such shop."""
        from chalicelib.usecases.ports.shop_rules import shop_of

        self.shop = shop_of(services(), shop, fresh=False)
        self.shop_id = shop

    @property
    def caller(self) -> Caller:
        """The signed-in person."""
        return caller_of(self.request)

    @cached_property
    def language(self) -> str:
        """`zh` or `en`: the one that was chosen on the desk, or else what the browser prefers."""
        chosen = cookies.read(self.request, cookies.LANGUAGE)
        return chosen if chosen in ("zh", "en") else preferred_language(self.request.headers.get("accept-language", ""))

    @cached_property
    def agents(self) -> "list[AgentStatus]":
        """The shop's agents, who is here and with how much work."""
        agents = services().agents
        recent = agents.recent_statuses(self.shop.id)  # another part of the page may just have read them
        return agents.statuses(self.shop.id) if recent is None else recent

    @property
    def staff(self) -> dict[str, str]:
        """The names of the shop's agents, by the name they sign in with."""
        return {status.agent.id: status.agent.name or status.agent.id for status in self.agents}

    @property
    def own_status(self) -> "AgentStatus | None":
        """The caller as an agent of the shop; None if they are none."""
        return next((status for status in self.agents if status.agent.id == self.caller.name), None)

    @cached_property
    def now(self) -> int:
        """The time of the request, in milliseconds since 1970."""
        return services().now()

    @property
    def here(self) -> str:
        """The address of this page."""
        path = str((self.request.uri_params or {}).get("proxy", "")) if self.request.method == "GET" else ""
        return self.address(f"/{path}")

    def new_key(self) -> str:
        """A key for a form, so that what it does happens once."""
        return secrets.token_urlsafe(12)

    @cached_property
    def cursor(self) -> str:
        """Where the page begins to read the changes feed: it shows everything before."""
        from chalicelib.usecases.live.read_changes import start_of_page

        return start_of_page(services())

    @cached_property
    def form_token(self) -> str:
        """What every form of this page sends along."""
        from chalicelib.usecases.desk.sign_in import form_token

        return form_token(services(), self.session) if self.session else ""

    @cached_property
    def fields(self) -> dict[str, list[str]]:
        """The fields of the form that was sent, each with all its values. Browsers send the ends of lines as CRLF (HTML
        Standard, form submission), and show and count them as LF."""
        fields = form_of(self.request)
        return {name: [value.replace("\r\n", "\n") for value in values] for name, values in fields.items()}

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of the form that was sent, each with its first value, without spaces around it."""
        if JSON in self.request.headers.get("content-type", ""):
            return {}
        return {name: values[0].strip() for name, values in self.fields.items()}

    def number(self, name: str) -> int | None:
        """The whole number in a field of the form, such as a version; None for anything else."""
        text = self.form.get(name, "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST_NUMBER else None

    def json(self) -> Any:
        """The JSON that a module of the page sent."""
        try:
            return msgspec.json.decode(raw_body(self.request))
        except msgspec.DecodeError:
            raise invalid("", "is not JSON") from None

    def address(self, path: str) -> str:
        """The address of a page of the desk: in the shop that is open, unless it begins with a slash."""
        inside = path.removeprefix("/") if path.startswith("/") or self.shop_id is None else f"{self.shop_id}/{path}"
        return f"{services().identity_provider.desk_url}/{inside}".rstrip("/")
