"""Shopify's customers, and what the law has it pass on about them."""

import re
from typing import TypeVar

from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.platforms.events import CustomersMerged, DataRequest, PersonReference, Redaction
from chalicelib.domain.platforms.payload_reader import loosely, says

SOURCE = "shopify"
N = TypeVar("N", bound=PersonReference)


class Customer(Struct):
    """A customer as webhooks tell them."""

    id: int | None = None
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class _Privacy(Struct):
    shop_domain: str | None = None
    customer: Customer | None = None
    orders_to_redact: list[int] = []
    orders_requested: list[int] = []


class _Merge(Struct):
    admin_graphql_api_customer_kept_id: str | None = None
    admin_graphql_api_customer_deleted_id: str | None = None
    status: str | None = None


def read_redaction(body: bytes) -> Redaction:
    """`customers/redact`: a person is to be forgotten."""
    told = _person(body, "orders_to_redact", ("orders_requested", "data_request"))
    return _named(told, Redaction, told.orders_to_redact)


def read_shop_redaction(body: bytes) -> Redaction:
    """`shop/redact`: the shop left the platform, and all its customers are to be forgotten."""
    _check(body, (), ())
    return Redaction()


def read_data_request(body: bytes) -> DataRequest:
    """`customers/data_request`: a person wants to know what is held of them."""
    told = _person(body, "orders_requested", ("orders_to_redact",))
    return _named(told, DataRequest, told.orders_requested)


def read_merge(body: bytes) -> CustomersMerged:
    """`customers/merge`: two accounts became one, or that was tried."""
    told = loosely(body, _Merge)
    kept, gone = _account(told.admin_graphql_api_customer_kept_id), _account(told.admin_graphql_api_customer_deleted_id)
    if kept is None or gone is None:
        raise invalid("admin_graphql_api_customer_kept_id", "is needed, and the id of the one deleted")
    done = (told.status or "").lower() not in ("failed", "in_progress", "requested")
    return CustomersMerged(kept=kept, merged=gone, done=done)


def _account(gid: str | None) -> str | None:
    known = re.fullmatch(r"gid://shopify/Customer/([0-9]{1,20})", gid or "")
    return f"{SOURCE}/{known.group(1)}" if known else None


def _person(body: bytes, orders: str, others: tuple[str, ...]) -> _Privacy:
    _check(body, (orders,), others)
    told = loosely(body, _Privacy)
    who = told.customer or Customer()
    if who.id is None and not who.email and not told.orders_to_redact and not told.orders_requested:
        raise invalid("customer.id", "is needed, or an address, or orders")
    return told


def _check(body: bytes, marks: tuple[str, ...], others: tuple[str, ...]) -> None:
    """A delivery's topic is not signed: what is meant is told by the body alone, or nobody is forgotten."""
    said = says(body)
    if not said & {"shop_domain", "shop_id", *marks} or said & {*others}:
        raise invalid("shop_domain", "is needed, and nothing of another topic")


def _named(told: _Privacy, kind: type[N], orders: list[int]) -> N:
    who = told.customer or Customer()
    return kind(
        customer=f"{SOURCE}/{who.id}" if who.id is not None else None,
        email=(who.email or "").strip() or None,
        phone=who.phone,
        orders=tuple(str(one) for one in orders),
    )
