"""Times in the table: claimed times ahead of the clock, imported cases that become live, warnings of shops."""

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.flows.payloads import MoneyAsked
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, to_datetime
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order_payload import OrderIn
from chalicelib.usecases.aftersales.compensate import propose_money
from chalicelib.usecases.email import write_reply
from chalicelib.usecases.shops.renew_calendars import renew_calendars
from tests.support.moto.tables import command, given_case, items

TOTAL = MoneyIn(amount="80.00", currency="CNY")


def test_a_claim_that_lies_ahead_is_read_back_beside_when_it_was_received(services: AwsServices) -> None:
    ahead = services.now() + 8 * HOUR_MS
    stored = given_case(services, occurred_at=to_datetime(ahead))
    read: Event = services.cases.events(stored.key)[0]
    assert read.claimed_at == ahead
    assert read.at < services.now() + HOUR_MS
    assert services.cases.load(stored.key).claimed == ahead


def test_a_case_that_came_alive_and_gives_money_is_listed_at_its_order(services: AwsServices) -> None:
    opened_at = to_datetime(services.now() - 400 * DAY_MS)
    order = OrderIn(external_id="O-1", total=TOTAL)
    stored = given_case(services, historical=True, occurred_at=opened_at, order=order)
    assert services.cases.of_order("demo", "O-1") == []
    alive = write_reply.write(services, command(stored), Message("We are on it"))
    assert alive.case is not None
    assert not alive.case.historical
    propose_money(services, command(alive), MoneyAsked(kind="refund", amount=MoneyIn(amount="5.00", currency="CNY")))
    assert services.cases.of_order("demo", "O-1") == [stored.key]


def test_a_shop_is_warned_of_its_calendar_once(services: AwsServices) -> None:
    for _ in range(2):
        services.shops.warn("demo", "CN#ends#2030-12-31", services.now())
    (item,) = items(services, "CALENDAR#demo")
    assert (item["sk"], item["relay"]) == ("CN#ends#2030-12-31", "notices")


def test_a_calendar_is_renewed_on_the_table_as_on_fakes(services: AwsServices) -> None:
    before = services.shops.newest_calendar("demo", "CN")
    assert before is not None
    renew_calendars(services, "demo")
    assert services.shops.newest_calendar("demo", "CN") == before
