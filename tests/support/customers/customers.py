"""Customers in memory: add one, read it again, record what it consents to."""

from typing import Any

from chalicelib.domain.customers.consents import ConsentIn
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, to_datetime
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.usecases.customers.merge_customers import identify
from chalicelib.usecases.customers.record_consent import record_consent
from chalicelib.usecases.customers.upsert_customer import upsert_customer
from tests.fakes import NOON, SHOP, FakeServices
from tests.support.cases.case_work import MEI


def consent(state: str, days: float = 0, purpose: str = "surveys") -> ConsentIn:
    """A consent given or withdrawn, so many days after noon."""
    return ConsentIn(
        purpose=purpose,  # type: ignore[arg-type]
        state=state,  # type: ignore[arg-type]
        source="phone",
        text_version="2026-01",
        occurred_at=to_datetime(NOON + round(days * DAY_MS)),
    )


def record_consents(services: FakeServices, customer: Customer, *consents: ConsentIn) -> Customer:
    """Record consents one after the other; the customer afterwards."""
    for given in consents:
        customer = record_consent(services, reload(services, customer), given, MEI)
    return customer


FANG_ADDRESS = "Fang@Example.net"


def add_customer(services: FakeServices, external_id: str, **fields: Any) -> Customer:
    """Add a record of a customer; the customer after those with the same address are merged."""
    customer = upsert_customer(services, SHOP, CustomerIn(external_id=external_id, **fields), NOON)
    identify(services, key_of_id(customer.id))
    return reload(services, customer)


def reload(services: FakeServices, customer: Customer) -> Customer:
    """The customer as stored now."""
    return services.customers.stored[key_of_id(customer.id)]
