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
from chalicelib.domain.kernel.ids import key_of, key_of_id
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
from chalicelib.usecases.customers.upsert_customer import customer_key, upsert_customer
from chalicelib.usecases.notifications.send_email import compose, send_once
from chalicelib.usecases.notifications.signed_links import help_link, read_help_token
from chalicelib.usecases.ports import StoredCase
from chalicelib.usecases.ports.services import Services, shop_of

MOST_CASES = 100
"""So many cases of an order are looked through for the person with a contact."""


class RateLimited(Exception):
    """This sender has begun too often within the hour."""


class Begun(Struct, frozen=True):
    """A request with what its form shows."""

    request: HelpRequest
    shop: Shop
    order: Order | None
    case: str | None
    """The case it opened."""


def request_help(services: Services, shop_id: str, order: str, contact: str, language: str, sender: str) -> None:
    """Have the link sent, if there is somebody to send it to. Says nothing of whether the order is known.

    Invalid when the contact is neither an address nor a number; TooOften for a sender who tries many.
    """
    shop = shop_of(services, shop_id, fresh=False)
    if not is_order(order):
        raise invalid("order", "is no order number")
    if not is_email(contact) and not is_phone(contact):
        raise invalid("contact", "is neither a mail address nor a phone number")
    if not services.idempotency.within(_counter(services, "sender", sender), PER_SENDER, services.now(), WINDOW):
        raise RateLimited
    known = _known(services, shop, order, contact)
    email = known[1].email if known else (contact if is_email(contact) else None)
    if email is None or not services.idempotency.within(
        _counter(services, shop.id, contact), PER_CONTACT, services.now(), WINDOW
    ):
        return
    case, customer = known or (None, None)
    at = services.now()
    services.help_requests.add(
        HelpRequest(
            key=_counter(services, f"{shop.id}/{order}/{at // WINDOW}", email),
            shop=shop.id,
            order=order,
            email=email,
            language=language,
            at=at,
            customer=customer.id if customer else None,
            case=case,
            whose=key_of_id(customer.id) if customer else customer_key(services, shop.id, by_address(email)),
        )
    )


def _counter(services: Services, kind: str, whom: str) -> str:
    """The name of a counter, from which nobody learns whom it counts."""
    return key_of(services.secrets.token_key(), "help", kind, whom.casefold())


def _known(services: Services, shop: Shop, order: str, contact: str) -> tuple[str | None, Customer] | None:
    """The customer with that contact who bought the order, or else one of its cases' and the newest such case."""
    sale = services.order_records.load(shop.id, order)
    if sale is not None and sale.customer is not None:
        buyer = services.customers.load([key_of_id(sale.customer)]).get(key_of_id(sale.customer))
        if buyer is not None and is_of(buyer, contact):
            return None, buyer
    keys = services.cases.of_order(shop.id, order)[:MOST_CASES]
    openings = services.cases.opening(keys)
    customers = services.customers.load({key_of_id(one.customer) for one in openings.values()})
    for key, opening in sorted(openings.items(), key=lambda pair: pair[1].id, reverse=True):
        customer = customers.get(key_of_id(opening.customer))
        if customer is not None and is_of(customer, contact):
            return key, customer
    return None


def send_help_link(services: Services, key: str) -> str:
    """Send the link of a request that was begun, once; what became of it."""
    request = services.help_requests.load(key)
    if request is None:
        return "over"
    shop = shop_of(services, request.shop, fresh=False)
    values = {"shop": shop.name, "name": "", "order": request.order, "link": help_link(services, shop, key)}
    mail = compose(services, shop, "help", request.language, request.email, values)
    return send_once(services, f"help#{key}", mail)


def view_help_form(services: Services, shop_id: str, token: str) -> Begun:
    """What the form shows. NotFound for a link not made here, Expired after its day."""
    shop = shop_of(services, shop_id, fresh=False)
    request = services.help_requests.load(read_help_token(services, token))
    if request is None or request.shop != shop_id or request.at + LASTS < services.now():
        raise Expired("This link is over. Please begin anew.")
    opened = services.cases.load(case_key(shop_id, _external_id(request))).case
    return Begun(request, shop, _order_of(services, request), opened.id if opened else None)


def _order_of(services: Services, request: HelpRequest) -> Order | None:
    """What was ordered, for the person it is known of: as a case says it, or the shop."""
    if request.case is not None:
        return services.cases.opening([request.case])[request.case].order
    sale = services.order_records.load(request.shop, request.order) if request.customer is not None else None
    return sale.order if sale is not None else None


def submit_help_form(services: Services, begun: Begun, form: HelpForm) -> StoredCase:
    """Open the case the form asks for; the one it opened before when it is sent again."""
    request, at = begun.request, services.now()
    customer = (
        services.customers.load([key_of_id(request.customer)]).get(key_of_id(request.customer))
        if request.customer
        else None
    )
    if customer is None:
        told = CustomerIn(external_id=by_address(request.email), email=request.email, language=request.language)
        customer = upsert_customer(services, begun.shop, told, request.at)
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
    return open_case(services, begun.shop, asked)


def _external_id(request: HelpRequest) -> str:
    return f"help/{request.key}"
