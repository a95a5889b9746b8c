"""What happens to any case, in the past tense. `flows/facts.py` has what happens to after-sales flows."""

from typing import Annotated, ClassVar, Literal

from msgspec import Struct

from chalicelib.domain.flows.claim_history import History
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.kernel.enums import CaseType, Channel, Priority, Status
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.private_fields import MARK, Private
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Order
from chalicelib.domain.sla.policies import ClockName

Author = Literal["customer", "staff", "shop", "third_party"]
"""Who wrote a letter: the case's customer; an agent; somebody from the shop's own address; anybody else."""


class MailRef(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The letter a message came in. `letter` says where its whole is kept; `sender` wrote it, for certain or as it
    says; `automatic` if no person did."""

    letter: str
    message_id: Private
    sender: Private
    certain: bool = False
    automatic: bool = False
    digest: Private = ""
    """Of what was written: what has the same id and the same digest is the same letter."""
    author: Author = "customer"
    answer_to: Private = ""
    """Where its sender wants their answers, if not at `sender`."""
    via: Private = ""
    """The form, mailer or list that passed it on for its sender."""
    copied: Annotated[tuple[str, ...], MARK] = ()
    """Who else got it."""
    suggested: Private = ""
    """Of a letter of staff that opened a case: whom it seems to be about, to be looked at."""


class CaseOpened(Fact, frozen=True, kw_only=True, tag="case_opened"):
    """A case came to be. `policy` and `calendar` are the versions its clocks run on for life."""

    rank: ClassVar[int] = 0
    id: str
    number: str
    shop: str
    external_id: str
    kind: CaseType
    channel: Channel
    subject: Private
    message: Private
    customer: str
    policy: int
    calendar: str
    language: str = "en"
    priority: Priority = "normal"
    segment: str | None = None
    order: Order | None = None
    claim: Claim | None = None
    history: History | None = None
    historical: bool = False
    tier: int = 0
    first_reply_seconds: float | None = None
    score: int | None = None
    links: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    """`call`: the customer is to be called; `customer_unknown`: staff sent it in by mail, and whose it is, is to be
    said; `important`: so its sender called it."""
    mail: MailRef | None = None


class MessageReceived(Fact, frozen=True, kw_only=True, tag="message_received"):
    """The customer wrote."""

    rank: ClassVar[int] = 1
    message: Private
    mail: MailRef | None = None


class NoteAdded(Fact, frozen=True, kw_only=True, tag="note_added"):
    """Staff wrote to staff; or a mail came that is not the customer's word, such as one given back, or another's."""

    rank: ClassVar[int] = 2
    message: Private
    mail: MailRef | None = None


class ReplySent(Fact, frozen=True, kw_only=True, tag="reply_sent"):
    """An agent wrote to the customer, at the desk or by mail. `had`: that mail went to the customer, too; else they are
    sent one. `copy`: who else is to get it."""

    rank: ClassVar[int] = 3
    message: Private
    mail: MailRef | None = None
    had: bool = False
    copy: Annotated[tuple[str, ...], MARK] = ()


class StatusChanged(Fact, frozen=True, kw_only=True, tag="status_changed"):
    """The case waits, or waits no more."""

    rank: ClassVar[int] = 5
    status: Status
    reason: Private | None = None


class CaseResolved(Fact, frozen=True, kw_only=True, tag="case_resolved"):
    """The desk says it is done."""

    rank: ClassVar[int] = 6
    reason: Private | None = None


class CaseClosed(Fact, frozen=True, kw_only=True, tag="case_closed"):
    """Nobody objected, or the customer confirmed. Closing in silence names the resolve it rests on."""

    rank: ClassVar[int] = 7
    reason: Private | None = None
    resolved_at: Instant | None = None


class ClockBreached(Fact, frozen=True, kw_only=True, tag="clock_breached"):
    """A promise was broken."""

    rank: ClassVar[int] = 8
    clock: ClockName
    started_at: Instant
    due_at: Instant
    target: float


class CaseEscalated(Fact, frozen=True, kw_only=True, tag="case_escalated"):
    """The case went a tier up: by hand, because of the clock that started then, or of the flow's state whose time was
    up then."""

    rank: ClassVar[int] = 9
    from_tier: int
    to_tier: int
    reason: Private
    clock: ClockName | None = None
    state: str | None = None
    started_at: Instant | None = None
