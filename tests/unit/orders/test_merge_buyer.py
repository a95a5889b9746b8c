"""The buyer of an order is one person, however the order and what is about it fall between each other."""

from functools import partial

import pytest

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.customers.linked_records import main_record
from tests.fakes import FakeServices
from tests.support.interleaving import Turn, all_turns, pause_at_calls, run_interleaved
from tests.support.platforms.platform_webhooks import (
    RETURN,
    case_of,
    order_record_of,
    process,
    shopify,
)

ABOUT_THE_ORDER = {"returns-request": RETURN, "disputes-create": "shopify/dispute/3100000000001"}
CALLS = 12
"""More storage calls of each of the two than lie before its last look at the other's record."""


def _services() -> FakeServices:
    services = FakeServices()
    pause_at_calls(services.cases, services.customers, services.identities, services.order_records)
    return services


def _buyer_of_case(services: FakeServices, external_id: str) -> Customer | None:
    return main_record(services, key_of_id(case_of(services, external_id).customer))


@pytest.mark.parametrize("name", ABOUT_THE_ORDER)
def test_a_case_and_its_order_at_the_same_time_have_one_buyer_with_a_name(name: str) -> None:
    nameless: list[list[Turn]] = []
    for turns in all_turns(CALLS, CALLS):
        services = _services()
        order, about = shopify(services, "orders-create"), shopify(services, name, delivery="about it")
        run_interleaved((partial(process, services, order), partial(process, services, about)), turns)
        buyer = _buyer_of_case(services, ABOUT_THE_ORDER[name])
        record = order_record_of(services)
        assert record.customer is not None
        if buyer is None or buyer.name is None or buyer != main_record(services, key_of_id(record.customer)):
            nameless.append(turns)
    assert nameless == []
