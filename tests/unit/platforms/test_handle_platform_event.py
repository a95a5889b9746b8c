"""Platform events: missing data is fetched, and what is not understood is reported."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.intake.webhooks import TOPICS, IgnoredTopic, parse_platform_body
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.domain.orders.order_payload import OrderUpdate
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.ports import RetryLater
from tests.fakes import NOON, FakeServices
from tests.support.cases.webhooks import request
from tests.support.platforms.platform_webhooks import (
    FIXTURES,
    ORDER,
    RETURN,
    SECRETS,
    body_of,
    case_of,
    process,
    process_shopify,
    shopify,
)


def test_an_unknown_order_is_asked_of_the_platform() -> None:
    services = FakeServices()
    known = parse_platform_body("shopify", "orders/create", body_of("shopify", "orders-create"), NOON)
    assert isinstance(known, OrderUpdate)
    services.platforms.orders[ORDER] = known
    process_shopify(services, "returns-request")
    assert services.platforms.asked == [f"order {ORDER}"]
    assert services.customers.stored[key_of_id(case_of(services).customer)].external_id == "shopify/7000000000001"


def test_a_platform_that_does_not_answer_is_asked_again_and_nothing_is_opened_meanwhile() -> None:
    services = FakeServices()
    services.platforms.trouble = RetryLater("no answer")
    taken = shopify(services, "returns-request")
    with pytest.raises(RetryLater):
        process_receipt(services, taken.receipt.id)
    assert services.cases.load(case_key("demo", RETURN)).case is None
    services.platforms.trouble = None
    assert process(services, taken).state == "processed"
    assert case_of(services).customer


def test_all_cases_of_an_order_stand_in_one_list_whatever_they_call_it() -> None:
    services = FakeServices()
    process_shopify(services, "orders-create", "returns-request")
    services.hook("case.requested", request(type="refund", order={"external_id": "1042"}))
    assert len(services.cases.of_order("demo", ORDER)) == 2
    opening = services.cases.opening([case_key("demo", "web-1")])[case_key("demo", "web-1")]
    assert opening.order is not None
    assert (opening.order.external_id, opening.order.spoken) == (ORDER, "1042")


def test_a_topic_nothing_follows_from_is_kept_and_ignored() -> None:
    services = FakeServices()
    taken = shopify(services, "products-create", body=b'{"id": 1}')
    assert (taken.receipt.state, taken.receipt.reason) == ("ignored", "nothing follows from 'products/create'")


def test_a_platforms_body_that_is_not_understood_is_taken_and_its_receipt_says_what_was_wrong() -> None:
    services = FakeServices()
    taken = shopify(services, "orders-create", body=b'{"id": "not a number"}')
    assert taken.receipt.state == "failed"
    assert "id: " in (taken.receipt.reason or "")


EVERY = [(source, path.stem) for source in SECRETS for path in sorted((FIXTURES / source).glob("*.json"))]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(EVERY), st.data())
def test_a_body_with_anything_in_any_place_is_understood_or_refused_and_never_a_fault(
    fixture: tuple[str, str], data: st.DataObject
) -> None:
    source, name = fixture
    body: dict[str, Any] = json.loads(body_of(source, name))
    place: Any = body
    while True:
        key = data.draw(
            st.sampled_from(sorted(place)) if isinstance(place, dict) else st.sampled_from(range(len(place)))
        )
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = data.draw(JSON)
        break
    for topic in TOPICS[source]:
        try:
            parse_platform_body(source, topic, json.dumps(body).encode(), NOON)  # type: ignore[arg-type]
        except (Invalid, IgnoredTopic):
            continue
