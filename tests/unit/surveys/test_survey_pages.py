"""The survey's pages through their routes: shown, answered, unsubscribed."""

import pytest
from chalice.test import Client

import app
from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.cases import facts
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.domain.surveys.surveys import SurveyToken, survey_id
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.notifications.signed_links import survey_link, unsubscribe_link
from tests.fakes import SHOP, FakeServices
from tests.support.cases.events import KEY, happened, opened

REQUEST = {
    "external_id": "web-9",
    "type": "question",
    "channel": "web",
    "subject": "?",
    "message": "?",
    "customer": {"external_id": "fang", "email": "fang@example.net"},
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def asked(services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    """Services behind the pages, with a resolved case."""
    services.pages = TemplateRenderer()  # type: ignore[assignment]
    append_events(services, SHOP, KEY, lambda _: [opened(), happened(1, facts.CaseResolved())])
    for module in ("surveys.routes", "portal.pages"):
        monkeypatch.setattr(f"chalicelib.entrypoints.http.{module}.services", lambda: services)
    return services


def path_of(services: FakeServices) -> str:
    case = services.cases.load(KEY).case
    assert case is not None
    token = SurveyToken(case.id, survey_id(case), services.time + 1_000)
    return survey_link(services, SHOP, token).removeprefix(services.api_url)


def test_a_survey_is_shown_and_answered_once(asked: FakeServices) -> None:
    path = path_of(asked)
    with Client(app.app) as client:
        shown = client.http.get(path)
        assert (shown.status_code, b"csat" in shown.body) == (200, True)
        assert client.http.post(path, headers=FORM, body=b"csat=9").status_code == 422
        assert client.http.post(path, headers=FORM, body=b"csat=5&comment=ok").status_code == 200
        assert client.http.get(path).status_code == 200
    (answer,) = (event.fact for event in asked.cases.events(KEY) if isinstance(event.fact, SurveyAnswered))
    assert (answer.csat, answer.comment) == (5, "ok")


def test_who_wants_no_more_of_them_says_so_by_one_click(asked: FakeServices) -> None:
    asked.hook("case.requested", REQUEST)
    key = key_of_id(next(iter(asked.customers.stored.values())).id)
    path = unsubscribe_link(asked, SHOP, key).removeprefix(asked.api_url)
    with Client(app.app) as client:
        assert client.http.get(path).status_code == 200
        assert client.http.post(path, headers=FORM, body=b"").status_code == 200
    assert asked.customers.stored[key].consent_withdrawn_at is not None
