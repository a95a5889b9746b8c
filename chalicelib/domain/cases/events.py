"""Events: a fact of one case with its time, its actor and its place in the case. A case is the fold of its events."""

from functools import cached_property
from typing import Annotated

from msgspec import Struct

from chalicelib.domain.cases.facts import CaseOpened
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id, time_of
from chalicelib.domain.kernel.private_fields import HOLDS_PRIVATE
from chalicelib.domain.kernel.timestamps import Instant

OPENING = "0"
"""The order of the event that opens a case."""


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """A fact of one case.

    `at`: when it happened. An event cannot happen after it was received: if a later time was claimed, `at` is when it
    was received and `claimed_at` is the claimed time. `heard_at`: when it was received, for openings of imported cases
    and for messages that may be part of an import. `seq`: its number among the events of the case, as they were stored.
    """

    id: str
    at: Instant
    by: Actor
    fact: Annotated[Fact, HOLDS_PRIVATE]
    seq: int = 0
    receipt: str | None = None
    claimed_at: Instant | None = None
    heard_at: Instant | None = None

    @property
    def type(self) -> str:
        """The public name of the fact's type, such as `case_opened`."""
        return str(self.fact.__struct_config__.tag)

    @cached_property
    def order(self) -> str:
        """The text that events of a case are sorted by: time, then rank, then id. The opening comes first."""
        if isinstance(self.fact, CaseOpened):
            return OPENING
        return f"{self.at:013d}#{self.fact.rank:02d}{self.fact.place}#{self.id[-16:]}"


def order_of(identifier: str, kind: type[Fact]) -> str:
    """The order of the event with this id, whose fact is of this type and has no `place`."""
    return f"{time_of(identifier) or 0:013d}#{kind.rank:02d}#{key_of_id(identifier)}"


def time_of_order(order: str) -> Instant:
    """When the event with this `order` happened; 0 for an opening or an empty text."""
    return int(order.partition("#")[0] or 0)


def event(
    occurred_at: Instant,
    by: Actor,
    fact: Fact,
    *identity: str,
    receipt: str | None = None,
    claimed: Instant | None = None,
) -> Event:
    """An event whose id follows from `identity`, so that an event that is reported twice is stored once.

    `claimed`: the time at which it happened according to the sender; it is stored if it is later than `occurred_at`.
    """
    return Event(
        id=new_id(occurred_at, key_of(*identity)),
        at=occurred_at,
        by=by,
        fact=fact,
        receipt=receipt,
        claimed_at=claimed if claimed is not None and claimed > occurred_at else None,
    )
