"""The request to open a case, whether it comes by webhook, from an agent, by email, from a platform or a page."""

from msgspec import Struct

from chalicelib.domain.cases.facts import MailRef
from chalicelib.domain.flows.claims import Claim, History
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.enums import CaseType, Channel, Priority
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Order


class CaseRequest(Struct, frozen=True, kw_only=True):
    """A case to be opened. `by`: who opens it."""

    external_id: str
    kind: CaseType
    channel: Channel
    subject: str
    message: str
    customer: str
    language: str
    occurred_at: Instant
    by: Actor
    order: Order | None = None
    claim: Claim | None = None
    history: History | None = None
    priority: Priority = "normal"
    segment: str | None = None
    to_be_called: bool = False
    tags: tuple[str, ...] = ()
    historical: bool = False
    tier: int = 0
    first_reply_seconds: float | None = None
    score: int | None = None
    links: tuple[str, ...] = ()
    mail: MailRef | None = None
    receipt: str | None = None
    claimed_at: Instant | None = None
    """When it was made according to its sender, if that is later than `received_at`."""
    received_at: Instant | None = None
    typed: Fact | None = None
    """How it was typed, if it came without a type."""
