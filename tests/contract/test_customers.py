"""Customers are shown as the OpenAPI document says."""

from chalicelib.domain.customers.customer import Access, CustomerEvent
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.orders.order_record import OrderRecord, apply_revisions
from chalicelib.entrypoints.http.customers.views import (
    access_view,
    case_summary,
    customer_event_view,
    order_view,
    profile_view,
    record_view,
)
from chalicelib.entrypoints.http.shops.webhook_sources import source_view
from chalicelib.usecases.customers.read_customer import Profile, Totals
from chalicelib.usecases.ports import Page, StoredCase
from chalicelib.usecases.privacy.erase_customer import ErasureOutcome
from chalicelib.usecases.shops.manage_sources import SourceState
from tests.support.openapi import AT, CASE, CUSTOMER, SCHEMAS, assert_shown

UPDATE = {
    "items": [{"sku": "A", "quantity": 1}],
    "total": {"amount": "1.00", "currency": "CNY"},
    "parcel/P/shipped_at": AT,
    "refund/R": {"id": "R", "amount": {"amount": "1.00", "currency": "CNY"}},
}
RECORD = apply_revisions(OrderRecord(shop="demo", external_id="O-1"), UPDATE, AT)


def test_a_record_and_a_profile_are_shown_as_the_document_says() -> None:
    assert_shown("CustomerRecord", record_view(CUSTOMER))
    stored = StoredCase(key="K", case=CASE, version=1)
    profile = Profile(
        CUSTOMER, CUSTOMER, [CUSTOMER], [(CUSTOMER, ["mail"])], Page([stored]), Page([RECORD]), Totals(1, 1, 0, {})
    )
    shown = profile_view(profile) | {"cases": [case_summary(stored)], "next": None}
    assert_shown("Profile", shown)
    assert_shown("CaseLine", shown["cases"][0])
    assert set(shown["totals"]) == set(SCHEMAS["Profile"]["properties"]["totals"]["properties"])


def test_an_order_record_its_parcels_and_refunds_are_shown_as_the_document_says() -> None:
    shown = order_view(RECORD)
    assert_shown("Sale", shown)
    documented = SCHEMAS["Sale"]["properties"]
    assert set(shown["parcels"][0]) == set(documented["parcels"]["items"]["properties"])
    assert set(shown["refunds"][0]) == set(documented["refunds"]["items"]["properties"])


def test_what_happened_to_a_person_and_who_read_of_them_is_shown_as_the_document_says() -> None:
    event = CustomerEvent(id="01KAJ4Z2C0A1B2C3D4E5F6G7H8", at=AT, by=Actor("agent", "mei"), type="merged", shop="demo")
    assert_shown("CustomerEvent", customer_event_view(event))
    assert_shown("Access", access_view(Access(by="mei", what="case", hour=AT)))
    assert set(ErasureOutcome.__struct_fields__) == set(SCHEMAS["Forgotten"]["properties"])
    assert_shown("SourceState", source_view(SourceState("shopify", "a.example", AT)))
