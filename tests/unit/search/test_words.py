"""The words of a text: of every script, and of none."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.search.words import LONGEST, asked_words, is_single_character, name_words, words_of

ROWS = [
    ("Refund my Order", ["refund", "order"]),
    ("退款失败", ["退款", "款失", "失败"]),
    ("iPhone手机壳A5坏了", ["iphone", "手机", "机壳", "a5", "坏了"]),
    ("SKU AB-12.3!", ["sku", "ab123", "ab", "12"]),
    ("e-mail no-reply", ["mail", "no", "reply"]),
    ("ＡＢ１２ Ｒｅｆｕｎｄ", ["ab12", "refund"]),
    ("Crème brûlée", ["creme", "brulee"]),
    ("Straße", ["strasse"]),
    ("배송이 늦어요", ["배송", "송이", "늦어", "어요"]),
    ("注文はどこ", ["注文", "文は", "はど", "どこ"]),
    ("ออเดอร์", ["ออ", "อเ", "เด", "ดอ", "อร", "ร์"]),
    ("धनवापसी कब", ["धनवापसी", "कब"]),
    ("возврат денег", ["возврат", "денег"]),
    ("您好 谢谢", []),
    ("a b 1 的", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "words"), ROWS, ids=[row[0] for row in ROWS])
def test_a_text_is_found_by_these_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_a_query_names_a_number_as_a_whole_and_finds_it_however_it_is_written() -> None:
    assert asked_words("AB-12") == asked_words("ab12") == ["ab12"]
    assert set(asked_words("AB-12")) <= set(words_of("about ab-12, please"))


def test_chinese_names_are_found_whole_and_by_the_given_name() -> None:
    assert name_words("王小明") == ["王小", "小明"]
    assert name_words("欧阳娜娜") == ["欧阳", "阳娜", "娜娜"]
    assert name_words("José María de la Cruz") == ["jose", "maria", "de", "la", "cruz"]


@pytest.mark.parametrize(
    ("text", "is_single"), [("退", True), ("退款", False), ("x", False), ("退 款", False), ("", False)]
)
def test_one_character_of_a_script_without_spaces_is_too_few(text: str, is_single: bool) -> None:
    assert is_single_character(text) == is_single


@given(st.text(max_size=300))
def test_whatever_is_written_every_part_of_it_that_is_asked_for_finds_it(text: str) -> None:
    for word in words_of(text):
        assert 2 <= len(word) <= LONGEST
        assert word == unicodedata.normalize("NFC", word)
        assert set(asked_words(word)) <= {word, *words_of(text)} or len(asked_words(word)) != 1


@given(st.text(alphabet="退款失败了吗ab1- ", max_size=40), st.text(alphabet="退款失败了吗ab1- ", max_size=40))
def test_words_of_two_texts_with_a_space_between_are_the_words_of_both(first: str, second: str) -> None:
    assert set(words_of(f"{first} {second}")) == {*words_of(first), *words_of(second)}
