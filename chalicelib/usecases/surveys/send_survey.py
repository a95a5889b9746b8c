"""Ask the customer, at most once: claim their contact budget, send the mail, write down that it was sent.

The claim lives on the customer's record, so two workers or two cases of one customer cannot both have it. When
a claim is found that nobody settled, the mail may or may not have left: it is never sent again, and the case
says `send_unconfirmed`.
"""

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.policies import SurveyPolicy
from chalicelib.domain.surveys import facts as survey_facts
from chalicelib.domain.surveys.surveys import SkipReason, Token, budget_start, reason_to_skip, survey_due_at, survey_id
from chalicelib.usecases.cases.append_events import append_events
from chalicelib.usecases.customers.linked_records import person_of
from chalicelib.usecases.notifications.send_email import compose, remember
from chalicelib.usecases.notifications.signed_links import answer_link, unsubscribe_link
from chalicelib.usecases.ports import Mail, MailDelayed, MailRejected, MailUnconfirmed, RetryLater, StoredCase
from chalicelib.usecases.ports.services import Services, rules_of, shop_of
from chalicelib.usecases.timers.run_due_timers import run_due_timers

CLAIM_SECONDS = 300  # longer than any worker lives: a claim this old has nobody behind it


class SurveyPending(RetryLater):
    """Another worker may be sending this very survey; look again later."""


def send_survey(services: Services, key: str) -> Fact | None:
    """Send the survey that is due on this case, or write down why not; None when none is due now."""
    stored = services.cases.load(key)
    case = stored.case
    if case is None or case.historical:
        return None
    policy = rules_of(services, case.shop, case.policy, case.calendar).policy.survey
    due_at = survey_due_at(case, policy)
    if due_at is None or due_at > services.now():
        run_due_timers(services, key)
        return None
    shop = shop_of(services, case.shop)
    fact = _ask(services, shop, case, policy)
    _write_down(services, shop, key, case, fact)
    return fact


def _ask(services: Services, shop: Shop, case: Case, policy: SurveyPolicy) -> Fact:
    now, survey = services.now(), survey_id(case)
    customer = person_of(services, key_of_id(case.customer))
    if customer is not None and customer.survey == survey:
        return _settle(services, case, customer)
    reason = reason_to_skip(case, customer, policy, now)
    if reason is not None or customer is None:
        return _skipped(case, reason or "no_address")
    expires_at = now + round(policy.expires_days * DAY_MS)
    mail = _mail(services, shop, case, customer, Token(case.id, survey, expires_at))
    person = key_of_id(customer.id)
    holder = services.customers.claim_survey(person, survey, now, budget_start(policy, now))
    if holder is not None:
        return _skipped(case, "budget_spent") if holder.survey != survey else _settle(services, case, holder)
    try:
        remember(services, mail, services.mailer.send(mail))
    except MailRejected:
        services.customers.release_survey(person, survey)
        return _skipped(case, "mail_rejected")
    except MailDelayed:
        services.customers.release_survey(person, survey)
        raise
    except MailUnconfirmed:
        return _skipped(case, "send_unconfirmed")
    return survey_facts.SurveySent(survey=survey, round=case.reopened, expires_at=expires_at)


def _settle(services: Services, case: Case, holder: Customer) -> Fact:
    if services.now() - (holder.surveyed_at or 0) < CLAIM_SECONDS * 1000:
        raise SurveyPending(f"survey {holder.survey} was claimed less than {CLAIM_SECONDS} s ago")
    return _skipped(case, "send_unconfirmed")


def _skipped(case: Case, reason: SkipReason) -> survey_facts.SurveySkipped:
    return survey_facts.SurveySkipped(survey=survey_id(case), round=case.reopened, reason=reason)


def _write_down(services: Services, shop: Shop, key: str, case: Case, fact: Fact) -> None:
    at = services.now()

    def decide(stored: StoredCase) -> list[Event]:
        known = stored.case is not None and any(
            survey.id == survey_id(case) for survey in stored.case.satisfaction.surveys
        )
        return [] if known else [events.event(at, SYSTEM, fact, key, "survey", survey_id(case))]

    append_events(services, shop, key, decide)


def _mail(services: Services, shop: Shop, case: Case, customer: Customer, token: Token) -> Mail:
    assert customer.email is not None
    language = customer.language or case.language
    unsubscribe = unsubscribe_link(services, shop, key_of_id(case.customer))
    values = {
        "shop": shop.name,
        "name": customer.name or "",
        "number": case.number,
        "link": answer_link(services, shop, token),
        "unsubscribe": unsubscribe,
        "language": language,
    }
    headers = {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return compose(services, shop, "survey", language, customer.email, values, headers, key_of_id(case.id))
