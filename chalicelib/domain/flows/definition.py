"""The parts of a table of a flow: states, whose turn it is in them, their timeouts, and the moves between them.

The flows themselves are data in `definitions.py`; `docs/flows.md` draws them from that same data.
"""

from typing import Literal

from msgspec import Struct

from chalicelib.domain.kernel.aftersales_enums import FlowKind, Mover, Turn
from chalicelib.domain.sla.policies import Time

TimeDoes = Literal["remind", "escalate", "chase"]
"""What a timeout can do without leaving the state: remind whoever's turn it is, escalate the case by a tier, have
logistics look for the parcel."""


class Timeout(Struct, frozen=True):
    """After this many seconds `does` happens: one of `TimeDoes`, or the move of that name.

    The seconds are counted from the moment the state was entered, or the flow last reached the state `since`.
    """

    seconds: float
    does: str
    calendar: Time = "always"
    since: str | None = None


class State(Struct, frozen=True):
    """A state: whose turn it is, and its timeouts, the earliest first."""

    turn: Turn
    timeouts: tuple[Timeout, ...] = ()

    @property
    def ends(self) -> bool:
        """Nobody has to do anything any more."""
        return self.turn == "nobody"


class Move(Struct, frozen=True):
    """A move: from which states (`of`), to which, and by whom. If it can lead to several states, its outcome names one.

    In the states of `stays` it may be made, too, without changing the state: it shows only that something happens.
    """

    of: tuple[str, ...]
    to: tuple[str, ...]
    by: tuple[Mover, ...]
    needs_reason: bool = False
    stays: tuple[str, ...] = ()
    instead: dict[str, str] = {}
    """The target for those states from which the move does not lead to its usual target."""

    def leads_to(self, state: str) -> tuple[str, ...]:
        """The states to which it may lead from a state."""
        return (self.instead[state],) if state in self.instead else self.to

    def leads_from(self, state: str) -> bool:
        """Whether it may be made in this state."""
        return state in self.of or state in self.stays


class FlowTable(Struct, frozen=True):
    """One kind of flow. It begins in the first state."""

    kind: FlowKind
    states: dict[str, State]
    moves: dict[str, Move]

    @property
    def first(self) -> str:
        """The state in which the flow begins."""
        return next(iter(self.states))

    def open_moves(self, state: str) -> list[str]:
        """The names of the moves that a person or partner may make in a state, not those of platforms and timeouts
        alone."""
        return [name for name in self.allowed(state) if not {*self.moves[name].by} <= {"platform", "time"}]

    def allowed(self, state: str, mover: Mover | None = None) -> list[str]:
        """The names of the moves that may be made in a state, by one mover or by anybody."""
        return [
            name for name, move in self.moves.items() if move.leads_from(state) and (mover is None or mover in move.by)
        ]
