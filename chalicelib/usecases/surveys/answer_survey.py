"""A customer opens a survey, answers it, or unsubscribes from surveys. Opening a page records nothing."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.customers.consents import Consent
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.errors import Conflict, Expired, NotFound, invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.domain.surveys.surveys import SurveyToken
from chalicelib.usecases.cases.append_events import Conditions, append_events
from chalicelib.usecases.customers.linked_records import load_person
from chalicelib.usecases.customers.record_consent import write_consent
from chalicelib.usecases.notifications.signed_links import read_survey_token, read_unsubscribe_token
from chalicelib.usecases.ports.cases import StoredCase
from chalicelib.usecases.ports.read_ahead import Wanted
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasInboundDomain,
        HasReadAhead,
        HasRegistries,
        HasSecrets,
        HasShops,
    )

    class AnswerSurveyServices(
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdentities,
        HasInboundDomain,
        HasReadAhead,
        HasRegistries,
        HasSecrets,
        HasShops,
        Protocol,
    ):
        """The services that `answer_survey` uses."""


MAX_COMMENT = 2_000


class Survey(Struct, frozen=True):
    """What a survey's page shows."""

    shop: Shop
    stored: StoredCase
    case: Case
    subject: str
    language: str | None
    answered: bool


def view_survey(services: "AnswerSurveyServices", token: str) -> Survey:
    """The survey of a link. NotFound for a link not made here, Expired when the link has expired."""
    link = read_survey_token(services, token)
    if link.expires_at < services.now():
        raise Expired("This survey is over. Thank you for wanting to answer.")
    return _survey_of(services, link, services.cases.load(key_of_id(link.case)))


def _survey_of(services: "AnswerSurveyServices", link: SurveyToken, stored: StoredCase) -> Survey:
    key, case = stored.key, stored.case
    if case is None:
        raise NotFound("There is no such survey.")
    customer_key = key_of_id(case.customer)
    services.ahead.read(Wanted(shop=case.shop, settings="recent", customer=customer_key, opening=key))
    customer = services.customers.load([customer_key]).get(customer_key)
    opening = services.cases.opening([key])[key]
    return Survey(
        shop=shop_of(services, case.shop, fresh=False),
        stored=stored,
        case=case,
        subject=opening.subject,
        language=customer.language if customer else None,
        answered=_is_answered(case, link),
    )


def answer_survey(services: "AnswerSurveyServices", token: str, given: SurveyAnswered) -> Survey:
    """Record an answer, once. Conflict when the survey was answered before, Invalid for an empty answer or a comment
    that is too long."""
    survey = view_survey(services, token)
    link = read_survey_token(services, token)
    if given.csat is None and given.nps is None and given.ces is None and not given.comment:
        raise invalid("", "answers nothing: choose a score or write a comment")
    if given.comment is not None and len(given.comment) > MAX_COMMENT:
        raise invalid("comment", f"is longer than {MAX_COMMENT} characters")
    key = key_of_id(link.case)
    answered_at = services.now()
    fact = SurveyAnswered(
        survey=link.survey, csat=given.csat, nps=given.nps, ces=given.ces, comment=given.comment or None
    )

    def decide(stored: StoredCase) -> list[Event]:
        if stored.case is None or _is_answered(stored.case, link):
            raise Conflict("This survey was answered already. Thank you.")
        customer = Actor("customer", survey.case.customer)
        return [events.event(answered_at, customer, fact, key, "answer", link.survey)]

    append_events(services, survey.shop, key, decide, Conditions(seen=survey.stored))
    return survey


def _is_answered(case: Case, link: SurveyToken) -> bool:
    return any(answer.survey == link.survey for answer in case.satisfaction.answers)


def view_unsubscribe(services: "AnswerSurveyServices", token: str) -> tuple[Shop, str | None]:
    """The shop of an unsubscribe link, and the customer's language."""
    shop, key = read_unsubscribe_token(services, token)
    customer = services.customers.load([key]).get(key)
    return shop_of(services, shop, fresh=False), customer.language if customer else None


def unsubscribe(services: "AnswerSurveyServices", token: str) -> tuple[Shop, str | None]:
    """Withdraw the customer's consent to surveys. Repeating it changes nothing."""
    _, key = read_unsubscribe_token(services, token)
    person = load_person(services, key)
    if person is not None and person.consent_withdrawn_at is not None:
        return view_unsubscribe(services, token)
    withdrawn = Consent(state="withdrawn", at=services.now(), source="link", text_version="unsubscribe")
    write_consent(services, key, "surveys", withdrawn, Actor("customer", key))
    return view_unsubscribe(services, token)
