"""The agents of a shop: who they are, which cases they work on, and their present status."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.kernel.enums import CaseType
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.kernel.validation import Input, Language, Line, Name
from chalicelib.domain.shops.shop import CALENDAR_ID
from chalicelib.domain.sla.calendars import ALWAYS
from chalicelib.domain.sla.policies import Email

AGENT_ID = r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,79}\Z"
Tier = Annotated[int, Meta(ge=0, le=3)]
Presence = Literal["here", "away"]
MAX_CAPACITY = 200


class AgentIn(Input, frozen=True, kw_only=True):
    """The body of `PUT /v1/shops/{shop}/agents/{agent}`. An empty list means any; `calendar` is the agent's shift."""

    name: Line | None = None
    email: Email | None = None
    teams: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    skills: Annotated[tuple[CaseType, ...], Meta(max_length=8)] = ()
    languages: Annotated[tuple[Language, ...], Meta(max_length=20)] = ()
    tiers: Annotated[tuple[Tier, ...], Meta(min_length=1, max_length=4)] = (0,)
    segments: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    capacity: Annotated[int, Meta(ge=1, le=MAX_CAPACITY)] = 10
    calendar: Annotated[str, Meta(pattern=CALENDAR_ID)] = "always"


class PresenceIn(Input, frozen=True):
    """The body of `PUT /v1/shops/{shop}/agents/{agent}/presence`."""

    state: Presence


class Agent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A member of staff to whom cases are assigned. `segments`: the customers whose adviser they are."""

    id: str
    name: str | None = None
    email: str | None = None
    """The address they write from: an authenticated email from it is theirs."""
    teams: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tiers: tuple[int, ...] = (0,)
    segments: tuple[str, ...] = ()
    capacity: int = 10
    calendar: str = ALWAYS.name

    @property
    def writes_from(self) -> str | None:
        """Their address: the one in their settings, or else the name they log in with if that is an address."""
        return self.email or (self.id if "@" in self.id else None)

    @property
    def shift(self) -> str:
        """The id of their calendar, without its version."""
        return self.calendar.rpartition("@")[0]


class AgentStatus(Struct, frozen=True, kw_only=True):
    """An agent's present status: here or away, how many cases they have, and when they got the last one."""

    agent: Agent
    here: bool = False
    load: int = 0
    last_at: Instant = 0

    @property
    def has_room(self) -> bool:
        """Whether one more case may be assigned to them."""
        return self.load < self.agent.capacity
