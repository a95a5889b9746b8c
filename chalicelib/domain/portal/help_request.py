"""A customer asks for help by themselves: what they may ask for, and how they are known."""

from typing import Literal

from msgspec import Struct

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.kernel.contact import FEWEST_DIGITS, is_email, phone_digits
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, Instant

RequestKind = Literal["return", "exchange", "repair", "refund", "complaint", "question"]
REQUEST_KINDS: tuple[RequestKind, ...] = ("return", "exchange", "repair", "refund", "complaint", "question")
LASTS = DAY_MS
"""How long the link in the mail opens the form."""
PER_CONTACT, PER_SENDER, WINDOW = 3, 30, HOUR_MS
"""How often an address or a number, and a sender on the internet, may begin in an hour."""


class HelpRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request that was begun: the link to go on with it goes to `email`, and nowhere else.

    `customer` is set when the order is known and the contact is that of the person it is known of; the form then shows
    what was ordered, as `case` says it, or else the shop.
    """

    key: str
    shop: str
    order: str
    email: Private
    language: str
    at: Instant
    whose: str
    """The key of the person who asks."""
    customer: str | None = None
    case: str | None = None


class HelpForm(Struct, frozen=True):
    """What the form comes to."""

    wish: RequestKind
    claim: Claim
    message: str
    subject: str


def is_order(order: str) -> bool:
    """Whether this may be an order's number: one line of what can be seen."""
    return bool(order) and order.isprintable()


def is_of(customer: Customer, contact: str) -> bool:
    """Whether a contact is this customer's: their mail address, or their number with or without its country code."""
    if is_email(contact):
        return customer.email is not None and customer.email.lower() == contact.lower()
    told, known = (phone_digits(number).lstrip("0") for number in (contact, customer.phone))
    if min(len(told), len(known)) < FEWEST_DIGITS:
        return False
    return told.endswith(known) or known.endswith(told)
