"""What customers do on the page of their case: see its state, make their moves, write messages, upload evidence."""

from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct

from chalicelib.domain.aftersales.customer_view import visible_event
from chalicelib.domain.aftersales.evidence import MAX_BYTES, MAX_PIECES
from chalicelib.domain.aftersales.notices import OFFERS
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened, MessageReceived, ReplySent
from chalicelib.domain.casework.parts import merged_cases
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.flows.facts import EvidenceAdded, EvidenceRefused, FlowMoved
from chalicelib.domain.flows.moves import check_move, fact_of
from chalicelib.domain.flows.payloads import MoveIn
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, NotFound, TooLarge, invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import HOUR_MS
from chalicelib.domain.kernel.validation import check_bytes
from chalicelib.domain.orders.order import Dispute, Order, Refund
from chalicelib.domain.orders.order_record import OrderRecord
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.cases.read_case import find_case
from chalicelib.usecases.cases.reported.open_linked_cases import open_linked_cases
from chalicelib.usecases.casework.read_timeline import conversation
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.notifications.signed_links import read_progress_token
from chalicelib.usecases.orders.count_order_money import count_with_record
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.files import Upload
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdempotency,
        HasInboundDomain,
        HasOrderRecords,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasUploads,
    )

    class CustomerCasesServices(
        HasAgents,
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdempotency,
        HasInboundDomain,
        HasOrderRecords,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasUploads,
        Protocol,
    ):
        """The services that `customer_cases` uses."""


PER_HOUR = 40
"""How many moves and messages one case's page accepts in an hour."""
HELP = "help/"
"""The prefix of the external ids of cases that customers opened on the help page (`request_help`)."""
MESSAGES = (CaseOpened, MessageReceived, ReplySent)
"""The facts that are messages between customer and shop."""


class CustomerCase(Struct, frozen=True):
    """A case as its customer sees it, without internal notes."""

    shop: Shop
    stored: StoredCase
    case: Case
    customer: Customer | None
    order: Order | None
    subject: str
    messages: list[Event]
    """The messages between customer and shop, in order."""
    evidence: list[Event]
    offer: FlowMoved | None = None
    """The latest proposal or quote."""
    refunds: tuple[Refund, ...] = ()
    """Refunds of the order that the shop made without us."""
    charged_back: tuple[Dispute, ...] = ()
    """Disputes of the order's payment in which the bank took money back."""

    @property
    def language(self) -> str:
        """The customer's language."""
        return (self.customer.language if self.customer else None) or self.case.language

    @property
    def moves(self) -> list[str]:
        """The moves that the customer may make now."""
        flow = self.case.flow
        return flow.table.allowed(flow.state, "customer") if flow is not None and not self.case.done else []


def view_case(services: "CustomerCasesServices", token: str) -> CustomerCase:
    """The case of a customer's link, or the one that it was merged into; NotFound for a link not made here."""
    stored = find_case(services, read_progress_token(services, token))
    if stored.case is not None and stored.case.merged_into is not None:
        target = services.cases.load(key_of_id(stored.case.merged_into))
        stored = target if target.case is not None else stored
    case = stored.case
    assert case is not None
    events = [visible_event(event) for event in conversation(services, stored)]
    openings = (event.fact for event in events if isinstance(event.fact, CaseOpened))
    opening = next(fact for fact in openings if fact.id == case.id)
    customer_key = key_of_id(case.customer)
    customer = services.customers.load([customer_key]).get(customer_key)
    shop = shop_of(services, case.shop, fresh=False)
    offers = [event.fact for event in events if isinstance(event.fact, FlowMoved) and event.fact.move in OFFERS]
    refunds, charged_back = _external_refunds(services, case, opening.order)
    return CustomerCase(
        shop=shop,
        stored=stored,
        case=case,
        customer=customer,
        order=opening.order,
        subject=opening.subject,
        messages=[event for event in events if isinstance(event.fact, MESSAGES) and event.fact.message],
        evidence=[event for event in events if isinstance(event.fact, EvidenceAdded | EvidenceRefused)],
        offer=offers[-1] if offers else None,
        refunds=refunds,
        charged_back=charged_back,
    )


def _external_refunds(
    services: "CustomerCasesServices", case: Case, order: Order | None
) -> tuple[tuple[Refund, ...], tuple[Dispute, ...]]:
    """The refunds and disputes of the order that did not come from us; none unless it is this customer's order."""
    order_record = services.order_records.load(case.shop, order.external_id) if order else None
    if order is None or order_record is None:
        return (), ()
    if not (order_record.reported_refunds or order_record.disputes) or not _is_own_order(services, case, order_record):
        return (), ()
    ours = count_with_record(services, case.shop, order, order_record, case).back.ours
    refunds = tuple(refund for refund in order_record.reported_refunds if refund.counts and refund.id not in ours)
    return refunds, tuple(dispute for dispute in order_record.disputes if dispute.counts)


def _is_own_order(services: "CustomerCasesServices", case: Case, order_record: OrderRecord) -> bool:
    """Whether the order belongs to the case's customer: on the help page, anybody may name any order."""
    if order_record.customer is None:
        return not case.external_id.startswith(HELP)
    buyer = main_record(services, key_of_id(order_record.customer))
    customer = main_record(services, key_of_id(case.customer))
    return buyer is not None and customer is not None and buyer.id == customer.id


def make_move(
    services: "CustomerCasesServices", customer_case: CustomerCase, version: int | None, move: str, body: MoveIn
) -> StoredCase:
    """Make one of the customer's moves. Conflict when the flow does not allow it now, or the case is settled; Stale
    when the case has changed since `version`; TooLarge after too many changes in an hour."""

    def decide(case: Case) -> list[Fact]:
        if case.done:
            raise Conflict("This request is settled; a message opens it again.", allowed=[])
        check_move(case.flow, move, body, ("customer",))
        return [fact_of(move, body, services.now())]

    return handle(services, _customer_command(services, customer_case, version), decide)


def write_message(
    services: "CustomerCasesServices", customer_case: CustomerCase, version: int | None, message: str
) -> StoredCase:
    """Record a message of the customer; long after closing it opens a linked case. Invalid when it is empty or too
    long; Stale and TooLarge as for `make_move`."""
    if not message.strip():
        raise invalid("message", "is empty")
    check_bytes("message", message)
    command = _customer_command(services, customer_case, version)
    stored = handle(services, command, lambda _: [MessageReceived(message=message)], while_merged=True)
    open_linked_cases(services, customer_case.shop, stored, customer_case.stored)
    return stored


def _customer_command(services: "CustomerCasesServices", customer_case: CustomerCase, version: int | None) -> Command:
    key, case = customer_case.stored.key, customer_case.case
    if not services.idempotency.count_within(f"page#{key}", PER_HOUR, services.now(), HOUR_MS):
        raise TooLarge("This page was written from very often. Please try again in an hour.")
    return Command(
        case=case.id,
        shop=customer_case.shop.id,
        by=Actor("customer", case.customer),
        expected=version,
        seen=customer_case.stored,
    )


def upload_for(services: "CustomerCasesServices", customer_case: CustomerCase, return_url: str) -> Upload | None:
    """The form for the customer's next picture or video; None when the case is done or has as many as it may have."""
    if customer_case.case.done or len(customer_case.evidence) >= MAX_PIECES:
        return None
    key = f"uploads/{customer_case.shop.id}/{customer_case.case.id}/{uuid4().hex}"
    return services.uploads.sign_form(key, MAX_BYTES, return_url)


def evidence_address(services: "CustomerCasesServices", case: Case, evidence: str) -> str:
    """A URL, valid for five minutes, of a piece of evidence of this case, or of one that was merged into it; NotFound
    when there is none with that id."""
    keys = [key_of_id(identifier) for identifier in (case.id, *merged_cases(case))]
    rows = services.cases.load_many(keys).values()
    facts = (event.fact for stored in rows for event in services.cases.events_to_fold(stored))
    added = next((fact for fact in facts if isinstance(fact, EvidenceAdded) and fact.evidence == evidence), None)
    if added is None:
        raise NotFound(f"The case has no evidence {evidence!r}.")
    return services.uploads.sign_link(added.file)
