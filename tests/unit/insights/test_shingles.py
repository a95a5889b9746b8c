"""Texts are compared by pieces that neither case nor width nor punctuation changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insights.shingles import LENGTH, shingles


@pytest.mark.parametrize(
    ("text", "same"),
    [("My parcel, please!", "MY PARCEL please"), ("快递，三天没动", "快递三天没动"), ("ＡＢＣ１２", "abc12")],
)
def test_case_width_space_and_punctuation_do_not_count(text: str, same: str) -> None:
    assert shingles(text) == shingles(same)


def test_a_text_of_signs_alone_has_no_pieces_and_a_short_one_is_a_piece_itself() -> None:
    assert shingles("😡😡 !!!") == set()
    assert shingles("退") == {"退"}


@given(st.text())
def test_no_piece_is_longer_than_the_others(text: str) -> None:
    assert all(0 < len(piece) <= LENGTH for piece in shingles(text))
