"""What customers do on their own case's page: see how it stands, take their turn, write, show something."""

from uuid import uuid4

from msgspec import Struct

from chalicelib.domain.aftersales.customer_view import said
from chalicelib.domain.aftersales.evidence import MAX_BYTES, MAX_PIECES
from chalicelib.domain.aftersales.notices import OFFERS
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened, MessageReceived, ReplySent
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
from chalicelib.usecases.cases.open_linked_cases import open_linked_cases
from chalicelib.usecases.cases.read_case import find_case
from chalicelib.usecases.customers.linked_records import main_record
from chalicelib.usecases.notifications.signed_links import read_progress_token
from chalicelib.usecases.orders.count_order_money import count_with_record
from chalicelib.usecases.ports import StoredCase, Upload
from chalicelib.usecases.ports.services import Services, shop_of

PER_HOUR = 40
"""How often one case's page may be written from in an hour."""
HELP = "help/"
"""How the external ids of cases begin that people opened by themselves (`ask_help`)."""
SAID = (CaseOpened, MessageReceived, ReplySent)


class CustomerCase(Struct, frozen=True):
    """A case as its customer sees it: nothing of what staff say among themselves."""

    shop: Shop
    stored: StoredCase
    case: Case
    customer: Customer | None
    order: Order | None
    subject: str
    said: list[Event]
    """Its messages, in order."""
    evidence: list[Event]
    offer: FlowMoved | None = None
    """What was proposed or quoted last."""
    refunds: tuple[Refund, ...] = ()
    """What went back of the order without us: by the shop, or by the bank."""
    charged_back: tuple[Dispute, ...] = ()

    @property
    def language(self) -> str:
        """The customer's language."""
        return (self.customer.language if self.customer else None) or self.case.language

    @property
    def moves(self) -> list[str]:
        """The moves that are the customer's to make now."""
        flow = self.case.flow
        return flow.table.allowed(flow.state, "customer") if flow is not None and not self.case.done else []


def view_case(services: Services, token: str) -> CustomerCase:
    """The case a customer's link stands for; NotFound for a link not made here."""
    stored = find_case(services, read_progress_token(services, token))
    case = stored.case
    assert case is not None
    events = [said(one) for one in services.cases.events(stored.key)]
    opening = next(one.fact for one in events if isinstance(one.fact, CaseOpened))
    customer = services.customers.load([key_of_id(case.customer)]).get(key_of_id(case.customer))
    offers = [one.fact for one in events if isinstance(one.fact, FlowMoved) and one.fact.move in OFFERS]
    return CustomerCase(
        shop_of(services, case.shop, fresh=False),
        stored,
        case,
        customer,
        opening.order,
        opening.subject,
        [one for one in events if isinstance(one.fact, SAID) and one.fact.message],
        [one for one in events if isinstance(one.fact, EvidenceAdded | EvidenceRefused)],
        offers[-1] if offers else None,
        *_went_back(services, case, opening.order),
    )


def _went_back(services: Services, case: Case, order: Order | None) -> tuple[tuple[Refund, ...], tuple[Dispute, ...]]:
    """What went back of the order without us, where it is this customer's order."""
    sale = services.order_records.load(case.shop, order.external_id) if order else None
    if (
        order is None
        or sale is None
        or not (sale.reported_refunds or sale.disputes)
        or not _is_theirs(services, case, sale)
    ):
        return (), ()
    ours = count_with_record(services, case.shop, order, sale, case).back.ours
    refunds = tuple(one for one in sale.reported_refunds if one.counts and one.id not in ours)
    return refunds, tuple(one for one in sale.disputes if one.counts)


def _is_theirs(services: Services, case: Case, sale: OrderRecord) -> bool:
    """Whether the order is that of the case's customer. Who asked for help by naming an order may have named any."""
    if sale.customer is None:
        return not case.external_id.startswith(HELP)
    roots = [main_record(services, key_of_id(one)) for one in (sale.customer, case.customer)]
    return roots[0] is not None and roots[1] is not None and roots[0].id == roots[1].id


def make_move(services: Services, own: CustomerCase, version: int | None, move: str, told: MoveIn) -> StoredCase:
    """Make one of the customer's moves."""

    def decide(case: Case) -> list[Fact]:
        if case.done:
            raise Conflict("This request is settled; a message opens it again.", allowed=[])
        check_move(case.flow, move, told, ("customer",))
        return [fact_of(move, told, services.now())]

    return handle(services, _deed(services, own, version), decide)


def write_message(services: Services, own: CustomerCase, version: int | None, message: str) -> StoredCase:
    """A message of the customer; long after closing it opens a linked case."""
    if not message.strip():
        raise invalid("message", "is empty")
    check_bytes("message", message)
    stored = handle(services, _deed(services, own, version), lambda _: [MessageReceived(message=message)])
    open_linked_cases(services, own.shop, stored)  # a message long after closing opens a linked case
    return stored


def _deed(services: Services, own: CustomerCase, version: int | None) -> Command:
    if not services.idempotency.within(f"page#{own.stored.key}", PER_HOUR, services.now(), HOUR_MS):
        raise TooLarge("This page was written from very often. Please try again in an hour.")
    by = Actor("customer", own.case.customer)
    return Command(case=own.case.id, shop=own.shop.id, by=by, expected=version, seen=own.stored)


def upload_for(services: Services, own: CustomerCase, back: str) -> Upload | None:
    """Where the customer's next picture or video goes; None when there are enough, or nothing is to be shown."""
    if own.case.done or len(own.evidence) >= MAX_PIECES:
        return None
    return services.uploads.form(f"uploads/{own.shop.id}/{own.case.id}/{uuid4().hex}", MAX_BYTES, back)


def evidence_address(services: Services, case: Case, evidence: str) -> str:
    """A link, valid for minutes, to a piece of evidence of this case; NotFound when it has none of that id."""
    events = services.cases.events(key_of_id(case.id))
    known = next(
        (one.fact for one in events if isinstance(one.fact, EvidenceAdded) and one.fact.evidence == evidence), None
    )
    if known is None:
        raise NotFound(f"The case has no evidence {evidence!r}.")
    return services.uploads.link(known.file)
