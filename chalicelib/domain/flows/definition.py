"""What the table of flows is made of: states, whose turn they are, what time does in them, and the moves between.

The flows themselves are data in `tables.py`; `docs/flows.md` draws them from that same data.
"""

from typing import Literal

from msgspec import Struct

from chalicelib.domain.kernel.aftersales_enums import FlowKind, Mover, Turn
from chalicelib.domain.sla.policies import Time

TimeDoes = Literal["remind", "escalate", "chase"]
"""What time can do without leaving the state: remind whose turn it is, raise the case a tier, have logistics chase."""


class Timeout(Struct, frozen=True):
    """After so many seconds `does` happens: one of `TimeDoes`, or a move by time.

    They count from the moment the state was entered, or from when the flow last came to the state `since`.
    """

    seconds: float
    does: str
    calendar: Time = "always"
    since: str | None = None


class State(Struct, frozen=True):
    """A state: whose turn it is, and what time does, the soonest first. One without timeouts is an end."""

    turn: Turn
    timeouts: tuple[Timeout, ...] = ()

    @property
    def ends(self) -> bool:
        """Nothing is to be done any more."""
        return self.turn == "nobody"


class Move(Struct, frozen=True):
    """A move: from which states, to which, and by whom. One that leads to several is told which by its outcome.

    In the states of `stays` it may be made too and leads nowhere: it only says that something still goes on.
    """

    of: tuple[str, ...]
    to: tuple[str, ...]
    by: tuple[Mover, ...]
    needs_reason: bool = False
    stays: tuple[str, ...] = ()
    instead: dict[str, str] = {}
    """Where it leads from a state from which it does not lead where it usually does."""

    def leads_to(self, state: str) -> tuple[str, ...]:
        """Where it may lead from a state."""
        return (self.instead[state],) if state in self.instead else self.to

    def leads_from(self, state: str) -> bool:
        """Whether it may be made in this state."""
        return state in self.of or state in self.stays


class FlowTable(Struct, frozen=True):
    """One kind of flow. The first state is where it begins."""

    kind: FlowKind
    states: dict[str, State]
    moves: dict[str, Move]

    @property
    def first(self) -> str:
        """Where the flow begins."""
        return next(iter(self.states))

    def open_moves(self, state: str) -> list[str]:
        """The names of the moves that somebody may make in a state: what only a platform tells, or time does, is asked
        of nobody."""
        return [name for name in self.allowed(state) if not {*self.moves[name].by} <= {"platform", "time"}]

    def allowed(self, state: str, mover: Mover | None = None) -> list[str]:
        """The names of the moves that may be made in a state, by one mover or by anybody."""
        return [
            name for name, move in self.moves.items() if move.leads_from(state) and (mover is None or mover in move.by)
        ]
