"""What a text speaks of is found, with what it says of it."""

from pathlib import Path

import pytest

from chalicelib.adapters.insights.aspects import AspectModel
from chalicelib.domain.insights.clauses import MOST, clauses_of
from tests.fakes.insights import PieceEncoder

TEXTS, PAIRS = [], []
for good, bad in (("lovely", "awful"), ("great", "poor"), ("superb", "dreadful"), ("fine", "terrible")):
    TEXTS += [f"the zip is {good}, the fabric is {bad}", f"{bad} zip but {good} fabric", f"{good} zip", f"{bad} fabric"]
    PAIRS += [[("zip", "+"), ("fabric", "-")], [("zip", "-"), ("fabric", "+")], [("zip", "+")], [("fabric", "-")]]


def test_each_aspect_gets_the_polarity_of_its_clause() -> None:
    model = AspectModel.trained(PieceEncoder(), TEXTS, PAIRS)
    found = list(model.pairs(["the zip is awful, the fabric is lovely", "awful fabric", "the zip is great"]))
    assert set(found[0]) == {("zip", "-"), ("fabric", "+")}
    assert found[1] == [("fabric", "-")]
    assert found[2] == [("zip", "+")]


def test_an_aspect_that_is_a_term_is_found_only_where_it_stands() -> None:
    model = AspectModel.trained(PieceEncoder(), TEXTS, PAIRS)
    (none, fabric) = model.pairs(["nothing to say of it", "the FABRIC is awful"])
    assert none == []
    assert fabric == [("fabric", "-")]


@pytest.mark.parametrize("text", ["", "😡", "好，" * 50_000])
def test_an_odd_text_has_a_category_like_any_other(text: str) -> None:
    pairs = [[("closing" if aspect == "zip" else "cloth", polarity) for aspect, polarity in own] for own in PAIRS]
    (found,) = AspectModel.trained(PieceEncoder(), TEXTS, pairs).pairs([text])
    assert found


def test_a_saved_model_finds_the_same(tmp_path: Path) -> None:
    model = AspectModel.trained(PieceEncoder(), TEXTS, PAIRS)
    model.save(tmp_path)
    assert list(AspectModel.load(PieceEncoder(), tmp_path).pairs(TEXTS)) == list(model.pairs(TEXTS))
    with pytest.raises(ValueError, match="encoder"):
        AspectModel.load(PieceEncoder("other"), tmp_path)


def test_texts_without_aspects_teach_nothing() -> None:
    with pytest.raises(ValueError, match="no text has an aspect"):
        AspectModel.trained(PieceEncoder(), ["a"], [[]])


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Nice colour, but it shrinks!", ["Nice colour", "it shrinks"]),
        ("颜色好看，但是掉色", ["颜色好看", "掉色"]),
        ("good", ["good"]),
        ("", [""]),
    ],
)
def test_a_text_has_these_clauses(text: str, clauses: list[str]) -> None:
    assert clauses_of(text) == clauses


def test_a_text_has_no_endless_number_of_clauses() -> None:
    assert len(clauses_of("so so, " * 10_000)) <= MOST + 1
