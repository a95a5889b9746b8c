"""Send a survey at most once: reserve the customer's contact budget, send the email, record that it was sent.

The reservation is on the customer's record, so two workers or two cases of one customer cannot both have it. When a
reservation is found without a recorded survey, the email may or may not have left: it is never sent again, and the case
records `send_unconfirmed`.
"""

from typing import TYPE_CHECKING

from chalicelib.domain.cases import events
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS
from chalicelib.domain.shops.shop import Shop
from chalicelib.domain.sla.policies import SurveyPolicy
from chalicelib.domain.surveys import facts as survey_facts
from chalicelib.domain.surveys.surveys import (
    SkipReason,
    SurveyToken,
    budget_start,
    reason_to_skip,
    survey_id,
)
from chalicelib.domain.surveys.timers import survey_due_at
from chalicelib.usecases.cases.append_events import Conditions, append_events
from chalicelib.usecases.customers.linked_records import load_person
from chalicelib.usecases.notifications.send_email import Draft, compose, remember_sent_email
from chalicelib.usecases.notifications.signed_links import survey_link, unsubscribe_link
from chalicelib.usecases.ports.cases import RetryLater, StoredCase
from chalicelib.usecases.ports.email import Mail, MailDelayed, MailRejected, MailUnconfirmed
from chalicelib.usecases.ports.read_ahead import Wanted
from chalicelib.usecases.ports.shop_rules import rules_of, shop_of
from chalicelib.usecases.timers.run_due_timers import run_due_timers

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdempotency,
        HasInboundDomain,
        HasMailer,
        HasPages,
        HasReadAhead,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasThreads,
    )

    class SendSurveyServices(
        HasApiUrl,
        HasCases,
        HasClock,
        HasCustomers,
        HasIdempotency,
        HasInboundDomain,
        HasMailer,
        HasPages,
        HasReadAhead,
        HasRegistries,
        HasSecrets,
        HasShops,
        HasThreads,
        Protocol,
    ):
        """The services that `send_survey` uses."""


RESERVATION_SECONDS = 300  # longer than any worker runs: the worker of an older reservation is gone


class SurveyPending(RetryLater):
    """Another worker may be sending the same survey; check again later."""


def send_survey(services: "SendSurveyServices", key: str) -> Fact | None:
    """Send the survey that is due on this case, or record why it is skipped; the recorded fact. None when no survey is
    due now. SurveyPending while another worker may be sending it, MailDelayed when it can be sent later."""
    stored = services.cases.load(key)
    case = stored.case
    if case is None or case.historical:
        return None
    policy = rules_of(services, case.shop, case.policy, case.calendar).policy.survey
    due_at = survey_due_at(case, policy)
    if due_at is None or due_at > services.now():
        run_due_timers(services, key, stored)
        return None
    _read_ahead(services, case)
    shop = shop_of(services, case.shop, fresh=False)
    fact = _send_or_skip(services, shop, case, policy)
    _record(services, shop, stored, fact)
    return fact


def _read_ahead(services: "SendSurveyServices", case: Case) -> None:
    """Read in one request what the email is made of, in the language that the customer wrote in at first."""
    wanted = Wanted(
        shop=case.shop,
        settings="recent",
        template=("survey", services.pages.speaks(case.language)),
        customer=key_of_id(case.customer),
    )
    services.ahead.read(wanted)


def _send_or_skip(services: "SendSurveyServices", shop: Shop, case: Case, policy: SurveyPolicy) -> Fact:
    now = services.now()
    survey = survey_id(case)
    customer = load_person(services, key_of_id(case.customer))
    if customer is not None and customer.survey == survey:
        return _unconfirmed(services, case, customer)
    reason = reason_to_skip(case, customer, policy, now)
    if reason is not None or customer is None:
        return _skipped(case, reason or "no_address")
    expires_at = now + round(policy.expires_days * DAY_MS)
    mail = _compose_survey(services, shop, case, customer, SurveyToken(case.id, survey, expires_at))
    holder = services.customers.reserve_survey(key_of_id(customer.id), survey, now, budget_start(policy, now))
    if holder is not None:
        return _skipped(case, "budget_spent") if holder.survey != survey else _unconfirmed(services, case, holder)
    failure = _send(services, mail, key_of_id(customer.id), survey)
    if failure is not None:
        return _skipped(case, failure)
    return survey_facts.SurveySent(survey=survey, round=case.reopened, expires_at=expires_at)


def _send(services: "SendSurveyServices", mail: Mail, customer: str, survey: str) -> SkipReason | None:
    """Send the email; why it did not leave, or None. The contact budget is given back when it certainly did not."""
    try:
        remember_sent_email(services, mail, services.mailer.send(mail))
    except MailRejected:
        services.customers.release_survey(customer, survey)
        return "mail_rejected"
    except MailDelayed:
        services.customers.release_survey(customer, survey)
        raise
    except MailUnconfirmed:
        return "send_unconfirmed"
    return None


def _unconfirmed(services: "SendSurveyServices", case: Case, holder: Customer) -> Fact:
    """What to record when this survey has the contact budget already: a worker may be sending it now, or stopped
    before it could record the result."""
    if services.now() - (holder.surveyed_at or 0) < RESERVATION_SECONDS * SECOND_MS:
        raise SurveyPending(f"survey {holder.survey} was claimed less than {RESERVATION_SECONDS} s ago")
    return _skipped(case, "send_unconfirmed")


def _skipped(case: Case, reason: SkipReason) -> survey_facts.SurveySkipped:
    return survey_facts.SurveySkipped(survey=survey_id(case), round=case.reopened, reason=reason)


def _record(services: "SendSurveyServices", shop: Shop, seen: StoredCase, fact: Fact) -> None:
    assert seen.case is not None
    occurred_at = services.now()
    survey = survey_id(seen.case)

    def decide(stored: StoredCase) -> list[Event]:
        recorded = stored.case.satisfaction.surveys if stored.case is not None else ()
        if any(earlier.id == survey for earlier in recorded):
            return []
        return [events.event(occurred_at, SYSTEM, fact, seen.key, "survey", survey)]

    append_events(services, shop, seen.key, decide, Conditions(seen=seen))


def _compose_survey(
    services: "SendSurveyServices", shop: Shop, case: Case, customer: Customer, token: SurveyToken
) -> Mail:
    assert customer.email is not None
    language = customer.language or case.language
    unsubscribe = unsubscribe_link(services, shop, key_of_id(case.customer))
    values = {
        "shop": shop.name,
        "name": customer.name or "",
        "number": case.number,
        "link": survey_link(services, shop, token),
        "unsubscribe": unsubscribe,
        "language": language,
    }
    headers = {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    draft = Draft(
        name="survey",
        language=language,
        to=customer.email,
        values=values,
        headers=headers,
        case=key_of_id(case.id),
    )
    return compose(services, shop, draft)
