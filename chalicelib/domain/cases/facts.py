"""What happens to any case, in the past tense. `flows/facts.py` has what happens to after-sales flows."""

from typing import Annotated, ClassVar, Literal

from msgspec import Struct

from chalicelib.domain.flows.claims import Claim, History
from chalicelib.domain.kernel.enums import CaseType, Channel, Priority, Status
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.private_fields import MARK, Private
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Order
from chalicelib.domain.sla.policies import ClockName

Author = Literal["customer", "staff", "shop", "third_party"]
"""Who wrote an email: the case's customer; an agent; somebody from the shop's own address; anybody else."""


class MailRef(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The email that a message came in."""

    letter: str
    """The id under which the whole email is stored."""
    message_id: Private
    sender: Private
    certain: bool = False
    """Whether `sender` is authenticated; otherwise it is only what the email says."""
    automatic: bool = False
    """Whether a program sent it, such as an out-of-office reply."""
    digest: Private = ""
    """The digest of the text: emails with the same message id and the same digest are the same email."""
    author: Author = "customer"
    answer_to: Private = ""
    """The address for answers, if it is not `sender`."""
    via: Private = ""
    """The form, mailer or list that sent it on behalf of its sender."""
    copied: Annotated[tuple[str, ...], MARK] = ()
    """The addresses of its other recipients."""
    suggested: Private = ""
    """For a case that an agent opened by email: the customer it seems to be about, for the agent to confirm."""


class AttachedFile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that an agent attached to a message. `kind`: its media type; `file`: where it is stored."""

    id: str
    name: Private
    kind: str
    bytes: int
    file: str


class CaseOpened(Fact, frozen=True, kw_only=True, tag="case_opened"):
    """A case was opened. `policy` and `calendar` are the versions that its clocks use for as long as it exists."""

    rank: ClassVar[int] = 0
    folds_text: ClassVar[bool] = False
    searched: ClassVar[tuple[str, ...]] = ("subject", "message")
    heard: ClassVar[tuple[str, ...]] = ("subject", "message")
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
    """`call`: the customer is to be called; `customer_unknown`: an agent opened the case by email, and the customer is
    still to be named; `important`: the sender marked the email as important."""
    mail: MailRef | None = None


class MessageReceived(Fact, frozen=True, kw_only=True, tag="message_received"):
    """The customer wrote. `moved_from`: the case on which it came, if it was taken from there."""

    rank: ClassVar[int] = 1
    folds_text: ClassVar[bool] = False
    searched: ClassVar[tuple[str, ...]] = ("message",)
    heard: ClassVar[tuple[str, ...]] = ("message",)
    message: Private
    mail: MailRef | None = None
    moved_from: str | None = None


class NoteAdded(Fact, frozen=True, kw_only=True, tag="note_added"):
    """An agent wrote a note for colleagues; or an email came that is no message of the customer, such as a bounce or an
    email of a third party. `mentions`: the colleagues who are to be notified. `moved_from`: as for `MessageReceived`.
    """

    rank: ClassVar[int] = 2
    folds_text: ClassVar[bool] = False
    searched: ClassVar[tuple[str, ...]] = ("message",)
    heard: ClassVar[tuple[str, ...]] = ("message",)
    message: Private
    mail: MailRef | None = None
    moved_from: str | None = None
    files: tuple[AttachedFile, ...] = ()
    mentions: tuple[str, ...] = ()


class ReplySent(Fact, frozen=True, kw_only=True, tag="reply_sent"):
    """An agent wrote to the customer, on the agents' desk or by email. `had`: the customer has the agent's email
    already, so none is sent to them. `copy`: the other addresses that get the reply. `moved_from`: as for
    `MessageReceived`; the customer has it from there."""

    rank: ClassVar[int] = 3
    folds_text: ClassVar[bool] = False
    searched: ClassVar[tuple[str, ...]] = ("message",)
    message: Private
    mail: MailRef | None = None
    had: bool = False
    copy: Annotated[tuple[str, ...], MARK] = ()
    moved_from: str | None = None
    files: tuple[AttachedFile, ...] = ()


class StatusChanged(Fact, frozen=True, kw_only=True, tag="status_changed"):
    """The case waits for somebody, or no longer does."""

    rank: ClassVar[int] = 5
    folds_text: ClassVar[bool] = False
    status: Status
    reason: Private | None = None


class CaseResolved(Fact, frozen=True, kw_only=True, tag="case_resolved"):
    """An agent, or a flow that ended, resolved the case."""

    rank: ClassVar[int] = 6
    folds_text: ClassVar[bool] = False
    reason: Private | None = None


class CaseClosed(Fact, frozen=True, kw_only=True, tag="case_closed"):
    """The case was closed, by an agent or automatically because the customer did not write again. `resolved_at`: when
    the case was resolved; only for automatic closing, which holds only if that resolution is still the latest."""

    rank: ClassVar[int] = 7
    folds_text: ClassVar[bool] = False
    reason: Private | None = None
    resolved_at: Instant | None = None


class ClockBreached(Fact, frozen=True, kw_only=True, tag="clock_breached"):
    """A service-level target was missed."""

    rank: ClassVar[int] = 8
    clock: ClockName
    started_at: Instant
    due_at: Instant
    target: float


STILL_UNANSWERED = "still unanswered"
PROPOSAL_REFUSED = "the customer refused what was proposed"


class CaseEscalated(Fact, frozen=True, kw_only=True, tag="case_escalated"):
    """The case was raised by one tier: by an agent, because of a breached clock (`clock`, and `started_at` its start),
    or because of a flow's missed deadline (`state`, and `started_at` the deadline)."""

    rank: ClassVar[int] = 9
    folds_text: ClassVar[bool] = False
    from_tier: int
    to_tier: int
    reason: Private
    clock: ClockName | None = None
    state: str | None = None
    started_at: Instant | None = None
