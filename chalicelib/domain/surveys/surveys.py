"""Surveys: when and whether a customer is asked, and what the answer means."""

from typing import Literal

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.ids import key_of, key_of_id
from chalicelib.domain.kernel.timestamps import DAY_MS, Instant
from chalicelib.domain.sla.policies import SurveyPolicy
from chalicelib.domain.surveys.facts import SurveyAnswered

SkipReason = Literal[
    "historical",
    "no_address",
    "consent_withdrawn",
    "budget_spent",
    "already_answered",
    "not_resolved",
    "mail_rejected",
    "send_unconfirmed",
    "undeliverable",
]
FOLLOW_UP_TIER = 2
FOLLOW_UP_SECONDS = 3_600


def survey_id(case: Case) -> str:
    """The id of the case's survey in this round (each reopening starts a round): always the same for the same round."""
    return key_of("survey", key_of_id(case.id), str(case.reopened))


def reason_to_skip(case: Case, customer: Customer | None, policy: SurveyPolicy, now: Instant) -> SkipReason | None:
    """Why this customer gets no survey about this case now; None when they may get one."""
    if case.historical:
        return "historical"
    if not case.done:
        return "not_resolved"
    if any(answer.at >= (case.resolved_at or 0) for answer in case.satisfaction.answers):
        return "already_answered"
    if customer is None or not customer.email:
        return "no_address"
    if customer.undeliverable is not None:
        return "undeliverable"
    if customer.consent_withdrawn_at is not None:
        return "consent_withdrawn"
    if customer.surveyed_at is not None and customer.surveyed_at > budget_start(policy, now):
        return "budget_spent"
    return None


def budget_start(policy: SurveyPolicy, now: Instant) -> Instant:
    """The start of the period that the customer's contact budget covers: one survey per period."""
    return now - round(policy.contact_budget_days * DAY_MS)


def is_unhappy(answer: SurveyAnswered) -> bool:
    """Whether an answer is low, so that somebody calls the customer: CSAT 1–2 or an NPS detractor (0–6)."""
    return (answer.csat is not None and answer.csat <= 2) or (answer.nps is not None and answer.nps <= 6)


class SurveyToken(Struct, frozen=True):
    """The content of the link in a survey's email."""

    case: str
    survey: str
    expires_at: Instant
