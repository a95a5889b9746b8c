"""Tickets and sockets in the table, as the template declares it."""

from concurrent.futures import ThreadPoolExecutor

from msgspec.structs import replace

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.timestamps import SECOND_MS
from chalicelib.domain.live.presence import Socket
from chalicelib.domain.live.tickets import Ticket, digest_of
from chalicelib.usecases.live.sockets import issue_ticket
from tests.support.moto.tables import items, whole_table

NOW = 1_795_132_800_000
TICKET = Ticket("demo", "mei@example.com", NOW + 60 * SECOND_MS)


def socket(connection: str, shop: str = "demo", until: int = NOW + 100) -> Socket:
    return Socket(connection, shop, "mei", until)


def test_a_ticket_is_used_up_by_the_first_who_brings_it(services: AwsServices) -> None:
    services.sockets.issue("digest", TICKET)
    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda _: AwsServices().sockets.spend("digest", NOW), range(4)))
    assert sorted(got, key=str) == [None, None, None, TICKET]


def test_a_ticket_that_has_expired_or_never_was_is_none(services: AwsServices) -> None:
    services.sockets.issue("digest", TICKET)
    assert services.sockets.spend("digest", TICKET.until) is None
    assert services.sockets.spend("another", NOW) is None
    assert items(services, "TICKET#another") == []


def test_what_is_stored_of_a_ticket_cannot_be_used(services: AwsServices) -> None:
    url, _ = issue_ticket(services, "demo", "mei")
    secret = url.partition("?ticket=")[2]
    assert secret not in whole_table()
    assert services.sockets.spend(digest_of(secret), services.now()) is not None


def test_the_open_pages_of_a_shop_are_listed_until_they_end(services: AwsServices) -> None:
    for each in (socket("a="), socket("b"), socket("ended", until=NOW - 1), socket("c", "other")):
        services.sockets.add(each)
    assert sorted(services.sockets.connections("demo", NOW)) == ["a=", "b"]
    assert sorted(each.connection for each in services.sockets.of_shop("demo", NOW)) == ["a=", "b"]


def test_a_report_is_stored_with_its_page_and_not_without_it(services: AwsServices) -> None:
    services.sockets.add(socket("a"))
    reported = replace(socket("a"), case="01M7VHRXG0C0XZKDHBV94NGW43", is_writing=True, reported_at=NOW)
    services.sockets.report(reported)
    assert services.sockets.read("a") == reported
    services.sockets.remove("a")
    services.sockets.report(reported)
    assert services.sockets.read("a") is None
    assert services.sockets.connections("demo", NOW) == []
