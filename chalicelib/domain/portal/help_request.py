"""Requests for help that customers start on the public page: what they may request, and how they are recognized."""

from typing import Literal

from msgspec import Struct

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.kernel.contact import FEWEST_DIGITS, is_email, phone_digits
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, Instant

RequestKind = Literal["return", "exchange", "repair", "refund", "complaint", "question"]
REQUEST_KINDS: tuple[RequestKind, ...] = ("return", "exchange", "repair", "refund", "complaint", "question")
LINK_LIFETIME_MS = DAY_MS
"""How long the link in the email opens the form."""
WINDOW_MS = HOUR_MS
MAX_PER_CONTACT = 3
"""How many requests one email address or phone number may start in a window."""
MAX_PER_SENDER = 30
"""How many requests one internet address may start in a window."""


class HelpRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request that a customer started: the link to continue it goes to `email`, and nowhere else.

    `customer` is set when the order is known and the contact belongs to its customer. Then the form shows what was
    ordered: as the case with the key `case` has it, or else as the shop reported it.
    """

    key: str
    shop: str
    order: str
    email: Private
    language: str
    at: Instant
    whose: str
    """The key of the customer who requests help; their key encrypts the request."""
    customer: str | None = None
    case: str | None = None


class HelpForm(Struct, frozen=True):
    """The customer's answers in the form."""

    wish: RequestKind
    claim: Claim
    message: str
    subject: str


def is_order_number(order: str) -> bool:
    """Whether this may be the number of an order: one line of printable characters."""
    return bool(order) and order.isprintable()


def is_contact_of(customer: Customer, contact: str) -> bool:
    """Whether a contact is this customer's email address, or phone number with or without its country code."""
    if is_email(contact):
        return customer.email is not None and customer.email.lower() == contact.lower()
    given = phone_digits(contact).lstrip("0")
    stored = phone_digits(customer.phone).lstrip("0")
    if min(len(given), len(stored)) < FEWEST_DIGITS:
        return False
    return given.endswith(stored) or stored.endswith(given)
