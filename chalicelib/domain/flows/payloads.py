"""The bodies of requests and webhooks about a flow: the claim it begins with, its moves, money and tasks."""

from typing import Annotated, TypeAlias

from msgspec import UNSET, Meta, UnsetType

from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.compensation import MoneyKind
from chalicelib.domain.flows.flow import FlowItem
from chalicelib.domain.flows.tasks import Department
from chalicelib.domain.kernel.aftersales_enums import Condition, FlowKind, Reason
from chalicelib.domain.kernel.validation import CaseEvent, Input, Line, LineIn, MoneyIn, Name, Time


class FlowItemIn(Input, frozen=True):
    """How many of one item of the order, and in which condition it was found."""

    sku: Name
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    condition: Condition | None = None


Items: TypeAlias = Annotated[tuple[FlowItemIn, ...], Meta(max_length=200)]
Why: TypeAlias = Annotated[Line, Meta(min_length=1)]


class ClaimIn(Input, frozen=True):
    """What the customer claims: the reason, the items, and the evidence (URLs of pictures, numbers)."""

    reason: Reason = "other"
    items: Items = ()
    evidence: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()

    def claim(self) -> Claim:
        """The claim as events store it."""
        return Claim(reason=self.reason, items=items_of(self.items), evidence=self.evidence)


class FlowStart(Input, frozen=True):
    """The body of `POST …/flow/start`: a flow for a case that was opened without one."""

    kind: FlowKind
    claim: ClaimIn = ClaimIn()


class MoveIn(Input, frozen=True):
    """The body of a move. Which fields a move needs or refuses is defined by the table of the flow and by
    `check_move`."""

    outcome: Name | None = None
    reason: Why | None = None
    """Shown to the customer: the reason, or what is offered to them."""
    note: Line | None = None
    """A note for staff; it is never shown to the customer."""
    items: Items = ()
    carrier: Name | None = None
    tracking: Name | None = None
    amount: MoneyIn | None = None


class MoneyAsked(Input, frozen=True, kw_only=True):
    """The body of `POST …/money`: the amount that a customer is to be given; `lines` are its parts for single items and
    add up to it."""

    kind: MoneyKind
    amount: MoneyIn
    lines: Annotated[tuple[LineIn, ...], Meta(max_length=200)] = ()
    reason: Line | None = None


class MoneyStep(Input, frozen=True):
    """The body of `POST …/money/{money}/{step}`."""

    reason: Line | None = None


class TaskIn(Input, frozen=True, kw_only=True):
    """The body of `POST …/tasks`."""

    department: Department
    title: Annotated[Line, Meta(min_length=1)]
    due_at: Time | None = None


class TaskResult(Input, frozen=True):
    """The body of `POST …/tasks/{task}/done`."""

    outcome: Line | None = None


class PartnerReport(CaseEvent, frozen=True, kw_only=True):
    """A report of a carrier, a warehouse or a payment service: its case, and the fields of the move."""

    outcome: Name | None = None
    reason: Why | UnsetType | None = UNSET
    """Shown to the customer. While it is unset, it does not matter for whether two reports are the same event."""
    note: Line | None = None
    """A note for the shop; it is never shown to the customer."""
    items: Items = ()
    carrier: Name | None = None
    tracking: Name | None = None
    money: Name | None = None
    """For `refund.completed` and `refund.failed`: the id of the money."""
    reference: Name | None = None
    """For `refund.completed` with `money`: the payment service's id of the refund, which a statement can prove."""


def items_of(items: tuple[FlowItemIn, ...]) -> tuple[FlowItem, ...]:
    """The items as events store them."""
    return tuple(FlowItem(item.sku, item.quantity, item.condition) for item in items)
