"""The entries of a case's timeline, as the desk shows them."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.events import Event
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant

if TYPE_CHECKING:
    from chalicelib.domain.customers.customer import Customer

KINDS: dict[type[Fact], str] = {
    facts.CaseOpened: "customer",
    facts.MessageReceived: "customer",
    facts.ReplySent: "staff",
    facts.NoteAdded: "note",
}


class Entry(Struct, frozen=True, kw_only=True):
    """An event on the timeline. `kind`: `customer`, `staff`, `note` or `fact`, which decides how it looks."""

    at: Instant
    who: str
    kind: str
    type: str
    text: str = ""


def entry(event: Event, customer: "Customer | None") -> Entry:
    """The entry of an event."""
    name = (customer.name if customer else None) or ""
    who = name if event.by.kind == "customer" else event.by.id or event.by.kind
    text = getattr(event.fact, "message", "") or ""
    return Entry(at=event.at, who=who, kind=KINDS.get(type(event.fact), "fact"), type=event.type, text=text)
