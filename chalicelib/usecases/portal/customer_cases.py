"""What customers do on their own case's page: see how it stands, take their turn, write, show something."""

from uuid import uuid4

from msgspec import Struct

from chalicelib.domain.aftersales.customer_view import said
from chalicelib.domain.aftersales.notices import OFFERS
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import AnyFact, Event
from chalicelib.domain.cases.evidence import MAX_BYTES, MAX_PIECES
from chalicelib.domain.cases.facts import CaseOpened, MessageReceived, ReplySent
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.flows.facts import EvidenceAdded, EvidenceRefused, FlowMoved
from chalicelib.domain.flows.payloads import MoveIn, check_move, fact_of
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, NotFound, TooLarge, invalid
from chalicelib.domain.kernel.ids import key_in
from chalicelib.domain.kernel.timestamps import HOUR
from chalicelib.domain.kernel.validation import check_bytes
from chalicelib.domain.orders.order import Dispute, Order, Refund
from chalicelib.domain.orders.order_record import Sale
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.handle_command import Deed, carry_out
from chalicelib.usecases.cases.open_linked_cases import open_spilled
from chalicelib.usecases.cases.read_case import find_case
from chalicelib.usecases.customers.linked_records import root_of
from chalicelib.usecases.notifications.signed_links import read_progress_token
from chalicelib.usecases.orders.count_order_money import counted
from chalicelib.usecases.ports import Stored, Upload
from chalicelib.usecases.ports.services import Desk, shop_of

PER_HOUR = 40
"""How often one case's page may be written from in an hour."""
HELP = "help/"
"""How the external ids of cases begin that people opened by themselves (`ask_help`)."""
SAID = (CaseOpened, MessageReceived, ReplySent)


class OwnCase(Struct, frozen=True):
    """A case as its customer sees it: nothing of what staff say among themselves."""

    shop: Shop
    stored: Stored
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


def look_at_case(desk: Desk, token: str) -> OwnCase:
    """The case a customer's link stands for; NotFound for a link not made here."""
    stored = find_case(desk, read_progress_token(desk, token))
    case = stored.case
    assert case is not None
    events = [said(one) for one in desk.cases.events(stored.key)]
    opening = next(one.fact for one in events if isinstance(one.fact, CaseOpened))
    customer = desk.customers.load([key_in(case.customer)]).get(key_in(case.customer))
    offers = [one.fact for one in events if isinstance(one.fact, FlowMoved) and one.fact.move in OFFERS]
    return OwnCase(
        shop_of(desk, case.shop, fresh=False),
        stored,
        case,
        customer,
        opening.order,
        opening.subject,
        [one for one in events if isinstance(one.fact, SAID) and one.fact.message],
        [one for one in events if isinstance(one.fact, EvidenceAdded | EvidenceRefused)],
        offers[-1] if offers else None,
        *_went_back(desk, case, opening.order),
    )


def _went_back(desk: Desk, case: Case, order: Order | None) -> tuple[tuple[Refund, ...], tuple[Dispute, ...]]:
    """What went back of the order without us, where it is this customer's order."""
    sale = desk.sales.load(case.shop, order.external_id) if order else None
    if order is None or sale is None or not (sale.told_refunds or sale.disputes) or not _is_theirs(desk, case, sale):
        return (), ()
    ours = counted(desk, case.shop, order, sale, case).back.ours
    refunds = tuple(one for one in sale.told_refunds if one.counts and one.id not in ours)
    return refunds, tuple(one for one in sale.disputes if one.counts)


def _is_theirs(desk: Desk, case: Case, sale: Sale) -> bool:
    """Whether the order is that of the case's customer. Who asked for help by naming an order may have named any."""
    if sale.customer is None:
        return not case.external_id.startswith(HELP)
    roots = [root_of(desk, key_in(one)) for one in (sale.customer, case.customer)]
    return roots[0] is not None and roots[1] is not None and roots[0].id == roots[1].id


def move_own(desk: Desk, own: OwnCase, version: int | None, move: str, told: MoveIn) -> Stored:
    """Make one of the customer's moves."""

    def decide(case: Case) -> list[AnyFact]:
        if case.done:
            raise Conflict("This request is settled; a message opens it again.", allowed=[])
        check_move(case.flow, move, told, ("customer",))
        return [fact_of(move, told, desk.now())]

    return carry_out(desk, _deed(desk, own, version), decide)


def write_own(desk: Desk, own: OwnCase, version: int | None, message: str) -> Stored:
    """A message of the customer; long after closing it opens a linked case."""
    if not message.strip():
        raise invalid("message", "is empty")
    check_bytes("message", message)
    stored = carry_out(desk, _deed(desk, own, version), lambda _: [MessageReceived(message=message)])
    open_spilled(desk, own.shop, stored)  # a message long after closing opens a linked case
    return stored


def _deed(desk: Desk, own: OwnCase, version: int | None) -> Deed:
    if not desk.claims.within(f"page#{own.stored.key}", PER_HOUR, desk.now(), HOUR):
        raise TooLarge("This page was written from very often. Please try again in an hour.")
    by = Actor("customer", own.case.customer)
    return Deed(case=own.case.id, shop=own.shop.id, by=by, expected=version, seen=own.stored)


def upload_for(desk: Desk, own: OwnCase, back: str) -> Upload | None:
    """Where the customer's next picture or video goes; None when there are enough, or nothing is to be shown."""
    if own.case.done or len(own.evidence) >= MAX_PIECES:
        return None
    return desk.uploads.form(f"uploads/{own.shop.id}/{own.case.id}/{uuid4().hex}", MAX_BYTES, back)


def evidence_address(desk: Desk, case: Case, evidence: str) -> str:
    """A link, valid for minutes, to a piece of evidence of this case; NotFound when it has none of that id."""
    events = desk.cases.events(key_in(case.id))
    known = next(
        (one.fact for one in events if isinstance(one.fact, EvidenceAdded) and one.fact.evidence == evidence), None
    )
    if known is None:
        raise NotFound(f"The case has no evidence {evidence!r}.")
    return desk.uploads.link(known.file)
