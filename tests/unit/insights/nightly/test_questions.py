"""Questions are grouped without comparing what is the same, however many there are, and however long."""

from random import Random

from chalicelib.adapters.insights.nightly.analysis import analyse
from chalicelib.adapters.insights.nightly.encoded import Encoded
from chalicelib.adapters.insights.nightly.questions import _groups
from tests.fakes.insights import PieceEncoder
from tests.support.insights.speech import inputs_of, said

LONG, INVOICE = "how long will that take?", "发票怎么开？"


def test_thousands_of_the_same_question_are_one_group() -> None:
    texts = [LONG] * 6000 + [INVOICE] * 2000
    groups = list(_groups(texts, Encoded(PieceEncoder(), texts)))
    assert sorted(map(len, groups)) == [2000, 6000]
    assert sorted(place for group in groups for place in group) == list(range(8000))


def test_the_group_of_most_texts_comes_first_and_each_text_is_in_one() -> None:
    texts = [INVOICE] * 3 + [LONG, LONG + "?", "how long would that take?"] * 2
    groups = list(_groups(texts, Encoded(PieceEncoder(), texts)))
    assert len(groups[0]) == 6
    assert len({place for group in groups for place in group}) == 9


def test_texts_of_a_hundred_thousand_characters_with_as_many_words_are_read_to_their_beginning() -> None:
    chance = Random(1)
    words = ["".join(chance.choices("abcdefghij", k=6)) for _ in range(15_000)]
    texts = [said(n, " ".join(chance.sample(words, 14_000)) + "?") for n in range(3)]
    texts += [said(10 + n, f"is battery {words[n]} broken?") for n in range(40)]
    assert analyse(inputs_of(texts), PieceEncoder(), None)[0].items == 43
