"""Shopify's customers, and what the law has it pass on about them."""

from msgspec import Struct

from chalicelib.domain.errors import invalid
from chalicelib.domain.platforms.reading import loosely
from chalicelib.domain.platforms.told import DataWanted, Redaction

SOURCE = "shopify"


class Customer(Struct):
    """A customer as webhooks tell them."""

    id: int | None = None
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class _Privacy(Struct):
    shop_domain: str
    customer: Customer | None = None


def redaction(body: bytes) -> Redaction:
    """`customers/redact`: a person is to be forgotten."""
    return Redaction(customer=f"{SOURCE}/{_who(body).id}")


def shop_redaction(body: bytes) -> Redaction:
    """`shop/redact`: the shop left the platform, and all its customers are to be forgotten."""
    loosely(body, _Privacy)
    return Redaction()


def data_wanted(body: bytes) -> DataWanted:
    """`customers/data_request`: a person wants to know what is held of them."""
    return DataWanted(customer=f"{SOURCE}/{_who(body).id}")


def _who(body: bytes) -> Customer:
    who = loosely(body, _Privacy).customer
    if who is None or who.id is None:
        raise invalid("customer.id", "is needed")
    return who
