"""Nothing of a side conversation reaches its customer or leaves for the shop's endpoints, whatever way there is."""

import pytest
from chalice.test import Client
from msgspec.structs import replace

from app import app
from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.cases.payloads import Message, StatusChange
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.side_conversations.payloads import CloseSide, SideMessageIn
from chalicelib.domain.webhooks_out.endpoint import Endpoint, event_types
from chalicelib.entrypoints.http.portal import pages, progress
from chalicelib.entrypoints.http.portal.export_zip import export_json
from chalicelib.registries import Registries
from chalicelib.usecases.cases.handle_command import set_status
from chalicelib.usecases.cases.run_follow_ups import run_follow_ups
from chalicelib.usecases.email.write_reply import write
from chalicelib.usecases.notifications.signed_links import progress_token
from chalicelib.usecases.ports.registries import QUEUES
from chalicelib.usecases.privacy.erase_customer import erase_customer
from chalicelib.usecases.privacy.export_customer import collect_personal_data
from chalicelib.usecases.side_conversations import converse
from chalicelib.usecases.surveys.send_survey import send_survey
from chalicelib.usecases.timers.run_due_timers import run_due_timers
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import MEI, case_in, command
from tests.support.cases.webhooks import KEY
from tests.support.emails.inbox import receive, services_with_case
from tests.support.emails.samples.writing import FANG, PNG, TOKEN, a_file, body, mail, plain, several
from tests.support.emails.sides import answer, mailed, side_in

MARK = "quokka"
"""Stands in every text, address and file name of the conversation."""
SUPPLIER = f"{MARK}@maker.example"


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    """A case by email with a side conversation in which everything happened that can happen, and all emails sent."""
    services = services_with_case()
    services.pages = TemplateRenderer()  # type: ignore[assignment]
    shop = replace(SHOP, public_url="https://care.example.com", sends=("*",))
    services.shops.stored[SHOP.id] = shop
    services.deliveries.save_endpoints(SHOP.id, (), (Endpoint(name="all", url="https://shop.example.com/hook"),))
    for module in (progress, pages):
        monkeypatch.setattr(module, "services", lambda: services)
    receive(services, plain("c-1", "Dark.", To=TOKEN.decode()))
    services.time += 1000
    side = mailed(services, to=SUPPLIER, subject=f"{MARK} batch", message=f"{MARK} broke", due_seconds=30)
    attached = several("mixed", body(f"{MARK} says yes"), a_file(f"{MARK}.png", PNG, "image/png"))
    sender = {"From": f"{MARK} <{SUPPLIER}>", "Cc": f"{MARK}2@maker.example"}
    answer(services, raw=mail("f-1", attached, **sender))
    answer(services, raw=plain(MARK, f"{MARK} is away", **sender, Auto_Submitted="auto-replied"))
    converse.write(services, command(services), side.id, SideMessageIn(f"{MARK} again"))
    services.time += 31_000
    run_due_timers(services, KEY)
    converse.write(services, command(services), side.id, SideMessageIn(f"{MARK} on the phone", "them"))
    converse.close(services, command(services), side.id, CloseSide(f"{MARK} settled"))
    services.time += 1000
    write(services, command(services), Message("We send you a new one."))
    set_status(services, command(services), StatusChange("resolved"))
    run_all_follow_ups(services)
    return services


def run_all_follow_ups(services: FakeServices) -> None:
    for event in services.cases.events(KEY):
        for queue in QUEUES:
            run_follow_ups(services, queue, KEY, event.order)


def test_the_conversation_is_full_of_the_marker_and_staff_see_it(services: FakeServices) -> None:
    texts = str([event.fact for event in services.cases.events(KEY)])
    assert texts.count(MARK) > 12
    assert side_in(services).state == "closed"
    types = {event.type for event in services.cases.events(KEY)}
    assert {str(f.__struct_config__.tag) for f in Registries().facts if f.internal} - types == {"side_mail_failed"}


def test_no_email_to_the_customer_has_it(services: FakeServices) -> None:
    services.time += 2 * DAY_MS
    send_survey(services, KEY)
    to_customer = [sent for sent in services.mailer.sent if FANG in (sent.to, *sent.copy)]
    assert len(to_customer) >= 2
    assert MARK not in str(to_customer)


def test_no_reply_to_the_customer_is_copied_to_the_other_side(services: FakeServices) -> None:
    for copy in ((SUPPLIER,), (f"{MARK}2@maker.example",), True):
        with pytest.raises(Invalid):
            write(services, command(services), Message("Hi.", copy=copy))


def test_the_customers_page_has_it_nowhere(services: FakeServices) -> None:
    with Client(app) as client:
        shown = client.http.get(f"/p/{progress_token(services, case_in(services).id)}")
    assert shown.status_code == 200
    page = shown.body.decode()
    assert "We send you a new one." in page
    assert MARK not in page
    assert "side" not in page.replace("inside", "")


def test_the_copy_of_their_data_does_not_even_say_that_it_happened(services: FakeServices) -> None:
    customer = services.customers.stored[key_of_id(case_in(services).customer)]
    data = collect_personal_data(services, [customer])
    assert MARK not in export_json(data).decode()
    assert "side_" not in export_json(data).decode().replace('"side_conversations": []', "")
    assert MARK in export_json(data, notes=True).decode()


def test_no_endpoint_of_the_shop_gets_it_not_even_with_a_late_opening(services: FakeServices) -> None:
    assert services.deliveries.stored
    assert MARK not in str(services.deliveries.stored)
    assert not any(delivery.type.startswith("side") for delivery in services.deliveries.stored.values())
    assert not any(name.startswith("side") for name in event_types(Registries().facts))


def test_no_file_of_it_is_among_the_evidence(services: FakeServices) -> None:
    assert [name for name in services.uploads.files if name.startswith(("uploads/", "evidence/"))] == []


def test_erasing_the_customer_erases_it_and_nothing_is_sent_any_more(services: FakeServices) -> None:
    converse.write(services, command(services), side_in(services).id, SideMessageIn(f"{MARK} once more"))
    erase_customer(services, services.customers.stored[key_of_id(case_in(services).customer)], MEI)
    assert MARK not in str(services.uploads.files)
    assert services.uploads.files == {}
