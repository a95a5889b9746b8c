"""What the routes about one customer share."""

from typing import TYPE_CHECKING

from chalice.app import Request

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.callers import need_shop

if TYPE_CHECKING:
    from chalicelib.domain.customers.customer import Customer


def find_visible(request: Request, identifier: str) -> "Customer":
    """The customer with this id, if the caller may see them; NotFound otherwise."""
    from chalicelib.usecases.customers.read_customer import find_customer

    customer = find_customer(services(), identifier)
    need_shop(request, customer.shop, f"customer {identifier!r}")
    return customer
