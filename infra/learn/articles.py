"""The task of finding the article that answers a question."""

from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from infra.learn.rows import Row, UnusableError, fields_of, read_rows, texts_of

if TYPE_CHECKING:
    from chalicelib.adapters.insights.article_search import Article, ArticleText, Question


def train_search(rows: list[Row], options: Namespace) -> None:
    """Learn from questions with `gold`, the ids of the articles that answer each, how to search `options.articles`."""
    from chalicelib.adapters.insights.question_encoder import QuestionEncoder
    from chalicelib.adapters.insights.search_model import SearchModel
    from chalicelib.adapters.insights.sentence_encoder import SentenceEncoder

    articles = _articles(options)
    if not articles:
        raise UnusableError(f"{options.articles} has no articles")
    gold = [set(map(str, ids)) for ids in fields_of(rows, "gold", list)]
    encoders = (SentenceEncoder(), QuestionEncoder())
    SearchModel.trained(encoders, articles, _questions(rows), gold, options.precision).save(options.model)


def predict_search(rows: list[Row], options: Namespace) -> Iterator[Row]:
    """`ranking` (ids of ten articles), `confidence` and `answer` (null: abstained) of each question."""
    from chalicelib.adapters.insights.article_search import ArticleSearch
    from chalicelib.adapters.insights.question_encoder import QuestionEncoder
    from chalicelib.adapters.insights.search_model import SearchModel
    from chalicelib.adapters.insights.sentence_encoder import SentenceEncoder

    try:
        model = SearchModel.load(options.model)
        encoders = (SentenceEncoder(), QuestionEncoder())[: len(model.encoders)]
        found = list(model.answers(ArticleSearch(_articles(options), encoders), _questions(rows)))
    except ValueError as error:
        raise UnusableError(str(error)) from None
    for row, each in zip(rows, found, strict=True):
        yield {"id": row["id"], "ranking": each.ranking, "confidence": each.confidence, "answer": each.answer}


def _questions(rows: list[Row]) -> "list[Question]":
    from chalicelib.adapters.insights.article_search import Question

    return [Question.of(text, row.get("lang")) for text, row in zip(texts_of(rows), rows, strict=True)]


def _articles(options: Namespace) -> "list[Article]":
    """The articles of the file `options.articles`: `id`, and a `title` and a `body` in `zh`, in `en`, or in both."""
    from chalicelib.adapters.insights.article_search import Article

    if options.articles is None:
        raise UnusableError("--articles is missing")
    articles = [Article(str(row["id"]), _versions(row)) for row in read_rows(options.articles)]
    empty = [article.id for article in articles if not article.versions]
    if empty:
        raise UnusableError(f"the article {empty[0]} has no text in zh or en")
    return articles


def _versions(row: Row) -> "dict[str, ArticleText]":
    from chalicelib.adapters.insights.article_search import LANGUAGES, ArticleText

    parts = {language: row[language] for language in LANGUAGES if isinstance(row.get(language), dict)}
    return {
        each: ArticleText(str(part.get("title") or ""), str(part.get("body") or "")) for each, part in parts.items()
    }
