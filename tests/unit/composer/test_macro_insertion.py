"""A macro's text is put in where the cursor is."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.composer.macros import inserted


def test_a_macro_stands_as_a_paragraph_of_its_own_at_the_cursor() -> None:
    assert inserted("Hello,\nbye", "We are sorry.", 7) == "Hello,\n\nWe are sorry.\n\nbye"


def test_without_a_cursor_it_comes_last_and_an_empty_text_is_the_macro_alone() -> None:
    assert inserted("Hello", "Sorry", None) == "Hello\n\nSorry"
    assert inserted("", "Sorry", 0) == "Sorry"


def test_the_cursor_counts_as_browsers_do_so_an_emoji_moves_it_by_two() -> None:
    assert inserted("😀 您好，再见", "抱歉。", 6) == "😀 您好，\n\n抱歉。\n\n再见"


@given(st.text(st.sampled_from("a 您😀\n")), st.integers(0, 30))
def test_wherever_the_cursor_is_no_character_is_lost(text: str, cursor: int) -> None:
    assert "".join(inserted(text, "", cursor).split()) == "".join(text.split())
