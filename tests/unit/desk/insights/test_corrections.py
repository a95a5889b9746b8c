"""The cases whose type is not certain, the form that corrects them, and what a case's page says of its typing."""

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.triage.parts import typing_of
from tests.fakes import NOON
from tests.support.cases.webhooks import request
from tests.support.desk.visitor import Visitor
from tests.support.insights.pages import PageServices

CLEAR, UNCLEAR = "I want my money back, please refund me.", "hello there"


def opened(desk: PageServices, name: str, text: str) -> Case:
    """A case that came without a type."""
    fields = {field: value for field, value in request(external_id=name, message=text).items() if field != "type"}
    desk.hook("case.requested", fields | {"subject": name, "occurred_at": format_instant(desk.time)})
    return next(each.case for each in desk.cases.stored.values() if each.case and each.case.external_id == name)


def test_the_newest_cases_without_a_certain_type_are_listed_and_those_of_agents_are_not(desk: PageServices) -> None:
    first = opened(desk, "first", UNCLEAR)
    desk.time = NOON + 60_000
    second = opened(desk, "second", UNCLEAR)
    text = Visitor.signed_in().get("demo/insights/corrections").text
    assert text.index(second.number) < text.index(first.number)
    visitor = Visitor.signed_in()
    visitor.post(f"demo/cases/{second.id}/type", {"type": "repair"})
    assert second.number not in visitor.get("demo/insights/corrections").text


def test_the_form_of_the_list_corrects_the_type_and_leads_back_to_the_list(desk: PageServices) -> None:
    case = opened(desk, "first", UNCLEAR)
    visitor = Visitor.signed_in()
    answer = visitor.post(f"demo/cases/{case.id}/type", {"type": "repair", "back": "corrections", "key": "k"})
    assert answer.location.endswith("/demo/insights/corrections?saved=1")
    after = next(iter(desk.cases.stored.values())).case
    assert after is not None
    typing = typing_of(after)
    assert (after.type, typing and typing.by) == ("repair", "agent")
    assert "The type is saved." in visitor.get("demo/insights/corrections", saved="1").text


def test_without_a_type_the_form_is_refused_on_the_cases_page(desk: PageServices) -> None:
    case = opened(desk, "first", UNCLEAR)
    answer = Visitor.signed_in().post(f"demo/cases/{case.id}/type", {"type": "", "back": "corrections"})
    assert answer.status == 422


def test_a_cases_page_says_how_it_was_typed_and_how_the_mood_went(desk: PageServices) -> None:
    case = opened(desk, "first", "Still nothing! This is terrible service, I am angry.")
    visitor = Visitor.signed_in()
    assert 'id="understood"' in visitor.get(f"demo/cases/{case.id}").text
    desk.time = NOON + 60_000
    message = {"case_external_id": "first", "author": "customer", "message": "Great, works perfectly, thank you!"}
    desk.hook("message.received", message)
    text = visitor.get(f"demo/cases/{case.id}").text
    assert 'aria-label="Mood over the messages shown: 2026-11-20 12:00 -' in text
    assert "<dd>positive</dd>" in text
    assert 'id="understood"' in visitor.get(f"demo/cases/{case.id}", at="2026-11-20T12:00").text
