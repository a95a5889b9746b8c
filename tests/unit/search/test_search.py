"""A case is found by its number, its order, its customer, its parcels and its words, and by nobody else's."""

import pytest

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.usecases.search.show_results import show_results
from tests.fakes import FakeServices
from tests.support.search.indexed import asked, found_keys, hits, indexing, results, wrote

FANG = {"external_id": "fang", "name": "王小芳", "email": "fang@example.net", "phone": "13800138000"}
ANNA = {"external_id": "anna", "name": "Anna O'Neill", "email": "anna@example.com"}


@pytest.fixture
def shop() -> FakeServices:
    return indexing(FakeServices())


def test_a_case_is_found_by_words_of_two_characters_and_of_mixed_languages(shop: FakeServices) -> None:
    first = asked(shop, "1", "iPhone手机壳坏了，要退款", "质量问题")
    second = asked(shop, "2", "Where is my refund?", "Late parcel")
    assert hits(shop, "退款") == [(first, "words")]
    assert hits(shop, "手机壳") == [(first, "words")]
    assert hits(shop, "iphone 退款 质量") == [(first, "words")]
    assert hits(shop, "REFUND") == [(second, "words")]
    assert hits(shop, "refund 退款") == []


def test_every_message_and_note_counts_and_the_one_with_the_words_is_named(shop: FakeServices) -> None:
    key = asked(shop, "1", "hello", "The lamp")
    shop.time += 60_000
    wrote(shop, "1", "it flickers at night")
    page = results(shop, "flickers")
    (result,) = show_results(shop, "demo", page)
    assert result.snippet is not None
    assert result.snippet.text == "it flickers at night"
    event = next(each for each in shop.cases.events(key) if each.id == result.event)
    assert event.type == "message_received"


def test_the_newest_case_comes_first_and_pages_follow_each_other(shop: FakeServices) -> None:
    keys = []
    for number in range(7):
        keys.append(asked(shop, f"{number}", "refund"))
        shop.time += 1000
    pages, after = [], None
    while True:
        page = results(shop, "refund", 3, after)
        pages.append([hit.key for hit in page.hits])
        if page.next is None:
            break
        after = page.next
    assert pages == [keys[:3:-1], keys[3:0:-1], keys[:1]]


def test_a_case_is_found_by_its_number_before_anything_else(shop: FakeServices) -> None:
    key = asked(shop, "1")
    case = shop.cases.load(key).case
    assert case is not None
    other = asked(shop, "2", f"I wrote about {case.number} before")
    assert hits(shop, f" {case.number.lower().replace('-', ' ')} ")[0] == (key, "number")
    assert (other, "words") in hits(shop, case.number.replace("-", " "))


def test_a_case_is_found_by_its_order_also_if_it_is_history(shop: FakeServices) -> None:
    live = asked(shop, "1", order={"external_id": "A-1042"})
    old = asked(shop, "2", order={"external_id": "#A-1042"}, historical=True)
    other = asked(shop, "3", "about my order A-1042, it is not here")
    assert hits(shop, "#a-1042") == [(live, "order"), (old, "order"), (other, "words")]
    assert hits(shop, "A-1043") == []


def test_a_customer_is_found_by_each_word_of_their_name(shop: FakeServices) -> None:
    fang, anna = asked(shop, "1", customer=FANG), asked(shop, "2", customer=ANNA)
    assert hits(shop, "王小芳") == [(fang, "name")]
    assert hits(shop, "小芳") == [(fang, "name")]
    assert hits(shop, "neill anna") == [(anna, "name")]
    assert hits(shop, "anna neill 王小芳") == []


def test_a_name_and_a_word_find_the_case_that_has_both(shop: FakeServices) -> None:
    asked(shop, "1", "refund", customer=FANG)
    anna = asked(shop, "2", "a refund, please", customer=ANNA)
    asked(shop, "3", "something else", customer=ANNA)
    assert hits(shop, "Anna refund") == [(anna, "words")]


def test_common_words_alone_and_single_characters_find_nothing_and_say_why(shop: FakeServices) -> None:
    asked(shop, "1", "您好，退款，谢谢")
    assert (results(shop, "您好").hint, results(shop, "退").hint) == ("too_common", "type_two")
    assert found_keys(shop, "您好 退款") != []


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_a_blank_text_is_refused(shop: FakeServices, text: str) -> None:
    with pytest.raises(Invalid, match="needed"):
        results(shop, text)


@pytest.mark.parametrize(
    "text",
    ["' OR 1=1 --", "<script>alert(1)</script>", "\u202e\u0000x", "💥" * 50, "#" * 200, "-" * 200, "a-" * 100 + "1"],
)
def test_hostile_texts_find_nothing_and_break_nothing(shop: FakeServices, text: str) -> None:
    asked(shop, "1", "refund")
    assert found_keys(shop, text) == []
