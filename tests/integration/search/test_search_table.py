"""The index of words on the table: what is written, read and erased; among few cases and among many."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.adapters.aws import keys
from chalicelib.adapters.aws.dynamo import Item
from chalicelib.adapters.search.word_table import WordTable
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.ids import key_of, key_of_id
from chalicelib.domain.orders.order_payload import CustomerIn, OrderIn, OrderUpdate, ParcelIn
from chalicelib.domain.search.case_words import CaseWords
from chalicelib.domain.search.terms import Term
from chalicelib.usecases.cases.run_follow_ups import run_follow_ups
from chalicelib.usecases.customers.merge_customers import identify
from chalicelib.usecases.email.write_reply import write
from chalicelib.usecases.orders.record_order import record_order
from chalicelib.usecases.ports.cases import StoredCase, VersionConflict
from chalicelib.usecases.ports.search import place_of
from chalicelib.usecases.ports.shop_rules import shop_of
from chalicelib.usecases.privacy.erase_customer import erase_customer
from chalicelib.usecases.search.index_case import rebuild_words
from chalicelib.usecases.search.search import search
from chalicelib.usecases.search.show_results import show_results
from tests.support.moto.counted import counted_calls
from tests.support.moto.tables import command, given_case, items, whole_table
from tests.support.search.indexed import found_keys, hits, results

FANG = CustomerIn(external_id="fang", name="王小芳", email="fang@example.net", phone="13800138000")
ANNA = CustomerIn(external_id="anna", name="Anna Neill", email="anna@example.com")
FEW, MANY = 100, 10_000


def indexed(services: AwsServices, external_id: str, message: str = "灯不亮", **more: Any) -> StoredCase:
    """A case whose opening was indexed."""
    stored = given_case(services, external_id, message=message, **more)
    run_follow_ups(services, "search", stored.key, "0")
    return stored


def customer_of(stored: StoredCase) -> str:
    assert stored.case is not None
    return key_of_id(stored.case.customer)


def word_items() -> int:
    return whole_table().count("WORD#")


def test_a_case_is_found_by_its_words_and_its_events_text_is_shown(services: AwsServices) -> None:
    stored = indexed(services, "web-1", "快递破损，要退款")
    page = results(services, "退款")
    (result,) = show_results(services, "demo", page)
    assert (result.file.case.id, result.hit.by) == (stored.case.id if stored.case else "", "words")
    assert result.snippet is not None
    assert [result.snippet.text[start:end] for start, end in result.snippet.marks] == ["退款"]


def test_no_word_of_a_person_stands_in_the_index(services: AwsServices) -> None:
    indexed(services, "web-1", "Refund 退款", customer=FANG)
    stored = whole_table()
    assert word_items() > 0
    assert [text for text in ("refund", "Refund", "退款", "王小", "小芳") if text in stored] == []


def test_a_customer_is_found_by_mail_and_phone_with_the_cases_of_merged_records(services: AwsServices) -> None:
    first = indexed(services, "web-1", customer=FANG)
    identify(services, customer_of(first))
    second = indexed(services, "web-2", customer=ANNA)
    identify(services, customer_of(second))
    third = indexed(services, "web-3", "call 13800138000", customer=ANNA)
    assert hits(services, " FANG@example.net ") == [(first.key, "mail")]
    assert hits(services, "+86 138-0013-8000")[0] == (first.key, "phone")
    assert hits(services, "13800138000") == [(first.key, "phone"), (third.key, "words")]
    assert set(hits(services, "anna@example.com")) == {(second.key, "mail"), (third.key, "mail")}


def test_a_parcel_leads_to_the_cases_of_its_order(services: AwsServices) -> None:
    stored = indexed(services, "web-1", order=OrderIn(external_id="A-1042"))
    parcel = ParcelIn(id="p1", carrier="SF", tracking="SF 1234-5678-90")
    update = OrderUpdate(external_id="A-1042", parcels=(parcel,))
    record_order(services, shop_of(services, "demo"), update, services.now())
    assert hits(services, "sf1234567890") == [(stored.key, "tracking")]
    assert items(services, "PARCEL#demo#x") == []
    assert hits(services, "SF0000000000") == []


def test_words_are_saved_and_loaded_as_they_were_and_only_once_for_a_version(services: AwsServices) -> None:
    words = CaseWords(sources={"00" * 8: "0", "0a" * 8: "5#1#K", "0b" * 8: "0"}, erased_at=5, left_out=3)
    services.words.save("K", words)
    stored = services.words.load("K")
    assert (stored.sources, stored.version, stored.erased_at, stored.left_out) == (words.sources, 1, 5, 3)
    assert services.words.load_many(["K", "L"]) == {"K": stored, "L": CaseWords()}
    with pytest.raises(VersionConflict):
        services.words.save("K", words)
    services.words.save("K", CaseWords(version=1))
    assert services.words.load("K") == CaseWords(version=2)


def test_a_message_that_is_delivered_again_writes_nothing(services: AwsServices) -> None:
    stored = indexed(services, "web-1", "refund 退款")
    before = whole_table()
    with counted_calls() as calls:
        run_follow_ups(services, "search", stored.key, "0")
    assert whole_table() == before
    assert calls["update_item"] + calls["batch_write_item"] == 0
    assert calls["put_item"] == 1  # its feedback, which is refused because it is there


def test_indexing_that_was_interrupted_is_finished_when_the_message_comes_again(
    services: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = given_case(services, "web-1", message="refund")

    def fails(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(WordTable, "save", fails)
        with pytest.raises(ConnectionError):
            run_follow_ups(services, "search", stored.key, "0")
    assert found_keys(services, "refund") == []  # it is checked against the words of the case
    run_follow_ups(services, "search", stored.key, "0")
    assert found_keys(services, "refund") == [stored.key]


def test_an_erased_person_is_not_found_by_anything_and_leaves_no_word(services: AwsServices) -> None:
    first = indexed(services, "web-1", "Refund 退款", customer=FANG)
    identify(services, customer_of(first))
    other = indexed(services, "web-2", "another refund", customer=ANNA)
    customer = services.customers.load([customer_of(first)])[customer_of(first)]
    erase_customer(services, customer, SYSTEM)
    for text in ("退款", "王小芳", "fang@example.net", "13800138000"):
        assert hits(services, text) == []
    assert found_keys(services, "refund") == [other.key]
    assert first.key not in "".join(
        item["sk"] for term in ("refund", "退款") for item in items(services, _partition(services, Term("word", term)))
    )
    run_follow_ups(services, "search", first.key, "0")  # a message that was late
    assert found_keys(services, "refund") == [other.key]


def _partition(services: AwsServices, term: Term) -> str:
    return keys.word("demo", services.words.digests("demo", [term])[term])


def test_who_erases_while_somebody_indexes_wins(services: AwsServices, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = given_case(services, "web-1", message="refund", customer=FANG)
    other = AwsServices()
    customer = other.customers.load([customer_of(stored)])[customer_of(stored)]
    post = WordTable.post

    def post_late(table: WordTable, *arguments: Any) -> None:
        monkeypatch.setattr(WordTable, "post", post)
        post(table, *arguments)
        erase_customer(other, customer, SYSTEM)

    monkeypatch.setattr(WordTable, "post", post_late)
    run_follow_ups(services, "search", stored.key, "0")
    assert found_keys(services, "refund") == []
    assert word_items() == 0


def test_cases_of_before_are_indexed_anew_and_what_was_switched_off_is_removed(services: AwsServices) -> None:
    stored = given_case(services, "web-1", message="refund 退款", customer=FANG)
    written = write(services, command(stored), Message(body="the parcel is lost"))
    assert found_keys(services, "refund") == []
    assert written.case is not None
    assert rebuild_words(services, written.case) > 0
    for text in ("refund", "退款", "parcel lost", "王小芳"):
        assert found_keys(services, text) == [stored.key]
    shop = shop_of(services, "demo")
    services.shops.save(replace(shop, words=False))
    fresh = AwsServices()
    rebuild_words(fresh, written.case)
    assert found_keys(fresh, "refund") == []
    assert found_keys(fresh, "王小芳") == [stored.key]


def fill(services: AwsServices, start: int, end: int) -> None:
    """Cases that have one word in common; every tenth has another one, too."""
    common, seldom = services.words.digests("demo", [Term("word", "common"), Term("word", "seldom")]).values()
    stored: list[Item] = []
    for number in range(start, end):
        key = key_of("case", str(number))
        own = [common, seldom] if number % 10 == 0 else [common]
        words = b"".join(bytes.fromhex(digest) + b"\0" for digest in own)
        stored.append({"pk": keys.case(key), "sk": keys.WORDS, "version": 1, "words": words, "sources": "0"})
        stored += [{"pk": keys.word("demo", digest), "sk": place_of(number, key)} for digest in own]
    services.table.write_many(stored)


def reads(services: AwsServices, text: str) -> dict[str, int]:
    """The calls of a search that finds ten cases."""
    with counted_calls() as calls:
        page = search(services, shop_of(services, "demo", fresh=False), text, 10)
    assert len(page.hits) == 10
    return dict(calls)


def test_a_search_makes_the_same_calls_among_a_hundred_cases_and_among_ten_thousand(services: AwsServices) -> None:
    texts = ("common", "seldom", "seldom common", "common seldom")
    fill(services, 0, FEW)
    few = {text: reads(services, text) for text in texts}
    fill(services, FEW, MANY)
    assert {text: reads(services, text) for text in texts} == few
    assert few["common"] == {"query": 3, "batch_get_item": 1}
    assert few["seldom common"] == {"query": 6, "batch_get_item": 1}


def test_a_word_that_no_case_has_with_the_others_ends_after_a_bounded_number_of_calls(services: AwsServices) -> None:
    fill(services, 0, 1_000)
    never = services.words.digests("demo", [Term("word", "never")])[Term("word", "never")]
    places = [place_of(number, key_of("case", str(number))) for number in range(0, 1_000, 2)]
    services.table.write_many([{"pk": keys.word("demo", never), "sk": place} for place in places])
    with counted_calls() as calls:
        page = search(services, shop_of(services, "demo", fresh=False), "common never", 10)
    assert (page.hits, page.next is not None) == ([], True)
    assert calls.total() <= 24
    assert search(services, shop_of(services, "demo"), "common never", 10, page.next).next is None
