"""What the desk's pages ask for to stay current, with the session that they were opened with."""

import json
import re

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.live.feed import FeedRow
from chalicelib.domain.live.tickets import digest_of
from tests.support.desk.visitor import Visitor
from tests.support.moto.tables import given_case


def attribute(text: str, name: str) -> str:
    match = re.search(rf' {name}="([^"]*)"', text)
    assert match, name
    return match[1]


def test_a_page_says_where_it_begins_to_read_and_which_case_it_shows(desk: AwsServices) -> None:
    stored = given_case(desk)
    assert stored.case is not None
    mei = Visitor.signed_in()
    page = mei.get(f"demo/cases/{stored.case.id}").text
    assert attribute(page, "data-shop") == "demo"
    assert page.count(f'data-case="{stored.case.id}"') == 2
    cursor = attribute(page, "data-cursor")
    desk.feed.add("demo", FeedRow(desk.now(), stored.case.id, 1, stored.case.number, "case_opened"))
    answer = mei.get("demo/changes", shop="demo", since=cursor, limit="100")
    (change,) = json.loads(answer.text)["items"]
    assert change == {"case": stored.case.id, "version": 1, "number": stored.case.number, "what": "case_opened"}


def test_a_case_as_it_stood_reports_nobody_as_reading_it(desk: AwsServices) -> None:
    stored = given_case(desk)
    assert stored.case is not None
    page = Visitor.signed_in().get(f"demo/cases/{stored.case.id}", at="2036-01-01T00:00:00Z").text
    assert page.count("data-case=") == 1


def test_a_page_gets_a_ticket_of_its_person_and_shop(desk: AwsServices) -> None:
    answer = Visitor.signed_in().post("demo/live/tickets")
    assert answer.status == 201
    secret = json.loads(answer.text)["url"].partition("?ticket=")[2]
    ticket = desk.sockets.spend(digest_of(secret), desk.now())
    assert ticket is not None
    assert (ticket.shop, ticket.name) == ("demo", "mei")


def test_another_site_another_shop_and_a_stranger_get_neither(desk: AwsServices) -> None:
    assert Visitor.signed_in(origin="https://evil.example").post("demo/live/tickets").status == 403
    assert Visitor.signed_in(groups=("agent", "shop:other")).post("demo/live/tickets").status == 404
    assert Visitor.signed_in(groups=("agent", "shop:other")).get("demo/changes").status == 404
    assert Visitor().get("demo/changes").status in (303, 401)
