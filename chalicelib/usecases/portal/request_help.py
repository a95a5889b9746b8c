"""A customer requests help on the public page: an order and a contact, then a link by email, then the form.

The page answers the same whether the order is known or not. The link goes to the email address that was given or, for a
phone number, to the stored address of the customer with that number; so nobody can see another customer's order.
"""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases.case_request import CaseRequest
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.customers.identity import by_address
from chalicelib.domain.customers.segments import raised
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.contact import is_email, is_phone
from chalicelib.domain.kernel.errors import Expired, invalid
from chalicelib.domain.kernel.ids import case_key, key_of, key_of_id
from chalicelib.domain.orders.order import Order
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.portal.help_request import (
    LINK_LIFETIME_MS,
    MAX_PER_CONTACT,
    MAX_PER_SENDER,
    WINDOW_MS,
    HelpForm,
    HelpRequest,
    is_contact_of,
    is_order_number,
)
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.cases.open_case import open_case
from chalicelib.usecases.cases.open_requested_case import routing_segment
from chalicelib.usecases.customers.upsert_customer import customer_key, upsert_customer
from chalicelib.usecases.notifications.send_email import Draft, compose, send_once
from chalicelib.usecases.notifications.signed_links import help_link, read_help_token
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasHelpRequests,
        HasIdempotency,
        HasInboundDomain,
        HasMailer,
        HasOrderRecords,
        HasPages,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasThreads,
        HasVault,
    )

    class RequestHelpServices(
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasHelpRequests,
        HasIdempotency,
        HasInboundDomain,
        HasMailer,
        HasOrderRecords,
        HasPages,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasThreads,
        HasVault,
        Protocol,
    ):
        """The services that `request_help` uses."""


MAX_CASES = 100
"""How many cases of an order are searched for a customer with the contact."""


class RateLimited(Exception):
    """This sender has started too many requests within the hour."""


class OpenHelpRequest(Struct, frozen=True):
    """A request whose link is valid, with what its form shows."""

    request: HelpRequest
    shop: Shop
    order: Order | None
    case: str | None
    """The id of the case that the form has opened already."""


def request_help(
    services: "RequestHelpServices", shop_id: str, order: str, contact: str, language: str, sender: str
) -> None:
    """Have the link sent, if there is an address to send it to. The caller does not learn whether the order is known.

    Invalid when the order number or the contact cannot be one; RateLimited for a sender who tries too often.
    """
    shop = shop_of(services, shop_id, fresh=False)
    if not is_order_number(order):
        raise invalid("order", "is no order number")
    if not is_email(contact) and not is_phone(contact):
        raise invalid("contact", "is neither a mail address nor a phone number")
    if not _is_within_limit(services, _hashed_key(services, "sender", sender), MAX_PER_SENDER):
        raise RateLimited
    case, customer = _find_customer(services, shop, order, contact)
    given = contact if is_email(contact) else None
    email = customer.email if customer else given
    if email is None or not _is_within_limit(services, _hashed_key(services, shop.id, contact), MAX_PER_CONTACT):
        return
    now = services.now()
    services.help_requests.add(
        HelpRequest(
            key=_hashed_key(services, f"{shop.id}/{order}/{now // WINDOW_MS}", email),
            shop=shop.id,
            order=order,
            email=email,
            language=language,
            at=now,
            customer=customer.id if customer else None,
            case=case,
            whose=key_of_id(customer.id) if customer else customer_key(services, shop.id, by_address(email)),
        )
    )


def _is_within_limit(services: "RequestHelpServices", counter: str, limit: int) -> bool:
    return services.idempotency.count_within(counter, limit, services.now(), WINDOW_MS)


def _hashed_key(services: "RequestHelpServices", kind: str, value: str) -> str:
    """A key of a counter or request that does not reveal the contact or sender it is for."""
    return key_of(services.secrets.token_key(), "help", kind, value.casefold())


def _find_customer(
    services: "RequestHelpServices", shop: Shop, order: str, contact: str
) -> tuple[str | None, Customer | None]:
    """The customer with that contact: the order's buyer, or else the customer of the newest case about it, with the key
    of that case. None when the order has no such customer."""
    buyer = _buyer(services, shop, order)
    if buyer is not None and is_contact_of(buyer, contact):
        return None, buyer
    openings = services.cases.opening(services.cases.of_order(shop.id, order)[:MAX_CASES])
    customers = services.customers.load({key_of_id(opening.customer) for opening in openings.values()})
    for key, opening in sorted(openings.items(), key=lambda pair: pair[1].id, reverse=True):
        customer = customers.get(key_of_id(opening.customer))
        if customer is not None and is_contact_of(customer, contact):
            return key, customer
    return None, None


def _buyer(services: "RequestHelpServices", shop: Shop, order: str) -> Customer | None:
    order_record = services.order_records.load(shop.id, order)
    if order_record is None or order_record.customer is None:
        return None
    key = key_of_id(order_record.customer)
    return services.customers.load([key]).get(key)


def send_help_link(services: "RequestHelpServices", key: str) -> str:
    """Send the link of a request, once. Returns the outcome of the email; `over` when the request does not exist."""
    request = services.help_requests.load(key)
    if request is None:
        return "over"
    shop = shop_of(services, request.shop, fresh=False)
    values = {"shop": shop.name, "name": "", "order": request.order, "link": help_link(services, shop, key)}
    draft = Draft(name="help", language=request.language, to=request.email, values=values)
    return send_once(services, f"help#{key}", compose(services, shop, draft))


def view_help_form(services: "RequestHelpServices", shop_id: str, token: str) -> OpenHelpRequest:
    """What the form of a link shows. NotFound for a link not made here, Expired when the link has expired."""
    shop = shop_of(services, shop_id, fresh=False)
    request = services.help_requests.load(read_help_token(services, token))
    if request is None or request.shop != shop_id or request.at + LINK_LIFETIME_MS < services.now():
        raise Expired("This link is over. Please begin anew.")
    case = services.cases.load(case_key(shop_id, _external_id(request))).case
    return OpenHelpRequest(request, shop, _known_order(services, request), case.id if case else None)


def _known_order(services: "RequestHelpServices", request: HelpRequest) -> Order | None:
    """The order, if the customer is known to have bought it: from the case about it, or else from the shop's record."""
    if request.case is not None:
        return services.cases.opening([request.case])[request.case].order
    if request.customer is None:
        return None
    order_record = services.order_records.load(request.shop, request.order)
    return order_record.order if order_record is not None else None


def submit_help_form(services: "RequestHelpServices", open_request: OpenHelpRequest, form: HelpForm) -> StoredCase:
    """Open the case that the form requests; when the form is sent again, the same case."""
    request = open_request.request
    now = services.now()
    customer = _load_or_create_customer(services, open_request)
    case_request = CaseRequest(
        external_id=_external_id(request),
        kind=form.wish,
        channel="web",
        subject=form.subject,
        message=form.message,
        customer=customer.id,
        language=request.language,
        occurred_at=now,
        by=Actor("customer", customer.id),
        priority=raised("normal", customer.care),
        segment=routing_segment(customer),
        to_be_called=bool(customer.care),
        order=open_request.order or Order(request.order),
        claim=form.claim if form.wish != "question" else None,
    )
    return open_case(services, open_request.shop, case_request)


def _load_or_create_customer(services: "RequestHelpServices", open_request: OpenHelpRequest) -> Customer:
    """The customer of a request; when only the email address is known, a new one."""
    request = open_request.request
    key = key_of_id(request.customer) if request.customer else None
    customer = services.customers.load([key]).get(key) if key is not None else None
    if customer is not None:
        return customer
    update = CustomerIn(external_id=by_address(request.email), email=request.email, language=request.language)
    return upsert_customer(services, open_request.shop, update, request.at)


def _external_id(request: HelpRequest) -> str:
    return f"help/{request.key}"
