"""Everything that the nightly job finds, on small feedback and with an encoder without weights."""

import pytest
from msgspec.structs import replace

from chalicelib.adapters.insights.nightly.analysis import analyse
from chalicelib.adapters.insights.nightly.analyst import InsightAnalyst
from chalicelib.domain.insights.findings import Findings
from chalicelib.domain.insights.insight_inputs import Said
from chalicelib.domain.insights.nightly.asking import asks, proposal_of
from chalicelib.domain.insights.nightly.keyword_rules import dictionary_words, risen
from chalicelib.domain.kernel.timestamps import next_day
from tests.fakes.insights import PieceEncoder
from tests.support.insights.speech import TODAY, inputs_of, said

LAMPS, SHOES = "the travel lamp gets hot while charging", "这双鞋偏小，想换大一码"


def feedback() -> list[Said]:
    """Lamps of the last week, shoes all the time, and a question of many."""
    lamps = [said(n, f"{LAMPS} {'!' * (n % 3)}", next_day(TODAY, -(n % 6)), products=("LAMP",)) for n in range(30)]
    shoes = [said(1000 + n, SHOES, next_day(TODAY, -n), products=("SHOE",), type="exchange") for n in range(60)]
    asked = [said(2000 + n, "发票怎么开？", next_day(TODAY, -3 * n)) for n in range(8)]
    return [*lamps, *shoes, *asked]


@pytest.fixture(scope="module")
def found() -> Findings:
    return analyse(inputs_of(feedback()), PieceEncoder(), None)[0]


def test_each_subject_is_a_topic_with_what_it_is_about(found: Findings) -> None:
    lamps = [topic for topic in found.topics if "lamp" in topic.words]
    assert sum(topic.count for topic in lamps) == 30
    for topic in lamps:
        assert (topic.customers, topic.products) == (topic.count, {"LAMP": topic.count})
        assert topic.since >= next_day(TODAY, -5)
        assert sum(topic.counts.values()) == topic.count
        assert topic.trend_interval is not None
        assert topic.trend_interval[0] > 1
        assert set(topic.typical) <= set(topic.items)


def test_the_same_again_finds_the_same_and_topics_keep_their_ids(found: Findings) -> None:
    again = analyse(inputs_of(feedback()), PieceEncoder(), None)[0]
    assert again == found
    later = analyse(inputs_of([*feedback(), said(9000, LAMPS)]), PieceEncoder(), found)[0]
    assert {topic.id for topic in later.topics} & {topic.id for topic in found.topics}


def test_words_that_rose_are_said_to_have_risen(found: Findings) -> None:
    by_word = {(each.word, each.by): each for each in found.keywords if not (each.product or each.type)}
    assert by_word["lamp", "tfidf"].rose
    assert (by_word["lamp", "tfidf"].count, by_word["lamp", "tfidf"].before) == (30, 0)
    assert by_word["偏小", "rule"].count == 28
    assert not any(each.rose for each in found.keywords if each.word == "偏小")


def test_words_of_a_product_rise_too(found: Findings) -> None:
    texts = [said(n, "lamp", next_day(TODAY, -40 + n % 10), products=("LAMP",)) for n in range(40)]
    newer = [said(100 + n, "lamp smokes", next_day(TODAY, -(n % 10)), products=("LAMP",)) for n in range(40)]
    keywords = analyse(inputs_of([*texts, *newer]), PieceEncoder(), None)[0].keywords
    assert {each.word for each in keywords if each.product == "LAMP" and each.rose} == {"smokes"}


def test_what_is_asked_again_and_again_is_a_question(found: Findings) -> None:
    question = next(each for each in found.questions if each.typical in {one.item.id for one in feedback()[90:]})
    assert (question.count, question.customers, question.last, question.proposal) == (8, 8, TODAY, "article")


def test_a_word_of_fewer_than_three_customers_is_no_keyword() -> None:
    few = [said(n, "my neighbour Zanzibar smiled", customer=n % 2) for n in range(40)]
    words = {each.word for each in analyse(inputs_of([*few, *feedback()]), PieceEncoder(), None)[0].keywords}
    assert "zanzibar" not in words
    assert "lamp" in words


@pytest.mark.parametrize(
    "texts",
    [[], [""], ["hm"], ["😀" * 40] * 40, ["", "", "退"], ["a" * 100_000] * 35, ["lamp broken"] * 33, [SHOES] * 31],
    ids=["nothing", "empty", "short", "emoji", "few", "long", "one text", "one Chinese text"],
)
def test_no_feedback_breaks_it(texts: list[str]) -> None:
    inputs = inputs_of([said(n, text) for n, text in enumerate(texts)])
    found, known = analyse(inputs, PieceEncoder(), None)
    assert (found.items, len(known.said)) == (len(texts), len(texts))
    analyst = InsightAnalyst()
    analyst.__dict__["encoder"] = PieceEncoder()
    assert analyst.findings(inputs, found)[0].items == len(texts)


def test_an_agents_note_is_no_text_of_a_customer() -> None:
    notes = [said(n, "customer says the lamp smokes", source="call") for n in range(40)]
    assert analyse(inputs_of(notes), PieceEncoder(), None)[0].topics == []


def test_erased_texts_are_in_no_topic() -> None:
    erased = [replace(each, item=replace(each.item, text="")) for each in feedback()[:30]]
    found = analyse(inputs_of([*erased, *feedback()[30:]]), PieceEncoder(), None)[0]
    assert not {each.item.id for each in erased} & {each for topic in found.topics for each in topic.items}


@pytest.mark.parametrize(
    ("text", "is_question", "proposal"),
    [
        ("请问能开发票吗", True, "article"),
        ("这个尺码偏大吗？", True, "page_text"),
        ("Why does the lamp not work? It is broken", True, "product"),
        ("The box was crushed, can I return it?", True, "packaging"),
        ("谢谢", False, "article"),
    ],
)
def test_a_question_has_a_proposal_by_its_words(text: str, is_question: bool, proposal: str) -> None:
    assert (asks(text), proposal_of(text)) == (is_question, proposal)


def test_the_dictionary_finds_english_words_whole_and_chinese_ones_anywhere() -> None:
    assert dictionary_words("no size fits", ["size", "fits"]) == {"size"}
    assert dictionary_words("resized", ["resized"]) == set()
    assert dictionary_words("我要申请退货了", []) == {"退货"}


def test_a_word_rises_only_beyond_chance() -> None:
    counts = {"hot": (20, 0), "the": (50, 50), "odd": (2, 0)}
    assert risen(counts, 100, 100) == {"hot"}
    assert risen({}, 0, 0) == set()
