"""What becomes feedback: events of cases, reviews of every score, and what the shop tells."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.cases.facts import CaseResolved, MailRef, MessageReceived, NoteAdded, ReplySent
from chalicelib.domain.feedback.collect import feedback_of
from chalicelib.domain.feedback.item import FeedbackItem
from chalicelib.domain.kernel.actors import SYSTEM, Actor
from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.usecases.cases.run_follow_ups import run_follow_ups
from tests.fakes import SHOP, FakeServices
from tests.support.cases.events import case_of, happened, opened

AGENT = Actor("agent", "mei")
BOUNCE = MailRef(letter="L", message_id="<m>", sender="a@example.net", automatic=True)
REQUEST = {
    "external_id": "c-1",
    "type": "return",
    "channel": "web",
    "subject": "Zu groß",
    "message": "The shoe does not fit",
    "customer": {"external_id": "fang", "language": "en"},
    "order": {"external_id": "O-1", "items": [{"sku": "SHOE"}]},
}
REVIEW = {
    "external_id": "r-1",
    "score": 5,
    "text": "很好穿",
    "customer": {"external_id": "fang"},
    "order": {"external_id": "O-1", "items": [{"sku": "SHOE"}]},
}


def collected(services: FakeServices) -> list[FeedbackItem]:
    """All feedback, after the queue of search was worked off."""
    for key in list(services.cases.stored):
        for event in services.cases.events(key):
            run_follow_ups(services, "search", key, event.order)
    return list(services.feedback.between(SHOP.id, 0, services.time + 1))


def of(fact: Fact, by: Actor | None = None, **opening: Any) -> FeedbackItem | None:
    first = opened(**opening)
    event = happened(5, fact, by) if by else happened(5, fact)
    return feedback_of(case_of(first, event), event)


def test_an_opening_and_a_message_are_feedback_of_their_customer() -> None:
    services = FakeServices()
    services.hook("case.requested", REQUEST)
    services.time += 60_000
    services.hook("message.received", {"case_external_id": "c-1", "author": "customer", "message": "还没收到回复"})
    opening, message = collected(services)
    assert (opening.source, opening.text, opening.language) == ("claim", "Zu groß\nThe shoe does not fit", "en")
    assert (opening.products, opening.order, opening.type) == (("SHOE",), "O-1", "return")
    assert (message.source, message.language) == ("message", "zh-Hans")
    assert opening.customer == message.customer is not None
    assert opening.case == message.case
    assert collected(services) == [opening, message], "the same events collected again are the same items"


def test_an_answer_is_feedback_with_its_scores_even_without_a_comment() -> None:
    item = of(SurveyAnswered(csat=2, nps=3))
    assert item is not None
    assert (item.source, item.csat, item.nps, item.text, item.language) == ("survey", 2, 3, "", "none")


@pytest.mark.parametrize(
    ("fact", "by", "channel", "source"),
    [
        (NoteAdded(message="She says it smokes"), AGENT, "phone", "call"),
        (NoteAdded(message="Ask the warehouse"), AGENT, "web", None),
        (MessageReceived(message="hi"), None, "chat", "chat"),
        (MessageReceived(message="hi", moved_from="01A"), None, "web", None),
        (replace(opened().fact, links=("01A",)), None, "web", None),
        (MessageReceived(message="Out of office", mail=BOUNCE), None, "web", None),
        (MessageReceived(message=""), None, "web", None),
        (ReplySent(message="We are sorry"), AGENT, "web", None),
        (CaseResolved(reason="done"), AGENT, "web", None),
        (NoteAdded(message="made by us"), SYSTEM, "phone", None),
    ],
)
def test_only_what_customers_say_is_feedback(fact: Fact, by: Actor | None, channel: str, source: str | None) -> None:
    item = of(fact, by, channel=channel)
    assert (item.source if item else None) == source


def test_a_review_of_any_score_is_feedback_and_only_a_low_one_a_case() -> None:
    services = FakeServices()
    high = services.hook("review.created", REVIEW)
    services.time += 60_000
    services.hook("review.created", REVIEW | {"external_id": "r-2", "score": 1, "text": "坏了"})
    assert (high.state, high.case) == ("ignored", None)
    assert [(item.source, item.score, item.text) for item in collected(services)] == [
        ("review", 5, "很好穿"),
        ("review", 1, "坏了"),
    ]


def test_a_review_that_comes_twice_counts_once() -> None:
    services = FakeServices()
    for minute in range(3):
        services.time += minute * 60_000
        services.hook("review.created", REVIEW)
    assert len(collected(services)) == 1


def test_what_the_shop_tells_is_feedback_once() -> None:
    services = FakeServices()
    told = {
        "external_id": "weibo-1",
        "source": "social",
        "text": "這家店的客服真好",
        "product": "SHOE",
        "order": "O-9",
        "customer": {"external_id": "lin"},
        "score": 4.5,
        "url": "https://social.example/p/1",
    }
    first = services.hook("feedback.told", told)
    services.time += 60_000
    again = services.hook("feedback.told", told)
    assert (first.state, again.state) == ("processed", "ignored")
    (item,) = collected(services)
    assert (item.source, item.language, item.products, item.order) == ("social", "zh-Hant", ("SHOE",), "O-9")
    assert (item.score, item.url) == (4.5, "https://social.example/p/1")
    assert item.customer is not None
    assert {key for key, _ in services.customers.last_contacts} == {key_of_id(item.customer)}, "so retention erases it"


def test_a_report_about_an_order_is_that_of_its_customer(services: FakeServices) -> None:
    services.hook("order.updated", {"external_id": "O-9", "customer": {"external_id": "lin"}})
    services.hook("feedback.told", {"external_id": "w-2", "source": "social", "text": "慢", "order": "O-9"})
    (item,) = services.feedback.between(SHOP.id, 0, services.time + 1)
    record = services.order_records.load(SHOP.id, "O-9")
    assert record is not None
    assert item.customer == record.customer is not None


def test_a_report_with_neither_words_nor_a_score_is_ignored(services: FakeServices) -> None:
    receipt = services.hook("feedback.told", {"external_id": "w-3", "source": "social", "text": " "})
    assert receipt.state == "ignored"
    assert list(services.feedback.between(SHOP.id, 0, services.time + 1)) == []


@pytest.mark.parametrize(
    "wrong", [{"source": "gossip"}, {"score": 6}, {"url": "javascript:alert(1)"}, {"mood": "bad"}, {"text": 3}]
)
def test_a_report_of_another_shape_is_refused(wrong: dict[str, Any]) -> None:
    services = FakeServices()
    with pytest.raises(Invalid):
        services.hook("feedback.told", {"external_id": "x", "source": "forum", "text": "hm"} | wrong)
    assert not collected(services)


def test_the_text_of_an_erased_person_is_no_feedback_but_their_scores_are() -> None:
    first = opened(message="", subject="")
    assert feedback_of(case_of(first), first) is None
