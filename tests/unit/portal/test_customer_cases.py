"""A customer's page of a case: what it shows and what it allows."""

from typing import Any

import pytest

from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.aftersales.notices import state_phrase
from chalicelib.domain.flows.payloads import MoveIn
from chalicelib.domain.kernel.errors import Conflict, TooLarge
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS
from chalicelib.usecases.notifications.signed_links import progress_token
from chalicelib.usecases.portal.customer_cases import PER_HOUR, make_move, view_case, write_message
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.webhooks import KEY, about, request
from tests.support.orders.money import BOUGHT, propose, step


def own(services: FakeServices) -> Any:
    return view_case(services, progress_token(services, case_in(services).id))


def test_a_customer_makes_their_own_moves_and_no_others_and_cannot_flood(services: FakeServices) -> None:
    services.hook("case.requested", request())
    with pytest.raises(Conflict) as refused:
        make_move(services, own(services), None, "approve", MoveIn())
    assert refused.value.allowed == ["withdraw"]
    for _ in range(PER_HOUR - 1):
        services.time += 1
        write_message(services, own(services), None, "在吗")
    with pytest.raises(TooLarge):
        write_message(services, own(services), None, "在吗")


def test_staffs_notes_are_not_the_customers_to_see(services: FakeServices) -> None:
    from chalicelib.domain.cases.payloads import Message
    from chalicelib.usecases.email.write_reply import write

    services.hook("case.requested", request())
    services.time += 1
    write(services, command(services), Message(body="difficult customer", public=False))
    write(services, command(services), Message(body="您好", public=True))
    assert [one.fact.message for one in own(services).messages] == ["想退货 😀", "您好"]


def test_a_message_long_after_closing_opens_a_linked_case(services: FakeServices) -> None:
    services.hook("case.requested", request(type="question"))
    services.hook("case.closed", about(1))
    services.time += 10 * DAY_MS
    write_message(services, own(services), None, "又坏了")
    (other,) = (one.case for key, one in services.cases.stored.items() if key != KEY)
    assert other is not None
    assert other.links == (case_in(services).id,)


def test_the_moves_of_a_settled_request_are_over(services: FakeServices) -> None:
    services.hook("case.requested", request())
    services.hook("case.resolved", about(1))
    services.time += 2 * HOUR_MS
    with pytest.raises(Conflict, match="settled"):
        make_move(services, own(services), None, "withdraw", MoveIn())


MONEY = {"amount": "30.00", "currency": "CNY"}


@pytest.mark.parametrize(("buyer", "shown"), [("fang", True), ("somebody else", False), (None, True)])
def test_what_went_back_without_us_is_the_buyers_to_see_and_what_answered_us_is_shown_once(
    services: FakeServices, buyer: str | None, shown: bool
) -> None:
    services.hook("case.requested", request(order=BOUGHT, customer={"external_id": "fang"}))
    mine = propose(services, "50.00")
    step(services, mine.id, "request")
    order = {
        "external_id": "O-1",
        "disputes": [{"id": "D", "amount": MONEY}],
        "refunds": [{"id": "R", "amount": MONEY}, {"id": "A", "amount": MONEY | {"amount": "50.00"}, "money": mine.id}],
    } | ({"customer": {"external_id": buyer}} if buyer else {})
    assert services.hook("order.updated", order).state == "processed"
    page = own(services)
    assert [one.id for one in page.refunds] == (["R"] if shown else [])
    assert [one.id for one in page.charged_back] == (["D"] if shown else [])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_what_went_back_without_us(services: FakeServices, language: str) -> None:
    services.hook("case.requested", request(order=BOUGHT))
    back = [{"id": "R", "amount": MONEY}]
    services.hook("order.updated", {"external_id": "O-1", "refunds": back, "disputes": back})
    page = own(services)
    html = TemplateRenderer().render(
        "progress.html",
        language,
        shop="S",
        number="1",
        base="b",
        subject="s",
        case=page.case,
        flow=page.case.flow,
        version=1,
        agreeing=[],
        refusing=[],
        speaker=str,
        state_phrase=state_phrase,
        moves=[],
        needs={},
        kind="",
        state="",
        next="",
        until="",
        messages=[],
        evidence=[],
        offer=None,
        refunds=page.refunds,
        charged_back=page.charged_back,
        upload=None,
        wrong=None,
        form={},
        done=None,
        when=str,
        titles={},
    )
    assert html.count("30.00 CNY") == 2
