"""Personal data is encrypted with the customer's key wherever it is stored, and is lost when the key is destroyed."""

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.exceptions import CryptoError

from chalicelib.adapters.aws import clients as aws
from chalicelib.adapters.aws.messages import ErasureMessage
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases import facts
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.customers.identity import Identifier
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import case_key, key_of_id
from chalicelib.domain.kernel.private_fields import join_private, split_private
from chalicelib.domain.kernel.timestamps import HOUR_MS
from chalicelib.domain.orders.order_payload import CustomerIn
from chalicelib.domain.privacy.erasure import ErasureTarget
from chalicelib.domain.surveys import facts as survey_facts
from chalicelib.entrypoints.workers import intake
from chalicelib.settings import settings
from chalicelib.usecases.customers.merge_customers import identify, merge, unmerge
from chalicelib.usecases.customers.upsert_customer import customer_key, upsert_customer
from chalicelib.usecases.email.write_reply import write
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.privacy.erase_customer import erase_customer, erase_named
from tests.fakes import NOON
from tests.support.cases.case_work import MEI
from tests.support.cases.registries import FACTS
from tests.support.cases.webhooks import request
from tests.support.metrics.days import send_events
from tests.support.moto.cloud import client
from tests.support.moto.tables import whole_table
from tests.support.openapi import CASE, filled

PERSON = ("王芳", "fang@example.net", "+8613800138000", "想退货", "鞋子偏小", "住在中山路")
KEY = case_key("demo", "web-1")


def lived(services: AwsServices) -> Case:
    """A case with a person's words in it."""
    opening = request(
        customer={"external_id": "fang-77", "name": "王芳", "email": "fang@example.net", "phone": "+8613800138000"}
    )
    send_events(services, "case.requested", opening, 1)
    send_events(
        services, "message.received", {"case_external_id": "web-1", "author": "customer", "message": "住在中山路"}, 2
    )
    case = services.cases.load(KEY).case
    assert case is not None
    return case


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_a_fact_without_its_private_words_is_whole_again_with_them(fact: type[Fact]) -> None:
    whole = filled(fact)
    clean, secret = split_private(whole)
    assert join_private(clean, json.loads(json.dumps(secret))) == whole
    assert join_private(clean, None) == clean


def test_words_of_people_are_taken_out_of_states_and_lists_of_structs() -> None:
    clean, secret = split_private(CASE)
    assert "检查" not in str(clean)
    assert "SF1" not in str(clean)
    assert join_private(clean, json.loads(json.dumps(secret))) == CASE


@given(st.text(max_size=40), st.none() | st.text(max_size=40))
def test_any_text_comes_back_as_it_went(message: str, comment: str | None) -> None:
    for fact in (facts.MessageReceived(message=message), survey_facts.SurveyAnswered(csat=5, comment=comment)):
        clean, secret = split_private(fact)
        assert join_private(clean, secret) == fact
        assert not message or len(message) < 9 or message not in str(clean)


def test_nothing_of_a_person_stands_in_the_table_in_the_clear(services: AwsServices) -> None:
    case = lived(services)
    found = whole_table()
    assert case.id in found
    assert [text for text in PERSON if text in found] == []
    assert "fang-77" not in found
    assert services.customers.load([key_of_id(case.customer)])[key_of_id(case.customer)].name == "王芳"
    assert [one.fact.message for one in services.cases.events(KEY) if isinstance(one.fact, facts.MessageReceived)] == [
        "住在中山路"
    ]


def test_a_destroyed_key_blanks_a_person_everywhere_at_once_and_leaves_the_case(services: AwsServices) -> None:
    case = lived(services)
    services.vault.destroy([f"demo#{key_of_id(case.customer)}"])
    fresh = AwsServices()
    opening = fresh.cases.opening([KEY])[KEY]
    assert (opening.subject, opening.message, opening.number) == ("", "", case.number)
    assert fresh.customers.load([key_of_id(case.customer)])[key_of_id(case.customer)].email is None
    assert fresh.cases.load(KEY).case == case
    assert {receipt.body for receipt in fresh.receipts.load_many(map(key_of_id, _receipts())).values()} == {b""}


def _receipts() -> list[str]:
    pages = client("dynamodb").get_paginator("scan").paginate(TableName="care")
    return [item["id"]["S"] for page in pages for item in page["Items"] if item["pk"]["S"].startswith("RECEIPT#")]


def test_a_person_who_comes_back_has_a_new_key_and_what_was_before_stays_closed(services: AwsServices) -> None:
    case = lived(services)
    services.vault.destroy([f"demo#{key_of_id(case.customer)}"])
    send_events(
        services, "message.received", {"case_external_id": "web-1", "author": "customer", "message": "我又来了"}, 3
    )
    fresh = AwsServices()
    messages = [one.fact.message for one in fresh.cases.events(KEY) if isinstance(one.fact, facts.MessageReceived)]
    assert sorted(messages) == ["", "我又来了"]


def test_what_was_sealed_for_one_place_is_not_read_at_another(services: AwsServices) -> None:
    sealed = services.vault.seal("demo#somebody", "CASE#1/E#0", b"mine")
    assert services.vault.open("demo#somebody", "CASE#1/E#0", sealed) == b"mine"
    with pytest.raises(CryptoError):
        services.vault.open("demo#somebody", "CASE#2/E#0", sealed)


def test_a_key_that_is_probably_new_is_made_in_one_request_and_an_existing_one_is_used(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.vault.fingerprint("demo", "the shop has a key from now on")
    made: list[str] = []
    for name in ("get_many", "get", "put"):
        method = getattr(services.vault.table, name)
        note = partial(_call_noted, made, name, method)
        monkeypatch.setattr(services.vault.table, name, note)
    first = services.vault.seal("demo#new", "p", b"first", is_probably_new=True)
    assert made == ["put"]
    services.vault.clear_cache()
    second = services.vault.seal("demo#new", "p", b"second", is_probably_new=True)
    services.vault.clear_cache()
    assert [services.vault.open("demo#new", "p", sealed) for sealed in (first, second)] == [b"first", b"second"]
    services.vault.destroy(["demo#new"])
    services.vault.clear_cache()
    third = services.vault.seal("demo#new", "p", b"third", is_probably_new=True)
    opened = [services.vault.open("demo#new", "p", sealed) for sealed in (first, third)]
    assert opened == [None, b"third"]


def _call_noted(made: list[str], name: str, method: Any, *values: Any, **named: Any) -> Any:
    made.append(name)
    return method(*values, **named)


def test_two_who_make_a_key_at_once_end_with_one(services: AwsServices, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = AwsServices().vault, AwsServices().vault
    second.preload(["demo#new"])  # both have seen that there is no key
    one = first.seal("demo#new", "p", b"first")
    two = second.seal("demo#new", "p", b"second")
    third = AwsServices().vault
    assert (third.open("demo#new", "p", one), third.open("demo#new", "p", two)) == (b"first", b"second")


def test_kms_is_asked_once_for_a_shop_however_many_people(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    kms = aws.client("kms")

    class Counting:
        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            return getattr(kms, name)

    monkeypatch.setattr("chalicelib.adapters.aws.encryption.key_store.client", lambda _: Counting())
    vault = AwsServices().vault
    for number in range(5):
        vault.seal(f"demo#p{number}", "p", b"x")
    vault.clear_cache()
    assert [vault.open(f"demo#p{number}", "p", vault.seal(f"demo#p{number}", "p", b"x")) for number in range(5)]
    assert asked == ["generate_data_key"]


def test_an_event_before_its_case_is_sealed_for_the_case_and_read_when_it_came(services: AwsServices) -> None:
    early = {"case_external_id": "web-1", "author": "customer", "message": "住在中山路"}
    send_events(services, "message.received", early | {"occurred_at": "2026-11-20T05:00:00Z"}, 2)
    assert "住在中山路" not in whole_table()
    send_events(services, "case.requested", request(), 1)
    messages = [one.fact.message for one in services.cases.events(KEY) if isinstance(one.fact, facts.MessageReceived)]
    assert messages == ["住在中山路"]


def test_a_reply_is_the_customers_too(services: AwsServices) -> None:
    from chalicelib.usecases.cases.handle_command import Command

    case = lived(services)
    write(services, Command(case=case.id, shop="demo", by=MEI), Message(body="亲爱的王芳，您好"))
    assert "王芳" not in whole_table()
    assert customer_key(services, "demo", "fang-77") == key_of_id(case.customer)


def test_the_relay_reads_only_the_keys_of_what_it_passes_on(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.adapters.aws.queues import Queues
    from chalicelib.entrypoints.workers import relay as workers

    sent: list[Any] = []
    monkeypatch.setattr(Queues, "send", lambda _, outgoing: sent.extend(outgoing))
    image = {"pk": {"S": "HELP#K"}, "sk": {"S": "H"}, "relay": {"S": "notices,intake"}, "sealed": {"B": "c2VhbGVk"}}
    workers.publish({"Records": [{"eventName": "INSERT", "dynamodb": {"NewImage": image}}]})
    assert [(one.queue, one.message.pk) for one in sent] == [("notices", "HELP#K"), ("intake", "HELP#K")]


def test_a_backup_from_before_the_erasure_holds_nothing_that_can_be_read_after_it(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = lived(services)
    dynamodb = client("dynamodb")
    backup = dynamodb.create_backup(TableName="care", BackupName="before")["BackupDetails"]["BackupArn"]
    erase_customer(
        services, services.customers.load([key_of_id(case.customer)])[key_of_id(case.customer)], Actor("agent", "admin")
    )
    dynamodb.restore_table_from_backup(TargetTableName="restored", BackupArn=backup)
    restored = json.dumps(
        dynamodb.scan(TableName="restored")["Items"],
        ensure_ascii=False,
        default=lambda raw: raw.decode("utf-8", "replace"),
    )
    assert case.id in restored
    assert [text for text in (*PERSON, "fang-77") if text in restored] == []
    monkeypatch.setenv("CARE_TABLE", "restored")
    settings.cache_clear()
    past = AwsServices()
    assert past.customers.load([key_of_id(case.customer)])[key_of_id(case.customer)].name is None
    assert past.cases.opening([KEY])[KEY].message == ""


def test_erasure_takes_what_a_person_is_known_by_out_of_the_index(services: AwsServices) -> None:
    case = lived(services)
    identify(services, key_of_id(case.customer))
    mail = Identifier("mail", "fang@example.net")
    assert services.identities.identified_by("demo", mail) == [key_of_id(case.customer)]
    erase_customer(
        services, services.customers.load([key_of_id(case.customer)])[key_of_id(case.customer)], Actor("agent", "admin")
    )
    assert services.identities.identified_by("demo", mail) == []
    assert "WHO#" not in whole_table()


def test_merging_and_unmerging_in_the_table_is_seen_by_both_and_a_race_has_one_winner(services: AwsServices) -> None:
    own, other, third = (
        upsert_customer(services, shop_of(services, "demo"), CustomerIn(external_id=name), NOON)
        for name in ("own", "shopify/1", "mail/2")
    )
    merge(services, own, other, MEI, "same voice")
    with pytest.raises(Conflict):
        merge(services, third, other, MEI, "read before the other merge")
    top, below = (services.customers.load([key_of_id(one.id)])[key_of_id(one.id)] for one in (own, other))
    assert (top.members, below.root) == ((key_of_id(other.id),), key_of_id(own.id))
    unmerge(services, top, below, MEI, "her sister")
    top, below = (services.customers.load([key_of_id(one.id)])[key_of_id(one.id)] for one in (own, other))
    assert (top.members, below.root, below.apart) == ((), None, (key_of_id(own.id),))
    assert [one.type for one in services.identities.events(key_of_id(other.id), 9, None).items] == [
        "merged",
        "unmerged",
    ]


def test_who_read_of_a_person_is_noted_once_an_hour_and_listed_by_the_page(services: AwsServices) -> None:
    for by, what in (("mei", "case"), ("mei", "case"), ("lee", "profile"), ("mei", "profile")):
        services.identities.record_access(["K" * 16, "L" * 16], by, what, NOON)
    services.identities.record_access(["K" * 16], "mei", "case", NOON + HOUR_MS)
    first = services.identities.accesses("K" * 16, 2, None)
    rest = services.identities.accesses("K" * 16, 9, first.next)
    assert [(one.by, one.what) for one in (*first.items, *rest.items)] == [
        ("mei", "case"),
        ("lee", "profile"),
        ("mei", "profile"),
        ("mei", "case"),
    ]
    assert rest.next is None


def test_an_event_from_before_the_erasure_does_not_bring_a_person_back_and_a_later_event_does(
    services: AwsServices,
) -> None:
    shop = shop_of(services, "demo")
    known = upsert_customer(services, shop, CustomerIn(external_id="fang", name="王芳", email="fang@example.net"), NOON)
    services.now = lambda: NOON + HOUR_MS  # type: ignore[method-assign]
    erase_customer(services, known, Actor("agent", "admin"))
    late = upsert_customer(services, shop, CustomerIn(external_id="fang", name="王芳", email="fang@example.net"), NOON)
    assert (late.name, late.email, late.erased_at) == (None, None, NOON + HOUR_MS)
    back = upsert_customer(services, shop, CustomerIn(external_id="fang", name="芳"), NOON + 2 * HOUR_MS)
    assert (back.name, back.external_id, back.erased_at) == ("芳", "fang", None)


def test_the_same_order_sent_twice_is_written_once_in_the_table_too(services: AwsServices) -> None:
    order = {
        "external_id": "O-1",
        "items": [{"sku": "A"}],
        "parcels": [{"id": "P", "shipped_at": "2026-11-01T00:00:00Z"}],
    }
    for number in (1, 2):
        send_events(services, "order.updated", order | {"occurred_at": "2026-11-02T00:00:00Z"}, number)
    record = services.order_records.load("demo", "O-1")
    assert record is not None
    assert record.version == 1


def test_a_shop_whose_key_was_destroyed_is_read_without_words_and_not_as_a_fault(services: AwsServices) -> None:
    case = lived(services)
    client("dynamodb").delete_item(TableName="keys", Key={"pk": {"S": "demo"}, "sk": {"S": "S"}})
    closed = AwsServices()
    assert closed.cases.opening([KEY])[KEY].message == ""
    assert closed.customers.load([key_of_id(case.customer)])[key_of_id(case.customer)].name is None


def test_why_two_records_were_merged_is_erased_with_them(services: AwsServices) -> None:
    shop = shop_of(services, "demo")
    one, other = (upsert_customer(services, shop, CustomerIn(external_id=name), NOON) for name in ("fang", "shopify/1"))
    merge(services, one, other, MEI, "王芳 called")
    assert "王芳" not in whole_table()
    assert services.identities.events(key_of_id(one.id), 9, None).items[0].reason == "王芳 called"
    erase_customer(services, one, Actor("agent", "admin"))
    assert AwsServices().identities.events(key_of_id(one.id), 9, None).items[0].reason is None


def test_a_redaction_is_written_down_by_keys_and_the_relay_has_what_is_left_of_it_done(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = shop_of(services, "demo")
    records = [("shopify/9", "home@example.net"), ("portal-1", "home@example.net"), ("portal-2", "home@example.net")]
    people = [
        upsert_customer(services, shop, CustomerIn(external_id=name, email=email), NOON) for name, email in records
    ]
    for one in people:
        identify(services, key_of_id(one.id))
    assert services.customers.load([key_of_id(people[1].id)])[key_of_id(people[1].id)].members == (
        key_of_id(people[0].id),
    )
    named = ErasureTarget(source="shopify", external_ids=("shopify/9",), emails=("home@example.net",))
    with monkeypatch.context() as broken:
        broken.setattr(services.vault, "destroy", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase_named(services, shop, named, MEI, people[0].id)
    item = services.table.get(f"ERASURE#{people[0].id}", "X")
    assert item is not None
    assert item["relay"] == "intake"
    assert "home@example.net" not in str(item)
    monkeypatch.setattr(intake, "services", lambda: services)
    intake.handle_erasure(ErasureMessage.of_item(item["pk"].removeprefix("ERASURE#"), item["sk"]))
    found = services.customers.load([key_of_id(one.id) for one in people])
    states = [
        (one.erased_at is not None, one.root, one.members) for one in (found[key_of_id(one.id)] for one in people)
    ]
    assert states == [(True, None, ()), (False, None, ()), (False, None, ())]
    assert [found[key_of_id(one.id)].email for one in people] == [None, "home@example.net", "home@example.net"]
    done = services.identities.load_erasure(people[0].id)
    assert done is not None
    assert done.done_at is not None
    assert "relay" not in (services.table.get(item["pk"], "X") or {})
    with pytest.raises(Conflict):
        merge(services, found[key_of_id(people[1].id)], found[key_of_id(people[0].id)], MEI, "")
