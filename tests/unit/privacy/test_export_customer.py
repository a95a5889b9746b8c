"""An export goes to the person's own address, and to nobody else's."""

import json

import pytest

from chalicelib.domain.kernel.errors import Conflict, Expired, NotFound
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.entrypoints.http.portal.export_zip import export_json
from chalicelib.usecases.customers.merge_customers import merge
from chalicelib.usecases.notifications.signed_links import export_link
from chalicelib.usecases.privacy.erase_customer import erase_customer
from chalicelib.usecases.privacy.export_customer import fetch_export, make_export, request_export
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import MEI
from tests.support.cases.webhooks import about, request
from tests.support.customers.customers import FANG_ADDRESS, add_customer, consent, record_consents, reload


def test_an_export_holds_everything_goes_to_the_persons_own_address_and_ends() -> None:
    services = FakeServices()
    add_customer(services, "shopify/7", email=FANG_ADDRESS)
    own = add_customer(services, "fang", email=FANG_ADDRESS, name="王芳")
    services.hook("order.updated", {"external_id": "O-1", "customer": {"external_id": "shopify/7"}})
    services.hook("case.requested", request())
    services.hook("case.replied", about(5, agent="mei", message="可以退"))
    record_consents(services, own, consent("given", purpose="care"))
    asked = request_export(services, reload(services, own), MEI)
    assert make_export(services, asked.id, export_json) == "sent"
    assert make_export(services, asked.id, export_json) == "claimed before"
    (mail,) = services.mailer.sent
    assert mail.to == own.email
    held = json.loads(services.uploads.files[asked.file])
    assert [one["external_id"] for one in held["records"]] == ["fang", "shopify/7"]
    assert held["records"][0]["consents"]["care"]["state"] == "given"
    assert [event["type"] for event in held["cases"][0]["events"]] == ["case_opened", "reply_sent"]
    assert [one["external_id"] for one in held["orders"]] == ["O-1"]
    assert {one["type"] for one in held["happened"]} == {"merged", "consent_given", "exported"}
    token = export_link(services, SHOP, asked.id).rpartition("/")[2]
    assert fetch_export(services, token).startswith("https://bucket.example.com/exports/demo/")
    services.time += 7 * DAY_MS
    with pytest.raises(Expired):
        fetch_export(services, token)


def test_who_was_erased_has_no_export_left_and_a_link_not_made_here_is_none() -> None:
    services = FakeServices()
    own = add_customer(services, "fang", email=FANG_ADDRESS)
    asked = request_export(services, own, MEI)
    make_export(services, asked.id, export_json)
    assert erase_customer(services, reload(services, own), MEI).files == 1
    assert services.uploads.files == {}
    with pytest.raises(Expired):
        fetch_export(services, export_link(services, SHOP, asked.id).rpartition("/")[2])
    with pytest.raises(NotFound):
        fetch_export(services, "made-up")
    assert make_export(services, asked.id, export_json) == "over"


def test_who_has_no_address_gets_no_export() -> None:
    services = FakeServices()
    with pytest.raises(Conflict, match="No address"):
        request_export(services, add_customer(services, "fang"), MEI)


def test_an_export_is_sent_to_nobody_when_another_address_was_merged_since_it_was_asked_for() -> None:
    services = FakeServices()
    victim, attacker = (
        add_customer(services, "mail/X", email=FANG_ADDRESS),
        add_customer(services, "shopify/666", email="evil@example.net"),
    )
    asked = request_export(services, victim, MEI)
    merge(services, attacker, victim, MEI, "an address that was typed in")
    assert make_export(services, asked.id, lambda *_: b"{}") == "no one address"
    assert (services.mailer.sent, services.uploads.files) == ([], {})


def test_records_of_several_addresses_are_exported_to_nobody() -> None:
    services = FakeServices()
    victim, attacker = (
        add_customer(services, "mail/X", email=FANG_ADDRESS),
        add_customer(services, "shopify/666", email="evil@example.net"),
    )
    merge(services, attacker, victim, MEI, "an address that was typed in")
    with pytest.raises(Conflict, match="several addresses"):
        request_export(services, reload(services, victim), MEI)
