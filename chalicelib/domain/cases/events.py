"""A fact of one case with its time, its doer and its place. A case is the fold of these and of nothing else."""

from typing import Annotated

from msgspec import Struct

from chalicelib.domain.cases.facts import (
    CaseOpened,
)
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of, new_id
from chalicelib.domain.kernel.private_fields import HOLDS_PRIVATE
from chalicelib.domain.kernel.timestamps import Instant


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact of one case. `at` is when it happened, `seq` how many events the case had with it when it was stored.

    Nothing happened after it was heard: where a later time was claimed, `at` is when it was heard, and the claim stands
    beside it. `heard_at`: when it was told; of openings that are history, and of words that may be.
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
        """The type's public name, such as `case_opened`."""
        return str(self.fact.__struct_config__.tag)

    @property
    def order(self) -> str:
        """The place of this event in its case: by time, then by rank, then by id. The opening comes first."""
        if isinstance(self.fact, CaseOpened):
            return "0"
        return f"{self.at:013d}#{self.fact.rank:02d}{self.fact.place}#{self.id[-16:]}"


def time_in(order: str) -> Instant:
    """When the event of this order happened; 0 for the opening, or for none."""
    return int(order.partition("#")[0] or 0)


def event(
    at: Instant,
    by: Actor,
    fact: Fact,
    *identity: str,
    receipt: str | None = None,
    claimed: Instant | None = None,
) -> Event:
    """An event whose id follows from its identity, so that the same event told twice is stored once. `claimed`: when
    it happened as it was told, where it cannot have."""
    ahead = claimed if claimed is not None and claimed > at else None
    return Event(id=new_id(at, key_of(*identity)), at=at, by=by, fact=fact, receipt=receipt, claimed_at=ahead)
