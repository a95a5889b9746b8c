"""What happens when cases are given to agents: assigned, queued, released."""

from typing import ClassVar, Literal

from chalicelib.domain.kernel.fact import Fact


class CaseAssigned(Fact, frozen=True, kw_only=True, tag="case_assigned"):
    """The case went to somebody, or to a team."""

    rank: ClassVar[int] = 4
    assignee: str | None = None
    team: str | None = None
    why: Literal["least_loaded", "knows_it", "adviser", "by_hand"] | None = None
    load: int | None = None
    """How many cases the agent has with this one; None for who is not on the roster."""
    fitting: int | None = None
    """Among how many they were chosen."""
    shift: str | None = None
    """The calendar they work by."""
    calendar: str | None = None
    """The version of it that the agent works by, `<id>@<version>`."""


class CaseQueued(Fact, frozen=True, kw_only=True, tag="case_queued"):
    """The case waits for an agent."""

    rank: ClassVar[int] = 28
    why: Literal["nobody_fits", "nobody_here", "all_full"]


class CaseReleased(Fact, frozen=True, kw_only=True, tag="case_released"):
    """The case was taken from the agent who held it."""

    rank: ClassVar[int] = 29
    agent: str
    why: Literal["silent", "escalated", "left"]
