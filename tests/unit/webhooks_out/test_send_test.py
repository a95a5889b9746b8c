"""A test of an endpoint is signed and retried like any delivery, and says that it is one."""

import pytest
from msgspec.structs import replace
from standardwebhooks import Webhook

from chalicelib.domain.kernel.errors import Conflict, NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.webhooks_out.endpoint import RETRY_DELAYS_MS, TEST, Attempt, event_types
from chalicelib.usecases.webhooks_out.deliver import deliver, replay, send_test
from tests.fakes import NOON, FakeServices
from tests.support.cases.registries import FACTS
from tests.support.shops.endpoints import ERP, put_endpoint


def test_a_test_is_delivered_whatever_types_the_endpoint_takes_and_verifies(services: FakeServices) -> None:
    secrets = put_endpoint(services, ERP)
    delivery = send_test(services, "demo", "erp", "once")
    after = deliver(services, key_of_id(delivery.id))
    assert after is not None
    assert after.state == "delivered"
    [(_, headers, body)] = services.webhook_client.posted
    told = Webhook(secrets["erp"]).verify(body, headers)
    assert (told["type"], told["data"]) == (TEST, {"shop": "demo", "endpoint": "erp", "test": True})


def test_a_form_that_is_sent_twice_sends_one_test(services: FakeServices) -> None:
    put_endpoint(services, ERP)
    first = send_test(services, "demo", "erp", "once")
    services.time += 5_000
    assert send_test(services, "demo", "erp", "once").id == first.id
    assert send_test(services, "demo", "erp", "another").id != first.id
    assert len(services.deliveries.stored) == 2


def test_a_refused_test_is_tried_again_and_can_be_delivered_again(services: FakeServices) -> None:
    put_endpoint(services, ERP)
    services.webhook_client.answers = [Attempt(at=0, status=500)]
    delivery = send_test(services, "demo", "erp", "once")
    refused = deliver(services, key_of_id(delivery.id))
    assert refused is not None
    assert (refused.state, refused.next_at) == ("waiting", NOON + RETRY_DELAYS_MS[0])
    with pytest.raises(Conflict):
        replay(services, refused)


def test_no_test_goes_to_an_endpoint_that_is_disabled_or_not_there(services: FakeServices) -> None:
    put_endpoint(services, ERP)
    services.deliveries.registered = (replace(services.deliveries.registered[0], disabled_at=NOON),)
    with pytest.raises(Conflict):
        send_test(services, "demo", "erp", "once")
    with pytest.raises(NotFound):
        send_test(services, "demo", "lake", "once")
    assert services.deliveries.stored == {}


def test_no_event_has_the_type_of_a_test() -> None:
    assert TEST not in event_types(FACTS)
