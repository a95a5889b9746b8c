"""The part of a text that shows why it was found."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.search.snippets import LENGTH, snippet_of


def marked(texts: list[str], *words: str) -> list[str]:
    snippet = snippet_of(texts, words)
    assert snippet is not None
    return [snippet.text[start:end] for start, end in snippet.marks]


def test_neighbouring_pairs_are_one_mark() -> None:
    assert marked(["?", "我要退款失败了"], "退款", "款失", "失败") == ["退款失败"]


def test_words_are_marked_as_they_are_written() -> None:
    assert marked(["Order AB-12 is late, REFUND it"], "ab12", "refund") == ["AB-12", "REFUND"]


def test_a_long_text_is_cut_around_the_word() -> None:
    snippet = snippet_of(["x " * 500 + "refund" + " y" * 500], ("refund",))
    assert snippet is not None
    assert len(snippet.text) == LENGTH
    assert snippet.text[slice(*snippet.marks[0])] == "refund"


def test_a_text_without_the_word_shows_its_beginning_and_no_text_shows_nothing() -> None:
    assert marked(["crème\nbrûlée"], "creme") == []
    assert snippet_of(["", " "], ("x",)) is None


@given(st.lists(st.text(max_size=200), max_size=3), st.lists(st.text(min_size=1, max_size=5), max_size=3))
def test_marks_lie_in_the_text_in_order(texts: list[str], words: list[str]) -> None:
    snippet = snippet_of(texts, words)
    if snippet is None:
        return
    assert "\n" not in snippet.text
    ends = [place for mark in snippet.marks for place in mark]
    assert ends == sorted(ends)
    assert all(0 <= place <= len(snippet.text) for place in ends)
