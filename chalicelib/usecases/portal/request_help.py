"""A customer asks for help by themselves: an order and a contact, a link by mail, then the form.

Whoever asks sees the same answer whether the order is known or not. The link goes to the address that was told, or,
for a phone number, to the address we hold of the person with that number; so nobody reads another's order.
"""

from msgspec import Struct

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import by_address
from chalicelib.domain.customers.segments import raised
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.contact import is_email, is_phone
from chalicelib.domain.kernel.errors import Expired, invalid
from chalicelib.domain.kernel.ids import key_in, key_of
from chalicelib.domain.orders.order import Order
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.portal.help_request import (
    LASTS,
    PER_CONTACT,
    PER_SENDER,
    WINDOW,
    HelpForm,
    HelpRequest,
    is_of,
    is_order,
)
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.open_case import Request, case_key, open_case, segment_of
from chalicelib.usecases.customers.upsert_customer import customer_key, meet
from chalicelib.usecases.notifications.send_email import compose, send_once
from chalicelib.usecases.notifications.signed_links import help_link, read_help_token
from chalicelib.usecases.ports import Stored
from chalicelib.usecases.ports.services import Desk, shop_of

MOST_CASES = 100
"""So many cases of an order are looked through for the person with a contact."""


class TooOften(Exception):
    """This sender has begun too often within the hour."""


class Begun(Struct, frozen=True):
    """A request with what its form shows."""

    request: HelpRequest
    shop: Shop
    order: Order | None
    case: str | None
    """The case it opened."""


def begin_help(desk: Desk, shop_id: str, order: str, contact: str, language: str, sender: str) -> None:
    """Have the link sent, if there is somebody to send it to. Says nothing of whether the order is known.

    Invalid when the contact is neither an address nor a number; TooOften for a sender who tries many.
    """
    shop = shop_of(desk, shop_id, fresh=False)
    if not is_order(order):
        raise invalid("order", "is no order number")
    if not is_email(contact) and not is_phone(contact):
        raise invalid("contact", "is neither a mail address nor a phone number")
    if not desk.claims.within(_counter(desk, "sender", sender), PER_SENDER, desk.now(), WINDOW):
        raise TooOften
    known = _known(desk, shop, order, contact)
    email = known[1].email if known else (contact if is_email(contact) else None)
    if email is None or not desk.claims.within(_counter(desk, shop.id, contact), PER_CONTACT, desk.now(), WINDOW):
        return
    case, customer = known or (None, None)
    at = desk.now()
    desk.helps.add(
        HelpRequest(
            key=_counter(desk, f"{shop.id}/{order}/{at // WINDOW}", email),
            shop=shop.id,
            order=order,
            email=email,
            language=language,
            at=at,
            customer=customer.id if customer else None,
            case=case,
            whose=key_in(customer.id) if customer else customer_key(desk, shop.id, by_address(email)),
        )
    )


def _counter(desk: Desk, kind: str, whom: str) -> str:
    """The name of a counter, from which nobody learns whom it counts."""
    return key_of(desk.secrets.token_key(), "help", kind, whom.casefold())


def _known(desk: Desk, shop: Shop, order: str, contact: str) -> tuple[str | None, Customer] | None:
    """The customer with that contact who bought the order, or else one of its cases' and the newest such case."""
    sale = desk.sales.load(shop.id, order)
    if sale is not None and sale.customer is not None:
        buyer = desk.customers.load([key_in(sale.customer)]).get(key_in(sale.customer))
        if buyer is not None and is_of(buyer, contact):
            return None, buyer
    keys = desk.cases.of_order(shop.id, order)[:MOST_CASES]
    openings = desk.cases.opening(keys)
    customers = desk.customers.load({key_in(one.customer) for one in openings.values()})
    for key, opening in sorted(openings.items(), key=lambda pair: pair[1].id, reverse=True):
        customer = customers.get(key_in(opening.customer))
        if customer is not None and is_of(customer, contact):
            return key, customer
    return None


def send_help_link(desk: Desk, key: str) -> str:
    """Send the link of a request that was begun, once; what became of it."""
    request = desk.helps.load(key)
    if request is None:
        return "over"
    shop = shop_of(desk, request.shop, fresh=False)
    values = {"shop": shop.name, "name": "", "order": request.order, "link": help_link(desk, shop, key)}
    mail = compose(desk, shop, "help", request.language, request.email, values)
    return send_once(desk, f"help#{key}", mail)


def look_at_help(desk: Desk, shop_id: str, token: str) -> Begun:
    """What the form shows. NotFound for a link not made here, Expired after its day."""
    shop = shop_of(desk, shop_id, fresh=False)
    request = desk.helps.load(read_help_token(desk, token))
    if request is None or request.shop != shop_id or request.at + LASTS < desk.now():
        raise Expired("This link is over. Please begin anew.")
    opened = desk.cases.load(case_key(shop_id, _external_id(request))).case
    return Begun(request, shop, _order_of(desk, request), opened.id if opened else None)


def _order_of(desk: Desk, request: HelpRequest) -> Order | None:
    """What was ordered, for the person it is known of: as a case says it, or the shop."""
    if request.case is not None:
        return desk.cases.opening([request.case])[request.case].order
    sale = desk.sales.load(request.shop, request.order) if request.customer is not None else None
    return sale.order if sale is not None else None


def finish_help(desk: Desk, begun: Begun, form: HelpForm) -> Stored:
    """Open the case the form asks for; the one it opened before when it is sent again."""
    request, at = begun.request, desk.now()
    customer = (
        desk.customers.load([key_in(request.customer)]).get(key_in(request.customer)) if request.customer else None
    )
    if customer is None:
        told = CustomerIn(external_id=by_address(request.email), email=request.email, language=request.language)
        customer = meet(desk, begun.shop, told, request.at)
    asked = Request(
        external_id=_external_id(request),
        kind=form.wish,
        channel="web",
        subject=form.subject,
        message=form.message,
        customer=customer.id,
        language=request.language,
        at=at,
        by=Actor("customer", customer.id),
        priority=raised("normal", customer.care),
        segment=segment_of(customer),
        to_be_called=bool(customer.care),
        order=begun.order or Order(request.order),
        claim=form.claim if form.wish != "question" else None,
    )
    return open_case(desk, begun.shop, asked)


def _external_id(request: HelpRequest) -> str:
    return f"help/{request.key}"
