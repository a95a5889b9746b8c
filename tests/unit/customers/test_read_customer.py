"""Customers are looked up and shown with all their records."""

from chalicelib.usecases.customers.read_customer import read_profile, search_customers
from tests.fakes import FakeServices
from tests.support.cases.webhooks import about, request
from tests.support.customers.customers import FANG_ADDRESS, add_customer, reload


def test_a_profile_shows_the_cases_and_orders_of_all_records_of_a_person() -> None:
    services = FakeServices()
    own, other = (
        add_customer(services, "fang", email=FANG_ADDRESS),
        add_customer(services, "shopify/7", email=FANG_ADDRESS),
    )
    services.hook("case.requested", request())
    services.hook("case.replied", about(5, agent="mei", message="可以"))
    services.hook("case.requested", request(external_id="web-2", customer={"external_id": "shopify/7"}))
    services.hook("order.updated", {"external_id": "O-1", "customer": {"external_id": "shopify/7"}})
    profile = read_profile(services, reload(services, other), 25, None)
    assert (profile.customer.id, profile.requested.id) == (own.id, other.id)
    assert {stored.case.external_id for stored in profile.cases.items} == {"web-1", "web-2"}
    assert [order.external_id for order in profile.orders.items] == ["O-1"]
    assert (profile.totals.cases, profile.totals.kept, profile.totals.broken) == (2, 1, 0)


def test_people_are_looked_up_by_address_number_and_external_id() -> None:
    services = FakeServices()
    own = add_customer(services, "fang", email=FANG_ADDRESS, phone="138 0013 8000")
    add_customer(services, "shopify/7", email=FANG_ADDRESS)
    for query in (("FANG@example.net", None, None), (None, "+86 138-0013-8000", None), (None, None, "shopify/7")):
        assert [one.id for one in search_customers(services, "demo", *query)] == [own.id]
    assert search_customers(services, "demo", "nobody@example.net", None, None) == []
