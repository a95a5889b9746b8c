"""Tickets, sockets, and who sees whom."""

import json
from typing import Any

import pytest

from chalicelib.domain.kernel.ids import new_id
from chalicelib.domain.live.presence import PRESENCE_MS, SOCKET_MS
from chalicelib.domain.live.tickets import TICKET_MS
from chalicelib.usecases.live.sockets import close_socket, issue_ticket, open_socket, receive_report
from tests.fakes import NOON, FakeServices

CASE, NEXT = new_id(NOON, "A" * 16), new_id(NOON, "B" * 16)


def ticket(services: FakeServices, name: str = "mei", shop: str = "demo") -> str:
    url, _ = issue_ticket(services, shop, name)
    return url.partition("?ticket=")[2]


def with_pages(*pages: str) -> FakeServices:
    """Each page is `name` or `name/shop`; its connection is called like it."""
    services = FakeServices()
    for page in pages:
        name, _, shop = page.partition("/")
        assert open_socket(services, page, ticket(services, name, shop or "demo"))
    return services


def report(services: FakeServices, page: str, **signal: Any) -> dict[str, Any]:
    """What each page gets after a report."""
    services.socket_sender.sent.clear()
    receive_report(services, page, json.dumps(signal))
    return {connection: json.loads(text) for connection, text in services.socket_sender.sent}


def people(case: str, reading: tuple[str, ...] = (), writing: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"case": case, "reading": list(reading), "writing": list(writing)}


def test_a_ticket_opens_one_socket_for_its_shop_and_person() -> None:
    services = FakeServices()
    secret = ticket(services)
    socket = open_socket(services, "c-1", secret)
    assert socket is not None
    assert (socket.shop, socket.name, socket.until) == ("demo", "mei", NOON + SOCKET_MS)
    assert open_socket(services, "c-2", secret) is None
    assert list(services.sockets.open) == ["c-1"]


def test_a_ticket_is_stored_by_its_digest_alone() -> None:
    services = FakeServices()
    secret = ticket(services)
    assert len(secret) == 32
    assert secret not in str(services.sockets.tickets)


@pytest.mark.parametrize(("later", "opens"), [(TICKET_MS - 1, True), (TICKET_MS, False)])
def test_a_ticket_expires(later: int, opens: bool) -> None:
    services = FakeServices()
    secret = ticket(services)
    services.time += later
    assert (open_socket(services, "c-1", secret) is not None) is opens


@pytest.mark.parametrize("secret", ["", "guessed"])
def test_without_a_ticket_no_socket_opens(secret: str) -> None:
    services = FakeServices()
    assert open_socket(services, "c-1", secret) is None
    assert services.sockets.open == {}


def test_who_opens_a_case_is_shown_to_the_shop_and_gets_who_is_where() -> None:
    services = with_pages("mei", "li", "bo/other")
    report(services, "li", see=NEXT)
    assert report(services, "mei", see=CASE) == {
        "mei": {"here": [people(NEXT, reading=("li",))]},
        "li": {"people": [people(CASE, reading=("mei",))]},
    }


def test_writing_shows_and_going_to_the_next_case_shows_on_both() -> None:
    services = with_pages("mei", "li")
    report(services, "mei", see=CASE)
    assert report(services, "mei", write=CASE)["li"] == {"people": [people(CASE, writing=("mei",))]}
    assert report(services, "mei", see=NEXT)["li"] == {"people": [people(CASE), people(NEXT, reading=("mei",))]}
    assert report(services, "mei", leave=NEXT)["li"] == {"people": [people(NEXT)]}


def test_a_report_that_is_repeated_is_answered_and_not_sent_to_others() -> None:
    services = with_pages("mei", "li")
    report(services, "mei", see=CASE)
    services.time += 20_000
    assert report(services, "mei", see=CASE) == {"mei": {"here": []}}
    services.time += PRESENCE_MS - 1
    assert report(services, "li", who=True) == {"li": {"here": [people(CASE, reading=("mei",))]}}
    services.time += 1
    assert report(services, "li", who=True) == {"li": {"here": []}}


def test_one_person_with_two_pages_is_not_shown_to_themselves() -> None:
    services = FakeServices()
    for connection in ("first", "second"):
        open_socket(services, connection, ticket(services))
    assert report(services, "first", write=CASE) == {"first": {"here": []}, "second": {"people": [people(CASE)]}}


def test_who_closes_their_page_is_not_shown_any_more() -> None:
    services = with_pages("mei", "li")
    report(services, "mei", write=CASE)
    services.socket_sender.sent.clear()
    assert close_socket(services, "mei")
    assert [(to, json.loads(text)) for to, text in services.socket_sender.sent] == [("li", {"people": [people(CASE)]})]
    assert not close_socket(services, "mei")


def test_a_page_that_is_gone_is_removed_when_somebody_reports() -> None:
    services = with_pages("mei", "dead")
    services.socket_sender.gone = {"dead"}
    report(services, "mei", see=CASE)
    assert list(services.sockets.open) == ["mei"]


@pytest.mark.parametrize("text", ["", "hello", '{"see": "everybody, look"}'])
def test_what_is_no_report_changes_nothing_and_reaches_nobody(text: str) -> None:
    services = with_pages("mei", "li")
    assert receive_report(services, "mei", text) == "not understood"
    assert services.socket_sender.sent == []


def test_a_socket_that_is_not_known_reports_to_nobody() -> None:
    services = with_pages("li")
    assert receive_report(services, "stranger", json.dumps({"see": CASE})) == "unknown"
    assert services.socket_sender.sent == []
