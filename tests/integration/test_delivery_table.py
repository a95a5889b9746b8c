"""Deliveries on the table: one worker tries at a time, the log pages, a disabled endpoint stays what it was put as."""

from msgspec.structs import replace

from chalicelib.bootstrap import AwsDesk
from chalicelib.domain.kernel.ids import key_in, key_of, new_id
from chalicelib.domain.kernel.secret import Secret
from chalicelib.domain.kernel.timestamps import MINUTE
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


def test_a_delivery_is_new_once_and_claimed_by_one_worker_at_a_time(desk: AwsDesk) -> None:
    one, store = delivery(1), desk.deliveries
    assert (store.add(one), store.add(one)) == (True, False)
    assert (store.claim(one, NOON), store.claim(one, NOON + 1)) == (True, False)
    assert store.claim(one, NOON + 2 * MINUTE)  # whoever began it is gone
    tried = after_attempt(one, Attempt(at=NOON, status=500, answer="oh"))
    store.settle(tried, NOON)
    assert store.load(key_in(one.id)) == tried
    assert not store.claim(one, NOON)  # as it was read before that try
    assert store.claim(tried, NOON)


def test_the_log_pages_newest_first(desk: AwsDesk) -> None:
    for place in range(5):
        desk.deliveries.add(delivery(place))
    first = desk.deliveries.log("demo", "erp", 3, None)
    rest = desk.deliveries.log("demo", "erp", 3, first.next)
    assert [one.at - NOON for one in (*first.items, *rest.items)] == [4, 3, 2, 1, 0]
    assert rest.next is None
    assert desk.deliveries.log("demo", "other", 3, None).items == []


def test_an_endpoint_is_disabled_and_a_removed_one_stays_removed(desk: AwsDesk) -> None:
    erp, lake = (Endpoint(name=name, url="https://example.com/") for name in ("erp", "lake"))
    desk.deliveries.save_endpoints("demo", (erp, lake))
    desk.deliveries.disable("demo", replace(erp, disabled_at=NOON))
    assert [one.disabled_at for one in desk.deliveries.endpoints("demo")] == [NOON, None]
    desk.deliveries.save_endpoints("demo", (lake,))
    desk.deliveries.disable("demo", replace(erp, disabled_at=NOON))
    assert desk.deliveries.endpoints("demo") == (lake,)


def test_secrets_of_endpoints_are_read_anew_when_the_one_needed_is_not_known(desk: AwsDesk) -> None:
    first: dict[str, tuple[Secret, ...]] = {"erp": (Secret("whsec_a"),)}
    desk.secrets.keep_endpoint_secrets("demo", first)
    other = AwsDesk()
    assert other.secrets.endpoint_secrets("demo", "erp") == first
    both = first | {"lake": rotated((Secret("whsec_b"),), "whsec_c", NOON)}
    desk.secrets.keep_endpoint_secrets("demo", both)
    assert other.secrets.endpoint_secrets("demo", "erp") == first  # kept in memory
    assert other.secrets.endpoint_secrets("demo", "lake") == both
