"""WooCommerce's `customer.*`."""

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import from_datetime
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.platforms.events import AccountDeleted, PlatformCustomer
from chalicelib.domain.platforms.payload_people import person
from chalicelib.domain.platforms.payload_reader import DeletedRecord, loosely
from chalicelib.domain.platforms.woocommerce.payloads import SOURCE, AddressPayload, CustomerPayload, OrderPayload


def read_customer(body: bytes) -> PlatformCustomer:
    """`customer.created`, `customer.updated`: a customer's account."""
    account = loosely(body, CustomerPayload)
    phone = account.billing.phone if account.billing else None
    customer = person(SOURCE, account.id, (account.first_name, account.last_name), account.email, phone)
    if customer is None:
        raise invalid("id", "is needed")
    at = account.date_modified_gmt or account.date_created_gmt
    return PlatformCustomer(customer, from_datetime(at) if at else 0)


def read_deleted_customer(body: bytes) -> AccountDeleted:
    """`customer.deleted`: an account that is no more."""
    return AccountDeleted(customer=f"{SOURCE}/{loosely(body, DeletedRecord).id}")


def buyer_of(order: OrderPayload) -> CustomerIn | None:
    """Who bought an order."""
    who = order.billing or AddressPayload()
    return person(SOURCE, order.customer_id or None, (who.first_name, who.last_name), who.email, who.phone)
