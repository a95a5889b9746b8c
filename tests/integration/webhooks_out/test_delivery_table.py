"""Deliveries on the table: one worker tries at a time, the log has pages, a disabled endpoint stays disabled."""

from msgspec.structs import replace

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.domain.kernel.secret import Secret
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.domain.webhooks_out.endpoint import Attempt, Delivery, Endpoint, after_attempt, rotated
from tests.fakes import NOON


def delivery(place: int) -> Delivery:
    return Delivery(
        id=new_id(NOON + place, key_of(str(place))),
        shop="demo",
        endpoint="erp",
        type="case.opened",
        case="c",
        body="{}",
        at=NOON + place,
    )


def test_a_delivery_is_new_once_and_claimed_by_one_worker_at_a_time(services: AwsServices) -> None:
    one, store = delivery(1), services.deliveries
    assert (store.add(one), store.add(one)) == (True, False)
    assert (store.reserve(one, NOON), store.reserve(one, NOON + 1)) == (True, False)
    assert store.reserve(one, NOON + 2 * MINUTE_MS)  # the worker that began it is gone
    tried = after_attempt(one, Attempt(at=NOON, status=500, answer="oh"))
    store.settle(tried, NOON)
    assert store.load(key_of_id(one.id)) == tried
    assert not store.reserve(one, NOON)  # as it was read before that try
    assert store.reserve(tried, NOON)


def test_the_log_pages_newest_first(services: AwsServices) -> None:
    for place in range(5):
        services.deliveries.add(delivery(place))
    first = services.deliveries.log("demo", "erp", 3, None)
    rest = services.deliveries.log("demo", "erp", 3, first.next)
    assert [one.at - NOON for one in (*first.items, *rest.items)] == [4, 3, 2, 1, 0]
    assert rest.next is None
    assert services.deliveries.log("demo", "other", 3, None).items == []


def test_an_endpoint_is_disabled_and_a_removed_one_stays_removed(services: AwsServices) -> None:
    erp, warehouse = (Endpoint(name=name, url="https://example.com/") for name in ("erp", "lake"))
    services.deliveries.save_endpoints("demo", (), (erp, warehouse))
    services.deliveries.disable("demo", replace(erp, disabled_at=NOON))
    assert [one.disabled_at for one in services.deliveries.endpoints("demo")] == [NOON, None]
    services.deliveries.save_endpoints("demo", services.deliveries.endpoints("demo"), (warehouse,))
    services.deliveries.disable("demo", replace(erp, disabled_at=NOON))
    assert services.deliveries.endpoints("demo") == (warehouse,)


def test_endpoints_are_changed_by_one_at_a_time(services: AwsServices) -> None:
    hold, release = services.deliveries.hold, services.deliveries.release
    assert hold("demo", NOON, NOON + 5)
    assert not hold("demo", NOON + 4, NOON + 9)
    assert hold("other", NOON, NOON + 5)
    assert hold("demo", NOON + 5, NOON + 10)  # the first did not come to an end
    release("demo", NOON + 5)
    assert not hold("demo", NOON + 6, NOON + 11)
    release("demo", NOON + 10)
    assert hold("demo", NOON + 6, NOON + 11)
    assert services.deliveries.endpoints("demo") == ()


def test_secrets_of_endpoints_are_read_anew_when_the_one_needed_is_not_known(services: AwsServices) -> None:
    first: dict[str, tuple[Secret, ...]] = {"erp": (Secret("whsec_a"),)}
    services.secrets.save_endpoint_secrets("demo", first)
    other = AwsServices()
    assert other.secrets.endpoint_secrets("demo", "erp") == first
    both = first | {"lake": rotated((Secret("whsec_b"),), "whsec_c", NOON)}
    services.secrets.save_endpoint_secrets("demo", both)
    assert other.secrets.endpoint_secrets("demo", "erp") == first  # kept in memory
    assert other.secrets.endpoint_secrets("demo", "lake") == both
