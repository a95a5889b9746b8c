"""Help requests: who gets a link, and the form behind it."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.kernel.errors import Expired, Invalid, NotFound
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS
from chalicelib.domain.portal.help_request import HelpForm, is_contact_of
from chalicelib.domain.sla.policies import AfterSales, AutoApproval, Policy
from chalicelib.usecases.notifications.signed_links import help_link
from chalicelib.usecases.portal.request_help import RateLimited, send_help_link, submit_help_form, view_help_form
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import case_in
from tests.support.cases.webhooks import KEY, request
from tests.support.customers.portal import begin_help
from tests.support.orders.money import BOUGHT

FANG = Customer(id="x", shop="demo", external_id="fang", email="Fang@Example.net", phone="+86 138 0013 8000")


@pytest.mark.parametrize(
    ("contact", "theirs"),
    [
        ("fang@example.net", True),
        ("FANG@EXAMPLE.NET", True),
        ("fang@example.ne", False),
        ("13800138000", True),
        ("+86-138-0013-8000", True),
        ("013800138000", True),
        ("8000", False),
        ("0000000", False),
        ("fang@examKle.net", False),
        ("13800138001", False),
        ("", False),
    ],
)
def test_a_contact_is_somebodys_when_it_is_their_address_or_their_number(contact: str, theirs: bool) -> None:
    assert is_contact_of(FANG, contact) is theirs


def test_a_phone_number_of_nobody_is_never_somebodys() -> None:
    assert not is_contact_of(replace(FANG, phone=None), "13800138000")
    assert not is_contact_of(replace(FANG, phone="n/a"), "13800138000")


def test_a_link_goes_to_the_address_that_was_told_and_for_a_number_to_the_one_we_hold(services: FakeServices) -> None:
    services.hook(
        "case.requested",
        request(
            order=BOUGHT,
            customer={
                "external_id": "fang",
                "email": "fang@example.net",
                "phone": "13800138000",
            },
        ),
    )
    (stranger,) = begin_help(services, "stranger@example.net")
    (fang,) = begin_help(services, "138 0013 8000")
    assert (services.help_requests.stored[stranger].case, services.help_requests.stored[fang].case) == (None, KEY)
    assert [send_help_link(services, one) for one in (stranger, fang, fang)] == ["sent", "sent", "claimed before"]
    assert [mail.to for mail in services.mailer.sent] == ["stranger@example.net", "fang@example.net"]
    assert begin_help(services, "13900000000") == []
    assert begin_help(services, "13800138000", order="O-2") == []
    with pytest.raises(Invalid):
        begin_help(services, "not a contact")


def test_one_sender_cannot_try_orders_for_long(services: FakeServices) -> None:
    for place in range(30):
        begin_help(services, f"{place}@example.net")
    with pytest.raises(RateLimited):
        begin_help(services, "more@example.net")
    services.time += HOUR_MS
    assert begin_help(services, "more@example.net")


def test_the_form_opens_one_case_however_often_it_is_sent_and_its_link_ends(services: FakeServices) -> None:
    services.hook("case.requested", request(order=BOUGHT))
    (key,) = begin_help(services, "fang@example.net")
    token = help_link(services, SHOP, key).rpartition("/")[2]
    begun = view_help_form(services, "demo", token)
    assert begun.order is not None
    assert begun.case is None
    form = HelpForm(wish="return", claim=Claim(reason="unwanted"), message="不要了", subject="不要了")
    first = submit_help_form(services, begun, form)
    services.time += 1000
    again = submit_help_form(services, begun, HelpForm(wish="refund", claim=Claim(), message="x", subject="x"))
    assert (first.version, first.case and first.case.id) == (again.version, again.case and again.case.id)
    assert first.case is not None
    assert (first.case.type, first.case.customer) == ("return", case_in(services).customer)
    with pytest.raises(NotFound):
        view_help_form(services, "demo", token[:-2] + "xx")
    services.time += DAY_MS
    with pytest.raises(Expired):
        view_help_form(services, "demo", token)


def test_an_order_that_is_a_number_and_nothing_more_is_not_known(services: FakeServices) -> None:
    rule = AutoApproval(name="faults", reason="defective")
    put_policy(services, "demo", Policy(after_sales=AfterSales(auto_approve=(rule,))))
    (key,) = begin_help(services, "stranger@example.net", order="NO-SUCH-ORDER")
    begun = view_help_form(services, "demo", help_link(services, SHOP, key).rpartition("/")[2])
    form = HelpForm(wish="refund", claim=Claim(reason="defective"), message="x", subject="x")
    case = submit_help_form(services, begun, form).case
    assert case is not None
    assert case.flow is not None
    assert (case.flow.state, [one.name for one in case.flow.rulings]) == ("requested", ["order_unknown"])


@pytest.mark.parametrize("order", ["", "O-1\nClick here", "\x07"])
def test_what_is_no_order_number_is_refused_before_it_comes_into_a_mail(services: FakeServices, order: str) -> None:
    with pytest.raises(Invalid):
        begin_help(services, "fang@example.net", order=order)
