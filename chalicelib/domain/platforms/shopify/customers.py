"""Shopify's customers, and the privacy requests that it passes on."""

import re
from typing import TypeVar

from msgspec import Struct

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.platforms.events import CustomersMerged, DataRequest, PersonReference, Redaction
from chalicelib.domain.platforms.payload_reader import parse_leniently, sent_fields

SOURCE = "shopify"
N = TypeVar("N", bound=PersonReference)


class Customer(Struct):
    """The fields of a customer that are read."""

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
    """`customers/redact`: a request to erase a customer's data."""
    payload = _request(body, "orders_to_redact", ("orders_requested", "data_request"))
    return _reference(payload, Redaction, payload.orders_to_redact)


def read_shop_redaction(body: bytes) -> Redaction:
    """`shop/redact`: the shop left the platform; the data of all its customers is to be erased."""
    _check(body, (), ())
    return Redaction()


def read_data_request(body: bytes) -> DataRequest:
    """`customers/data_request`: a request to give a customer all data that is stored about them."""
    payload = _request(body, "orders_requested", ("orders_to_redact",))
    return _reference(payload, DataRequest, payload.orders_requested)


def read_merge(body: bytes) -> CustomersMerged:
    """`customers/merge`: two accounts were merged, or the merge failed or is in progress."""
    payload = parse_leniently(body, _Merge)
    remaining = _account(payload.admin_graphql_api_customer_kept_id)
    merged = _account(payload.admin_graphql_api_customer_deleted_id)
    if remaining is None or merged is None:
        raise invalid("admin_graphql_api_customer_kept_id", "is needed, and the id of the one deleted")
    done = (payload.status or "").lower() not in ("failed", "in_progress", "requested")
    return CustomersMerged(kept=remaining, merged=merged, done=done)


def _account(gid: str | None) -> str | None:
    match = re.fullmatch(r"gid://shopify/Customer/([0-9]{1,20})", gid or "")
    return f"{SOURCE}/{match.group(1)}" if match else None


def _request(body: bytes, orders: str, others: tuple[str, ...]) -> _Privacy:
    _check(body, (orders,), others)
    payload = parse_leniently(body, _Privacy)
    customer = payload.customer or Customer()
    if customer.id is None and not customer.email and not payload.orders_to_redact and not payload.orders_requested:
        raise invalid("customer.id", "is needed, or an address, or orders")
    return payload


def _check(body: bytes, own: tuple[str, ...], others: tuple[str, ...]) -> None:
    """Check by the fields that the body belongs to its topic, because the topic is not signed: without this check a
    delivery sent under a wrong topic would erase data. `own`: fields of the topic; `others`: fields of other topics."""
    fields = sent_fields(body)
    if not fields & {"shop_domain", "shop_id", *own} or fields & {*others}:
        raise invalid("shop_domain", "is needed, and nothing of another topic")


def _reference(payload: _Privacy, kind: type[N], orders: list[int]) -> N:
    customer = payload.customer or Customer()
    return kind(
        customer=f"{SOURCE}/{customer.id}" if customer.id is not None else None,
        email=(customer.email or "").strip() or None,
        phone=customer.phone,
        orders=tuple(str(order) for order in orders),
    )
