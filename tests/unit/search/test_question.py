"""What a text may mean that somebody searches for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.kernel.ids import SPOKEN, number_of, read_number
from chalicelib.domain.search.question import MAX_ASKED, read_question

NUMBER = number_of("a case")
KEYS = st.text(alphabet="0123456789ABCDEF", min_size=16, max_size=16)


@given(KEYS, st.integers(0, 7))
def test_a_number_is_read_however_it_is_typed(key: str, attempt: int) -> None:
    number = number_of(key, attempt)
    plain = number.replace("-", "")
    for typed in (number, number.lower(), plain, f" #{plain[:3]} {plain[3:]} ", number.replace("-", "－")):
        assert read_number(typed) == number


@given(KEYS, st.data())
def test_one_symbol_that_no_number_has_is_read_by_the_check_symbol(key: str, data: st.DataObject) -> None:
    number = number_of(key)
    place = data.draw(st.sampled_from([0, 1, 2, 4, 5, 6]))
    misread = data.draw(st.sampled_from("O0I1LZ2S5B8UVMN"))
    assert read_number(number[:place] + misread + number[place + 1 :]) == number


@given(KEYS, st.data())
def test_a_number_with_a_wrong_symbol_is_no_number(key: str, data: st.DataObject) -> None:
    number = number_of(key)
    place = data.draw(st.sampled_from([0, 1, 2, 4, 5, 6]))
    other = data.draw(st.sampled_from(SPOKEN.replace(number[place], "")))
    assert read_number(number[:place] + other + number[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "OO0-111", "7KQ", "hello there", "退款退款退款", "7KQ-4XPAAAAAA"])
def test_what_is_no_number(text: str) -> None:
    assert read_number(text) is None


def test_a_text_may_mean_several_things() -> None:
    question = read_question("138 0013 8000", "CN")
    assert (question.phone, question.tracking) == ("+8613800138000", "13800138000")
    assert question.words == ("0013", "8000", "138")
    question = read_question("#1042", "CN")
    assert (question.order, question.phone, question.words) == ("1042", None, ("1042",))
    question = read_question(" Fang@Example.NET ", "CN")
    assert (question.mail, question.order) == ("fang@example.net", None)
    assert read_question("SF 1234-5678 9012", None).tracking == "SF123456789012"
    assert read_question(NUMBER.lower(), None).number == NUMBER


@pytest.mark.parametrize(
    ("text", "hint"),
    [("退", "type_two"), ("您好", "too_common"), ("the of", "too_common"), ("!!!", None), ("退款", None), ("x", None)],
)
def test_why_nothing_can_be_found_is_said(text: str, hint: str | None) -> None:
    assert read_question(text, None).hint == hint


def test_a_long_text_is_looked_for_by_its_longest_words() -> None:
    words = read_question(" ".join(f"w{'x' * length}" for length in range(1, 20)), None).words
    assert len(words) == MAX_ASKED
    assert sorted(words, key=len, reverse=True) == list(words)


@given(st.text(max_size=300), st.sampled_from(["CN", "DE", None]))
def test_any_text_is_a_question(text: str, region: str | None) -> None:
    question = read_question(text, region)
    assert len(question.words) <= MAX_ASKED
