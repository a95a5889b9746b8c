"""What happens to a case when it is routed to agents: it is assigned, queued or released."""

from typing import ClassVar, Literal

from chalicelib.domain.kernel.fact import Fact


class CaseAssigned(Fact, frozen=True, kw_only=True, tag="case_assigned"):
    """The case was assigned to somebody, to a team, or to both."""

    rank: ClassVar[int] = 4
    assignee: str | None = None
    team: str | None = None
    why: Literal["least_loaded", "knows_it", "adviser", "by_hand", "reported"] | None = None
    """`reported`: it was assigned in another help desk."""
    load: int | None = None
    """How many cases the agent has, with this one; None if the assignee is not one of the shop's agents."""
    fitting: int | None = None
    """The number of agents who fitted and had room, from whom this one was chosen."""
    shift: str | None = None
    """The id of the agent's calendar."""
    calendar: str | None = None
    """The version of that calendar, `<id>@<version>`."""


class CaseQueued(Fact, frozen=True, kw_only=True, tag="case_queued"):
    """The case waits in the queue for an agent."""

    rank: ClassVar[int] = 28
    why: Literal["nobody_fits", "nobody_here", "all_full"]


class CaseReleased(Fact, frozen=True, kw_only=True, tag="case_released"):
    """The case was taken from the agent it was assigned to. `by_hand`: by a colleague; only then may `agent` also be
    somebody who is not one of the shop's agents."""

    rank: ClassVar[int] = 29
    agent: str
    why: Literal["silent", "escalated", "left", "by_hand"]

    def takes_from(self, held_by: str | None, assignee: str | None) -> bool:
        """Whether it takes a case that this agent has and that is assigned so."""
        return self.agent == held_by or (self.why == "by_hand" and self.agent == assignee)
