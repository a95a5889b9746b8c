"""The article that answers a question is found, and none is given where nothing answers."""

from pathlib import Path

import pytest

from chalicelib.adapters.insights.article_search import Article, ArticleSearch, ArticleText, Question
from chalicelib.adapters.insights.search_model import SearchModel
from tests.fakes.insights import PieceEncoder

BASE = {
    "lost": (
        "包裹丢了怎么办",
        "快递三天没有更新，请联系客服",
        "A lost parcel",
        "When tracking stands still, contact us.",
    ),
    "invoice": ("怎样开发票", "订单完成后在页面申请发票", "Invoices", "Ask for an invoice on the order's page."),
    "repair": ("机器送修", "保修期内免费维修", "Repairs", "Repairs are free within the warranty."),
    "points": ("积分怎么用", "结账时积分可以抵扣", "Points", "Points lower the price at checkout."),
}
ARTICLES = [
    Article(key, {"zh": ArticleText(title_zh, body_zh), "en": ArticleText(title, body)})
    for key, (title_zh, body_zh, title, body) in BASE.items()
]
ASKED = [
    ("my parcel is lost and tracking stands still", {"lost"}),
    ("包裹丢了", {"lost"}),
    ("can I have an invoice", {"invoice"}),
    ("发票在哪里申请", {"invoice"}),
    ("are repairs free", {"repair"}),
    ("机器坏了想送修", {"repair"}),
    ("how do I use points at checkout", {"points"}),
    ("积分抵扣", {"points"}),
    ("do you like football", set()),
    ("今天天气不错", set()),
]
QUESTIONS = [Question.of(text) for text, _ in ASKED]
GOLD = [ids for _, ids in ASKED]


def trained(*encoders: PieceEncoder) -> SearchModel:
    return SearchModel.trained(encoders, ARTICLES, QUESTIONS, GOLD, 0.9)


def test_words_alone_find_what_shares_words() -> None:
    model = trained()
    search = ArticleSearch(ARTICLES, [])
    found = list(model.answers(search, [Question.of("lost parcel"), Question.of("申请发票"), Question.of("repair")]))
    assert [each.ranking[0] for each in found] == ["lost", "invoice", "repair"]
    assert all(sorted(each.ranking) == sorted(BASE) for each in found)


def test_encoders_stay_unused_where_words_find_everything() -> None:
    encoder = PieceEncoder()
    assert trained(encoder).encoders == []
    assert not encoder.encoded


def test_a_question_that_nothing_answers_is_less_certain() -> None:
    found = list(trained().answers(ArticleSearch(ARTICLES, []), QUESTIONS))
    answered, unanswered = found[:8], found[8:]
    assert min(each.confidence for each in answered) > max(each.confidence for each in unanswered)
    assert all(each.answer is None for each in unanswered)


def test_an_article_of_one_language_is_found_in_it() -> None:
    articles = [
        Article("zh", {"zh": ArticleText("换货", "尺码不合适")}),
        Article("en", {"en": ArticleText("Sizes", "")}),
    ]
    found = list(trained().answers(ArticleSearch(articles, []), [Question.of("换货"), Question.of("sizes", "en")]))
    assert [each.ranking[0] for each in found] == ["zh", "en"]


def test_no_articles_and_no_questions_have_no_answers() -> None:
    (nothing,) = trained().answers(ArticleSearch([], []), [Question.of("anything")])
    assert (nothing.ranking, nothing.answer, nothing.confidence) == ([], None, 0.0)
    assert list(trained().answers(ArticleSearch(ARTICLES, []), [])) == []


def test_a_saved_model_is_the_same_and_refuses_other_encoders(tmp_path: Path) -> None:
    model = trained()
    model.save(tmp_path)
    assert SearchModel.load(tmp_path) == model
    with pytest.raises(ValueError, match="encoders"):
        list(model.answers(ArticleSearch(ARTICLES, [PieceEncoder()]), QUESTIONS))


@pytest.mark.parametrize("text", ["", "😡", "长" * 100_000])
def test_an_odd_question_is_ranked_like_any_other(text: str) -> None:
    (found,) = trained().answers(ArticleSearch(ARTICLES, []), [Question.of(text)])
    assert sorted(found.ranking) == sorted(BASE)
    assert 0 <= found.confidence <= 1
