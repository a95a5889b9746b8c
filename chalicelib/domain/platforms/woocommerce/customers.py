"""WooCommerce's `customer.*`, and the buyer of an order."""

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import from_datetime
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.platforms.events import AccountDeleted, PlatformCustomer
from chalicelib.domain.platforms.payload_people import person
from chalicelib.domain.platforms.payload_reader import RecordId, parse_leniently
from chalicelib.domain.platforms.woocommerce.payloads import SOURCE, AddressPayload, CustomerPayload, OrderPayload


def read_customer(body: bytes) -> PlatformCustomer:
    """`customer.created`, `customer.updated`: a customer's account."""
    account = parse_leniently(body, CustomerPayload)
    phone = account.billing.phone if account.billing else None
    customer = person(SOURCE, account.id, (account.first_name, account.last_name), account.email, phone)
    if customer is None:
        raise invalid("id", "is needed")
    changed_at = account.date_modified_gmt or account.date_created_gmt
    return PlatformCustomer(customer, from_datetime(changed_at) if changed_at else 0)


def read_deleted_customer(body: bytes) -> AccountDeleted:
    """`customer.deleted`: an account was deleted."""
    return AccountDeleted(customer=f"{SOURCE}/{parse_leniently(body, RecordId).id}")


def buyer_of(order: OrderPayload) -> CustomerIn | None:
    """The buyer of an order; None if the order has neither an account nor an email address."""
    address = order.billing or AddressPayload()
    names = (address.first_name, address.last_name)
    return person(SOURCE, order.customer_id or None, names, address.email, address.phone)
